package pvemcp.pve;

import java.time.Instant;
import java.util.Optional;

/// A piece of work on a [BackupServer], as its task list has it.
///
/// @param type such as `verificationjob`, `garbage_collection` or `backup`
/// @param subject what it works on; how that is written depends on the type
/// @param user who started it; `root@pam` for what the server starts by itself
/// @param ended empty while it runs
/// @param state how it ended, in the server's words: `OK`, `WARNINGS: 2`, `unknown` or the error; empty while it runs
public record BackupServerTask(
        String type, String subject, String user, Instant started, Optional<Instant> ended, String state) {
    /// The type of what clients do: its subject is `datastore:vm/101`, without the namespace.
    public static final String BACKUP = "backup";

    // proxmox-backup, pbs-api-types: TaskListItem
    static BackupServerTask from(Fields f) {
        return new BackupServerTask(
                f.text("worker_type"),
                f.text("worker_id"),
                f.text("user"),
                f.moment("starttime").orElse(Instant.EPOCH),
                f.moment("endtime"),
                f.text("status").strip());
    }

    /// The datastore it works on; empty where the subject does not tell.
    public String datastore() {
        var parts = subject.split(":", -1);
        return switch (type) {
            case "syncjob" -> parts.length > 2 ? parts[2] : "";
            case "verificationjob", "garbage_collection", "prunejob", BACKUP -> parts[0];
            default -> "";
        };
    }

    /// Of a [#BACKUP], what it adds to, such as `vm/101`; empty where the subject does not tell.
    public String group() {
        int colon = subject.indexOf(':');
        return colon < 0 ? "" : subject.substring(colon + 1);
    }

    /// Whether it is a run of this job. Prune jobs for the same namespace are not told apart there.
    public boolean isOf(BackupServerJob job) {
        // proxmox-backup, src/server/*_job.rs and src/api2/pull.rs: how a job names its worker
        return type.equals(job.kind().type())
                && datastore().equals(job.datastore())
                && switch (job.kind()) {
                    case VERIFY, SYNC -> subject.endsWith(":" + job.id());
                    case COLLECT -> true;
                    case PRUNE ->
                        subject.equals(
                                job.namespace().isEmpty() ? job.datastore() : job.datastore() + ":" + job.namespace());
                };
    }

    public boolean hasFailed() {
        return ended.isPresent() && !endedWell();
    }

    /// With or without warnings.
    public boolean endedWell() {
        return ended.isPresent() && isWell(state);
    }

    /// Whether an end in these words is a good one, perhaps with warnings.
    public static boolean isWell(String state) {
        return state.equals("OK") || state.startsWith("WARNINGS");
    }
}
