package pvemcp.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.History;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;

/// Lines with editing, completion and history.
final class EditedKeyboard implements Keyboard {
    private final Terminal terminal;
    private final Console before;
    private final PrintStream out;
    private final LineReader lines;
    private final LineReader answers;

    /// @param before what the terminal is in the hands of this program's other commands
    /// @param candidates what the last of some words could become
    EditedKeyboard(
            Terminal terminal,
            Console before,
            History history,
            Function<List<String>, List<Candidates.Candidate>> candidates) {
        this.terminal = terminal;
        this.before = before;
        this.out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
        this.lines = reader(terminal)
                .history(history)
                .completer(completer(candidates))
                .option(LineReader.Option.HISTORY_IGNORE_SPACE, true)
                .option(LineReader.Option.CASE_INSENSITIVE, true)
                .variable(LineReader.LIST_MAX, 60)
                .build();
        this.answers = reader(terminal)
                .variable(LineReader.DISABLE_HISTORY, true)
                .variable(LineReader.DISABLE_COMPLETION, true)
                .build();
    }

    private static LineReaderBuilder reader(Terminal terminal) {
        // A line has the same words here as it has for a call: a backslash is a backslash.
        return LineReaderBuilder.builder()
                .terminal(terminal)
                .parser(new DefaultParser().escapeChars(new char[0]))
                // A token's name contains an exclamation mark, which is no history here.
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true);
    }

    @Override
    public Typed line(String sign) {
        try {
            return new Typed.Line(lines.readLine(before.bold(sign)));
        } catch (UserInterruptException _) {
            return new Typed.GivenUp();
        } catch (EndOfFileException _) {
            return new Typed.End();
        }
    }

    @Override
    public Console console() {
        var screen = before.screen();
        var now = new Screen(true, screen.erases(), screen.colour(), terminal.getWidth());
        return new Console(terminal.input(), out, out, now, this::answer);
    }

    private Optional<String> answer(String question) {
        try {
            return Optional.of(answers.readLine(question));
        } catch (UserInterruptException | EndOfFileException _) {
            return Optional.empty();
        }
    }

    @Override
    public int height() {
        return terminal.getHeight();
    }

    @Override
    public void onInterrupt(Runnable action) {
        terminal.handle(Terminal.Signal.INT, _ -> action.run());
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Completer completer(Function<List<String>, List<Candidates.Candidate>> candidates) {
        return (_, line, offered) -> {
            var found = candidates.apply(words(line));
            int widest = 0;
            for (var each : found) {
                widest = Math.max(widest, new AttributedString(each.word()).columnLength());
            }
            for (var each : found) {
                boolean open = each.word().endsWith("=") || each.word().endsWith("/");
                var shown = shown(each, widest);
                // In this order: the best first, and of tasks the newest.
                offered.add(new Candidate(each.word(), shown, null, null, null, null, !open, offered.size()));
            }
        };
    }

    /// As it stands in the menu: what it is beside it, cut to the screen.
    private String shown(Candidates.Candidate candidate, int widest) {
        if (candidate.about().isEmpty()) {
            return candidate.word();
        }
        var gap = " ".repeat(widest + 2 - new AttributedString(candidate.word()).columnLength());
        var about = new AttributedString(candidate.about());
        int room = Math.max(0, terminal.getWidth() - widest - 3);
        var cut = about.columnLength() <= room
                ? candidate.about()
                : about.columnSubSequence(0, Math.max(0, room - 1)) + "…";
        return candidate.word() + gap + before.dim(cut);
    }

    /// Up to the cursor.
    private static List<String> words(ParsedLine line) {
        var words = new ArrayList<>(line.words().subList(0, line.wordIndex() + 1));
        words.set(line.wordIndex(), line.word().substring(0, line.wordCursor()));
        return words;
    }
}
