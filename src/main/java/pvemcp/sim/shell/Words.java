package pvemcp.sim.shell;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Takes a command line apart as a shell does: quotes, `;`, `&&`, `||`, `|`, redirections.
final class Words {
    private Words() {}

    /// @param operator what follows it: `;`, `&&` or `||`
    record Part(String text, String operator) {}

    static List<Part> sequence(String text) {
        var parts = new ArrayList<Part>();
        var current = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == ';' || c == '\n') {
                parts.add(new Part(current.toString(), ";"));
                current.setLength(0);
                continue;
            } else if (text.startsWith("&&", i) || text.startsWith("||", i)) {
                parts.add(new Part(current.toString(), text.substring(i, i + 2)));
                current.setLength(0);
                i++;
                continue;
            }
            current.append(c);
        }
        parts.add(new Part(current.toString(), ";"));
        return parts;
    }

    static List<String> pipeline(String text) {
        var parts = new ArrayList<String>();
        var current = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '|') {
                parts.add(current.toString());
                current.setLength(0);
                continue;
            }
            current.append(c);
        }
        parts.add(current.toString());
        return parts;
    }

    /// The words of one command, quotes taken off.
    ///
    /// @param last the exit status that `$?` stands for
    static List<String> split(String text, int last) {
        var words = new ArrayList<String>();
        var current = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    current.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                inWord = true;
            } else if (Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(current.toString());
                    current.setLength(0);
                    inWord = false;
                }
            } else {
                current.append(text.startsWith("$?", i) ? Integer.toString(last) : Character.toString(c));
                i += text.startsWith("$?", i) ? 1 : 0;
                inWord = true;
            }
        }
        if (inWord) {
            words.add(current.toString());
        }
        return words;
    }

    /// `printf`'s escapes: `\n`, `\t`, `\\` and octal bytes.
    static byte[] unescape(String text) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 >= text.length()) {
                out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            char next = text.charAt(++i);
            if (next >= '0' && next <= '7') {
                int value = 0;
                int end = Math.min(text.length(), i + 3);
                while (i < end && text.charAt(i) >= '0' && text.charAt(i) <= '7') {
                    value = value * 8 + text.charAt(i++) - '0';
                }
                i--;
                out.write(value);
                continue;
            }
            out.write(
                    switch (next) {
                        case 'n' -> '\n';
                        case 't' -> '\t';
                        case 'r' -> '\r';
                        default -> next;
                    });
        }
        return out.toByteArray();
    }
}
