package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestKind;
import pvemcp.pve.NodeStatus;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.pve.Resource.StorageRow;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;
import pvemcp.view.Units;

/// The cluster as it is built, for a binder or a wiki.
record AsBuilt() implements Survey {
    @Override
    public Report report(ToolContext ctx) {
        var probe = new Probe(ctx);
        var cluster = ctx.pve().clusterStatus();
        var guests = ctx.pve().guests().stream()
                .sorted(Comparator.comparingInt(GuestRow::vmid))
                .toList();
        var storages = storages(ctx.pve().storages());
        var nodes =
                ctx.pve().nodes().stream().map(node -> node(ctx, probe, node)).toList();
        var jobs = probe.list("backup jobs", "/cluster/backup");
        long vms = guests.stream().filter(guest -> guest.kind() == GuestKind.VM).count();
        return Report.that("%s: Proxmox VE %s, %s, %s, %s, %s, as of %s"
                        .formatted(
                                cluster.name().isEmpty() ? "single host" : "cluster " + cluster.name(),
                                ctx.pve().version().version(),
                                Units.some(nodes.size(), "nodes"),
                                Units.some(vms, "VMs"),
                                Units.some(guests.size() - vms, "containers"),
                                Units.some(storages.size(), "storages"),
                                ctx.clock().instant().truncatedTo(ChronoUnit.MINUTES)))
                .table("nodes", "node|status|cpu|threads|memory|version", nodes)
                .table("storages", "storage|type|size|content", storages.entrySet(), AsBuilt::storage)
                .table("backup jobs", "job|on|schedule|storage|guests", jobs, AsBuilt::job)
                .table("guests", "id|name|kind|node|status|cores|memory|disk|tags", guests, AsBuilt::guest)
                .nextIf(guests.size() > 40, "all guests: pve_query sql=\"SELECT * FROM guests\" or pve_guest_list")
                .with(probe);
    }

    private static List<String> node(ToolContext ctx, Probe probe, NodeRow node) {
        Optional<NodeStatus> status = node.online()
                ? probe.look(
                        "status of " + node.name(),
                        () -> ctx.pve().node(node.name()).status())
                : Optional.empty();
        return row(
                node.name(),
                node.status(),
                status.map(NodeStatus::cpuModel),
                node.cores().map(Double::longValue),
                node.maxMemory(),
                status.map(now -> version(now.version())));
    }

    /// `9.2.2` of `pve-manager/9.2.2/8ab70cb1ba5b6f1a`.
    private static String version(String manager) {
        return manager.replaceFirst("^pve-manager/([^/]+).*", "$1");
    }

    /// A shared storage once, by its name; the others by their nodes as well.
    private static SortedMap<String, StorageRow> storages(List<StorageRow> rows) {
        return rows.stream()
                .collect(Collectors.toMap(
                        row -> row.shared() ? row.name() : row.name() + " on " + row.node(),
                        row -> row,
                        (one, other) -> one.status().equals("available") ? one : other,
                        TreeMap::new));
    }

    private static List<String> storage(Map.Entry<String, StorageRow> named) {
        var storage = named.getValue();
        return row(named.getKey(), storage.type(), storage.size(), String.join(" ", storage.content()));
    }

    private static List<String> job(Fields job) {
        var guests = job.flag("all")
                ? "all but " + job.maybe("exclude").orElse("none")
                : job.maybe("vmid")
                        .or(() -> job.maybe("pool").map(pool -> "pool " + pool))
                        .orElse("");
        return row(job.text("id"), !job.text("enabled").equals("0"), job.text("schedule"), job.text("storage"), guests);
    }

    private static List<String> guest(GuestRow guest) {
        return row(
                guest.vmid(),
                guest.name(),
                guest.kind(),
                guest.node(),
                guest.status(),
                guest.cores().map(Double::longValue),
                guest.maxMemory(),
                guest.maxDisk(),
                String.join(" ", guest.tags()));
    }
}
