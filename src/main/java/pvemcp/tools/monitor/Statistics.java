package pvemcp.tools.monitor;

import java.util.Collections;
import java.util.List;
import pvemcp.pve.Percent;

/// A series of measurements in a few numbers. None of them takes an empty series.
final class Statistics {
    // Less than this is the noise of a mean over some minutes.
    private static final double STEADY = 0.1;

    private Statistics() {}

    static double mean(List<Double> numbers) {
        double sum = 0;
        for (double number : numbers) {
            sum += number;
        }
        return sum / numbers.size();
    }

    static double max(List<Double> numbers) {
        return Collections.max(numbers);
    }

    /// The least measurement that this share of all does not exceed.
    static double percentile(List<Double> numbers, double share) {
        var sorted = numbers.stream().sorted().toList();
        int rank = (int) Math.ceil(share * sorted.size());
        return sorted.get(Math.max(0, rank - 1));
    }

    /// The mean of the last quarter against that of the first: `steady`, `up 30 %`, `down 12 %`.
    static String trend(List<Double> numbers) {
        int quarter = numbers.size() / 4;
        if (quarter < 2) {
            return "too short";
        }
        double before = mean(numbers.subList(0, quarter));
        double after = mean(numbers.subList(numbers.size() - quarter, numbers.size()));
        if (before == 0) {
            return after == 0 ? "steady" : "up from 0";
        }
        double change = (after - before) / Math.abs(before);
        if (Math.abs(change) < STEADY) {
            return "steady";
        }
        if (change > 9) {
            return "up %d times".formatted(Math.round(change + 1));
        }
        return (change > 0 ? "up " : "down ") + Percent.rounded(Math.abs(change));
    }
}
