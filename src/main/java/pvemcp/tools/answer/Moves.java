package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import pvemcp.pve.Bytes;
import pvemcp.pve.GuestKind;
import pvemcp.pve.Percent;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.tool.Aim.OnNode;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Places;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;

/// Plans that move guests between nodes. Nothing is moved here.
final class Moves {
    private static final String HOW = "one by one: pve_guest_migrate guest=ID node=NODE";

    /// Memory that is used and there, by node.
    private final Map<String, Long> used = new TreeMap<>();
    private final Map<String, Long> size = new HashMap<>();
    private final Map<Integer, TreeSet<String>> local = new HashMap<>();
    private final Map<Integer, String> pinned = new HashMap<>();

    private Moves(ToolContext ctx, Probe probe) {
        for (var node : ctx.pve().nodes()) {
            if (node.online() && node.maxMemory().isPresent()) {
                used.put(node.name(), node.memory().orElse(Bytes.ZERO).count());
                size.put(node.name(), node.maxMemory().orElseThrow().count());
            }
        }
        var shared = ctx.pve().storages().stream()
                .filter(storage -> storage.shared())
                .map(storage -> storage.name())
                .collect(Collectors.toSet());
        for (var cells : probe.rows("SELECT vmid, storage, cdrom, volume FROM disks WHERE storage IS NOT NULL")) {
            var storage = cells.get(1).orElseThrow();
            if (!shared.contains(storage)) {
                int vmid = Integer.parseInt(cells.get(0).orElseThrow());
                boolean disc = cells.get(2).orElse("").equalsIgnoreCase("true")
                        && !cells.get(3).orElse("").contains("cloudinit");
                if (disc) {
                    pinned.put(vmid, "a CD of storage " + storage + " is inserted");
                } else {
                    local.computeIfAbsent(vmid, _ -> new TreeSet<>()).add(storage);
                }
            }
        }
    }

    private double fill(String node) {
        return (double) used.get(node) / size.get(node);
    }

    private void move(GuestRow guest, String to) {
        long memory = weight(guest);
        used.merge(guest.node(), -memory, Long::sum);
        used.merge(to, memory, Long::sum);
    }

    private static boolean runs(GuestRow guest) {
        return guest.status().equals("running");
    }

    private static long weight(GuestRow guest) {
        return runs(guest)
                ? guest.memory().or(guest::maxMemory).orElse(Bytes.ZERO).count()
                : 0;
    }

    private String way(GuestRow guest) {
        var how = !runs(guest) ? "off" : guest.kind() == GuestKind.VM ? "live" : "restart";
        var disks = local.get(guest.vmid());
        return disks == null ? how : how + ", copies disks on " + String.join(" ", disks);
    }

    private List<List<String>> fills(Map<String, Double> before) {
        return used.keySet().stream()
                .map(node -> row(node, Percent.rounded(before.get(node)), Percent.rounded(fill(node))))
                .toList();
    }

    private Map<String, Double> fills() {
        var fills = new TreeMap<String, Double>();
        used.keySet().forEach(node -> fills.put(node, fill(node)));
        return fills;
    }

    /// Evens out the memory of the nodes with few moves.
    record Rebalance() implements Survey {
        private static final double EVEN = 0.10;
        private static final int MOST = 10;

        @Override
        public Report report(ToolContext ctx) {
            var probe = new Probe(ctx);
            var moves = new Moves(ctx, probe);
            var before = moves.fills();
            var guests = new ArrayList<>(ctx.pve().guests().stream()
                    .filter(guest ->
                            runs(guest) && !guest.template() && guest.lock().isEmpty())
                    // A copied disk takes longer than the unevenness hurts.
                    .filter(guest -> !moves.local.containsKey(guest.vmid()) && !moves.pinned.containsKey(guest.vmid()))
                    .toList());
            var rows = new ArrayList<List<String>>();
            while (rows.size() < MOST && moves.used.size() > 1) {
                var full = moves.used.keySet().stream()
                        .max(Comparator.comparingDouble(moves::fill))
                        .orElseThrow();
                var empty = moves.used.keySet().stream()
                        .min(Comparator.comparingDouble(moves::fill))
                        .orElseThrow();
                double gap = moves.fill(full) - moves.fill(empty);
                var best = guests.stream()
                        .filter(guest -> guest.node().equals(full))
                        .filter(guest -> after(moves, guest, full, empty) < gap - 0.02)
                        .min(Comparator.comparingDouble(guest -> after(moves, guest, full, empty)));
                if (gap < EVEN || best.isEmpty()) {
                    break;
                }
                var guest = best.get();
                guests.remove(guest);
                moves.move(guest, empty);
                rows.add(row(guest.vmid(), guest.name(), full, empty, Bytes.of(weight(guest)), moves.way(guest)));
            }
            return Report.that(
                            rows.isEmpty()
                                    ? "no move is worth it: memory is even to within %s, or what could move would not help"
                                            .formatted(Percent.rounded(EVEN))
                                    : "%d moves even out the memory of the nodes; nothing was moved"
                                            .formatted(rows.size()))
                    .table("moves", "id|name|from|to|memory|how", rows)
                    .table("memory", "node|now|then", moves.fills(before))
                    .nextIf(!rows.isEmpty(), HOW)
                    .with(probe);
        }

