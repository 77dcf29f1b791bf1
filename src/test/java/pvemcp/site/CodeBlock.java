package pvemcp.site;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A block of code as HTML: prompts and comments are told apart from the rest, so that what is copied is what one
/// types.
final class CodeBlock {
    private static final Pattern TYPED = Pattern.compile("(\\$ |pve> |> )(.*)");
    private static final Pattern COMMENT = Pattern.compile("(^|.*?\\s)(#(?: .*|$))");

    private CodeBlock() {}

    /// @param kind as the fence names it; empty for an indented block, which shows commands
    static String of(String kind, String text) {
        var word = kind.split(" ", 2)[0];
        boolean session = word.equals("console") || (word.isEmpty() && text.matches("(?s)[>$] .*"));
        boolean comments = word.isEmpty() || word.matches("toml|yaml|sh|bash|sql");
        var lines = text.stripTrailing()
                .lines()
                .map(line -> session ? said(line) : comments ? commented(line) : escaped(line))
                .collect(Collectors.joining("\n"));
        return "<div class=\"code\"><pre%s><code>%s</code></pre></div>"
                .formatted(session ? " class=\"session\"" : "", lines);
    }

    /// A line of a session is either typed after a prompt, or an answer.
    private static String said(String line) {
        var typed = TYPED.matcher(line);
        if (typed.matches()) {
            return "<span class=\"prompt\">%s</span><kbd>%s</kbd>"
                    .formatted(escaped(typed.group(1)), escaped(typed.group(2)));
        }
        return line.startsWith("# ") ? comment(line) : escaped(line);
    }

    private static String commented(String line) {
        var found = COMMENT.matcher(line);
        return found.matches() ? escaped(found.group(1)) + comment(found.group(2)) : escaped(line);
    }

    private static String comment(String words) {
        return "<span class=\"note\">%s</span>".formatted(escaped(words));
    }

    private static String escaped(String text) {
        return Escape.html(text);
    }
}
