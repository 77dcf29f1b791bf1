package pvemcp.sim.metrics;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Node;

/// What a host uses: its running guests and a little of its own, made up but the same in every run.
public final class NodeMetrics {
    private final Node node;
    private final long seed;
    private final long guestMemory;
    private final double guestLoad;

    public NodeMetrics(Cluster cluster, Node node) {
        this(node, cluster.guests.values());
    }

    /// @param guests those of the node, others may be among them
    public NodeMetrics(Node node, Iterable<? extends Guest> guests) {
        this.node = node;
        this.seed = 7_000_000L + node.id() * 1000L;
        long memory = 0;
        double cores = 0;
        for (var guest : guests) {
            if (guest.node.equals(node.name()) && guest.isRunning()) {
                memory += (long) (guest.maxMemory() * 0.55);
                cores += guest.cpus() * 0.12;
            }
        }
        this.guestMemory = memory;
        this.guestLoad = Math.min(0.8, cores / Math.max(1, node.cores));
    }

    private Wave wave(int kind) {
        return new Wave(seed + kind);
    }

    /// The share of all cores, 0 to 1.
    public double cpu(Instant now) {
        return cpuAt((double) now.getEpochSecond(), 1, false);
    }

    private double cpuAt(double end, double span, boolean highest) {
        return Math.min(1, 0.02 + (0.05 + guestLoad) * value(1, end, span, highest) * 1.5);
    }

    private double ioWaitAt(double end, double span, boolean highest) {
        return 0.012 * value(2, end, span, highest);
    }

    /// Bytes.
    public long memory(Instant now) {
        return memoryAt((double) now.getEpochSecond(), 1, false);
    }

    private long memoryAt(double end, double span, boolean highest) {
        double used = (2L << 30) + guestMemory * (0.9 + 0.3 * value(3, end, span, highest));
        return (long) Math.min(node.memory * 0.97, used);
    }

    /// Bytes.
    public long swap(Instant now) {
        return (long) (node.swap * 0.02 * wave(7).at((double) now.getEpochSecond()));
    }

    /// Processes that want a CPU, a mean over that many minutes.
    public double load(Instant now, int minutes) {
        double mean = cpuAt((double) now.getEpochSecond(), minutes * 60.0, false);
        return Math.round(mean * node.cores * 1.2 * 100) / 100.0;
    }

    private double pressureAt(String column, double end, double span, boolean highest) {
        double cpu = cpuAt(end, span, highest);
        double load = switch (column) {
            case "pressurecpusome" -> Math.max(0, cpu - 0.4) * 18;
            case "pressureiosome" -> value(2, end, span, highest) * 1.5;
            case "pressureiofull" -> value(2, end, span, highest);
            default -> 0;
        };
        return Math.round(load * 100) / 100.0;
    }

    SequencedMap<String, Double> columns(Instant end, long span, boolean highest) {
        var columns = new LinkedHashMap<String, Double>();
        if (end.minusSeconds(span).isBefore(node.booted)) {
            return columns;
        }
        double second = (double) end.getEpochSecond();
        double wide = (double) span;
        double memory = memoryAt(second, wide, highest);
        columns.put("maxcpu", (double) node.cores);
        columns.put("cpu", cpuAt(second, wide, highest));
        columns.put("iowait", ioWaitAt(second, wide, highest));
        columns.put("loadavg", cpuAt(second, wide, highest) * node.cores * 1.2);
        columns.put("memtotal", (double) node.memory);
        columns.put("memused", memory);
        columns.put("memavailable", node.memory - memory);
        columns.put("arcsize", 0.0);
        columns.put("swaptotal", (double) node.swap);
        columns.put("swapused", 0.0);
        columns.put("roottotal", (double) node.rootDisk);
        columns.put("rootused", node.rootUsed * (0.99 + 0.01 * value(4, second, wide, highest)));
        columns.put("netin", 2e6 * guestLoad * value(5, second, wide, highest));
        columns.put("netout", 1.5e6 * guestLoad * value(6, second, wide, highest));
        for (var pressure : PRESSURES) {
            columns.put(pressure, pressureAt(pressure, second, wide, highest));
        }
        return columns;
    }

    /// A node has no `pressurecpufull`: the kernel does not define it for the whole system.
    private static final List<String> PRESSURES =
            List.of("pressurecpusome", "pressureiosome", "pressureiofull", "pressurememorysome", "pressurememoryfull");

    private double value(int kind, double end, double span, boolean highest) {
        return span <= 1
                ? wave(kind).at(end)
                : highest ? wave(kind).highest(end, span) : wave(kind).mean(end, span);
    }
}
