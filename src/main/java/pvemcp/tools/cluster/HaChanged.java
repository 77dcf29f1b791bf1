package pvemcp.tools.cluster;

/// What became of a change of HA.
///
/// @param outcome what was done
record HaChanged(String outcome, String name, String next) {}
