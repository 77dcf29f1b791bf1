package pvemcp.pve;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Something a [BackupServer] does by itself at its times.
///
/// @param id its name; that of the datastore for garbage collection, of which each has one
/// @param schedule a calendar event; empty: it does not run by itself
/// @param enabled whether it is switched on
/// @param state how it last ended, in the server's words: `OK`, `WARNINGS: 2` or the error; empty: never, or it runs
///     now
public record BackupServerJob(
        Kind kind,
        String id,
        String datastore,
        String schedule,
        boolean enabled,
        Optional<Instant> next,
        Optional<Instant> ended,
        String state) {
    /// What is late by less is only about to run.
    private static final Duration LATE = Duration.ofHours(1);

    public enum Kind {
        VERIFY("/admin/verify", "verify"),
        /// Garbage collection; it has a list of its own since version 3.2.
        COLLECT("/admin/gc", "garbage collection"),
        SYNC("/admin/sync", "sync"),
        PRUNE("/admin/prune", "prune");

        private final String path;
        private final String word;

        Kind(String path, String word) {
            this.path = path;
            this.word = word;
        }

        /// As people call it.
        public String word() {
            return word;
        }

        String path() {
            return path;
        }
    }

    // proxmox-backup, pbs-api-types: JobScheduleStatus beside the job's own settings, and GarbageCollectionJobStatus
    static BackupServerJob from(Kind kind, Fields f) {
        return new BackupServerJob(
                kind,
                f.maybe("id").orElse(f.text("store")),
                f.text("store"),
                f.text("schedule"),
                !f.flag("disable"),
                f.moment("next-run"),
                f.moment("last-run-endtime"),
                f.text("last-run-state").strip());
    }

    /// Whether it is to run by itself at all.
    public boolean isScheduled() {
        return enabled && !schedule.isEmpty();
    }

    public boolean hasFailed() {
        return !state.isEmpty() && !state.equals("OK") && !state.startsWith("WARNINGS");
    }

    /// By how much its run is overdue; empty where it is in time.
    public Optional<Duration> late(Instant now) {
        return next.filter(_ -> isScheduled())
                .map(due -> Duration.between(due, now))
                .filter(late -> late.compareTo(LATE) > 0);
    }
}
