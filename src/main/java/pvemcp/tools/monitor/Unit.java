package pvemcp.tools.monitor;

import java.util.Set;
import pvemcp.pve.Bytes;
import pvemcp.pve.Percent;

/// What the columns of PVE's RRD files count (PVE::RRD, pmxcfs's status.c).
enum Unit {
    /// 0 to 1
    FRACTION("%", 0.01),
    /// 0 to 100, as the kernel's pressure stall information
    PRESSURE("%", 1),
    SIZE("GiB", 1 << 30),
    RATE("MiB/s", 1 << 20),
    PLAIN("", 1);

    private static final Set<String> SIZES = Set.of(
            "mem",
            "maxmem",
            "memhost",
            "disk",
            "maxdisk",
            "memtotal",
            "memused",
            "memavailable",
            "swaptotal",
            "swapused",
            "roottotal",
            "rootused",
            "arcsize",
            "total",
            "used");

    private final String axis;
    /// By which a measurement is divided for the axis of a chart.
    private final double scale;

    Unit(String axis, double scale) {
        this.axis = axis;
        this.scale = scale;
    }

    static Unit of(String metric) {
        if (metric.startsWith("pressure")) {
            return PRESSURE;
        }
        if (SIZES.contains(metric)) {
            return SIZE;
        }
        return switch (metric) {
            case "cpu", "iowait" -> FRACTION;
            case "netin", "netout", "diskread", "diskwrite" -> RATE;
            default -> PLAIN;
        };
    }

    String axis() {
        return axis;
    }

    double scale() {
        return scale;
    }

    String words(double value) {
        return switch (this) {
            case FRACTION -> Percent.ofFraction(value).toString();
            case PRESSURE -> Percent.ofFraction(value / 100).toString();
            case SIZE -> Bytes.of(Math.round(value)).toString();
            case RATE -> Bytes.of(Math.round(value)) + "/s";
            case PLAIN -> Double.toString(Math.round(value * 100) / 100.0);
        };
    }
}
