package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;

/// The lists that are empty, or as they came, on a cluster where nobody has set anything of the kind up.
/// Nothing here can be changed yet.
final class FreshApi {
    private static final List<String> EMPTY = List.of(
            "/cluster/ha/rules",
            "/cluster/jobs/realm-sync",
            "/cluster/mapping/dir",
            "/cluster/mapping/pci",
            "/cluster/mapping/usb",
            "/cluster/metrics/server",
            "/cluster/qemu/custom-cpu-models");

    private FreshApi() {}

    static void add(Routes routes) {
        for (var path : EMPTY) {
            routes.on(Verb.GET, path, _ -> Json.Arr.EMPTY);
        }
        routes.on(Verb.GET, "/cluster/ha/groups", _ -> {
                    throw new SimError("cannot index groups: ha groups have been migrated to rules");
                })
                .on(Verb.GET, "/cluster/ha/status/manager_status", FreshApi::manager)
                .on(Verb.GET, "/cluster/config/nodes", FreshApi::configuredNodes)
                .on(Verb.GET, "/cluster/config/apiversion", _ -> Json.str("1"))
                .on(Verb.GET, "/cluster/config/totem", _ -> Json.Null.NULL)
                .on(Verb.GET, "/cluster/config/qdevice", _ -> Json.Obj.EMPTY)
                .on(Verb.GET, "/cluster/config/join", FreshApi::join);
    }

    private static Json manager(Request request) {
        return Json.obj(
                "manager_status", Json.obj("node_status", Json.Obj.EMPTY),
                "quorum", Json.obj("node", request.localNode(), "quorate", "1"));
    }

    private static Json configuredNodes(Request request) {
        var rows = new ArrayList<Json>();
        if (!request.cluster().name.isEmpty()) {
            request.cluster()
                    .nodes
                    .values()
                    .forEach(node -> rows.add(Json.obj(
                            "node",
                            node.name(),
                            "name",
                            node.name(),
                            "nodeid",
                            Integer.toString(node.id()),
                            "quorum_votes",
                            "1",
                            "ring0_addr",
                            node.ip)));
        }
        return new Json.Arr(rows);
    }

    private static Json join(Request request) {
        throw request.cluster().name.isEmpty()
                ? new SimError(424, "node is not in a cluster, no join info available!", Map.of())
                : new SimError("joining is not simulated");
    }
}
