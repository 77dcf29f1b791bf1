package pvemcp.cli;

import java.util.ArrayList;
import java.util.List;

/// A typed line cut into words, as a shell does it: blanks part them, quotes of either kind keep them together.
final class Words {
    private Words() {}

    static List<String> split(String line) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                // Quotes inside braces are JSON's own.
                boolean json = word.indexOf("{") == 0;
                if (json) {
                    word.append(c);
                } else {
                    quote = c;
                }
                begun = true;
            } else if (Character.isWhitespace(c) && !open(word)) {
                if (begun) {
                    words.add(word.toString());
                    word.setLength(0);
                    begun = false;
                }
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }

    /// Whether a JSON object has begun that has not ended.
    private static boolean open(StringBuilder word) {
        return word.indexOf("{") == 0
                && word.chars().filter(c -> c == '{').count()
                        > word.chars().filter(c -> c == '}').count();
    }
}
