package pvemcp.query;

import java.time.Instant;
import java.util.Optional;

/// The tables of Proxmox Backup Servers, as [Rows] has those of a cluster.
final class BackupRows {
    private BackupRows() {}

    @About("datastores of the Proxmox Backup Servers in the configuration")
    record Datastores(
            @About("backup server, by its name in the configuration")
            String server,

            @About("datastore") String datastore,
            @About("bytes used") Optional<Long> used,
            @About("bytes in all") Optional<Long> total,

            @About("when it is full if it goes on as in the last month; in the past where it does not grow")
            Optional<Instant> fullBy,

            @About("maintenance mode it is in") Optional<String> maintenance,
            @About("why it cannot be looked at") Optional<String> error,
            @About("comment") Optional<String> comment) {}

    @About("backups in all datastores and namespaces of those servers, whoever made them")
    record Snapshots(
            @About("backup server") String server,
            @About("datastore") String datastore,

            @About("namespace; empty for the root of the datastore")
            String namespace,

            @About("vm, ct or host") String kind,
            @About("guest id; NULL for a host") Optional<Long> vmid,
            @About("guest id as text, or name of the host") String id,
            @About("when it was made") Instant made,
            @About("bytes") Optional<Long> size,

            @About("whether it is all there; one that is being made is not, nor one that broke off")
            boolean complete,

            @About("what the last verification found: ok, failed or NULL for never")
            Optional<String> verified,

            @About("whether it is protected from pruning") boolean isProtected,

            @About("whether a key of the client is needed to read it")
            boolean encrypted,

            @About("user or token that made it") String owner,
            @About("first line of its notes") Optional<String> comment) {}

    @About("verify, garbage collection, sync and prune jobs of those servers")
    record Jobs(
            @About("backup server") String server,

            @About("verify, garbage collection, sync or prune")
            String kind,

            @About("job id; the datastore for garbage collection")
            String id,

            @About("datastore") String datastore,

            @About("calendar event; NULL: it does not run by itself")
            Optional<String> schedule,

            @About("whether it is switched on") boolean enabled,
            @About("when it last ended") Optional<Instant> ended,

            @About("how: OK, WARNINGS: n or the error; NULL while it runs or never ran")
            Optional<String> state,

            @About("since when it runs; NULL: it does not") Optional<Instant> running,

            @About("when it runs next; long past: it does not")
            Optional<Instant> next) {}

    @About("latest runs of those jobs and latest backups, 500 of each at most")
    record Tasks(
            @About("backup server") String server,

            @About("verificationjob, garbage_collection, syncjob, prunejob or backup")
            String type,

            @About("what it works on: datastore and job, or datastore and backup")
            String object,

            @About("datastore") String datastore,
            @About("who started it") String owner,
            @About("when it started") Instant started,
            @About("when it ended; NULL while it runs") Optional<Instant> ended,

            @About("OK, WARNINGS: n, unknown, the error; NULL while it runs")
            Optional<String> status) {}
}
