package pvemcp.untrusted;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import pvemcp.json.Json;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolResult;
import pvemcp.view.Markdown;
import pvemcp.view.Plain;
import pvemcp.view.Terminal;

/// An answer as those get it who read it, and what must not be in it, whatever somebody else has written.
public final class Reading {
    private static final Pattern OPENS = Pattern.compile("<untrusted-([0-9a-f]{12}) source=\"[^\"\n]*\">");
    private static final Pattern NEXT_PAGE =
            Pattern.compile("next page: cursor=[A-Za-z0-9_-]+; filters narrow the list");

    /// So long must a line of another's be to be told from ours, and so much of it is looked for.
    private static final int TELLING = 12;
    private static final int LOOKED_FOR = 32;

    private Reading() {}

    /// All of the answer, as it goes to a model.
    public static String text(ToolResult result) {
        return switch (result) {
            case ToolResult.Done done -> Markdown.render(done.view());
            case ToolResult.Held held ->
                preview(held.preview()) + "\n" + held.again().sentence() + "\n" + held.typed();
            case ToolResult.Refused(var rule, var why, var remedy) -> rule + "\n" + why + "\n" + remedy;
            case ToolResult.Failed(var code, var what, var hint) -> code + "\n" + what + "\n" + hint;
        };
    }

    private static String preview(Preview preview) {
        var lines = new ArrayList<>(List.of(preview.summary()));
        lines.addAll(preview.warnings());
        lines.addAll(preview.requests());
        return String.join("\n", lines);
    }

    static Json data(ToolResult result) {
        return result instanceof ToolResult.Done done ? done.data() : Json.Null.NULL;
    }

    /// At a terminal, and for another program there.
    static List<String> atTerminal(ToolResult result) {
        return result instanceof ToolResult.Done done
                ? List.of(
                        new Terminal(100, false).render(done.view()),
                        new Terminal(0, false).render(done.view()),
                        Plain.render(done.view()).replace("\t", " "))
                : List.of();
    }

    /// The lines of ours: those in no fence. A fence that does not end with its own mark hides the rest, which shows.
    static List<String> outside(String text) {
        var lines = new ArrayList<String>();
        var end = "";
        for (var line : text.split("\n", -1)) {
            var opens = OPENS.matcher(line);
            if (!end.isEmpty()) {
                if (line.equals(end)) {
                    end = "";
                }
            } else if (opens.matches()) {
                end = "</untrusted-" + opens.group(1) + ">";
                lines.add("fence");
            } else if (!NEXT_PAGE.matcher(line).matches()) {
                lines.add(line);
            }
        }
        if (!end.isEmpty()) {
            throw new AssertionError("a fence without an end in " + text);
        }
        return lines;
    }

    /// The characters that nobody sees.
    public static List<String> hidden(String text) {
        var found = new ArrayList<String>();
        text.codePoints().filter(Reading::isHidden).forEach(c -> found.add("U+%04X".formatted(c)));
        return found;
    }

    /// The same of the texts and the names in data.
    public static List<String> hidden(Json data) {
        var found = new ArrayList<String>();
        texts(data).forEach(text -> found.addAll(hidden(text)));
        return found;
    }

    /// Told apart by other means than the cleaning itself: by Unicode's own lists of what is not to be seen.
    private static boolean isHidden(int c) {
        if (c == '\n') {
            return false;
        }
        return Character.isISOControl(c)
                || Character.isIdentifierIgnorable(c)
                || !Character.isDefined(c)
                || Character.getType(c) == Character.SURROGATE
                || Character.getType(c) == Character.PRIVATE_USE
                || Character.getType(c) == Character.LINE_SEPARATOR
                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
                || (c >= 0xE0000 && c <= 0xE0FFF)
                || (c >= 0xFE00 && c <= 0xFE0F)
                || c == 0x3164
                || c == 0xFFA0
                || c == 0x115F
                || c == 0x1160
                || c == 0x034F;
    }

    private static Stream<String> texts(Json value) {
        return switch (value) {
            case Json.Str(var text) -> Stream.of(text);
            case Json.Arr(var items) -> items.stream().flatMap(Reading::texts);
            case Json.Obj(var members) ->
                members.entrySet().stream()
                        .flatMap(member -> Stream.concat(Stream.of(member.getKey()), texts(member.getValue())));
            default -> Stream.empty();
        };
    }

    /// Lines of ours that are lines of the text: it has left its place. Its first line may well stand where a line
    /// begins, the others may not.
    public static List<String> forged(List<String> ours, String text) {
        var theirs = text.lines()
                .flatMap(line -> Stream.of(line.split("[\u2028\u2029\u0085\u000b\f\r]", -1)))
                .skip(1)
                .map(String::strip)
                .filter(line -> line.length() >= TELLING)
                .map(line -> line.substring(0, Math.min(LOOKED_FOR, line.length())))
                .distinct()
                .filter(line -> !text.startsWith(line))
                .toList();
        return ours.stream()
                .filter(line -> theirs.stream().anyMatch(line.strip()::startsWith))
                .toList();
    }

    /// A text to be named in a message.
    public static String shown(String text) {
        return Json.str(text.substring(0, Math.min(80, text.length()))).write();
    }
}
