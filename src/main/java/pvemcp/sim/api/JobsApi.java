package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;

/// What the cluster does by itself: scheduled backups and high availability; to be looked at
/// (PVE::API2::Backup, PVE::API2::HA::Status).
final class JobsApi {
    private static final Set<String> NUMBERS =
            Set.of("enabled", "all", "max_restart", "max_relocate", "enable", "ebtables", "failback", "repeat-missed");

    private JobsApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/cluster/backup", JobsApi::backups)
                .on(Verb.GET, "/cluster/backup/{id}", JobsApi::backup)
                .on(Verb.GET, "/cluster/backup-info/not-backed-up", JobsApi::notBackedUp)
                .on(Verb.GET, "/cluster/ha/resources", JobsApi::resources)
                .on(Verb.GET, "/cluster/ha/status/current", JobsApi::status);
    }

    private static Json backups(Request request) {
        var rows = new ArrayList<Json>();
        request.cluster().backupJobs.forEach((id, job) -> rows.add(job(id, job)));
        return new Json.Arr(rows);
    }

    private static Json.Obj job(String id, Map<String, String> job) {
        return values(Rows.of("id", id, "type", "vzdump"), job).json();
    }

    private static Rows values(Rows row, Map<String, String> values) {
        values.forEach((key, value) -> row.put(key, NUMBERS.contains(key) ? Json.num(Long.parseLong(value)) : value));
        return row;
    }

    private static Json backup(Request request) {
        var id = request.text("id");
        var job = request.cluster().backupJobs.get(id);
        if (job == null) {
            throw SimError.invalid("id", "No such job '%s'".formatted(id));
        }
        return job(id, job);
    }

    /// The guests no job names, whether it is switched on or not (PVE::API2::Cluster::BackupInfo).
    private static Json notBackedUp(Request request) {
        var cluster = request.cluster();
        var covered = new TreeSet<Integer>();
        cluster.backupJobs.values().forEach(job -> covered.addAll(guests(cluster, job)));
        var rows = new ArrayList<Json>();
        for (var guest : cluster.guests.values()) {
            if (!covered.contains(guest.vmid()) && request.may("/vms/" + guest.vmid(), "VM.Audit")) {
                rows.add(Json.obj("vmid", guest.vmid(), "type", guest.type(), "name", guest.name()));
            }
        }
        return new Json.Arr(rows);
    }

    /// PVE::VZDump::get_included_guests
    private static List<Integer> guests(Cluster cluster, Map<String, String> job) {
        if (job.containsKey("pool")) {
            var pool = cluster.pools.get(job.get("pool"));
            return pool == null ? List.of() : List.copyOf(pool.guests);
        }
        if (job.getOrDefault("all", "0").equals("1")) {
            var excluded = Request.split(job.getOrDefault("exclude", ""));
            return cluster.guests.keySet().stream()
                    .filter(vmid -> !excluded.contains(vmid.toString()))
                    .toList();
        }
        return Request.split(job.getOrDefault("vmid", "")).stream()
                .map(Integer::valueOf)
                .toList();
    }

    private static Json resources(Request request) {
        var rows = new ArrayList<Json>();
        request.cluster().haResources.forEach((sid, options) -> {
            var shown = new java.util.TreeMap<>(options);
            shown.remove("status");
            shown.putIfAbsent("state", "started");
            rows.add(values(Rows.of("sid", sid, "type", sid.substring(0, 2)), shown)
                    .put("digest", Guest.sha1(request.cluster().haResources.toString()))
                    .json());
        });
        return new Json.Arr(rows);
    }

    /// Without resources the manager stands by; with them there is a master, a line a node and a line a resource.
    private static Json status(Request request) {
        var cluster = request.cluster();
        var node = request.localNode();
        long online =
                cluster.nodes.values().stream().filter(host -> host.online).count();
        boolean quorate = online * 2 > cluster.nodes.size();
        boolean active = !cluster.haResources.isEmpty();
        var rows = new ArrayList<Json>();
        rows.add(Json.obj(
                "id",
                "quorum",
                "type",
                "quorum",
                "node",
                node,
                "quorate",
                quorate ? 1 : 0,
                "status",
                quorate ? "OK" : "No quorum on node '%s'!".formatted(node)));
        rows.add(Json.obj(
                "id",
                "fencing",
                "type",
                "fencing",
                "node",
                node,
                "armed-state",
                active ? "armed" : "standby",
                "status",
                active ? "armed (CRM watchdog active)" : "standby (CRM watchdog standby)"));
        if (active) {
            rows.add(Json.obj(
                    "id",
                    "master",
                    "type",
                    "master",
                    "node",
                    node,
                    "status",
                    "%s (active, %s)".formatted(node, cluster.now())));
            for (var host : cluster.nodes.values()) {
                rows.add(Json.obj(
                        "id",
                        "lrm:" + host.name(),
                        "type",
                        "lrm",
                        "node",
                        host.name(),
                        "status",
                        host.online
                                ? "%s (active, %s)".formatted(host.name(), cluster.now())
                                : "%s (old timestamp - dead?, %s)"
                                        .formatted(host.name(), cluster.now().minusSeconds(600))));
            }
            cluster.haResources.forEach((sid, options) -> {
                var guest = cluster.guests.get(Integer.parseInt(sid.substring(3)));
                var where = guest == null ? node : guest.node;
                var state = options.getOrDefault("status", "started");
                rows.add(Json.obj(
                        "id",
                        "service:" + sid,
                        "type",
                        "service",
                        "sid",
                        sid,
                        "node",
                        where,
                        "state",
                        state,
                        "request_state",
                        options.getOrDefault("state", "started"),
                        "crm_state",
                        state,
                        "status",
                        "%s (%s, %s)".formatted(sid, where, state)));
            });
        }
        return new Json.Arr(rows);
    }
}
