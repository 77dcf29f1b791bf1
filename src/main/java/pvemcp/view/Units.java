package pvemcp.view;

import java.time.Duration;
import java.util.List;

/// Numbers as people read them.
public final class Units {
    private Units() {}

    /// `3d 4h`, `2m 5s`, `0.4s`: the two greatest units.
    public static String duration(Duration span) {
        long seconds = span.toSeconds();
        if (seconds < 1) {
            return span.isZero() ? "0s" : span.toMillis() / 1000.0 + "s";
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

    /// `1 guest`, `12 guests`, `1 update for pve1`.
    ///
    /// @param nouns what is counted, in the plural; more may follow after a preposition
    public static String some(long number, String nouns) {
        return count(number) + " " + (number == 1 ? one(nouns) : nouns);
    }

    private static String one(String nouns) {
        int end = nouns.length();
        for (var preposition : List.of(" for ", " on ", " of ", " in ", " under ")) {
            int at = nouns.indexOf(preposition);
            end = at > 0 && at < end ? at : end;
        }
        var noun = nouns.substring(0, end);
        if (noun.endsWith("ies")) {
            noun = noun.substring(0, noun.length() - 3) + "y";
        } else if (noun.endsWith("aliases")) {
            noun = noun.substring(0, noun.length() - 2);
        } else if (noun.endsWith("s") && !noun.endsWith("ss")) {
            noun = noun.substring(0, noun.length() - 1);
        }
        return noun + nouns.substring(end);
    }
}
