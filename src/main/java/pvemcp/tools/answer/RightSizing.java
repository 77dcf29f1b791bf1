package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.util.List;
import java.util.Optional;
import pvemcp.pve.Bytes;
import pvemcp.pve.Percent;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;

/// Guests that have more, or less, than they use.
record RightSizing() implements Survey {
    private static final long HALF_GIB = 1L << 29;

    private static final String MEASURED = """
            SELECT g.vmid, g.name, g.cpus, g.mem_max, m.cpu_mean, m.cpu_max, m.mem_mean, m.mem_peak
            FROM guests g JOIN metrics m ON m.vmid = g.vmid
            WHERE g.status = 'running' AND m.cpu_max IS NOT NULL AND m.mem_peak IS NOT NULL
            AND g.cpus > 0 AND g.mem_max > 0 ORDER BY g.mem_max DESC, g.vmid""";

    /// What a guest has, and what it took of it over the last day. Shares of CPU are of all its CPUs, memory is in
    /// bytes.
    private record Use(
            String vmid, String name, double cpus, double memory, double cpuMean, double cpuPeak, double memoryPeak) {
        static Use of(List<Optional<String>> cells) {
            return new Use(
                    cells.get(0).orElse(""),
                    cells.get(1).orElse(""),
                    number(cells, 2),
                    number(cells, 3),
                    number(cells, 4),
                    number(cells, 5),
                    number(cells, 7));
        }

        private static double number(List<Optional<String>> cells, int index) {
            return cells.get(index).map(Double::parseDouble).orElse(0.0);
        }

        /// The CPUs that would fit; as many as there are where they do.
        long fittingCpus() {
            if (cpuMean >= 0.8) {
                return (long) Math.ceil(cpus * 1.5);
            }
            boolean idle = cpuPeak < 0.2 && cpus > 1;
            return idle ? (long) Math.min(cpus, Math.max(1, Math.ceil(cpus * cpuPeak / 0.6))) : (long) cpus;
        }

        /// The bytes of memory that would fit; as many as there are where they do.
        long fittingMemory() {
            if (memoryPeak >= 0.95 * memory) {
                return halves(memory * 1.25);
            }
            boolean idle = memoryPeak < 0.4 * memory && memory >= 4.0 * HALF_GIB;
            return idle ? Math.max(HALF_GIB, halves(memoryPeak * 1.3)) : (long) memory;
        }

        private static long halves(double bytes) {
            return (long) Math.ceil(bytes / HALF_GIB) * HALF_GIB;
        }

        boolean fits() {
            return fittingCpus() == (long) cpus && fittingMemory() == (long) memory;
        }

        List<String> cells() {
            var cores = fittingCpus() == (long) cpus ? "" : "cores %.0f -> %d".formatted(cpus, fittingCpus());
            var size = fittingMemory() == (long) memory
                    ? ""
                    : "memory %s -> %s".formatted(Bytes.of((long) memory), Bytes.of(fittingMemory()));
            return row(
                    vmid,
                    name,
                    Percent.rounded(cpuMean),
                    Percent.rounded(cpuPeak),
                    Percent.rounded(memoryPeak / memory),
                    cores.isEmpty() || size.isEmpty() ? cores + size : cores + "; " + size);
        }
    }

    @Override
    public Report report(ToolContext ctx) {
        var probe = new Probe(ctx);
        var measured = probe.rows(MEASURED).stream().map(Use::of).toList();
        var wrong = measured.stream().filter(use -> !use.fits()).toList();
        return Report.that(conclusion(measured.size(), wrong))
                .table("guests, by the last day", "id|name|cpu mean|cpu peak|memory peak|change", wrong, Use::cells)
                .nextIf(
                        !wrong.isEmpty(),
                        "one day is little: look at a month before you take something away (pve_api_read …/rrddata timeframe=month)")
                .nextIf(
                        !wrong.isEmpty(),
                        "change them with pve_guest_set guest= cores= memory=; most guests need a restart for it")
                .with(probe);
    }

    private static String conclusion(int measured, List<Use> wrong) {
        if (wrong.isEmpty()) {
            return "%d running guests fit what they use".formatted(measured);
        }
        long starved = wrong.stream()
                .mapToLong(use -> (use.fittingCpus() > (long) use.cpus() ? 1 : 0)
                        + (use.fittingMemory() > (long) use.memory() ? 1 : 0))
                .sum();
        long saved = wrong.stream()
                .mapToLong(use -> Math.max(0, (long) use.memory() - use.fittingMemory()))
                .sum();
        return "%d of %d running guests do not fit: %d need more, %s of memory could be freed"
                .formatted(wrong.size(), measured, starved, Bytes.of(saved));
    }
}
