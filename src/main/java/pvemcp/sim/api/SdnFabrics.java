package pvemcp.sim.api;

import static pvemcp.sim.world.Sdn.Part.FABRICS;
import static pvemcp.sim.world.Sdn.Part.FABRIC_NODES;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Sdn;
import pvemcp.sim.world.Sdn.Part;

/// Routed networks between nodes (PVE::API2::Network::SDN::Fabrics).
final class SdnFabrics {
    private static final String FABRICS_PATH = "/cluster/sdn/fabrics/fabric";
    private static final String NODES_PATH = "/cluster/sdn/fabrics/node";

    private SdnFabrics() {}

    static void add(Routes routes) {
        var fabric = FABRICS_PATH + "/{id}";
        var members = NODES_PATH + "/{fabric_id}";
        var member = members + "/{node_id}";
        routes.on(Verb.GET, "/cluster/sdn/fabrics/all", SdnFabrics::all)
                .on(Verb.GET, FABRICS_PATH, request -> new Json.Arr(fabrics(request)))
                .on(Verb.POST, FABRICS_PATH, SdnFabrics::create)
                .on(Verb.GET, fabric, request -> shown(request, request.text("id"), fabric(request, "id")))
                .on(Verb.PUT, fabric, SdnFabrics::update)
                .on(Verb.DELETE, fabric, SdnFabrics::delete)
                .on(Verb.GET, NODES_PATH, request -> new Json.Arr(members(request, Optional.empty())))
                .on(Verb.GET, members, request -> new Json.Arr(members(request, request.find("fabric_id"))))
                .on(Verb.POST, members, SdnFabrics::join)
                .on(Verb.GET, member, request -> digested(request, member(request)))
                .on(Verb.PUT, member, SdnFabrics::change)
                .on(Verb.DELETE, member, SdnFabrics::leave);
        for (var what : List.of("routes", "neighbors", "interfaces")) {
            routes.on(Verb.GET, "/nodes/{node}/sdn/fabrics/{fabric}/" + what, request -> state(request, what));
        }
    }

    private static Json all(Request request) {
        return Json.obj("fabrics", fabrics(request), "nodes", members(request, Optional.empty()));
    }

    private static List<Json> fabrics(Request request) {
        var sdn = request.cluster().sdn;
        var rows = new ArrayList<Json>();
        if (request.flag("pending")) {
            var ids = new TreeSet<>(sdn.running(FABRICS).keySet());
            ids.addAll(sdn.objects(FABRICS).keySet());
            ids.forEach(id -> rows.add(pending(sdn, FABRICS, "id", id)));
            return rows;
        }
        var source = request.flag("running") ? sdn.running(FABRICS) : sdn.objects(FABRICS);
        source.forEach((id, settings) -> rows.add(shown(request, id, settings)));
        return rows;
    }

    private static Json.Obj pending(Sdn sdn, Part part, String noun, String id) {
        var row = SdnApi.pending(sdn, part, noun, id).without("type");
        var any = Optional.ofNullable(sdn.objects(part).get(id))
                .orElseGet(() -> sdn.running(part).get(id));
        var changes = row.object("pending").orElse(Json.Obj.EMPTY);
        // What names it is not a change of it.
        for (var name : List.of("protocol", "fabric_id", "node_id")) {
            row = any.has(name) ? row.with(name, any.get(name).orElseThrow()) : row;
            changes = changes.without(name);
        }
        return row.has("pending") ? row.with("pending", changes) : row;
    }

    private static Json shown(Request request, String id, Json.Obj settings) {
        return digested(request, settings.with("id", id));
    }

    private static Json digested(Request request, Json.Obj row) {
        var sdn = request.cluster().sdn;
        return row.with("digest", Digests.of(sdn.objects(FABRICS).toString() + sdn.objects(FABRIC_NODES)));
    }

    private static Json.Obj fabric(Request request, String name) {
        var id = request.text(name);
        return Optional.ofNullable(request.cluster().sdn.objects(FABRICS).get(id))
                .orElseThrow(() -> new SimError("Could not find fabric with id %s".formatted(id)));
    }

    private static Json create(Request request) {
        return SdnApi.locked(request, "adding fabric failed", () -> {
            var fabrics = request.cluster().sdn.objects(FABRICS);
            var id = request.text("id");
            if (fabrics.containsKey(id)) {
                throw new SimError("fabric with id %s already exists".formatted(id));
            }
            fabrics.put(id, SdnApi.settings(request, "id"));
        });
    }

