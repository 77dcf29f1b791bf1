package pvemcp.tools.answer;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static pvemcp.tools.common.Probe.row;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;

/// What is to be updated, and in which order: the node with the fewest running guests first.
record UpdatePlan() implements Survey {
    private static final String REFRESH = "are the lists fresh: pve_api_write POST /nodes/{node}/apt/update";

    /// @param packages that can be updated, as `/nodes/{node}/apt/update` lists them; at least one
    private record Pending(String node, List<Fields> packages, long guests) {
        boolean kernel() {
            return packages.stream()
                    .map(each -> each.text("Package"))
                    .anyMatch(name -> name.startsWith("proxmox-kernel") || name.startsWith("pve-kernel"));
        }

        List<String> cells() {
            return row(node, packages.size(), kernel() ? "yes, a kernel" : "no", guests);
        }
    }

    @Override
    public Report report(ToolContext ctx) {
        var probe = new Probe(ctx);
        var guests = ctx.pve().guests().stream()
                .filter(guest -> guest.status().equals("running"))
                .collect(groupingBy(GuestRow::node, counting()));
        var online = ctx.pve().nodes().stream()
                .filter(NodeRow::online)
                .map(NodeRow::name)
                .sorted(Comparator.comparingLong(node -> guests.getOrDefault(node, 0L)))
                .toList();
        var pending = new ArrayList<Pending>();
        for (var node : online) {
            probe.look(
                            "updates of " + node,
                            () -> Fields.list(ctx.pve().node(node).read("/apt/update", Json.Obj.EMPTY)))
                    .filter(packages -> !packages.isEmpty())
                    .map(packages -> new Pending(node, packages, guests.getOrDefault(node, 0L)))
                    .ifPresent(pending::add);
        }
        return report(online.size(), pending).with(probe);
    }

    private static Report.Builder report(int nodes, List<Pending> pending) {
        if (pending.isEmpty()) {
            return Report.that("nothing to update, as far as the package lists of the nodes know")
                    .next(REFRESH);
        }
        boolean reboot = pending.stream().anyMatch(Pending::kernel);
        var versions = new TreeMap<String, String>();
        for (var node : pending) {
            node.packages().forEach(each -> versions.put(each.text("Package"), versions(each)));
        }
        return Report.that("%d of %d nodes have updates, %s; the node with the fewest guests goes first"
                        .formatted(pending.size(), nodes, reboot ? "a reboot is needed" : "no reboot is needed"))
                .table("nodes, in this order", "node|packages|reboot|running guests", pending, Pending::cells)
                .table("packages", "package|versions", versions.entrySet(), each -> row(each.getKey(), each.getValue()))
                .next(REFRESH)
                .nextIf(
                        reboot && nodes > 1,
                        "per node first: pve_evacuation_plan node="
                                + pending.getFirst().node())
                .next(
                        "PVE upgrades only from a shell on the node: apt dist-upgrade; check backups before: pve_backup_audit");
    }

    private static String versions(Fields item) {
        return item.maybe("OldVersion").orElse("new") + " -> " + item.text("Version");
    }
}
