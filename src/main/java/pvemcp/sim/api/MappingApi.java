package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.PropertyString;

/// `/cluster/mapping`: devices and directories of hosts under names that guests can use wherever they run
/// (PVE::API2::Cluster::Mapping and PVE::Mapping).
final class MappingApi {
    private static final Map<String, String> NOUNS = Map.of("pci", "hardware", "usb", "hardware", "dir", "directory");
    private static final List<String> ANY = List.of("Mapping.Modify", "Mapping.Use", "Mapping.Audit");

    private MappingApi() {}

    static void add(Routes routes) {
        for (var kind : List.of("pci", "usb", "dir")) {
            var all = "/cluster/mapping/" + kind;
            routes.on(Verb.GET, all, request -> list(request, kind))
                    .on(Verb.POST, all, request -> create(request, kind))
                    .on(Verb.GET, all + "/{id}", request -> read(request, kind))
                    .on(Verb.PUT, all + "/{id}", request -> update(request, kind))
                    .on(Verb.DELETE, all + "/{id}", request -> delete(request, kind));
        }
    }

    private static SequencedMap<String, Json.Obj> mappings(Request request, String kind) {
        return request.cluster().mappings.get(kind);
    }

    private static String digest(Request request, String kind) {
        return Digests.of(Json.of(mappings(request, kind)).write());
    }

    private static Json list(Request request, String kind) {
        var rows = new ArrayList<Json>();
        mappings(request, kind).forEach((id, mapping) -> {
            if (!request.rights().hasAny("/mapping/%s/%s".formatted(kind, id), ANY)) {
                return;
            }
            var row = row(request, kind, mapping).with("id", id);
            var node = request.find("check-node");
            rows.add(node.map(name -> row.with("checks", checks(request, kind, mapping, name)))
                    .orElse(row));
        });
        return new Json.Arr(rows);
    }

    private static Json.Obj row(Request request, String kind, Json.Obj mapping) {
        return mapping.with("type", kind).with("digest", digest(request, kind));
    }

    private static List<PropertyString> places(Json.Obj mapping) {
        return mapping.array("map").orElse(Json.Arr.EMPTY).items().stream()
                .map(place -> PropertyString.parse(place.scalarText().orElse(""), ""))
                .toList();
    }

    /// PVE::Mapping::PCI and its kin, assert_valid: a device that is not in the host is an error.
    private static Json checks(Request request, String kind, Json.Obj mapping, String node) {
        var checks = new ArrayList<Json>();
        var here = places(mapping).stream()
                .filter(place -> place.get("node").filter(node::equals).isPresent())
                .toList();
        if (here.isEmpty()) {
            checks.add(Json.obj("severity", "warning", "message", "No mapping for node %s.".formatted(node)));
        }
        for (var place : here) {
            var path = place.get("path").orElse("");
            if (kind.equals("pci") && !HardwareApi.hasPciDevice(request, path)) {
                checks.add(Json.obj(
                        "severity",
                        "error",
                        "message",
                        "Invalid configuration: pci device '%s' not found".formatted(path)));
            }
        }
        return new Json.Arr(checks);
    }

    private static Json.Obj mapping(Request request, String kind) {
        var mapping = mappings(request, kind).get(request.text("id"));
        if (mapping == null) {
            throw new SimError("mapping '%s' not found".formatted(request.text("id")));
        }
        return mapping;
    }

    private static Json read(Request request, String kind) {
        return row(request, kind, mapping(request, kind));
    }

    private static Json create(Request request, String kind) {
        var id = request.text("id");
        requirePaths(request, kind);
        if (mappings(request, kind).containsKey(id)) {
            throw new SimError(
                    "create %s mapping failed: %s ID '%s' already defined".formatted(NOUNS.get(kind), kind, id));
        }
        mappings(request, kind).put(id, Overlay.over(request, Json.Obj.EMPTY, "id"));
        return Json.Null.NULL;
    }

    /// Each host has these (PVE::Mapping::Dir, assert_valid).
    private static void requirePaths(Request request, String kind) {
        if (!kind.equals("dir")) {
            return;
        }
        for (var place : places(request.arguments())) {
            var path = place.get("path").orElse("");
            boolean there = List.of("/srv", "/mnt", "/home", "/var", "/opt").stream()
                    .anyMatch(root -> path.equals(root) || path.startsWith(root + "/"));
            if (!there) {
                throw new SimError("Path %s does not exist".formatted(path));
            }
        }
    }

    private static Json update(Request request, String kind) {
        var id = request.text("id");
        var noun = NOUNS.get(kind);
        var before = mappings(request, kind).get(id);
        if (before == null) {
            throw new SimError("update %s mapping failed: no such %s mapping '%s'".formatted(noun, kind, id));
        }
        Digests.assertUnchanged(request, digest(request, kind), "update %s mapping failed: ".formatted(noun));
        if (!request.has("map")) {
            throw new SimError("update %s mapping failed: missing value for required option 'map'".formatted(noun));
        }
        requirePaths(request, kind);
        mappings(request, kind).put(id, Overlay.over(request, before, "id"));
        return Json.Null.NULL;
    }

    /// No matter whether there is one.
    private static Json delete(Request request, String kind) {
        mappings(request, kind).remove(request.text("id"));
        return Json.Null.NULL;
    }
}
