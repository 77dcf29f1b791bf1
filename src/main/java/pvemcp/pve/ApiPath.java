package pvemcp.pve;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Builds paths of the API from ids that came from outside, so that no id can become another path.
///
/// PVE decodes a path once and only then splits it at `/` (PVE::APIServer::AnyEvent), so an encoded slash is a
/// slash: refusing is the only safe answer, encoding is not.
public final class ApiPath {
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    /// What cannot stand in a path as it is, beside blanks, control characters and all beyond ASCII.
    private static final String FORBIDDEN = "?#[]\\\"<>^`{|}";

    private static final String PREFIX = "/api2/json";

    private ApiPath() {}

    /// The template with each `{name}` replaced by the next id: `of("/nodes/{node}/tasks/{upid}/log", node,
    /// upid)`. A `{volume}` or `{cidr}` may contain slashes, as those two of PVE may.
    ///
    /// @throws PveException with [PveFault.Invalid] for an id that is empty, `.` or `..`, has blanks or control
    ///     characters, or a slash where none may be
    public static String of(String template, Object... ids) {
        var path = new StringBuilder(template.length() + 32);
        int next = 0;
        int at = 0;
        for (int open = template.indexOf('{'); open >= 0; open = template.indexOf('{', at)) {
            int close = template.indexOf('}', open);
            var name = template.substring(open + 1, close);
            path.append(template, at, open);
            path.append(segment(name, ids[next++].toString()));
            at = close + 1;
        }
        if (next != ids.length) {
            throw new IllegalArgumentException("'" + template + "' has no place for " + ids[next]);
        }
        return path.append(template, at, template.length()).toString();
    }

    private static String segment(String name, String id) {
        boolean slashes = name.equals("volume") || name.equals("cidr");
        for (var piece : id.split("/", -1)) {
            if (piece.isEmpty() || piece.equals(".") || piece.equals("..")) {
                throw refused(name, id, "it has an empty part, '.' or '..'");
            }
        }
        if (!slashes && id.indexOf('/') >= 0) {
            throw refused(name, id, "it has a '/'");
        }
        // PVE::RESTHandler matches a segment by \S+, so a blank never reaches the operation that was meant.
        if (id.codePoints().anyMatch(c -> Character.isISOControl(c) || Character.isWhitespace(c))) {
            throw refused(name, id, "it has a blank or a control character");
        }
        return encode(id);
    }

    /// A path as people spell it, in the one way in which it is judged and sent, down to what follows a `?`: it
    /// begins with a slash, has no `/api2/json` in front, no two slashes together and none at its end, and no
    /// character is escaped that need not be. For PVE both mean the same. What is no path at all comes out as none
    /// either.
    public static String plain(String path) {
        int query = path.indexOf('?');
        if (query >= 0) {
            return plain(path.substring(0, query)) + path.substring(query);
        }
        var out = new StringBuilder("/");
        for (int i = 0; i < path.length(); i++) {
            int escaped = path.charAt(i) == '%' ? escaped(path, i) : -1;
            boolean needless = escaped > ' ' && escaped < 0x7f && escaped != '%' && FORBIDDEN.indexOf(escaped) < 0;
            char c = needless ? (char) escaped : path.charAt(i);
            if (c != '/' || out.charAt(out.length() - 1) != '/') {
                out.append(c);
            }
            i += needless ? 2 : 0;
        }
        if (out.length() > 1 && out.charAt(out.length() - 1) == '/') {
            out.setLength(out.length() - 1);
        }
        var plain = out.toString();
        return plain.startsWith(PREFIX + "/") ? plain.substring(PREFIX.length()) : plain;
    }

    /// The byte that is escaped at this place; -1 where none is.
    private static int escaped(String path, int at) {
        int high = at + 2 < path.length() ? Character.digit(path.charAt(at + 1), 16) : -1;
        int low = at + 2 < path.length() ? Character.digit(path.charAt(at + 2), 16) : -1;
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static PveException refused(String name, String id, String why) {
        var shown = id.codePoints()
                .limit(80)
                .filter(c -> !Character.isISOControl(c))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        var problem = "'%s' cannot be a %s: %s".formatted(shown, name, why);
        return new PveException(new PveFault.Invalid(problem, Map.of(name, problem)));
    }

    /// Everything but letters, digits and `-._~` as `%XX` of its UTF-8 bytes; a blank is `%20`, never `+`.
    static String encode(String text) {
        var out = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (UNRESERVED.indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%').append(hex(c >> 4)).append(hex(c & 0xf));
            }
        }
        return out.toString();
    }

    private static char hex(int digit) {
        return (char) (digit < 10 ? '0' + digit : 'A' + digit - 10);
    }

    /// Checks a whole path, as the generic tools get it: it begins with `/`, has no query, and once decoded no
    /// part of it is empty, `.` or `..`, or has blanks or control characters.
    ///
    /// @throws PveException with [PveFault.Invalid]
    static void check(String path) {
        var why = problem(path);
        if (!why.isEmpty()) {
            var problem = "this path of the API cannot be asked for: " + why;
            throw new PveException(new PveFault.Invalid(problem, Map.of("path", problem)));
        }
    }

    private static String problem(String path) {
        if (!path.startsWith("/")) {
            return "it does not begin with '/'";
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c >= 0x7f || FORBIDDEN.indexOf(c) >= 0) {
                return "character %d must be percent-encoded".formatted(i + 1);
            }
        }
        var decoded = decode(path);
        if (decoded.isEmpty()) {
            return "a '%' in it is not followed by two hexadecimal digits";
        }
        if (decoded.codePoints().anyMatch(c -> Character.isISOControl(c) || Character.isWhitespace(c))) {
            return "it has a blank or a control character";
        }
        for (var part : decoded.substring(1).split("/", -1)) {
            if (part.equals(".") || part.equals("..") || (part.isEmpty() && decoded.length() > 1)) {
                return "it has an empty part, '.' or '..'";
            }
        }
        return "";
    }

    /// The path with its `%XX` decoded, byte by byte; empty where one is malformed.
    private static String decode(String path) {
        var out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            int escaped = escaped(path, i);
            if (escaped < 0) {
                return "";
            }
            out.append((char) escaped);
            i += 2;
        }
        return out.toString();
    }
}
