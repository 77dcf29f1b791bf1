package pvemcp.sim.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.world.BackupServer;
import pvemcp.sim.world.Cluster;

/// What of a Proxmox Backup Server's API is simulated: the reads of datastores, jobs and tasks. Shapes and words are
/// those of proxmox-backup, src/api2 (status.rs, admin/*.rs) and pbs-api-types.
public final class BackupServerApi {
    private static final Pattern BELOW_DATASTORE = Pattern.compile("/admin/datastore/([^/]+)/(namespace|snapshots)");
    private static final Pattern JOBS = Pattern.compile("/admin/(verify|gc|sync|prune)");
    private static final Pattern TASKS = Pattern.compile("/nodes/(?:localhost|pbs)/tasks");

    private final Cluster cluster;
    private final BackupServer server;

    public BackupServerApi(Cluster cluster) {
        this.cluster = cluster;
        this.server = cluster.backupServer;
    }

    /// The `data` of the answer to a GET.
    ///
    /// @param path below the format, decoded
    public Json get(String path, Map<String, Json> arguments) {
        var below = BELOW_DATASTORE.matcher(path);
        if (below.matches()) {
            requireShown();
            requireThere(below.group(1));
            return of(below.group(1), below.group(2), arguments);
        }
        var jobs = JOBS.matcher(path);
        if (jobs.matches()) {
            return rows(
                    server.jobs.stream()
                            .filter(job -> job.list().equals(jobs.group(1)))
                            .toList(),
                    BackupServerApi::job);
        }
        if (TASKS.matcher(path).matches()) {
            return tasks(arguments);
        }
        return switch (path) {
            case "/access/permissions" -> rights(text(arguments, "path"));
            case "/version" -> Json.obj("version", "4.0.14", "release", "1", "repoid", "6e3f5bd2c9a04f1d");
            case "/admin/datastore" -> rows(List.copyOf(server.datastores.entrySet()), BackupServerApi::described);
            case "/status/datastore-usage" -> rows(List.copyOf(server.datastores.entrySet()), BackupServerApi::usage);
            // proxmox-rest-server, rest.rs
            default -> throw new SimError(404, "Path '/api2/json%s' not found.".formatted(path), Map.of());
        };
    }

    /// What a token without rights may not see is left out of lists.
    private <T> Json rows(List<T> things, Function<T, Json> row) {
        return Json.of(server.isShown ? things.stream().map(row).toList() : List.of());
    }

    private void requireShown() {
        if (!server.isShown) {
            throw new SimError(403, "permission check failed", Map.of());
        }
    }

    private void requireThere(String name) {
        var datastore = server.datastores.get(name);
        if (datastore == null) {
            // pbs-config, datastore.rs by way of SectionConfigData::lookup
            throw new SimError(400, "no such datastore '%s'".formatted(name), Map.of());
        }
        if (!datastore.broken.isEmpty()) {
            throw new SimError(400, datastore.broken, Map.of());
        }
    }

    private Json of(String name, String what, Map<String, Json> arguments) {
        if (what.equals("namespace")) {
            return Json.of(server.namespaces(cluster, name).stream()
                    .map(namespace -> Map.of("ns", namespace))
                    .toList());
        }
        var namespace = text(arguments, "ns");
        return Json.of(server.snapshots(cluster, name, namespace).stream()
                .map(BackupServerApi::snapshot)
                .toList());
    }

    private static String text(Map<String, Json> arguments, String name) {
        return arguments.getOrDefault(name, Json.str("")).scalarText().orElse("");
    }

    private static Json snapshot(BackupServer.Kept kept) {
        var row = new LinkedHashMap<String, Object>();
        row.put("backup-type", kept.kind());
        row.put("backup-id", kept.id());
        row.put("backup-time", kept.made().getEpochSecond());
        row.put("owner", kept.owner());
        row.put("protected", false);
        if (!kept.complete()) {
            // Without a manifest there are the names of files and nothing else (admin/datastore.rs, list_snapshots).
            row.put("files", List.of(Map.of("filename", "client.log.blob")));
            return Json.of(row);
        }
        var mode = kept.key().isEmpty() ? "none" : "encrypt";
        row.put(
                "files",
                List.of(
                        Json.obj("filename", "root.pxar.didx", "crypt-mode", mode, "size", kept.size()),
                        Json.obj("filename", "index.json.blob", "crypt-mode", "none", "size", 512)));
        row.put("size", kept.size());
        if (!kept.key().isEmpty()) {
            row.put("fingerprint", kept.key());
        }
        if (!kept.comment().isEmpty()) {
            row.put("comment", kept.comment());
        }
        if (!kept.verified().isEmpty()) {
            row.put(
                    "verification",
                    Map.of(
                            "state",
                            kept.verified(),
                            "upid",
                            "UPID:pbs:0000A1B2:00C3D4E5:00000001:68F00000:verificationjob:main:root@pam:"));
        }
        return Json.of(row);
    }