        private static double after(Moves moves, GuestRow guest, String from, String to) {
            double left = (double) (moves.used.get(from) - weight(guest)) / moves.size.get(from);
            double there = (double) (moves.used.get(to) + weight(guest)) / moves.size.get(to);
            return Math.abs(left - there);
        }
    }

    /// Where the guests of a node can go, so that it can be serviced.
    record Evacuation(
            @Doc(value = "Node to empty", kind = Kind.NODE, obvious = true)
            String node) implements Call<Report>, OnNode {
        private static final double ROOM = 0.90;

        @Override
        public Report run(ToolContext ctx) {
            var probe = new Probe(ctx);
            Places.node(ctx.pve(), Optional.of(node));
            boolean online = ctx.pve().nodes().stream()
                    .filter(NodeRow::online)
                    .anyMatch(row -> row.name().equals(node));
            if (!online) {
                return Report.that(
                                "node %s is off: its guests cannot be moved, only started elsewhere by high availability or from backups"
                                        .formatted(node))
                        .next("pve_why node=" + node)
                        .with(probe);
            }
            var moves = new Moves(ctx, probe);
            var before = moves.fills();
            var rows = new ArrayList<List<String>>();
            var stuck = new ArrayList<List<String>>();
            boolean alone = moves.used.size() == 1;
            var nowhere = alone ? "there is no other node that is up" : "no other node has the memory";
            var here = ctx.pve().guests().stream()
                    .filter(guest -> guest.node().equals(node))
                    .sorted(Comparator.comparingLong(Moves::weight).reversed().thenComparingInt(GuestRow::vmid))
                    .toList();
            for (var guest : here) {
                var target = moves.used.keySet().stream()
                        .filter(other -> !other.equals(node))
                        .filter(other -> moves.used.get(other) + weight(guest) <= ROOM * moves.size.get(other))
                        .min(Comparator.comparingDouble(moves::fill));
                var why = moves.pinned.containsKey(guest.vmid())
                        ? moves.pinned.get(guest.vmid())
                        : !guest.lock().isEmpty() ? "locked (" + guest.lock() + ")" : target.isEmpty() ? nowhere : "";
                if (why.isEmpty()) {
                    moves.move(guest, target.orElseThrow());
                    rows.add(row(
                            guest.vmid(),
                            guest.name(),
                            target.orElseThrow(),
                            Bytes.of(weight(guest)),
                            moves.way(guest)));
                } else {
                    stuck.add(row(guest.vmid(), guest.name(), why));
                }
            }
            return Report.that(
                            here.isEmpty()
                                    ? "node %s is empty: it can be serviced".formatted(node)
                                    : stuck.isEmpty()
                                            ? "all %d guests of %s can go elsewhere; nothing was moved"
                                                    .formatted(rows.size(), node)
                                            : "%d of %d guests of %s cannot go as things are; nothing was moved"
                                                    .formatted(stuck.size(), here.size(), node))
                    .table("stuck", "id|name|why", stuck)
                    .table("moves", "id|name|to|memory|how", rows)
                    .table("memory", "node|now|then", moves.fills(before))
                    .nextIf(!rows.isEmpty(), HOW)
                    .nextIf(
                            !here.isEmpty() && !alone,
                            "guests under high availability move by themselves in maintenance mode: ha-manager crm-command node-maintenance enable "
                                    + node)
                    .with(probe);
        }
    }
}
