package pvemcp.schema;

import java.util.Locale;
import java.util.Optional;

/// Finds the name that was probably meant.
final class Nearest {
    private Nearest() {}

    /// The candidate with the fewest edits (a letter added, left out, changed, or two swapped), at most a third
    /// of the word and never all of it; case, `-` and `_` count for nothing. The first of equals.
    static Optional<String> name(String word, Iterable<String> candidates) {
        var wanted = plain(word);
        int allowed = Math.clamp(wanted.length() / 3, wanted.length() > 1 ? 1 : 0, 4);
        Optional<String> best = Optional.empty();
        for (var candidate : candidates) {
            int distance = distance(wanted, plain(candidate), allowed);
            if (distance <= allowed) {
                best = Optional.of(candidate);
                allowed = distance - 1;
            }
        }
        return best;
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Optimal string alignment distance, or more than `limit` where it is larger.
    private static int distance(String a, String b, int limit) {
        if (limit < 0 || Math.abs(a.length() - b.length()) > limit) {
            return Integer.MAX_VALUE;
        }
        var before = new int[b.length() + 1];
        var last = new int[b.length() + 1];
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            var spare = before;
            before = last;
            last = row;
            row = spare;
        }
        return last[b.length()];
    }
}
