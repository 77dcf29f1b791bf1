package pvemcp.tools.answer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import pvemcp.pve.Abreast;
import pvemcp.pve.BackupServer;
import pvemcp.pve.BackupServerJob;
import pvemcp.pve.BackupServerJob.Kind;
import pvemcp.pve.BackupServerTask;
import pvemcp.pve.BackupSnapshot;
import pvemcp.pve.Datastore;
import pvemcp.pve.Fields;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;
import pvemcp.view.Clean;

/// What the owner's Proxmox Backup Servers say of themselves, each asked once and all at the same time.
///
/// @param seen those that answered
/// @param silent the names of those that did not
/// @param closed whether there are others that this caller may not ask
record BackupServers(List<Seen> seen, List<String> silent, boolean closed) {
    private static final int AT_ONCE = 16;

    /// Of a server that answers each question slowly; what is still to be asked then is left.
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final int MOST_RUNS = 1_000;

    /// What has failed longer ago belongs to a job that was given up.
    private static final Duration RECENT = Duration.ofDays(8);

    BackupServers {
        seen = List.copyOf(seen);
        silent = List.copyOf(silent);
    }

    /// What one of them said.
    ///
    /// @param hidden datastores whose backups could not be seen, or not all of them
    /// @param jobs by kind, as far as it lists that kind
    /// @param runs of jobs and backups that failed, newest first, as far as it shows them
    record Seen(
            BackupServer server,
            List<Datastore> datastores,
            List<BackupSnapshot> snapshots,
            Set<String> hidden,
            Map<Kind, List<BackupServerJob>> jobs,
            List<BackupServerTask> runs) {
        Seen {
            datastores = List.copyOf(datastores);
            snapshots = List.copyOf(snapshots);
            hidden = Set.copyOf(hidden);
            jobs = Collections.unmodifiableMap(new EnumMap<>(jobs));
            runs = List.copyOf(runs);
        }

        /// How it is named in answers.
        String name() {
            return Clean.name(server.name());
        }

        List<BackupSnapshot> snapshotsIn(String datastore) {
            return snapshots.stream()
                    .filter(snapshot -> snapshot.datastore().equals(datastore))
                    .toList();
        }

        /// Whether it lists jobs of this kind, and none of them sees to this datastore by schedule.
        boolean lacks(Kind kind, String datastore) {
            return jobs.containsKey(kind)
                    && jobs.get(kind).stream().noneMatch(job -> job.datastore().equals(datastore) && job.isScheduled());
        }

        /// The latest run of this kind on a datastore that ended well, by schedule or not.
        Optional<Instant> lastWell(Kind kind, String datastore) {
            return runs.stream()
                    .filter(run -> run.type().equals(kind.type()) && run.endedWell())
                    .filter(run -> run.datastore().equals(datastore))
                    .findFirst()
                    .flatMap(BackupServerTask::ended);
        }

        /// The last try of each backup that failed and has no younger one that is complete: not of namespaces, which
        /// the task does not tell.
        List<BackupServerTask> failedBackups() {
            var last = new LinkedHashMap<String, BackupServerTask>();
            runs.stream()
                    .filter(run -> run.type().equals(BackupServerTask.BACKUP) && run.hasFailed())
                    .forEach(run -> last.putIfAbsent(run.subject(), run));
            for (var snapshot : snapshots) {
                var group = "%s:%s/%s".formatted(snapshot.datastore(), snapshot.kind(), snapshot.id());
                last.computeIfPresent(
                        group,
                        (_, run) -> snapshot.complete() && snapshot.made().isAfter(run.started()) ? null : run);
            }
            return List.copyOf(last.values());
        }

        /// Its jobs with their runs, and those that are known by a run alone: of a sync that only `Remote.Audit`
        /// shows, or of a server that does not list jobs of that kind.
        List<JobRuns> jobRuns(Instant now) {
            var listed = jobs.values().stream().flatMap(List::stream).toList();
            var all = new ArrayList<JobRuns>();
            listed.forEach(job -> all.add(
                    new JobRuns(job, runs.stream().filter(run -> run.isOf(job)).toList())));
            var unknown = new LinkedHashMap<String, List<BackupServerTask>>();
            for (var run : runs) {
                if (listed.stream().noneMatch(run::isOf)) {
                    unknown.computeIfAbsent(run.type() + " " + run.subject(), _ -> new ArrayList<>())
                            .add(run);
                }
            }
            for (var of : unknown.values()) {
                var newest = of.getFirst();
                for (var kind : Kind.values()) {
                    if (kind.type().equals(newest.type()) && newest.started().isAfter(now.minus(RECENT))) {
                        all.add(new JobRuns(BackupServerJob.known(kind, newest), of));
                    }
                }
            }
            return all;
        }
    }

