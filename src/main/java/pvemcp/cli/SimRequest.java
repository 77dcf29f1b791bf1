package pvemcp.cli;

/// What kind of simulated cluster somebody wants.
///
/// @param port 0 for any free one
/// @param scenario `homelab`, `fleet` or `troubled`
/// @param nodes how many nodes a fleet has
/// @param guests how many guests a fleet has
/// @param speed how much faster than real its time runs
public record SimRequest(int port, String scenario, int nodes, int guests, long seed, double speed) {}