    private static Json update(Request request) {
        return SdnApi.locked(
                request,
                "updating fabric failed",
                () -> request.cluster()
                        .sdn
                        .objects(FABRICS)
                        .put(request.text("id"), SdnApi.changed(request, fabric(request, "id"), "id")));
    }

    private static Json delete(Request request) {
        return SdnApi.locked(request, "deleting fabric failed", () -> {
            fabric(request, "id");
            var id = request.text("id");
            var sdn = request.cluster().sdn;
            if (sdn.objects(FABRIC_NODES).keySet().stream().anyMatch(key -> key.startsWith(id + "_"))) {
                throw new SimError("fabric %s still has nodes".formatted(id));
            }
            sdn.objects(FABRICS).remove(id);
        });
    }

    private static List<Json> members(Request request, Optional<String> fabric) {
        var sdn = request.cluster().sdn;
        var rows = new ArrayList<Json>();
        if (request.flag("pending")) {
            var ids = new TreeSet<>(sdn.running(FABRIC_NODES).keySet());
            ids.addAll(sdn.objects(FABRIC_NODES).keySet());
            ids.removeIf(id -> fabric.isPresent() && !id.startsWith(fabric.get() + "_"));
            ids.forEach(id -> rows.add(pending(sdn, FABRIC_NODES, "key", id).without("key")));
            return rows;
        }
        var source = request.flag("running") ? sdn.running(FABRIC_NODES) : sdn.objects(FABRIC_NODES);
        source.values().stream()
                .filter(member -> fabric.isEmpty() || member.text("fabric_id").equals(fabric))
                .forEach(member -> rows.add(digested(request, member)));
        return rows;
    }

    private static String key(Request request) {
        return request.text("fabric_id") + "_" + request.text("node_id");
    }

    private static Json.Obj member(Request request) {
        return Optional.ofNullable(request.cluster().sdn.objects(FABRIC_NODES).get(key(request)))
                .orElseThrow(() -> new SimError("Could not find node %s in fabric %s"
                        .formatted(request.text("node_id"), request.text("fabric_id"))));
    }

    private static Json join(Request request) {
        return SdnApi.locked(request, "adding node failed", () -> {
            fabric(request, "fabric_id");
            var members = request.cluster().sdn.objects(FABRIC_NODES);
            if (members.containsKey(key(request))) {
                throw new SimError("node %s already exists in fabric".formatted(request.text("node_id")));
            }
            members.put(key(request), SdnApi.settings(request));
        });
    }

    private static Json change(Request request) {
        return SdnApi.locked(
                request,
                "updating node failed",
                () -> request.cluster()
                        .sdn
                        .objects(FABRIC_NODES)
                        .put(key(request), SdnApi.changed(request, member(request))));
    }

    private static Json leave(Request request) {
        return SdnApi.locked(request, "deleting node failed", () -> {
            member(request);
            request.cluster().sdn.objects(FABRIC_NODES).remove(key(request));
        });
    }

    /// What the routing daemon of a node says of a fabric that runs.
    private static Json state(Request request, String what) {
        var sdn = request.cluster().sdn;
        var fabric = request.text("fabric");
        var self = request.node().name();
        var rows = new ArrayList<Json>();
        for (var member : sdn.running(FABRIC_NODES).values()) {
            var name = member.text("node_id").orElse("");
            boolean here = member.text("fabric_id").orElse("").equals(fabric);
            boolean other = here && !name.equals(self);
            if (what.equals("interfaces") && here && !other) {
                interfaces(member)
                        .forEach(device -> rows.add(Json.obj("name", device, "type", "Point-To-Point", "state", "Up")));
            }
            if (what.equals("neighbors") && other) {
                rows.add(Json.obj("neighbor", name, "status", "Up", "uptime", "1h2m3s"));
            }
            if (what.equals("routes") && other) {
                rows.add(Json.obj("route", member.text("ip").orElse("") + "/32", "via", List.of(name)));
            }
        }
        return new Json.Arr(rows);
    }

    private static List<String> interfaces(Json.Obj member) {
        return member.array("interfaces").orElse(Json.Arr.EMPTY).items().stream()
                .map(item ->
                        item.scalarText().orElse("").replaceFirst("^name=", "").replaceFirst(",.*", ""))
                .toList();
    }
}
