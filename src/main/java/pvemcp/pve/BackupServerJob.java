package pvemcp.pve;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Something a [BackupServer] does by itself at its times.
///
/// @param id its name; that of the datastore for garbage collection, of which each has one
/// @param namespace what of the datastore it is about; empty: its root
/// @param schedule a calendar event; empty: it does not run by itself
/// @param enabled whether it is switched on
/// @param state how it last ended, in the server's words: `OK`, `WARNINGS: 2` or the error; empty: never, or it runs
///     now
/// @param running since when it runs; empty: it does not
public record BackupServerJob(
        Kind kind,
        String id,
        String datastore,
        String namespace,
        String schedule,
        boolean enabled,
        Optional<Instant> next,
        Optional<Instant> ended,
        String state,
        Optional<Instant> running) {
    /// What is late by less is only about to run.
    private static final Duration LATE = Duration.ofHours(1);

    public enum Kind {
        VERIFY("/admin/verify", "verify", "verificationjob"),
        /// Garbage collection; it has a list of its own since version 3.2.
        COLLECT("/admin/gc", "garbage collection", "garbage_collection"),
        SYNC("/admin/sync", "sync", "syncjob"),
        PRUNE("/admin/prune", "prune", "prunejob");

        private final String path;
        private final String word;
        private final String type;

        Kind(String path, String word, String type) {
            this.path = path;
            this.word = word;
            this.type = type;
        }

        /// As people call it.
        public String word() {
            return word;
        }

        /// Of the tasks in which it runs.
        public String type() {
            return type;
        }

        String path() {
            return path;
        }
    }

    // proxmox-backup, pbs-api-types: JobScheduleStatus beside the job's own settings, and GarbageCollectionJobStatus
    static BackupServerJob from(Kind kind, Fields f) {
        var ended = f.moment("last-run-endtime");
        return new BackupServerJob(
                kind,
                f.maybe("id").orElse(f.text("store")),
                f.text("store"),
                f.text("ns"),
                f.text("schedule"),
                !f.flag("disable"),
                f.moment("next-run"),
                ended,
                f.text("last-run-state").strip(),
                // A run without an end is one that goes on (jobstate.rs, compute_schedule_status).
                ended.isEmpty() ? started(f.text("last-run-upid")) : Optional.empty());
    }

    /// A job that is known by a run of it alone.
    public static BackupServerJob known(Kind kind, BackupServerTask run) {
        return new BackupServerJob(
                kind,
                run.subject(),
                run.datastore(),
                "",
                "",
                true,
                Optional.empty(),
                run.ended(),
                run.state(),
                run.ended().isEmpty() ? Optional.of(run.started()) : Optional.empty());
    }

    // pbs-api-types, UPID: UPID:node:pid:pstart:task:start:type:subject:user: with one number more than PVE's
    private static Optional<Instant> started(String upid) {
        var parts = upid.split(":", -1);
        return parts.length > 5 && parts[5].matches("[0-9A-Fa-f]{8}")
                ? Optional.of(Instant.ofEpochSecond(Long.parseLong(parts[5], 16)))
                : Optional.empty();
    }

    /// Whether it is to run by itself at all.
    public boolean isScheduled() {
        return enabled && !schedule.isEmpty();
    }

    /// By how much its run is overdue; empty where it is in time, or runs.
    public Optional<Duration> late(Instant now) {
        return next.filter(_ -> isScheduled() && running.isEmpty())
                .map(due -> Duration.between(due, now))
                .filter(late -> late.compareTo(LATE) > 0);
    }
}
