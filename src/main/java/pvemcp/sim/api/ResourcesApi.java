package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.metrics.NodeMetrics;
import pvemcp.sim.world.Access;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Node;

/// `/cluster/resources`: everything there is in one list, less what the caller may not see
/// (PVE::API2::Cluster::resources).
final class ResourcesApi {
    private static final List<String> STORAGE = List.of("Datastore.Audit", "Datastore.AllocateSpace");

    private ResourcesApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/cluster/resources", ResourcesApi::list);
    }

    private static Json list(Request request) {
        var type = request.text("type", "");
        var rows = new ArrayList<Json>();
        if (type.isEmpty()) {
            pools(request, rows);
        }
        if (type.isEmpty() || type.equals("vm")) {
            guests(request, rows);
        }
        if (type.isEmpty() || type.equals("node")) {
            nodes(request).forEach(row -> rows.add(row.put("cgroup-mode", 2).json()));
        }
        if (type.isEmpty() || type.equals("storage")) {
            storages(request, rows);
        }
        if (type.isEmpty() && request.may("/sdn/zones/localnetwork", "SDN.Audit")) {
            request.cluster().nodes.keySet().forEach(node -> rows.add(localNetwork(node)));
        }
        return new Json.Arr(rows);
    }

    private static void pools(Request request, List<Json> rows) {
        for (var pool : request.cluster().pools.keySet()) {
            if (request.may("/pool/" + pool, "Pool.Audit")) {
                rows.add(Json.obj("id", "/pool/" + pool, "type", "pool", "pool", pool));
            }
        }
    }

    private static void guests(Request request, List<Json> rows) {
        var pools = poolsOfGuests(request.cluster());
        for (var guest : request.cluster().guests.values()) {
            if (request.may("/vms/" + guest.vmid(), "VM.Audit")) {
                rows.add(guest(request.cluster(), guest, pools));
            }
        }
    }

    static Map<Integer, String> poolsOfGuests(Cluster cluster) {
        var pools = new HashMap<Integer, String>();
        cluster.pools.values().forEach(pool -> pool.guests.forEach(vmid -> pools.put(vmid, pool.id())));
        return pools;
    }

    /// A guest's row; on a node that is away, only what the cluster's configuration tells.
    static Json guest(Cluster cluster, Guest guest, Map<Integer, String> pools) {
        var node = cluster.nodes.get(guest.node);
        var pool = pools.getOrDefault(guest.vmid(), "");
        var state = cluster.ha.of(guest).map(resource -> resource.shown(guest.isRunning()));
        if (node != null && node.online) {
            var row = GuestRows.resource(guest, cluster.now(), pool);
            return state.map(word -> row.with("hastate", word)).orElse(row);
        }
        return Rows.of(
                        "id",
                        guest.type() + "/" + guest.vmid(),
                        "type",
                        guest.type(),
                        "vmid",
                        guest.vmid(),
                        "node",
                        guest.node,
                        "status",
                        "unknown")
                .putText("pool", pool)
                .putIf("hastate", state)
                .json();
    }

    /// The nodes' rows, of all that may be seen.
    static List<Rows> nodes(Request request) {
        var cluster = request.cluster();
        var guests = cluster.guests.values().stream().collect(Collectors.groupingBy(guest -> guest.node));
        return cluster.nodes.values().stream()
                .map(node -> node(cluster, node, guests.getOrDefault(node.name(), List.of()), request.rights()))
                .toList();
    }

    /// A node's row; its figures only for those who may audit it (PVE::API2Tools::extract_node_stats).
    private static Rows node(Cluster cluster, Node node, List<Guest> guests, Access.Rights rights) {
        var now = cluster.now();
        var row = Rows.of(
                "id",
                "node/" + node.name(),
                "type",
                "node",
                "node",
                node.name(),
                "status",
                node.online ? "online" : "offline",
                "level",
                "");
        if (!node.online || !rights.has("/nodes/" + node.name(), "Sys.Audit")) {
            return row;
        }
        var use = new NodeMetrics(node, guests);
        return row.put("maxcpu", node.cores)
                .put("cpu", use.cpu(now))
                .put("maxmem", node.memory)
                .put("mem", use.memory(now))
                .put("maxdisk", node.rootDisk)
                .put("disk", node.rootUsed)
                .put("uptime", now.getEpochSecond() - node.booted.getEpochSecond());
    }

    private static void storages(Request request, List<Json> rows) {
        for (var storage : request.cluster().storages.values()) {
            if (!request.rights().hasAny("/storage/" + storage.id(), STORAGE)) {
                continue;
            }
            for (var node : request.cluster().nodes.keySet()) {
                if (storage.isOn(node) && storage.isEnabled()) {
                    rows.add(storage.resource(node));
                }
            }
        }
    }

    private static Json localNetwork(String node) {
        return Json.obj(
                "id", "network/" + node + "/zone/localnetwork",
                "type", "network",
                "network-type", "zone",
                "network", "localnetwork",
                "node", node,
                "status", "ok");
    }
}
