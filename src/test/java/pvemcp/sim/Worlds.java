package pvemcp.sim;

import java.time.Instant;
import pvemcp.sim.time.SimTime;

/// Small clusters for tests.
final class Worlds {
    static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private Worlds() {}

    /// One node `pve`, nothing on it, and a token of root.
    static PveSim bare() {
        return PveSim.start(
                cluster -> {
                    cluster.addNode("pve");
                    return Credentials.rootToken(cluster, "test");
                },
                SimTime.byHand(NOON));
    }
}
