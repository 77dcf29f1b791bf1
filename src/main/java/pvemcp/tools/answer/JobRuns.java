package pvemcp.tools.answer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import pvemcp.pve.BackupServerJob;
import pvemcp.pve.BackupServerTask;
import pvemcp.view.Units;

/// A job of a backup server and how it went.
///
/// @param runs as far as the server shows them, newest first
public record JobRuns(BackupServerJob job, List<BackupServerTask> runs) {
    /// Garbage collection of slow disks takes hours; what takes longer holds up the next run.
    private static final Duration LONG = Duration.ofDays(1);

    public JobRuns {
        runs = List.copyOf(runs);
    }

    /// What is wrong with it; empty where nothing is.
    public Optional<String> trouble(Instant now) {
        var running = job.running()
                .map(since -> Duration.between(since, now))
                .filter(span -> span.compareTo(LONG) > 0)
                .map(span -> "has been running for " + Units.duration(span));
        return running.or(() -> failure(now))
                .or(() -> job.late(now).map(late -> "should have run %s ago".formatted(Units.duration(late))))
                .or(() -> Optional.of(state()).filter(words -> words.startsWith("WARNINGS")));
    }

    /// Of the job itself, or where that runs now, of its last run.
    private String state() {
        return job.state().isEmpty() ? last().map(BackupServerTask::state).orElse("") : job.state();
    }

    Optional<Instant> ended() {
        return job.ended().or(() -> last().flatMap(BackupServerTask::ended));
    }

    private Optional<BackupServerTask> last() {
        return runs.stream().filter(run -> run.ended().isPresent()).findFirst();
    }

    private Optional<String> failure(Instant now) {
        var state = state();
        if (state.isEmpty() || BackupServerTask.isWell(state)) {
            return Optional.empty();
        }
        var last = runs.stream().filter(BackupServerTask::endedWell).findFirst().flatMap(BackupServerTask::ended);
        long failed = runs.stream().filter(BackupServerTask::hasFailed).count();
        if (last.isPresent()) {
            return Optional.of(
                    "%s; last ended well %s ago".formatted(state, Units.duration(Duration.between(last.get(), now))));
        }
        return Optional.of(failed > 1 ? "%s; so did the last %d runs".formatted(state, failed) : state);
    }
}
