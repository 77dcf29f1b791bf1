package pvemcp.pve;

/// A file that came from PVE.
///
/// @param bytes how many
/// @param measured whether the answer said where it ends; if not, one that was cut looks the same
public record Received(long bytes, boolean measured) {}
