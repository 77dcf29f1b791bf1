package pvemcp.tools.node;

import static pvemcp.tool.Tool.read;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import pvemcp.pve.Bytes;
import pvemcp.pve.Percent;
import pvemcp.pve.Resource;
import pvemcp.tool.Aim.OnNode;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Everywhere;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Gathered;
import pvemcp.tools.common.Page;
import pvemcp.tools.common.Window;
import pvemcp.view.Clean;

/// The hosts a cluster consists of.
public final class NodeTools {
    public static final Toolset NODES = Toolset.of(
            "nodes",
            "Hosts of the cluster",
            read("pve_node_list", "List the nodes with status, load and memory.", NodeList.class),
            read("pve_node_get", """
                    Show one node: load, memory, disk, versions.""", NodeGet.class));

    private NodeTools() {}

    /// A node in a list; one that is offline has no numbers.
    record NodeLine(
            String node,
            String status,
            Optional<Percent> cpu,
            Optional<Long> cores,
            Optional<Bytes> mem,
            Optional<Bytes> maxMem,
            Optional<Bytes> rootUsed,
            Optional<Bytes> rootSize,
            Optional<Duration> uptime) {
        static NodeLine of(Resource.NodeRow row) {
            boolean on = row.online();
            return new NodeLine(
                    row.name(),
                    Clean.name(row.status()),
                    row.cpu().filter(_ -> on),
                    row.cores().filter(_ -> on).map(Double::longValue),
                    row.memory().filter(_ -> on),
                    row.maxMemory().filter(_ -> on),
                    row.rootUsed().filter(_ -> on),
                    row.rootSize().filter(_ -> on),
                    row.uptime().filter(_ -> on));
        }
    }

    record NodeList(
            @Doc(
                    value = "online, offline or unknown",
                    usual = {"online", "offline", "unknown"},
                    obvious = true)
            Optional<String> status,

            Window window)
            implements Call<Page>, Everywhere {
        @Override
        public Page run(ToolContext ctx) {
            var rows = Gathered.of(ctx, this::rows).sorted(Comparator.comparing(NodeLine::node));
            return Page.of("nodes", NodeLine.class, rows, this)
                    .counting("status", NodeLine::status)
                    .sortedBy("node")
                    .brief("node", "status", "cpu", "cores", "mem", "max_mem", "uptime")
                    .page(window, NodeLine::node);
        }

        private List<NodeLine> rows(ToolContext ctx) {
            return ctx.pve().nodes().stream()
                    .map(NodeLine::of)
                    .filter(row -> status.map(row.status()::equalsIgnoreCase).orElse(true))
                    .toList();
        }
    }

    public record NodeGet(@Doc(kind = Kind.NODE) String node) implements Call<NodeGet.NodeFacts>, OnNode {
        /// @param load the averages over 1, 5 and 15 minutes
        record NodeFacts(
                String node,
                Optional<Duration> uptime,
                Optional<Percent> cpu,
                Optional<Long> cores,
                String cpuModel,
                List<Double> load,
                Optional<Percent> ioWait,
                Optional<Bytes> mem,
                Optional<Bytes> maxMem,
                Optional<Bytes> swap,
                Optional<Bytes> maxSwap,
                Optional<Bytes> rootUsed,
                Optional<Bytes> rootSize,
                String version,
                String kernel,
                int guests,
                int runningGuests) {}

        @Override
        public NodeFacts run(ToolContext ctx) {
            var now = ctx.pve().node(node).status();
            var here = ctx.pve().guests().stream()
                    .filter(row -> row.node().equals(node))
                    .toList();
            long running =
                    here.stream().filter(row -> row.status().equals("running")).count();
            return new NodeFacts(
                    node,
                    now.uptime(),
                    now.cpu(),
                    now.cores(),
                    Clean.name(now.cpuModel()),
                    now.load(),
                    now.ioWait(),
                    now.memoryUsed(),
                    now.memory(),
                    now.swapUsed(),
                    now.swap(),
                    now.rootUsed(),
                    now.root(),
                    Clean.name(now.version()),
                    Clean.name(now.kernel()),
                    here.size(),
                    (int) running);
        }
    }
}
