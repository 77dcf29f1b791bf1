package pvemcp.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.pve.BackupServer;
import pvemcp.pve.BackupServerJob;
import pvemcp.pve.Bytes;

/// How the tables of backup servers are filled.
final class BackupTables {
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
                        said(snapshot.verified()),
                        snapshot.isProtected(),
                        snapshot.encrypted(),
                        snapshot.owner(),
                        said(snapshot.comment())))
                .toList());
    }

    static List<BackupRows.Jobs> jobs(Source source) {
        var rows = new ArrayList<BackupRows.Jobs>();
        for (var kind : BackupServerJob.Kind.values()) {
            rows.addAll(source.eachServer(
                    kind.word() + " jobs",
                    server -> server.jobs(kind).stream()
                            .map(job -> row(server, job))
                            .toList()));
        }
        return rows;
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
                job.next());
    }

    private static Optional<String> said(String text) {
        return Optional.of(text).filter(words -> !words.isEmpty());
    }
}
