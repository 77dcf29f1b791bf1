package pvemcp.sim.metrics;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import pvemcp.sim.world.Guest;

/// What a guest uses, now and at any moment of its present run: made up, but the same in every run.
public final class GuestMetrics {
    static final List<String> PRESSURES = List.of(
            "pressurecpusome",
            "pressurecpufull",
            "pressureiosome",
            "pressureiofull",
            "pressurememorysome",
            "pressurememoryfull");

    private final Guest guest;
    private final long seed;

    public GuestMetrics(Guest guest) {
        this.guest = guest;
        this.seed = guest.vmid() * 1000L;
    }

    private Wave wave(int kind) {
        return new Wave(seed + kind);
    }

    /// How busy this guest is on the whole; most are not.
    private double temper() {
        double draw = Wave.unit(seed);
        return 0.02 + 0.9 * draw * draw * draw;
    }

    /// The share of its CPUs, 0 to 1.
    public double cpu(Instant now) {
        if (!guest.isRunning() || guest.isPaused()) {
            return 0;
        }
        return cpuAt((double) now.getEpochSecond(), 1, false);
    }

    double cpuAt(double end, double span, boolean highest) {
        if (guest.load.isPresent()) {
            return guest.load.getAsDouble();
        }
        return Math.min(1, value(wave(1), end, span, highest) * temper() * 1.6);
    }

    /// Bytes.
    public long memory(Instant now) {
        return guest.isRunning() ? (long) memoryAt((double) now.getEpochSecond(), 1, false) : 0;
    }

    double memoryAt(double end, double span, boolean highest) {
        if (guest.memoryShare.isPresent()) {
            return Math.floor(guest.maxMemory() * guest.memoryShare.getAsDouble());
        }
        double base = 0.25 + 0.5 * Wave.unit(seed + 5);
        double share = Math.min(0.97, base + 0.15 * value(wave(2), end, span, highest));
        return Math.floor(guest.maxMemory() * share);
    }

    /// Bytes used on the root disk, which PVE only knows of containers that run.
    public long disk() {
        return guest.isContainer() && guest.isRunning()
                ? (long) (guest.maxDisk() * guest.diskShare.orElse(0.15 + 0.6 * Wave.unit(seed + 6)))
                : 0;
    }

    /// Bytes since the start.
    public long received(Instant now) {
        return counter(now, 3, netInRate());
    }

    public long sent(Instant now) {
        return counter(now, 4, netOutRate());
    }

    public long diskRead(Instant now) {
        return counter(now, 7, diskReadRate());
    }

    public long diskWritten(Instant now) {
        return counter(now, 8, diskWriteRate());
    }

    /// Bytes a second at full load.
    private double netInRate() {
        return 4e5 * temper();
    }

    private double netOutRate() {
        return 3e5 * temper();
    }

    private double diskReadRate() {
        return 2e5 * temper();
    }

    private double diskWriteRate() {
        return 5e5 * temper();
    }

    private long counter(Instant now, int kind, double rate) {
        if (!guest.isRunning()) {
            return 0;
        }
        double to = (double) now.getEpochSecond();
        return (long) (rate * wave(kind).area(to - guest.uptime(now), to));
    }

    double rateAt(String column, double end, double span, boolean highest) {
        return switch (column) {
            case "netin" -> netInRate() * value(wave(3), end, span, highest);
            case "netout" -> netOutRate() * value(wave(4), end, span, highest);
            case "diskread" -> diskReadRate() * value(wave(7), end, span, highest);
            default -> diskWriteRate() * value(wave(8), end, span, highest);
        };
    }

    /// Pressure stall information, in percent (since PVE 9).
    public double pressure(String column, Instant now) {
        return guest.isRunning() ? pressureAt(column, (double) now.getEpochSecond(), 1, false) : 0;
    }

    double pressureAt(String column, double end, double span, boolean highest) {
        double cpu = cpuAt(end, span, highest);
        double load = switch (column) {
            case "pressurecpusome" -> Math.max(0, cpu - 0.5) * 20;
            case "pressurecpufull" -> Math.max(0, cpu - 0.6) * 12;
            case "pressureiosome" -> Math.max(0, cpu - 0.4) * 4;
            case "pressureiofull" -> Math.max(0, cpu - 0.5) * 3;
            default -> 0;
        };
        return Math.round(load * 100) / 100.0;
    }

    /// The columns of one span of time as the RRD of PVE 9 has them, `time` left out: without a run only the sizes,
    /// before the guest was there none (pmxcfs, status.c: `update_rrd_data`).
    SequencedMap<String, Double> columns(Instant end, long span, boolean highest, Instant now) {
        var columns = new LinkedHashMap<String, Double>();
        if (end.minusSeconds(span).isBefore(guest.created)) {
            return columns;
        }
        columns.put("maxcpu", (double) guest.cpus());
        columns.put("maxmem", (double) guest.maxMemory());
        columns.put("maxdisk", (double) guest.maxDisk());
        boolean ran = guest.isRunning() && end.minusSeconds(span).isAfter(now.minusSeconds(guest.uptime(now)));
        if (!ran) {
            return columns;
        }
        double second = (double) end.getEpochSecond();
        double wide = (double) span;
        columns.put("cpu", cpuAt(second, wide, highest));
        columns.put("mem", memoryAt(second, wide, highest));
        columns.put("memhost", guest.isContainer() ? 0 : memoryAt(second, wide, highest));
        columns.put("disk", (double) disk());
        for (var rate : List.of("netin", "netout", "diskread", "diskwrite")) {
            columns.put(rate, rateAt(rate, second, wide, highest));
        }
        for (var pressure : PRESSURES) {
            columns.put(pressure, pressureAt(pressure, second, wide, highest));
        }
        return columns;
    }

    private static double value(Wave wave, double end, double span, boolean highest) {
        return span <= 1 ? wave.at(end) : highest ? wave.highest(end, span) : wave.mean(end, span);
    }
}
