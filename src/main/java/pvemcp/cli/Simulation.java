package pvemcp.cli;

import java.util.Optional;
import java.util.function.Supplier;
import pvemcp.json.Json;

/// A simulated cluster that is running.
///
/// @param beside the backup server beside it, where one was asked for
/// @param state what another one can go on from; only where it was asked for
public record Simulation(Entrance cluster, Optional<Entrance> beside, Supplier<Json.Obj> state, Runnable end)
        implements AutoCloseable {
    /// How to get into one of the two.
    public record Entrance(String url, String tokenId, String tokenSecret, String fingerprint) {}

    @Override
    public void close() {
        end.run();
    }
}
