package pvemcp.sim.world;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A script, and how far it has been read.
final class ToyReader {
    /// Words that stand where a command ends or goes on, and begin none.
    private static final String[] CLOSING = {"then", "elif", "else", "fi", "do", "done", "}"};

    private static final String[] SIGNS = {"&&", "&", "||", "|", ";;", ";", ")"};

    /// Words that begin what is not read here.
    private static final String[] UNKNOWN = {"case", "until", "function"};

    private final String text;
    private int at;

    ToyReader(String text) {
        this.text = text;
    }

    /// A script that cannot be read on, in the words of dash where it refuses it too.
    static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Malformed(String why) {
            super(why, null, false, false);
        }

        static Malformed unsupported(String what) {
            return new Malformed("the simulated shell knows no " + what);
        }
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
        if (isOver()) {
            throw new Malformed("Syntax error: Unterminated quoted string");
        }
        return text.charAt(at++);
    }

    /// All up to that end, which is taken as well.
    ///
    /// @throws Malformed where it does not come
    String takeTo(String end) {
        int stop = text.indexOf(end, at);
        if (stop < 0) {
            throw new Malformed(
                    end.equals("'")
                            ? "Syntax error: Unterminated quoted string"
                            : "Syntax error: Missing '%s'".formatted(end));
        }
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

    /// This word, which has to be the next.
    void need(String word) {
        blanks(true);
        if (!isAtWord(word)) {
            throw unexpected(" (expecting \"%s\")".formatted(word));
        }
        at += word.length();
    }

    /// A command has to begin here.
    void needCommand() {
        for (var word : UNKNOWN) {
            if (isAtWord(word)) {
                throw Malformed.unsupported(word);
            }
        }
        if (isAtEnd() || isAtWord(CLOSING)) {
            throw unexpected("");
        }
    }

    /// What stands here cannot.
    Malformed unexpected(String instead) {
        if (isOver()) {
            return new Malformed("Syntax error: end of file unexpected" + instead);
        }
        var found = isAt("\n") ? "newline" : isAtOneOf("<>") ? "redirection" : quoted();
        return new Malformed("Syntax error: %s unexpected%s".formatted(found, instead));
    }

    private String quoted() {
        for (var sign : SIGNS) {
            if (isAt(sign)) {
                return "\"%s\"".formatted(sign);
            }
        }
        for (var word : CLOSING) {
            if (isAtWord(word)) {
                return "\"%s\"".formatted(word);
            }
        }
        return "word";
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
