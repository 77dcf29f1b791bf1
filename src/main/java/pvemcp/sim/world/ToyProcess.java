package pvemcp.sim.world;

import java.time.Instant;

/// Something that ran, or still runs, inside a VM.
///
/// @param ends when it is over
/// @param signal what killed it; 0 where nothing did
public record ToyProcess(int exit, int signal, byte[] out, byte[] err, Instant ends) {
    public ToyProcess {
        out = out.clone();
        err = err.clone();
    }
}
