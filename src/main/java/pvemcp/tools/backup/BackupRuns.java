package pvemcp.tools.backup;

import java.time.Duration;
import java.util.List;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Unfinished;

/// What became of each guest.
///
/// @param outcome of all: `done`, `1 of 3 failed`, `still running`
record BackupRuns(String outcome, List<VzdumpJob.Result> guests, String next) implements Unfinished {
    /// Of all guests, where they have one in common: those of a node do.
    @Override
    public String task() {
        var tasks = guests.stream().map(VzdumpJob.Result::task).distinct().toList();
        return tasks.size() == 1 ? tasks.getFirst() : "";
    }

    @Override
    public boolean isGoing() {
        return outcome.equals("still running") && !task().isEmpty();
    }

    /// Waits for the jobs one after the other, for each no longer than that.
    static BackupRuns follow(ToolContext ctx, List<VzdumpJob> jobs, Duration timeout) {
        return of(
                jobs.stream().flatMap(job -> job.follow(ctx, timeout).stream()).toList());
    }

    private static BackupRuns of(List<VzdumpJob.Result> results) {
        long failed =
                results.stream().filter(row -> row.outcome().equals("failed")).count();
        var going = results.stream()
                .filter(row -> row.outcome().equals("still running"))
                .map(VzdumpJob.Result::task)
                .distinct()
                .toList();
        var outcome = failed > 0
                ? "%d of %d failed".formatted(failed, results.size())
                : going.isEmpty() ? "done" : "still running";
        var next = going.isEmpty()
                ? failed > 0 ? "pve_task_get task=" + results.getFirst().task() : ""
                : "pve_task_wait task=" + String.join(", then task=", going);
        return new BackupRuns(outcome, results, next);
    }
}
