package pvemcp.query;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.pve.BackupServer;
import pvemcp.pve.BackupServerJob;
import pvemcp.pve.BackupServerJob.Kind;
import pvemcp.pve.BackupServerTask;
import pvemcp.pve.Bytes;

/// How the tables of backup servers are filled.
final class BackupTables {
    private static final int MOST_TASKS = 500;

    private BackupTables() {}

    static List<BackupRows.Datastores> datastores(Source source) {
        return source.eachServer(
                "datastores",
                server -> server.datastores().stream()
                        .map(store -> new BackupRows.Datastores(
                                server.name(),
                                store.name(),
                                store.used().map(Bytes::count),
                                store.total().map(Bytes::count),
                                store.full(),
                                said(store.maintenance()),
                                said(store.error()),
                                said(store.comment())))
                        .toList());
    }

    static List<BackupRows.Snapshots> snapshots(Source source) {
        return source.eachNamespace((server, datastore, namespace) -> server.snapshots(datastore, namespace).stream()
                .map(snapshot -> new BackupRows.Snapshots(
                        server.name(),
                        datastore,
                        namespace,
                        snapshot.kind(),
                        snapshot.vmid().map(Long::valueOf),
                        snapshot.id(),
                        snapshot.made(),
                        snapshot.size().map(Bytes::count),
                        snapshot.complete(),
                        said(snapshot.verified()),
                        snapshot.isProtected(),
                        snapshot.encrypted(),
                        snapshot.owner(),
                        said(snapshot.comment())))
                .toList());
    }

    static List<BackupRows.Jobs> jobs(Source source) {
        return source.eachServer(
                List.of(Kind.values()),
                kind -> kind.word() + " jobs",
                (server, kind) ->
                        server.jobs(kind).stream().map(job -> row(server, job)).toList());
    }

    static List<BackupRows.Tasks> tasks(Source source) {
        var types = new ArrayList<>(List.of(BackupServerTask.BACKUP));
        for (var kind : Kind.values()) {
            types.add(kind.type());
        }
        return source.eachServer(
                types,
                type -> type + " tasks",
                (server, type) -> server.tasks(type, false, Instant.EPOCH, MOST_TASKS).stream()
                        .map(task -> row(server, task))
                        .toList());
    }

    private static BackupRows.Tasks row(BackupServer server, BackupServerTask task) {
        return new BackupRows.Tasks(
                server.name(),
                task.type(),
                task.subject(),
                task.datastore(),
                task.user(),
                task.started(),
                task.ended(),
                said(task.state()));
    }

    private static BackupRows.Jobs row(BackupServer server, BackupServerJob job) {
        return new BackupRows.Jobs(
                server.name(),
                job.kind().word(),
                job.id(),
                job.datastore(),
                said(job.schedule()),
                job.enabled(),
                job.ended(),
                said(job.state()),
                job.running(),
                job.next());
    }

    private static Optional<String> said(String text) {
        return Optional.of(text).filter(words -> !words.isEmpty());
    }
}
