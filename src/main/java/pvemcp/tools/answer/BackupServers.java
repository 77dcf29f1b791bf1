package pvemcp.tools.answer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pvemcp.pve.BackupServer;
import pvemcp.pve.BackupServerJob;
import pvemcp.pve.BackupSnapshot;
import pvemcp.pve.Datastore;
import pvemcp.pve.Fields;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;
import pvemcp.view.Clean;

/// What the owner's Proxmox Backup Servers say of themselves, each asked once.
///
/// @param seen those that answered
/// @param silent the names of those that did not
record BackupServers(List<Seen> seen, List<String> silent) {
    BackupServers {
        seen = List.copyOf(seen);
        silent = List.copyOf(silent);
    }

    /// What one of them said.
    ///
    /// @param jobs by kind, as far as it lists that kind
    record Seen(
            BackupServer server,
            List<Datastore> datastores,
            List<BackupSnapshot> snapshots,
            Map<BackupServerJob.Kind, List<BackupServerJob>> jobs) {
        Seen {
            datastores = List.copyOf(datastores);
            snapshots = List.copyOf(snapshots);
            jobs = Collections.unmodifiableMap(new EnumMap<>(jobs));
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
        boolean lacks(BackupServerJob.Kind kind, String datastore) {
            return jobs.containsKey(kind)
                    && jobs.get(kind).stream().noneMatch(job -> job.datastore().equals(datastore) && job.isScheduled());
        }
    }

    /// @param probe told what could not be seen
    static BackupServers ask(ToolContext ctx, Probe probe) {
        var seen = new ArrayList<Seen>();
        var silent = new ArrayList<String>();
        for (var server : ctx.backupServers()) {
            var asked = ask(server, probe);
            asked.ifPresentOrElse(seen::add, () -> silent.add(Clean.name(server.name())));
        }
        return new BackupServers(seen, silent);
    }

    /// Empty where not even its datastores could be had: the rest would only be waited for.
    private static Optional<Seen> ask(BackupServer server, Probe probe) {
        var name = "backup server " + Clean.name(server.name());
        return probe.look(name, server::datastores).map(datastores -> {
            var snapshots = new ArrayList<BackupSnapshot>();
            for (var datastore : datastores) {
                if (datastore.error().isEmpty()) {
                    snapshots.addAll(snapshots(server, datastore.name(), name, probe));
                }
            }
            var jobs = new EnumMap<BackupServerJob.Kind, List<BackupServerJob>>(BackupServerJob.Kind.class);
            for (var kind : BackupServerJob.Kind.values()) {
                probe.look("%s: %s jobs".formatted(name, kind.word()), () -> server.jobs(kind))
                        .ifPresent(listed -> jobs.put(kind, listed));
            }
            return new Seen(server, datastores, snapshots, jobs);
        });
    }

    private static List<BackupSnapshot> snapshots(BackupServer server, String datastore, String name, Probe probe) {
        var snapshots = new ArrayList<BackupSnapshot>();
        var where = "%s: datastore %s".formatted(name, Clean.name(datastore));
        for (var namespace :
                probe.look(where, () -> server.namespaces(datastore)).orElse(List.of())) {
            var within = namespace.isEmpty() ? where : "%s, namespace %s".formatted(where, Clean.name(namespace));
            probe.look(within, () -> server.snapshots(datastore, namespace)).ifPresent(snapshots::addAll);
        }
        return snapshots;
    }

    boolean isNone() {
        return seen.isEmpty() && silent.isEmpty();
    }

    /// What a storage of Proxmox VE keeps on one of these, by its configuration.
    List<BackupSnapshot> of(Fields storage) {
        return seen.stream()
                .filter(each -> each.server().address().isMeantBy(storage))
                .flatMap(each -> each.snapshotsIn(storage.text("datastore")).stream())
                .filter(snapshot -> snapshot.namespace().equals(storage.text("namespace")))
                .toList();
    }

    /// What is wrong with them, and how they are.
    Report report(int days, Instant now, Probe probe) {
        return new BackupServerReport(this, days, now).report(probe);
    }
}
