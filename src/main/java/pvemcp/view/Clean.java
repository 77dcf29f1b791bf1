package pvemcp.view;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.regex.Pattern;
import pvemcp.text.Unseen;

/// Text that came from a guest, a cluster or anybody else, made fit to be shown: nothing in it moves a cursor, hides,
/// turns the reading direction round or breaks a line.
///
/// Applying it twice changes nothing more.
public final class Clean {
    private static final int NAME = 64;
    private static final int NOTE = 2048;
    private static final int LINE = 1024;

    private Clean() {}

    /// A name or another short text: one line, at most 64 characters.
    public static String name(String text) {
        return cut(oneLine(text), NAME);
    }

    /// A line of a log: at most 1,024 characters.
    public static String line(String text) {
        return cut(oneLine(text), LINE);
    }

    /// Free text of several lines, such as a guest's notes: at most 2,048 characters.
    public static String note(String text) {
        return cut(strip(text, true, true), NOTE);
    }

    /// One line of any length, for values whose length is bounded elsewhere.
    public static String oneLine(String text) {
        return strip(text, false, true);
    }

    /// Text of several lines and any length, our own words around those of others.
    public static String lines(String text) {
        return strip(text, true, false);
    }

    /// One line, cut at `limit`.
    public static String cell(String text, int limit) {
        return cut(oneLine(text), limit);
    }

    /// Where a defect is, for a log: its message may quote anybody.
    public static String trace(Throwable defect) {
        var text = new StringWriter();
        defect.printStackTrace(new PrintWriter(text));
        return lines(text.toString());
    }

    private static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
        return text.substring(0, end) + "…";
    }

    private static String strip(String text, boolean lines, boolean ends) {
        if (isPlain(text, lines)) {
            return text;
        }
        // Whole escape sequences go first, while their introducers are still there.
        var bare = Escapes.SEQUENCE.matcher(text.replace("\r\n", "\n")).replaceAll("");
        var out = new StringBuilder(bare.length());
        bare.codePoints().forEach(c -> {
            if (c == '\n' && lines) {
                out.append('\n');
            } else if (c == '\n' || c == '\t' || c == '\r' || c == '\u2028' || c == '\u2029' || c == 0x85) {
                out.append(' ');
            } else if (!Unseen.is(c)) {
                out.appendCodePoint(c);
            }
        });
        return ends ? out.toString().strip() : out.toString();
    }

    private static boolean isPlain(String text, boolean lines) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < 0x20 || c > 0x7e) && !(lines && c == '\n')) {
                return false;
            }
        }
        return true;
    }

    /// Loaded only once some text is not plain.
    private static final class Escapes {
        // ECMA-48 section 5.4: CSI sequences; sections 8.3.89 and 5.6: OSC, DCS, SOS, PM and APC strings up to their
        // terminator or the end of the line; then the escape sequences of two characters.
        static final Pattern SEQUENCE = Pattern.compile("(?:\u001b\\[|\u009b)[0-?]*[ -/]*[@-~]"
                + "|(?:\u001b[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\\\|\u009c)?"
                + "|\u001b[ -/]*[0-~]");
    }
}
