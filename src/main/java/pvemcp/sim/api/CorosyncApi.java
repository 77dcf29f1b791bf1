package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.Map;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;

/// `/cluster/config`: what corosync.conf says (PVE::API2::ClusterConfig). There is no other cluster to be joined, so
/// that joining never gets further than looking whether this host may.
final class CorosyncApi {
    private CorosyncApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/cluster/config/nodes", request -> nodes(request, false))
                .on(Verb.GET, "/cluster/config/apiversion", _ -> Json.str("1"))
                .on(Verb.GET, "/cluster/config/totem", CorosyncApi::totem)
                .on(Verb.GET, "/cluster/config/qdevice", _ -> Json.Obj.EMPTY)
                .on(Verb.GET, "/cluster/config/join", CorosyncApi::join)
                .on(Verb.POST, "/cluster/config/join", CorosyncApi::joinOther);
    }

    private static boolean isAlone(Request request) {
        return request.cluster().name.isEmpty();
    }

    /// @param forJoining with what a new node needs to trust them
    private static Json nodes(Request request, boolean forJoining) {
        var rows = new ArrayList<Json>();
        if (isAlone(request)) {
            return Json.Arr.EMPTY;
        }
        for (var node : request.cluster().nodes.values()) {
            var row = Rows.of("name", node.name(), "nodeid", Integer.toString(node.id()))
                    .put("quorum_votes", "1")
                    .put("ring0_addr", node.ip);
            rows.add((forJoining
                            ? row.put("pve_addr", node.ip)
                                    .put("pve_fp", request.cluster().certificate.fingerprint())
                            : row.put("node", node.name()))
                    .json());
        }
        return new Json.Arr(rows);
    }

    private static Json totem(Request request) {
        if (isAlone(request)) {
            return Json.Null.NULL;
        }
        return Json.obj(
                "cluster_name",
                request.cluster().name,
                "config_version",
                Integer.toString(request.cluster().nodes.size() + 3),
                "interface",
                Map.of("0", Map.of("linknumber", "0")),
                "ip_version",
                "ipv4-6",
                "link_mode",
                "passive",
                "secauth",
                "on",
                "version",
                "2");
    }

    private static Json join(Request request) {
        if (isAlone(request)) {
            throw new SimError(424, "node is not in a cluster, no join info available!", Map.of());
        }
        var totem = totem(request);
        return Json.obj(
                "nodelist",
                nodes(request, true),
                "preferred_node",
                request.text("node", request.localNode()),
                "totem",
                totem,
                "config_digest",
                Digests.of(totem.write()));
    }

    // PVE::Cluster::Setup, assert_joinable
    private static Json joinOther(Request request) {
        var problems = new StringBuilder();
        if (!isAlone(request)) {
            problems.append("* authentication key '/etc/corosync/authkey' already exists\n")
                    .append("* cluster config '/etc/pve/corosync.conf' already exists\n");
        }
        if (!request.cluster().guests.isEmpty()) {
            problems.append("* this host already contains virtual guests\n");
        }
        var steps = Timed.after(work -> {
                    if (!problems.isEmpty()) {
                        work.say("detected the following error(s):");
                        problems.toString().lines().forEach(work::say);
                        throw new SimError("Check if node may join a cluster failed!");
                    }
                    work.say("Establishing API connection with host '%s'".formatted(request.text("hostname")));
                })
                .then(3000, _ -> {
                    throw new SimError(
                            "500 Can't connect to %s:8006 (No route to host)".formatted(request.text("hostname")));
                })
                .steps();
        return Json.str(request.tasks().start(request.localNode(), "clusterjoin", "", request.authId(), steps));
    }
}
