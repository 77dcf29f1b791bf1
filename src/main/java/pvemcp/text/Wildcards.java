package pvemcp.text;

/// Names with `*` for any characters and `?` for one, as a shell has them; upper and lower case are the same, as they
/// are in PVE's tags and host names.
public final class Wildcards {
    private Wildcards() {}

    /// Whether the whole text is as the pattern says.
    public static boolean matches(String pattern, String text) {
        return matches(pattern, 0, text, 0);
    }

    private static boolean matches(String pattern, int p, String text, int t) {
        while (p < pattern.length()) {
            char wanted = pattern.charAt(p);
            if (wanted == '*') {
                for (int rest = t; rest <= text.length(); rest++) {
                    if (matches(pattern, p + 1, text, rest)) {
                        return true;
                    }
                }
                return false;
            }
            if (t == text.length() || (wanted != '?' && !same(wanted, text.charAt(t)))) {
                return false;
            }
            p++;
            t++;
        }
        return t == text.length();
    }

    private static boolean same(char one, char other) {
        return Character.toLowerCase(one) == Character.toLowerCase(other);
    }
}
