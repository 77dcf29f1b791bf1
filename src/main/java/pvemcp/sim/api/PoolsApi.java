package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Pool;

/// `/pools`, in the form with `poolid` as a parameter and in the older one with it in the path (PVE::API2::Pool)
final class PoolsApi {
    private static final Pattern STARTS_WELL = Pattern.compile("[A-Za-z].*");

    private PoolsApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/pools", PoolsApi::list)
                .on(Verb.POST, "/pools", PoolsApi::create)
                .on(Verb.PUT, "/pools", PoolsApi::update)
                .on(Verb.DELETE, "/pools", PoolsApi::delete)
                .on(Verb.GET, "/pools/{poolid}", request -> described(request, pool(request, "")))
                .on(Verb.PUT, "/pools/{poolid}", PoolsApi::update)
                .on(Verb.DELETE, "/pools/{poolid}", PoolsApi::delete);
    }

    private static Pool pool(Request request, String prefix) {
        var id = request.text("poolid");
        var pool = request.cluster().pools.get(id);
        if (pool == null) {
            throw new SimError("%spool '%s' does not exist".formatted(prefix, id));
        }
        return pool;
    }

    private static Json list(Request request) {
        if (request.has("poolid")) {
            request.require("/pool/" + request.text("poolid"), "Pool.Audit");
            return Json.arr(described(request, pool(request, "")));
        }
        return Json.of(request.cluster().pools.values().stream()
                .filter(pool -> request.may("/pool/" + pool.id(), "Pool.Audit"))
                .map(pool -> Rows.of("poolid", pool.id())
                        .putText("comment", pool.comment)
                        .json())
                .toList());
    }

    private static Json described(Request request, Pool pool) {
        var cluster = request.cluster();
        var type = request.text("type", "");
        var members = new ArrayList<Json>();
        for (int vmid : pool.guests) {
            var guest = cluster.guests.get(vmid);
            if (guest != null && (type.isEmpty() || type.equals(guest.type()))) {
                members.add(ResourcesApi.guest(cluster, guest, Map.of()));
            }
        }
        if (type.isEmpty() || type.equals("storage")) {
            pool.storages.forEach(id -> members.addAll(storage(cluster, id)));
        }
        return Rows.of("poolid", pool.id(), "members", members)
                .putText("comment", pool.comment)
                .json();
    }

    private static List<Json> storage(Cluster cluster, String id) {
        return Optional.ofNullable(cluster.storages.get(id)).stream()
                .flatMap(storage -> cluster.nodes.keySet().stream()
                        .filter(storage::isOn)
                        .map(storage::resource)
                        .map(Json.class::cast))
                .toList();
    }

    private static Json create(Request request) {
        var pools = request.cluster().pools;
        var id = request.text("poolid");
        if (pools.containsKey(id)) {
            throw new SimError("create pool failed: pool '%s' already exists".formatted(id));
        }
        if (!STARTS_WELL.matcher(id).matches()) {
            throw new SimError("create pool failed: pool name must start with a letter");
        }
        int slash = id.lastIndexOf('/');
        if (slash > 0 && !pools.containsKey(id.substring(0, slash))) {
            throw new SimError("create pool failed: parent '%s' of pool '%s' does not exist"
                    .formatted(id.substring(0, slash), id));
        }
        var pool = new Pool(id);
        pool.comment = request.text("comment", "");
        pools.put(id, pool);
        return Json.Null.NULL;
    }

    private static Json update(Request request) {
        var pool = pool(request, "update pools failed: ");
        boolean remove = request.flag("delete");
        for (var id : request.list("vms")) {
            request.requireAny("/vms/" + id, "Permissions.Modify", "VM.Allocate");
            change(request, pool, Integer.parseInt(id), remove);
        }
        for (var id : request.list("storage")) {
            request.requireAny("/storage/" + id, "Permissions.Modify", "Datastore.Allocate");
            boolean changed = remove ? pool.storages.remove(id) : pool.storages.add(id);
            if (!changed) {
                throw new SimError("update pools failed: Storage '%s' is %s pool member"
                        .formatted(id, remove ? "not a" : "already a"));
            }
        }
        pool.comment = request.text("comment", pool.comment);
        return Json.Null.NULL;
    }

    private static void change(Request request, Pool pool, int vmid, boolean remove) {
        if (remove) {
            if (!pool.guests.remove(vmid)) {
                throw new SimError("update pools failed: VM %d is not a pool member".formatted(vmid));
            }
            return;
        }
        var current = request.cluster().pools.values().stream()
                .filter(other -> other.guests.contains(vmid))
                .findFirst();
        if (current.isPresent()) {
            if (current.get() == pool) {
                throw new SimError("update pools failed: VM %d is already a pool member".formatted(vmid));
            }
            if (!request.flag("allow-move")) {
                throw new SimError("update pools failed: VM %d belongs already to pool '%s' and 'allow-move' is not set"
                        .formatted(vmid, current.get().id()));
            }
            current.get().guests.remove(vmid);
        }
        pool.guests.add(vmid);
    }

    /// A pool with members stays; what it lists but does not exist is no member.
    private static Json delete(Request request) {
        var pool = pool(request, "delete pool failed: ");
        var content = request.cluster().pools.keySet().stream()
                .filter(id -> id.startsWith(pool.id() + "/"))
                .findFirst()
                .map("pool '%s'"::formatted)
                .or(() -> pool.guests.stream()
                        .filter(request.cluster().guests::containsKey)
                        .findFirst()
                        .map("VM %d"::formatted))
                .or(() -> pool.storages.stream()
                        .filter(request.cluster().storages::containsKey)
                        .findFirst()
                        .map("storage '%s'"::formatted));
        if (content.isPresent()) {
            throw new SimError(
                    "delete pool failed: pool '%s' is not empty (contains %s)".formatted(pool.id(), content.get()));
        }
        request.cluster().pools.remove(pool.id());
        request.cluster().access.forget(line -> line.path().equals("/pool/" + pool.id()));
        return Json.Null.NULL;
    }
}
