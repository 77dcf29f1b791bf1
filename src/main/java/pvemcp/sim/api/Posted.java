package pvemcp.sim.api;

/// A file that came with a request. Its bytes are counted, not kept.
///
/// @param name what the client calls it
/// @param digest of its bytes in hexadecimal; empty where the client named no algorithm
public record Posted(String name, long size, String digest) {}
