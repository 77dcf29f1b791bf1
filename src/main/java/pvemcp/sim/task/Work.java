package pvemcp.sim.task;

import java.util.List;

/// What a step's effect may do to the task it belongs to.
public interface Work {
    /// Writes a line to the task's log.
    void say(String line);

    /// Writes a warning; the task ends with `WARNINGS: n` (PVE::RESTEnvironment::log_warn).
    void warn(String line);

    /// Has these steps done next, before the ones that were planned.
    void next(List<Step> steps);
}
