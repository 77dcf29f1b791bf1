package pvemcp.sim.world;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A script, and how far it has been read.
final class ToyReader {
    private final String text;
    private int at;

    ToyReader(String text) {
        this.text = text;
    }

    /// How far it has been read, for [#back].
    int place() {
        return at;
    }

    void back(int place) {
        at = place;
    }

    boolean isOver() {
        return at >= text.length();
    }

    boolean isAt(String start) {
        return text.startsWith(start, at);
    }

    boolean isAtOneOf(String characters) {
        return !isOver() && characters.indexOf(text.charAt(at)) >= 0;
    }

    /// Whether one of these stands here as a word of its own.
    boolean isAtWord(String... words) {
        for (var word : words) {
            int end = at + word.length();
            if (isAt(word) && (end >= text.length() || " \t\n;&|)".indexOf(text.charAt(end)) >= 0)) {
                return true;
            }
        }
        return false;
    }

    /// Whether a command ends here.
    boolean isAtEnd() {
        return isOver() || isAtOneOf(";&|\n)");
    }

    /// The next character, which stays; a blank where nothing is left.
    char next() {
        return isOver() ? ' ' : text.charAt(at);
    }

    char take() {
        return text.charAt(at++);
    }

    /// All up to that end, which is taken as well.
    String takeTo(String end) {
        int stop = text.indexOf(end, at);
        var part = text.substring(at, stop);
        at = stop + end.length();
        return part;
    }

    /// The match that begins here, which is taken; where there is none, nothing is.
    Matcher take(Pattern pattern) {
        var found = pattern.matcher(text).region(at, text.length());
        if (found.lookingAt()) {
            at = found.end();
        }
        return found;
    }

    /// Letters, digits and `_`, of which there may be none.
    String takeName() {
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        return text.substring(start, at);
    }

    /// This word, if it is the next.
    void takeWord(String word) {
        blanks(true);
        if (isAtWord(word)) {
            at += word.length();
        }
    }

    void skip(int characters) {
        at += characters;
    }

    /// Passes over white space and comments.
    ///
    /// @param lines whether over the ends of commands too
    void blanks(boolean lines) {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == ';'))) {
                at++;
            } else if (c == '#' && (at == 0 || Character.isWhitespace(text.charAt(at - 1)))) {
                while (at < text.length() && text.charAt(at) != '\n') {
                    at++;
                }
            } else {
                return;
            }
        }
    }
}