    /// @param probe told what could not be seen
    static BackupServers ask(ToolContext ctx, Probe probe) {
        var questions = new LinkedHashMap<String, Callable<Optional<Seen>>>();
        for (var server : ctx.backupServers()) {
            questions.put(server.name(), () -> new Visit(server, ctx, probe).seen());
        }
        var seen = new ArrayList<Seen>();
        var silent = new ArrayList<String>();
        Abreast.ask(questions, AT_ONCE)
                .answers()
                .forEach((name, answer) -> answer.ifPresentOrElse(seen::add, () -> silent.add(Clean.name(name))));
        ctx.closedBackupServers().forEach(probe::leave);
        return new BackupServers(seen, silent, !ctx.closedBackupServers().isEmpty());
    }

    /// Everything that is asked of one server. For one thread.
    private static final class Visit {
        private final BackupServer server;
        private final ToolContext ctx;
        private final Probe probe;
        private final String name;
        private final Instant begun;
        private final Set<String> hidden = new HashSet<>();
        private boolean over;

        Visit(BackupServer server, ToolContext ctx, Probe probe) {
            this.server = server;
            this.ctx = ctx;
            this.probe = probe;
            this.name = "backup server " + Clean.name(server.name());
            this.begun = ctx.clock().instant();
        }

        /// Empty where not even its datastores could be had.
        Optional<Seen> seen() {
            return look("", server::datastores).map(datastores -> {
                var snapshots = new ArrayList<BackupSnapshot>();
                for (var datastore : datastores) {
                    if (datastore.error().isEmpty()) {
                        snapshots.addAll(snapshots(datastore.name()));
                    }
                }
                var jobs = new EnumMap<Kind, List<BackupServerJob>>(Kind.class);
                for (var kind : Kind.values()) {
                    look(": %s jobs".formatted(kind.word()), () -> server.jobs(kind))
                            .ifPresent(listed -> jobs.put(kind, listed));
                }
                return new Seen(server, datastores, snapshots, hidden, jobs, runs());
            });
        }

        private List<BackupSnapshot> snapshots(String datastore) {
            var where = ": datastore " + Clean.name(datastore);
            var namespaces = look(where, () -> server.namespaces(datastore));
            if (namespaces.isEmpty()) {
                hidden.add(datastore);
            }
            var snapshots = new ArrayList<BackupSnapshot>();
            for (var namespace : namespaces.orElse(List.of())) {
                var within = namespace.isEmpty() ? where : "%s, namespace %s".formatted(where, Clean.name(namespace));
                look(within, () -> server.snapshots(datastore, namespace))
                        .ifPresentOrElse(snapshots::addAll, () -> hidden.add(datastore));
            }
            return snapshots;
        }

        private List<BackupServerTask> runs() {
            var shown = look(": tasks", server::showsAllTasks);
            if (shown.isEmpty()) {
                return List.of();
            }
            if (!shown.get()) {
                probe.leave(name + ": tasks: not visible with this token (needs Sys.Audit on /system/tasks)");
            }
            var runs = new ArrayList<BackupServerTask>();
            for (var kind : Kind.values()) {
                look(": tasks", () -> server.runs(kind, begun)).ifPresent(runs::addAll);
            }
            look(": tasks", () -> server.tasks(BackupServerTask.BACKUP, true, begun.minus(RECENT), MOST_RUNS))
                    .ifPresent(runs::addAll);
            return runs;
        }

        /// What cannot be reached once is not waited for again.
        private <T> Optional<T> look(String what, Supplier<T> question) {
            if (!over && Duration.between(begun, ctx.clock().instant()).compareTo(LONGEST) > 0) {
                over = true;
                probe.leave("%s: the rest of it, as it took longer than %d s".formatted(name, LONGEST.toSeconds()));
            }
            return over ? Optional.empty() : probe.look(name + what, question, () -> over = true);
        }
    }

    boolean isNone() {
        return seen.isEmpty() && silent.isEmpty() && !closed;
    }

    /// What a storage of Proxmox VE keeps on one of these, by its configuration. What is only being made is no
    /// backup.
    List<BackupSnapshot> of(Fields storage) {
        return seen.stream()
                .filter(each -> each.server().address().isMeantBy(storage))
                .flatMap(each -> each.snapshotsIn(storage.text("datastore")).stream())
                .filter(snapshot -> snapshot.namespace().equals(storage.text("namespace")) && snapshot.complete())
                .toList();
    }

    /// What is wrong with them, and how they are.
    Report report(int days, Instant now, Probe probe) {
        return new BackupServerReport(this, days, now).report(probe);
    }
}
