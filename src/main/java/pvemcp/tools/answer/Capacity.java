package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.Percent;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;

/// What room there is on nodes and storages, how long it lasts, and whether the loss of a node can be borne.
record Capacity() implements Survey {
    private static final int SOON_DAYS = 60;

    private record Space(String storage, Bytes used, Bytes size, double perDay) {
        double days() {
            return perDay <= 0 ? Double.POSITIVE_INFINITY : (size.count() - used.count()) / perDay;
        }
    }

    @Override
    public Report report(ToolContext ctx) {
        var probe = new Probe(ctx);
        var guests = ctx.pve().guests();
        var nodes = ctx.pve().nodes().stream().filter(NodeRow::online).toList();
        var rows = new ArrayList<List<String>>();
        var bottleneck = "";
        for (var node : nodes) {
            var running = guests.stream()
                    .filter(guest ->
                            guest.node().equals(node.name()) && guest.status().equals("running"))
                    .toList();
            double cores = node.cores().orElse(0.0);
            double given = running.stream()
                    .mapToDouble(guest -> guest.cores().orElse(0.0))
                    .sum();
            long size = node.maxMemory().orElse(Bytes.ZERO).count();
            long used = node.memory().orElse(Bytes.ZERO).count();
            long promised = running.stream()
                    .mapToLong(guest -> guest.maxMemory().orElse(Bytes.ZERO).count())
                    .sum();
            rows.add(row(
                    node.name(),
                    node.cpu(),
                    "%.0f of %.0f".formatted(given, cores),
                    Bytes.of(used).of(Bytes.of(size)),
                    Bytes.of(promised),
                    Bytes.of(size - used)));
            long elsewhere = nodes.stream()
                    .filter(other -> !other.name().equals(node.name()))
                    .mapToLong(other -> other.maxMemory().orElse(Bytes.ZERO).count()
                            - other.memory().orElse(Bytes.ZERO).count())
                    .sum();
            if (nodes.size() > 1 && promised > elsewhere) {
                bottleneck += (bottleneck.isEmpty() ? "" : ", ") + node.name();
            }
        }
        var spaces = spaces(ctx, probe);
        var soon = spaces.stream().filter(space -> space.days() < SOON_DAYS).toList();
        var single = nodes.size() < 2;
        var conclusion = (soon.isEmpty()
                        ? "no storage fills up within %d days".formatted(SOON_DAYS)
                        : "%s full in %.0f days at the pace of the last month"
                                .formatted(
                                        soon.getFirst().storage(),
                                        soon.getFirst().days()))
                + (single
                        ? "; one node online, so its loss stops everything"
                        : bottleneck.isEmpty()
                                ? "; the loss of any one node can be borne (memory)"
                                : "; the others have no memory for the guests of " + bottleneck);
        return Report.that(conclusion)
                .table("nodes", "node|cpu|vcpus given|memory|memory given|memory free", rows)
                .table(
                        "storages",
                        "storage|full|free|growth a day|days left",
                        spaces.stream()
                                .map(space -> row(
                                        space.storage(),
                                        space.used().of(space.size()),
                                        space.size().minus(space.used()),
                                        space.perDay() <= 0 ? "none" : Bytes.of((long) space.perDay()),
                                        space.days() > 1000 ? ">1000" : "%.0f".formatted(space.days())))
                                .toList())
                .nextIf(!soon.isEmpty(), "what takes the space: pve_storage_pressure")
                .nextIf(!bottleneck.isEmpty(), "guests that have more than they use: pve_right_sizing")
                .with(probe);
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

    /// Guests that have more, or less, than they use.
    record RightSizing() implements Survey {
        private static final long HALF_GIB = 1L << 29;

        @Override
        public Report report(ToolContext ctx) {
            var probe = new Probe(ctx);
            var rows = new ArrayList<List<String>>();
            long saved = 0;
            int starved = 0;
            var measured = probe.rows("""
                    SELECT g.vmid, g.name, g.cpus, g.mem_max, m.cpu_mean, m.cpu_max, m.mem_mean, m.mem_peak
                    FROM guests g JOIN metrics m ON m.vmid = g.vmid
                    WHERE g.status = 'running' AND m.cpu_max IS NOT NULL AND m.mem_peak IS NOT NULL
                    AND g.cpus > 0 AND g.mem_max > 0 ORDER BY g.mem_max DESC, g.vmid""");
            for (var cells : measured) {
                double cpus = number(cells, 2);
                double memory = number(cells, 3);
                double cpuMean = number(cells, 4);
                double cpuPeak = number(cells, 5);
                double memPeak = number(cells, 7);
                var advice = new ArrayList<String>();
                if (cpuMean >= 0.8) {
                    starved++;
                    advice.add("cores %.0f -> %.0f".formatted(cpus, Math.ceil(cpus * 1.5)));
                } else if (cpuPeak < 0.2 && cpus > 1) {
                    long enough = (long) Math.max(1, Math.ceil(cpus * cpuPeak / 0.6));
                    if (enough < cpus) {
                        advice.add("cores %.0f -> %d".formatted(cpus, enough));
                    }
                }
                if (memPeak >= 0.95 * memory) {
                    starved++;
                    advice.add("memory %s -> %s".formatted(Bytes.of((long) memory), Bytes.of(steps(memory * 1.25))));
                } else if (memPeak < 0.4 * memory && memory >= 4.0 * HALF_GIB) {
                    long enough = Math.max(HALF_GIB, steps(memPeak * 1.3));
                    saved += (long) memory - enough;
                    advice.add("memory %s -> %s".formatted(Bytes.of((long) memory), Bytes.of(enough)));
                }
                if (!advice.isEmpty()) {
                    rows.add(row(
                            cells.get(0),
                            cells.get(1),
                            Percent.rounded(cpuMean),
                            Percent.rounded(cpuPeak),
                            Percent.rounded(memPeak / memory),
                            String.join("; ", advice)));
                }
            }
            return Report.that(
                            rows.isEmpty()
                                    ? "%d running guests fit what they use".formatted(measured.size())
                                    : "%d of %d running guests do not fit: %d need more, %s of memory could be freed"
                                            .formatted(rows.size(), measured.size(), starved, Bytes.of(saved)))
                    .table("guests, by the last day", "id|name|cpu mean|cpu peak|memory peak|change", rows)
                    .nextIf(
                            !rows.isEmpty(),
                            "one day is little: look at a month before you take something away (pve_api_read …/rrddata timeframe=month)")
                    .nextIf(
                            !rows.isEmpty(),
                            "change cores and memory with pve_api_write PUT …/config; most guests need a restart for it")
                    .with(probe);
        }

        private static double number(List<Optional<String>> cells, int index) {
            return cells.get(index).map(Double::parseDouble).orElse(0.0);
        }

        private static long steps(double bytes) {
            return (long) Math.ceil(bytes / HALF_GIB) * HALF_GIB;
        }
    }
}
