package pvemcp.tools;

import static pvemcp.tool.Tool.read;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.Percent;
import pvemcp.tool.Aim.OnNode;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.view.Clean;

/// The hosts a cluster consists of.
public final class NodeTools {
    public static final Toolset NODES = Toolset.of(
            "nodes",
            "Hosts of the cluster",
            read("pve_node_list", "List the nodes with status, load and memory.", NodeList.class),
            read("pve_node_get", """
                    Show one node: load, memory, pressure, root disk, versions, number of guests.""", NodeGet.class));

    private NodeTools() {}

    record NodeRow(
            String node,
            String status,
            Optional<Percent> cpu,
            Optional<Long> cpus,
            Optional<Bytes> mem,
            Optional<Bytes> maxMem,
            Optional<Bytes> disk,
            Optional<Bytes> maxDisk,
            Optional<Duration> uptime) {
        static NodeRow from(Fields f) {
            boolean on = f.text("status").equals("online");
            return new NodeRow(
                    f.text("node"),
                    Clean.name(f.text("status")),
                    f.share("cpu").filter(_ -> on),
                    f.whole("maxcpu").filter(_ -> on),
                    f.bytes("mem").filter(_ -> on),
                    f.bytes("maxmem").filter(_ -> on),
                    f.bytes("disk").filter(_ -> on),
                    f.bytes("maxdisk").filter(_ -> on),
                    f.seconds("uptime").filter(_ -> on));
        }
    }

    record NodeList(@Doc("online, offline or unknown") Optional<String> status, Window window) implements Call<Page> {
        @Override
        public Page run(ToolContext ctx) {
            var rows = Inventory.resources(ctx.pve(), "node").stream()
                    .map(NodeRow::from)
                    .filter(row -> status.map(row.status()::equalsIgnoreCase).orElse(true))
                    .sorted(Comparator.comparing(NodeRow::node))
                    .toList();
            return Page.of("nodes", NodeRow.class, rows, this)
                    .counting("status", NodeRow::status)
                    .sortedBy("node")
                    .brief("node", "status", "cpu", "cpus", "mem", "max_mem", "uptime")
                    .page(window, NodeRow::node);
        }
    }

    record NodeGet(@Doc(kind = Kind.NODE) String node) implements Call<NodeGet.NodeFacts>, OnNode {
        /// @param load the averages over 1, 5 and 15 minutes
        record NodeFacts(
                String node,
                Optional<Duration> uptime,
                Optional<Percent> cpu,
                Optional<Percent> ioWait,
                List<String> load,
                String cpus,
                Optional<Bytes> mem,
                Optional<Bytes> maxMem,
                Optional<Bytes> swap,
                Optional<Bytes> maxSwap,
                Optional<Bytes> rootDisk,
                Optional<Bytes> maxRootDisk,
                String pve,
                String kernel,
                String guests) {}

        @Override
        public NodeFacts run(ToolContext ctx) {
            var now = Fetch.object(ctx, ApiPath.of("/nodes/{node}/status", node));
            var cpu = part(now, "cpuinfo");
            var memory = part(now, "memory");
            var swap = part(now, "swap");
            var root = part(now, "rootfs");
            var here = Inventory.guests(ctx.pve()).stream()
                    .filter(row -> row.node().equals(node))
                    .toList();
            long running =
                    here.stream().filter(row -> row.status().equals("running")).count();
            return new NodeFacts(
                    node,
                    now.seconds("uptime"),
                    now.share("cpu"),
                    now.share("wait"),
                    now.listed("loadavg"),
                    "%s (%s)".formatted(cpu.text("cpus"), Clean.name(cpu.text("model"))),
                    memory.bytes("used"),
                    memory.bytes("total"),
                    swap.bytes("used"),
                    swap.bytes("total"),
                    root.bytes("used"),
                    root.bytes("total"),
                    Clean.name(now.text("pveversion")),
                    Clean.name(part(now, "current-kernel").text("release")),
                    "%d, %d running".formatted(here.size(), running));
        }

        private static Fields part(Fields status, String name) {
            return status.raw(name) instanceof pvemcp.json.Json.Obj object
                    ? Fields.of(object)
                    : Fields.of(pvemcp.json.Json.Obj.EMPTY);
        }
    }
}