    /// What a privilege is worth with a path below it, such as that of `Audit` on `/system/tasks`.
    private Json rights(String path) {
        if (path.equals("/system/tasks") && server.showsTasks) {
            return Json.obj(path, Json.obj("Sys.Audit", true, "Datastore.Audit", true));
        }
        boolean ofDatastores = path.startsWith("/datastore") && server.isShown;
        return ofDatastores ? Json.obj(path, Json.obj("Datastore.Audit", true)) : Json.Obj.EMPTY;
    }

    /// The tasks of others are left out for a token without the right to them (node/tasks.rs, list_tasks).
    private Json tasks(Map<String, Json> arguments) {
        var type = text(arguments, "typefilter");
        var since = text(arguments, "since");
        var limit = text(arguments, "limit");
        boolean failed = text(arguments, "errors").equals("1");
        return Json.of(server.runs.stream()
                .filter(_ -> server.showsTasks)
                .filter(run -> run.worker().contains(type))
                .filter(run -> since.isEmpty() || run.started().getEpochSecond() >= Long.parseLong(since))
                .filter(run -> !failed || !run.state().equals("OK"))
                .limit(limit.isEmpty() ? 50 : Long.parseLong(limit))
                .map(BackupServerApi::task)
                .toList());
    }

    private static Json task(BackupServer.Run run) {
        var row = new LinkedHashMap<String, Object>();
        row.put("upid", run.upid());
        row.put("node", "localhost");
        row.put("pid", 0xA1B2);
        row.put("pstart", 0xC3D4E5);
        row.put("starttime", run.started().getEpochSecond());
        row.put("worker_type", run.worker());
        row.put("worker_id", run.subject());
        row.put("user", run.user());
        run.ended().ifPresent(when -> {
            row.put("endtime", when.getEpochSecond());
            row.put("status", run.state());
        });
        return Json.of(row);
    }

    private static Json described(Map.Entry<String, BackupServer.Datastore> entry) {
        var row = new LinkedHashMap<String, Object>();
        row.put("store", entry.getKey());
        if (!entry.getValue().comment.isEmpty()) {
            row.put("comment", entry.getValue().comment);
        }
        if (!entry.getValue().maintenance.isEmpty()) {
            row.put("maintenance", entry.getValue().maintenance);
        }
        return Json.of(row);
    }

    private static Json usage(Map.Entry<String, BackupServer.Datastore> entry) {
        var datastore = entry.getValue();
        var row = new LinkedHashMap<String, Object>();
        row.put("store", entry.getKey());
        if (!datastore.broken.isEmpty()) {
            row.put("error", datastore.broken);
            return Json.of(row);
        }
        row.put("total", datastore.total);
        row.put("used", datastore.used);
        row.put("avail", datastore.total - datastore.used);
        datastore.full.ifPresent(when -> row.put("estimated-full-date", when.getEpochSecond()));
        return Json.of(row);
    }

    private static Json job(BackupServer.Job job) {
        var row = new LinkedHashMap<String, Object>();
        if (!job.list().equals("gc")) {
            row.put("id", job.id());
        }
        row.put("store", job.datastore());
        if (!job.schedule().isEmpty()) {
            row.put("schedule", job.schedule());
        }
        job.next().ifPresent(when -> row.put("next-run", when.getEpochSecond()));
        if (job.running().isPresent()) {
            // Of a job that runs there is nothing but the task (server/jobstate.rs, compute_schedule_status).
            var run = new BackupServer.Run(
                    job.worker(), job.subject(), "root@pam", job.running().get(), Optional.empty(), "");
            row.put("last-run-upid", run.upid());
            return Json.of(row);
        }
        job.ended().ifPresent(when -> row.put("last-run-endtime", when.getEpochSecond()));
        if (!job.state().isEmpty()) {
            row.put("last-run-state", job.state());
        }
        return Json.of(row);
    }
}
