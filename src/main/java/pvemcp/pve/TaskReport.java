package pvemcp.pve;

import java.time.Duration;
import java.util.List;

/// How waiting for a task ended. A task that failed is a [PveFault.TaskFailed] instead.
public sealed interface TaskReport {
    Upid task();

    /// The task ended well. `WARNINGS: n` is a success too; `warnings` are then the log lines that carry them.
    record Finished(Upid task, List<String> warnings) implements TaskReport {
        public Finished {
            warnings = List.copyOf(warnings);
        }
    }

    /// The task was still running when the waiting ended; it goes on by itself.
    record Going(Upid task, Duration waited, String lastLine) implements TaskReport {}
}
