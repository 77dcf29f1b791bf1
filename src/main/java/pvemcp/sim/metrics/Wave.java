package pvemcp.sim.metrics;

/// A made-up measurement over time: the same seed gives the same values at the same moments in every run.
///
/// It has a daily rhythm, a slower and a faster swing and some noise, and stays between zero and one. Nothing is
/// stored: a value is a function of its moment, so any span can be looked at.
record Wave(long seed) {
    private static final double DAY = 86_400;

    /// The value at an epoch second, 0 to 1, around a third on average.
    public double at(double second) {
        double phase = unit(seed);
        double daily = Math.sin(2 * Math.PI * (second / DAY + phase));
        double weekly = Math.sin(2 * Math.PI * (second / (7 * DAY) + unit(seed + 1)));
        double quick = Math.sin(2 * Math.PI * (second / (1700 + 900 * unit(seed + 2)) + phase));
        double noise = unit(seed * 31 + Math.floorDiv((long) second, 60)) - 0.5;
        double burst = unit(seed * 17 + Math.floorDiv((long) second, 300)) > 0.985 ? 0.35 : 0;
        double value = 0.33 + 0.14 * daily + 0.05 * weekly + 0.06 * quick + 0.12 * noise + burst;
        return Math.clamp(value, 0.01, 1);
    }

    /// The mean over a span that ends there.
    public double mean(double end, double span) {
        double sum = 0;
        int samples = 8;
        for (int i = 0; i < samples; i++) {
            sum += at(end - span * (i + 0.5) / samples);
        }
        return sum / samples;
    }

    /// The highest value over a span that ends there.
    public double highest(double end, double span) {
        double max = 0;
        for (int i = 0; i < 8; i++) {
            max = Math.max(max, at(end - span * (i + 0.5) / 8));
        }
        return max;
    }

    /// The area under it from one moment to another, for counters: what has been read, sent, received. It never
    /// falls.
    public double area(double from, double to) {
        if (to <= from) {
            return 0;
        }
        // The slow parts in closed form and the mean for the rest: cheap however long the span, and rising.
        double phase = unit(seed);
        double daily = 0.14
                * DAY
                / (2 * Math.PI)
                * (Math.cos(2 * Math.PI * (from / DAY + phase)) - Math.cos(2 * Math.PI * (to / DAY + phase)));
        return 0.33 * (to - from) + daily;
    }

    /// A number between 0 and 1 that only depends on the argument (SplitMix64).
    public static double unit(long key) {
        long z = key * 0x9E3779B97F4A7C15L + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        z ^= z >>> 31;
        return (z >>> 11) * 0x1.0p-53;
    }
}
