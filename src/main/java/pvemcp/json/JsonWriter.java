package pvemcp.json;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import pvemcp.text.Unseen;

/// Tree to text. What cannot be seen is escaped, all else is as it is, so that the text may be shown anywhere.
final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private final boolean pretty;

    private JsonWriter(boolean pretty) {
        this.pretty = pretty;
    }

    static String compact(Json json) {
        var writer = new JsonWriter(false);
        writer.write(json, 0);
        return writer.out.toString();
    }

    static String pretty(Json json) {
        var writer = new JsonWriter(true);
        writer.write(json, 0);
        return writer.out.toString();
    }

    private void write(Json json, int level) {
        // Not a pattern switch, for the same reason as in Json.of.
        if (json instanceof Json.Str(var value)) {
            quote(value);
        } else if (json instanceof Json.Obj(var members)) {
            write(members, level);
        } else if (json instanceof Json.Arr(var items)) {
            write(items, level);
        } else {
            out.append(json.scalarText().orElse("null"));
        }
    }

    private void write(List<Json> items, int level) {
        out.append('[');
        var separator = "";
        for (var item : items) {
            out.append(separator);
            line(level + 1);
            write(item, level + 1);
            separator = ",";
        }
        if (!items.isEmpty()) {
            line(level);
        }
        out.append(']');
    }

    private void write(Map<String, Json> members, int level) {
        out.append('{');
        var separator = "";
        for (var member : members.entrySet()) {
            out.append(separator);
            line(level + 1);
            quote(member.getKey());
            out.append(pretty ? ": " : ":");
            write(member.getValue(), level + 1);
            separator = ",";
        }
        if (!members.isEmpty()) {
            line(level);
        }
        out.append('}');
    }

    private void line(int level) {
        if (pretty) {
            out.append('\n').repeat("  ", level);
        }
    }

    private void quote(String text) {
        out.append('"');
        int at = 0;
        while (at < text.length()) {
            int end = plainEnd(text, at);
            out.append(text, at, end);
            at = end < text.length() ? special(text, end) : end;
        }
        out.append('"');
    }

    /// @return where the text goes on behind it
    private int special(String text, int at) {
        switch (text.charAt(at)) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                int whole = text.codePointAt(at);
                if (Unseen.is(whole)) {
                    Character.toString(whole).chars().forEach(this::escape);
                } else {
                    out.appendCodePoint(whole);
                }
                return at + Character.charCount(whole);
            }
        }
        return at + 1;
    }

    private void escape(int c) {
        out.append("\\u").append(HexFormat.of().toHexDigits((char) c));
    }

    /// Where the next character is that may need an escape: mostly there is none, and the text goes over in one piece.
    private static int plainEnd(String text, int from) {
        int i = from;
        while (i < text.length() && isPlain(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isPlain(char c) {
        return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
    }
}
