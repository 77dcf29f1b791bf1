package pvemcp.schema;

/// What PVE::JSONSchema takes for a number. Its patterns end in `$`, which lets one line feed pass.
final class Numbers {
    private Numbers() {}

    /// `^[+-]?\d+$`
    static boolean isInteger(String text) {
        int start = afterSign(text, 0);
        int end = digits(text, start);
        return end > start && isEnd(text, end);
    }

    /// `^[+-]?(\d+\.\d+|\d+\.|\.\d+|\d+)([eE][+-]?\d+)?$`
    static boolean isNumber(String text) {
        int start = afterSign(text, 0);
        int point = digits(text, start);
        int end = point;
        if (point < text.length() && text.charAt(point) == '.') {
            end = digits(text, point + 1);
            if (end == start + 1) {
                return false;
            }
        } else if (point == start) {
            return false;
        }
        if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
            int exponent = afterSign(text, end + 1);
            end = digits(text, exponent);
            if (end == exponent) {
                return false;
            }
        }
        return isEnd(text, end);
    }

    /// Whether it is written in digits alone, and within that.
    static boolean isBetween(String value, long least, long most) {
        if (value.isEmpty() || value.length() > 18 || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        long number = Long.parseLong(value);
        return number >= least && number <= most;
    }

    private static int afterSign(String text, int at) {
        return at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-') ? at + 1 : at;
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    private static boolean isEnd(String text, int at) {
        return at == text.length() || (at == text.length() - 1 && text.charAt(at) == '\n');
    }
}
