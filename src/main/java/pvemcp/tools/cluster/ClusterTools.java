package pvemcp.tools.cluster;

import static pvemcp.tool.Tool.read;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Resource.StorageRow;
import pvemcp.pve.TaskList.TaskRow;
import pvemcp.pve.Verb;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Everywhere;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Places;
import pvemcp.view.Clean;

/// The cluster as a whole.
public final class ClusterTools {
    public static final Toolset CLUSTER = Toolset.of(
            "cluster",
            "The cluster as a whole",
            read("pve_cluster_status", """
                    Show the cluster at a glance.""", Glance.class),
            read("pve_next_id", "Find a free guest id. Nothing is reserved: use it soon.", NextId.class)
                    .structured(NextId.FreeId.class));

    private ClusterTools() {}

    public record Glance() implements Call<Severally<Glance.ClusterFacts>>, Everywhere {
        record NodeState(String node, String status, String address) {}

        record ClusterFacts(
                String cluster,
                String version,
                String quorum,
                String guests,
                String storages,
                long runningTasks,
                List<NodeState> nodes) {}

        @Override
        public Severally<ClusterFacts> run(ToolContext ctx) {
            return new Severally<>(ctx.everywhere(Glance::facts));
        }

        private static ClusterFacts facts(ToolContext ctx) {
            var pve = ctx.pve();
            var status = pve.clusterStatus();
            var nodes = status.members().stream()
                    .map(member -> new NodeState(
                            Clean.name(member.name()), member.online() ? "online" : "offline", Clean.name(member.ip())))
                    .sorted(Comparator.comparing(NodeState::node))
                    .toList();
            return new ClusterFacts(
                    Clean.name(status.name()),
                    Clean.name(pve.version().version()),
                    status.name().isEmpty()
                            ? "not needed: a single node"
                            : status.quorate() ? "yes" : "NO: nothing can be written",
                    guests(pve.guests()),
                    storages(pve.storages()),
                    pve.tasks().tasks().stream().filter(TaskRow::running).count(),
                    nodes);
        }

        private static String guests(List<GuestRow> rows) {
            long running =
                    rows.stream().filter(row -> row.status().equals("running")).count();
            return "%d, %d running".formatted(rows.size(), running);
        }

        private static String storages(List<StorageRow> rows) {
            var away = rows.stream()
                    .filter(row -> !row.status().equals("available"))
                    .map(row -> row.name() + " on " + row.node())
                    .sorted()
                    .toList();
            long names = rows.stream().map(StorageRow::name).distinct().count();
            return away.isEmpty()
                    ? "%d, all available".formatted(names)
                    : "%d, not available: %s".formatted(names, Clean.line(String.join(", ", away)));
        }
    }

    record NextId(
            @Doc(value = "Ask whether this id is free", min = 100, max = 999_999_999, obvious = true)
            Optional<Long> vmid)
            implements Call<NextId.FreeId> {
        record FreeId(int vmid, String note) {}

        @Override
        public FreeId run(ToolContext ctx) {
            if (vmid.isEmpty()) {
                return new FreeId(ctx.pve().nextId(), "free now, not reserved");
            }
            int wanted = Places.id(ctx.pve(), Optional.of(vmid.get().intValue()));
            // Of a guest that this token may not see, PVE says in a 400 that it exists.
            ctx.pve().data(Verb.GET, "/cluster/nextid", Json.obj("vmid", wanted));
            return new FreeId(wanted, "free now, not reserved");
        }
    }
}
