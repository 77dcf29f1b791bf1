package pvemcp.tool;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;

/// Time spans as people write them: `90s`, `5m`, `1h30m`, `2d`, `2 days`; a bare number is seconds.
public final class Durations {
    private Durations() {}

    /// Reads a time span that is not negative; an `IllegalArgumentException` for any other text.
    public static Duration parse(String text) {
        var plain = text.strip().toLowerCase(Locale.ROOT);
        try {
            int digits = digits(plain);
            var unit = plain.substring(digits);
            // Seconds are read at each start; what Duration.parse makes for them would take half a millisecond of it.
            if (digits > 0 && (unit.isEmpty() || unit.equals("s"))) {
                return Duration.ofSeconds(Long.parseLong(plain, 0, digits, 10));
            }
            var brief = Units.WORD.matcher(plain).replaceAll("$1");
            int day = brief.indexOf('d');
            var iso = brief.startsWith("p")
                    ? brief
                    : day < 0
                            ? "pt" + brief
                            : "p" + brief.substring(0, day + 1) + (day + 1 < brief.length() ? "t" : "")
                                    + brief.substring(day + 1);
            var span = Duration.parse(iso);
            if (!span.isNegative()) {
                return span;
            }
        } catch (DateTimeParseException | NumberFormatException _) {
            // said below
        }
        throw new IllegalArgumentException(
                "'%s' is not a time span: write a number and a unit, such as 90s, 5m or 1h30m".formatted(text));
    }

    /// Compiled when the first span is read that is not of seconds.
    private static final class Units {
        static final Pattern WORD = Pattern.compile(
                "\\s*([dhms])(?:(?<=d)ays?|(?<=h)(?:ours?|rs?)|(?<=m)in(?:ute)?s?|(?<=s)ec(?:ond)?s?)?\\b\\s*");
    }

    /// How many digits it begins with.
    private static int digits(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        return digits;
    }
}
