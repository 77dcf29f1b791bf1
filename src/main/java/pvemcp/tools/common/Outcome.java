package pvemcp.tools.common;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.pve.Task;
import pvemcp.pve.TaskReport;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Unfinished;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// How something that was asked of PVE went. A task that failed is a fault instead.
///
/// @param outcome `done`, `done with warnings`, or `still running`
/// @param task empty where PVE did it at once
/// @param next what to do to learn more; empty where nothing is left to learn
public record Outcome(String outcome, String task, Optional<Duration> waited, List<View> log, String next)
        implements Unfinished {
    // Clients give a call about a minute; what takes longer is handed back as a task to be asked for.
    public static final Duration LONGEST = Duration.ofSeconds(45);

    /// PVE did it at once.
    public static final Outcome DONE = new Outcome("done", "", Optional.empty(), List.of(), "");

    /// That long, and no longer than [#LONGEST].
    public static Duration limited(Duration timeout) {
        return timeout.compareTo(LONGEST) < 0 ? timeout : LONGEST;
    }

    /// Follows the task, at most 45 s.
    public static Outcome of(ToolContext ctx, Task task, Duration timeout) {
        var report = of(task.await(limited(timeout), ctx));
        // The task of a guest under HA is over once HA has been told (PVE::API2::Qemu, `hastart` and its kin).
        return task.id().queuesOnly() && report.next().isEmpty()
                ? new Outcome(
                        "handed to HA",
                        report.task(),
                        report.waited(),
                        report.log(),
                        "pve_guest_get shows when it is done")
                : report;
    }

    /// How a task ended, or how far it was when nobody waited any longer.
    public static Outcome of(TaskReport report) {
        return switch (report) {
            case TaskReport.Finished(var task, var warnings) ->
                new Outcome(
                        warnings.isEmpty() ? "done" : "done with warnings",
                        task.toString(),
                        Optional.empty(),
                        quoted("task log", warnings),
                        "");
            case TaskReport.Going(var task, var waited, var lastLine) ->
                new Outcome(
                        "still running",
                        task.toString(),
                        Optional.of(waited),
                        quoted("task log", lastLine.isEmpty() ? List.of() : List.of(lastLine)),
                        "pve_task_wait task=" + task);
        };
    }

    @Override
    public boolean isGoing() {
        return outcome.equals("still running");
    }

    public static List<View> quoted(String source, List<String> lines) {
        return lines.isEmpty()
                ? List.of()
                : List.of(new View.Log(source, lines.stream().map(Clean::line).toList()));
    }
}
