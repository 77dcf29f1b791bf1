package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;

/// What room there is on nodes and storages, how long it lasts, and whether the loss of a node can be borne.
record Capacity() implements Survey {
    private static final int SOON_DAYS = 60;

    /// @param perDay by how many bytes it grows
    private record Space(String storage, Bytes used, Bytes size, double perDay) {
        double days() {
            return perDay <= 0 ? Double.POSITIVE_INFINITY : (size.count() - used.count()) / perDay;
        }

        List<String> cells() {
            return row(
                    storage,
                    used.of(size),
                    size.minus(used),
                    perDay <= 0 ? "none" : Bytes.of((long) perDay),
                    days() > 1000 ? ">1000" : "%.0f".formatted(days()));
        }
    }

    /// What one node has, and what its running guests could take of it.
    ///
    /// @param cores that are given to them
    /// @param promised memory that is given to them
    private record Load(NodeRow node, double cores, Bytes promised) {
        static Load of(NodeRow node, List<GuestRow> guests) {
            var running = guests.stream()
                    .filter(guest ->
                            guest.node().equals(node.name()) && guest.status().equals("running"))
                    .toList();
            return new Load(
                    node,
                    running.stream()
                            .mapToDouble(guest -> guest.cores().orElse(0.0))
                            .sum(),
                    Bytes.of(running.stream()
                            .mapToLong(guest ->
                                    guest.maxMemory().orElse(Bytes.ZERO).count())
                            .sum()));
        }

        Bytes size() {
            return node.maxMemory().orElse(Bytes.ZERO);
        }

        Bytes used() {
            return node.memory().orElse(Bytes.ZERO);
        }

        Bytes free() {
            return size().minus(used());
        }

        /// Whether the free memory of all others would do for the guests.
        boolean canBeLost(List<Load> all) {
            long elsewhere = all.stream()
                    .filter(other -> !other.node().name().equals(node.name()))
                    .mapToLong(other -> other.free().count())
                    .sum();
            return promised.count() <= elsewhere;
        }

        List<String> cells() {
            return row(
                    node.name(),
                    node.cpu(),
                    "%.0f of %.0f".formatted(cores, node.cores().orElse(0.0)),
                    used().of(size()),
                    promised,
                    free());
        }
    }

    @Override
    public Report report(ToolContext ctx) {
        var probe = new Probe(ctx);
        var guests = ctx.pve().guests();
        var loads = ctx.pve().nodes().stream()
                .filter(NodeRow::online)
                .map(node -> Load.of(node, guests))
                .toList();
        var missed = loads.size() < 2
                ? List.<String>of()
                : loads.stream()
                        .filter(load -> !load.canBeLost(loads))
                        .map(load -> load.node().name())
                        .toList();
        var spaces = spaces(ctx, probe);
        var soon = spaces.stream().filter(space -> space.days() < SOON_DAYS).toList();
        return Report.that(growth(soon) + "; " + loss(loads, missed))
                .table("nodes", "node|cpu|vcpus given|memory|memory given|memory free", loads, Load::cells)
                .table("storages", "storage|full|free|growth a day|days left", spaces, Space::cells)
                .nextIf(!soon.isEmpty(), "what takes the space: pve_storage_pressure")
                .nextIf(!missed.isEmpty(), "guests that have more than they use: pve_right_sizing")
                .with(probe);
    }

    private static String growth(List<Space> soon) {
        if (soon.isEmpty()) {
            return "no storage fills up within %d days".formatted(SOON_DAYS);
        }
        var first = soon.getFirst();
        return "%s full in %.0f days at the pace of the last month".formatted(first.storage(), first.days());
    }

    /// @param missed the nodes whose guests have no place on the others
    private static String loss(List<Load> loads, List<String> missed) {
        if (loads.size() < 2) {
            return "one node online, so its loss stops everything";
        }
        return missed.isEmpty()
                ? "the loss of any one node can be borne (memory)"
                : "the others have no memory for the guests of " + String.join(", ", missed);
    }

    private static List<Space> spaces(ToolContext ctx, Probe probe) {
        var spaces = new ArrayList<Space>();
        var shared = new TreeSet<String>();
        for (var storage : ctx.pve().storages()) {
            if (!storage.status().equals("available")
                    || storage.size().map(Bytes::isZero).orElse(true)
                    || (storage.shared() && !shared.add(storage.name()))) {
                continue;
            }
            var path = "/nodes/%s/storage/%s/rrddata".formatted(storage.node(), storage.name());
            var points = probe.list(
                    "history of " + storage.name() + " on " + storage.node(),
                    path,
                    Json.obj("timeframe", "month", "cf", "AVERAGE"));
            spaces.add(new Space(
                    storage.shared() ? storage.name() : storage.name() + " on " + storage.node(),
                    storage.used().orElse(Bytes.ZERO),
                    storage.size().orElseThrow(),
                    slope(points)));
        }
        spaces.sort(Comparator.comparingDouble(Space::days));
        return spaces;
    }

    /// Bytes a day, the straight line nearest to all points (least squares).
    private static double slope(List<Fields> points) {
        double n = 0;
        double sumX = 0;
        double sumY = 0;
        double sumXx = 0;
        double sumXy = 0;
        double first = Double.NaN;
        for (var point : points) {
            var time = point.number("time");
            var used = point.number("used");
            if (time.isPresent() && used.isPresent()) {
                first = Double.isNaN(first) ? time.get() : first;
                double x = (time.get() - first) / 86_400;
                n++;
                sumX += x;
                sumY += used.get();
                sumXx += x * x;
                sumXy += x * used.get();
            }
        }
        double width = n * sumXx - sumX * sumX;
        return n < 3 || width <= 0 ? 0 : (n * sumXy - sumX * sumY) / width;
    }
}
