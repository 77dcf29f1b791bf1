package pvemcp.sim.world;

import java.time.Duration;

/// How a program in a toy host ended.
///
/// @param signal that ended it; 0: none did
/// @param takes how long it runs
public record ToyEnd(int exit, int signal, byte[] out, byte[] err, Duration takes) {}
