package pvemcp.schema;

/// IP addresses, networks and names as PVE's patterns take them (PVE::ParseUtils, PVE::JSONSchema).
final class Addresses {
    private Addresses() {}

    static boolean isIp(String text) {
        return isIpv4(text) || isIpv6(text);
    }

    /// Four decimal numbers to 255 without leading zeros.
    static boolean isIpv4(String text) {
        var parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (var part : parts) {
            boolean canonical = part.length() == 1 || (part.length() <= 3 && !part.startsWith("0"));
            if (!canonical || !isDigits(part) || Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }

    /// Eight groups of up to four hexadecimal digits, of which `::` may leave some out and an IPv4 address may be
    /// the last two; no zone.
    static boolean isIpv6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return false;
        }
        if (gap < 0) {
            return groups(text, true) == 8;
        }
        var head = text.substring(0, gap);
        var tail = text.substring(gap + 2);
        int before = head.isEmpty() ? 0 : groups(head, false);
        int after = tail.isEmpty() ? 0 : groups(tail, true);
        return before >= 0 && after >= 0 && before + after <= 7;
    }

    /// How many 16-bit groups the text has; far below zero where it has anything else.
    private static int groups(String text, boolean last) {
        int count = 0;
        var parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            var part = parts[i];
            if (last && i == parts.length - 1 && part.indexOf('.') >= 0) {
                count += isIpv4(part) ? 2 : -100;
            } else {
                boolean hex = !part.isEmpty()
                        && part.length() <= 4
                        && part.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0);
                count += hex ? 1 : -100;
            }
        }
        return count;
    }

    static boolean isNetwork(String text) {
        return isNetwork4(text) || isNetwork6(text);
    }

    static boolean isNetwork4(String text) {
        int slash = text.indexOf('/');
        return slash > 0 && isIpv4(text.substring(0, slash)) && isLength(text.substring(slash + 1), 8, 32);
    }

    static boolean isNetwork6(String text) {
        int slash = text.indexOf('/');
        return slash > 0 && isIpv6(text.substring(0, slash)) && isLength(text.substring(slash + 1), 8, 128);
    }

    /// An address, with or without the length of a network.
    static boolean isIpOrNetwork(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return isIp(text);
        }
        var address = text.substring(0, slash);
        var length = text.substring(slash + 1);
        return (isIpv4(address) && isLength(length, 0, 32)) || (isIpv6(address) && isLength(length, 0, 128));
    }

    private static boolean isLength(String text, int least, int most) {
        return isDigits(text)
                && text.length() <= 9
                && Integer.parseInt(text) >= least
                && Integer.parseInt(text) <= most;
    }

    /// A netmask of 0 to 32 leading ones.
    static boolean isMask(String text) {
        if (!isIpv4(text)) {
            return false;
        }
        long bits = 0;
        for (var part : text.split("\\.", -1)) {
            bits = bits << 8 | Integer.parseInt(part);
        }
        long host = ~bits & 0xFFFFFFFFL;
        return (host & (host + 1)) == 0;
    }

    /// Labels of letters, digits and inner hyphens, joined by dots.
    static boolean isDnsName(String text) {
        for (var label : text.split("\\.", -1)) {
            boolean fits = !label.isEmpty()
                    && !label.startsWith("-")
                    && !label.endsWith("-")
                    && label.chars().allMatch(c -> isAlphanumeric(c) || c == '-');
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /// PVE::Tools::parse_host_and_port: `host:port`, `[host]:port` or an IPv6 address with `.port`, the port
    /// optional.
    static boolean isHostAndPort(String text) {
        if (isIpv6(text)) {
            return true;
        }
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            return close > 1
                    && (isIpv6(text.substring(1, close)) || isHost(text.substring(1, close)))
                    && isPort(text.substring(close + 1), ':');
        }
        int colon = text.indexOf(':');
        if (colon != text.lastIndexOf(':')) {
            int dot = text.lastIndexOf('.');
            return dot > 0 && isIpv6(text.substring(0, dot)) && isPort(text.substring(dot), '.');
        }
        return colon < 0 ? isHost(text) : isHost(text.substring(0, colon)) && isPort(text.substring(colon), ':');
    }

    private static boolean isHost(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> isAlphanumeric(c) || c == '-' || c == '.');
    }

    private static boolean isPort(String text, char separator) {
        return text.isEmpty() || (text.charAt(0) == separator && isDigits(text.substring(1)));
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
