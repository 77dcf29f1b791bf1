package pvemcp.remote;

import java.util.List;

/// Words for a POSIX shell that must reach a program exactly as they are.
final class Quote {
    private Quote() {}

    /// One line that any POSIX shell splits back into exactly these words: each stands in single quotes, where
    /// nothing but the quote itself means anything (POSIX XCU 2.2.2).
    static String posix(List<String> words) {
        var line = new StringBuilder();
        for (var word : words) {
            if (!line.isEmpty()) {
                line.append(' ');
            }
            line.append('\'').append(word.replace("'", "'\\''")).append('\'');
        }
        return line.toString();
    }
}
