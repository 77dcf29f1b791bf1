package pvemcp.view;

import java.time.Duration;
import java.util.Locale;

/// Numbers as people read them.
public final class Units {
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Units() {}

    /// `1.5 GiB`: three digits and a binary unit.
    public static String bytes(long count) {
        double value = count;
        int unit = 0;
        while (Math.abs(value) >= 1000 && unit < BINARY.length - 1) {
            value /= 1024;
            unit++;
        }
        return decimal(value, value < 10 && unit > 0 ? 1 : 0) + " " + BINARY[unit];
    }

    /// `37%` for 0.37; one decimal below ten.
    public static String percent(double fraction) {
        double value = fraction * 100;
        return decimal(value, value < 10 ? 1 : 0) + "%";
    }

    /// `3d 4h`, `2m 5s`, `0.4s`: the two greatest units.
    public static String duration(Duration span) {
        long seconds = span.toSeconds();
        if (seconds < 1) {
            return span.isZero() ? "0s" : decimal(span.toMillis() / 1000.0, 1) + "s";
        }
        long[] sizes = {86_400, 3_600, 60, 1};
        var names = "dhms";
        var out = new StringBuilder();
        int shown = 0;
        for (int i = 0; i < sizes.length && shown < 2; i++) {
            long count = seconds / sizes[i];
            seconds %= sizes[i];
            if (count > 0) {
                out.append(out.isEmpty() ? "" : " ").append(count).append(names.charAt(i));
                shown++;
            } else if (shown > 0) {
                break;
            }
        }
        return out.toString();
    }

    /// `12,500`.
    public static String count(long number) {
        var digits = Long.toString(Math.abs(number));
        var out = new StringBuilder();
        for (int i = 0; i < digits.length(); i++) {
            if (i > 0 && (digits.length() - i) % 3 == 0) {
                out.append(',');
            }
            out.append(digits.charAt(i));
        }
        return (number < 0 ? "-" : "") + out;
    }

    private static String decimal(double value, int digits) {
        var text = String.format(Locale.ROOT, "%." + digits + "f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
