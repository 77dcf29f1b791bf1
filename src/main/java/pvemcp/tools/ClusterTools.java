package pvemcp.tools;

import static pvemcp.tool.Tool.read;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Verb;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.view.Clean;

/// The cluster as a whole.
public final class ClusterTools {
    public static final Toolset CLUSTER = Toolset.of(
            "cluster",
            "The cluster as a whole",
            read("pve_cluster_status", """
                    Show the cluster at a glance: version, quorum, nodes, guests, storage, running tasks.""", ClusterStatus.class),
            read("pve_next_id", "Find a free guest id. Nothing is reserved: use it soon.", NextId.class));

    private ClusterTools() {}

    record ClusterStatus() implements Call<ClusterStatus.ClusterFacts> {
        record NodeState(String node, String status, String address) {}

        /// @param quorum where there is one node only, there is nothing to agree on
        record ClusterFacts(
                String cluster,
                String version,
                String quorum,
                String guests,
                String storages,
                int runningTasks,
                List<NodeState> nodes) {}

        @Override
        public ClusterFacts run(ToolContext ctx) {
            var name = "";
            var quorum = "single node";
            var nodes = new ArrayList<NodeState>();
            for (var row : Fetch.list(ctx, "/cluster/status")) {
                if (row.text("type").equals("cluster")) {
                    name = Clean.name(row.text("name"));
                    quorum = row.flag("quorate") ? "yes" : "NO: nothing can be written";
                } else {
                    nodes.add(new NodeState(
                            Clean.name(row.text("name")),
                            row.flag("online") ? "online" : "offline",
                            Clean.name(row.text("ip"))));
                }
            }
            nodes.sort(Comparator.comparing(NodeState::node));
            var version = Fetch.object(ctx, "/version").text("version");
            var guests = Inventory.guests(ctx.pve());
            long on = guests.stream()
                    .filter(row -> row.status().equals("running"))
                    .count();
            var storages = Inventory.resources(ctx.pve(), "storage");
            long away = storages.stream()
                    .filter(row -> !row.text("status").equals("available"))
                    .count();
            var running = Fetch.list(ctx, "/cluster/tasks").stream()
                    .filter(row -> row.maybe("endtime").isEmpty())
                    .count();
            return new ClusterFacts(
                    name,
                    Clean.name(version),
                    quorum,
                    "%d, %d running".formatted(guests.size(), on),
                    away == 0
                            ? "%d, all available".formatted(storages.size())
                            : "%d, %d not available".formatted(storages.size(), away),
                    (int) running,
                    nodes);
        }
    }

    record NextId(
            @Doc(value = "Ask whether this id is free", min = 100, max = 999_999_999)
            Optional<Long> vmid) implements Call<NextId.FreeId> {
        record FreeId(long vmid) {}

        @Override
        public FreeId run(ToolContext ctx) {
            var params = vmid.map(id -> Json.obj("vmid", id)).orElse(Json.Obj.EMPTY);
            var answer = Fetch.data(ctx, Verb.GET, "/cluster/nextid", params);
            return new FreeId(Long.parseLong(answer.scalarText().orElse("0")));
        }
    }
}
