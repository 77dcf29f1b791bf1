package pvemcp.sim.world;

import java.time.Duration;

/// How a program in a toy host ended.
///
/// @param signal that ended it; 0: none did
/// @param takes how long it runs
/// @param early how many bytes of its output are there before it first sleeps; all of them where it does not
public record ToyEnd(int exit, int signal, byte[] out, byte[] err, Duration takes, int early) {}
