package pvemcp.log;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.text.Word;
import pvemcp.view.Clean;

/// What a server tells those who look after it: a line for each event, in words or as JSON. All that it is given is
/// made fit for a log here: known secrets are taken out, and nothing breaks a line or moves a cursor. Safe for
/// several threads.
public final class Log {
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG;

        String word() {
            return Word.of(this);
        }
    }

    public enum Form {
        /// `pve-mcp:` and words.
        TEXT,
        /// One object, in which the words are `message`.
        JSON
    }

    private final PrintStream out;
    private final Form form;
    private final Level most;
    private final InstantSource clock;
    private final UnaryOperator<String> scrub;

    /// @param most up to which level events are told
    /// @param scrub takes known secrets out of a text
    public Log(PrintStream out, Form form, Level most, InstantSource clock, UnaryOperator<String> scrub) {
        this.out = out;
        this.form = form;
        this.most = most;
        this.clock = clock;
        this.scrub = scrub;
    }

    /// In words, up to warnings.
    public static Log ofWords(PrintStream out) {
        return new Log(out, Form.TEXT, Level.WARN, InstantSource.system(), UnaryOperator.identity());
    }

    public boolean tells(Level level) {
        return level.compareTo(most) <= 0;
    }

    public void tell(Level level, String event, String words) {
        tell(level, event, words, Json.Obj.EMPTY);
    }

    /// @param event what kind it is, in one word that stays the same
    /// @param more what programs are told besides; texts, numbers and truths
    public void tell(Level level, String event, String words, Json.Obj more) {
        if (tells(level)) {
            write(level, event, words, more);
        }
    }

    /// What is told at any level, as it belongs to the start of a server.
    public void announce(String event, String words) {
        write(Level.INFO, event, words, Json.Obj.EMPTY);
    }

    /// A defect of this program, with its stack.
    public void defect(String words, Throwable bug) {
        var text = new StringWriter();
        bug.printStackTrace(new PrintWriter(text));
        var stack = scrub.apply(text.toString())
                .lines()
                .map(line -> (line.startsWith("\t") ? "\t" : "") + Clean.oneLine(line))
                .collect(Collectors.joining("\n"));
        if (form == Form.TEXT) {
            out.println("pve-mcp: " + clean(words) + ":\n" + stack);
        } else {
            out.println(head(Level.ERROR, "defect", words).with("stack", stack).write());
        }
    }

    private void write(Level level, String event, String words, Json.Obj more) {
        if (form == Form.TEXT) {
            out.println("pve-mcp: " + clean(words));
            return;
        }
        var line = head(level, event, words);
        for (var member : more.members().entrySet()) {
            var value = member.getValue() instanceof Json.Str(var text) ? Json.str(clean(text)) : member.getValue();
            line = line.with(member.getKey(), value);
        }
        out.println(line.write());
    }

    private Json.Obj head(Level level, String event, String words) {
        var time = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
        return Json.obj("time", time, "level", level.word(), "event", event, "message", clean(words));
    }

    private String clean(String text) {
        return Clean.line(scrub.apply(text));
    }
}
