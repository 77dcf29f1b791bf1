package pvemcp.cli;

import java.util.function.Supplier;
import pvemcp.json.Json;

/// A simulated cluster that is running, and how to get into it.
///
/// @param state what another one can go on from; only where it was asked for
public record Simulation(
        String url, String tokenId, String tokenSecret, String fingerprint, Supplier<Json.Obj> state, Runnable end)
        implements AutoCloseable {
    @Override
    public void close() {
        end.run();
    }
}
