package pvemcp.sim.world;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A task that was over before the simulation began.
///
/// @param id what it worked on, often a vmid; may be empty
/// @param exitStatus `OK`, `WARNINGS: n` or the text of the failure
public record PastTask(
        String node,
        String type,
        String id,
        String user,
        Instant started,
        Duration took,
        List<String> log,
        String exitStatus) {
    public PastTask {
        log = List.copyOf(log);
    }
}
