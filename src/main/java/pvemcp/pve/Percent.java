package pvemcp.pve;

/// A share of a whole, as a fraction: 0.5 prints as `50 %`.
public record Percent(double fraction) implements Comparable<Percent> {
    public static final Percent ZERO = new Percent(0);

    public Percent {
        if (!Double.isFinite(fraction)) {
            throw new IllegalArgumentException(fraction + " is no share of anything");
        }
    }

    public static Percent ofFraction(double fraction) {
        return new Percent(fraction);
    }

    /// Without decimals, for figures that are no more exact than that.
    public static Percent rounded(double fraction) {
        return new Percent(Math.round(fraction * 100) / 100.0);
    }

    @Override
    public int compareTo(Percent other) {
        return Double.compare(fraction, other.fraction);
    }

    /// At most one decimal: `12.5 %`, `3 %`.
    @Override
    public String toString() {
        return oneDecimal(fraction * 100) + " %";
    }

    /// `1.5`, and `2` rather than `2.0`. No `String.format`: this is printed by the thousand.
    static String oneDecimal(double value) {
        long tenths = Math.round(value * 10);
        var sign = tenths < 0 ? "-" : "";
        long whole = Math.abs(tenths) / 10;
        long rest = Math.abs(tenths) % 10;
        return rest == 0 ? sign + whole : sign + whole + "." + rest;
    }
}
