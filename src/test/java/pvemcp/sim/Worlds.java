package pvemcp.sim;

import java.time.Instant;
import pvemcp.sim.time.SimTime;

/// Small clusters for tests.
final class Worlds {
    static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private Worlds() {}

    /// One node `pve`, nothing on it, and a token of root.
    static final Scenario BARE = cluster -> {
        cluster.addNode("pve");
        return Credentials.rootToken(cluster, "test");
    };

    static PveSim bare() {
        return PveSim.start(BARE, SimTime.byHand(NOON));
    }
}
