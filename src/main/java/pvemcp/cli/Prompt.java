package pvemcp.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.TerminalBuilder;
import pvemcp.config.Surroundings;
import pvemcp.dispatch.Dispatcher;

/// Takes calls line by line: with editing and completion on a terminal that can, as plain lines elsewhere.
final class Prompt {
    private static final String SIGN = "pve> ";

    private final Dispatcher dispatcher;
    private final Console console;
    private final Surroundings surroundings;
    private final Consumer<List<String>> call;

    Prompt(Dispatcher dispatcher, Console console, Surroundings surroundings, Consumer<List<String>> call) {
        this.dispatcher = dispatcher;
        this.console = console;
        this.surroundings = surroundings;
        this.call = call;
    }

    /// Until `exit` or the end of input.
    void run() {
        boolean able = console.terminal() && !surroundings.variable("TERM").equals("dumb");
        if (!able) {
            take(this::plainLine);
            return;
        }
        // The provider that runs stty needs no native library, which Java would warn of.
        try (var terminal = TerminalBuilder.builder()
                .system(true)
                .provider("exec")
                .dumb(true)
                .build()) {
            var reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .completer((_, line, candidates) -> complete(line, candidates))
                    // A token's name contains an exclamation mark, which is no history here.
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .build();
            take(() -> editedLine(reader));
        } catch (IOException _) {
            take(this::plainLine);
        }
    }

    private void take(Supplier<Optional<String>> lines) {
        for (var line = lines.get(); line.isPresent(); line = lines.get()) {
            var words = Words.split(line.get());
            if (words.isEmpty()) {
                continue;
            }
            switch (words.getFirst()) {
                case "exit", "quit" -> {
                    return;
                }
                case "help", "?" -> help(words);
                default -> call.accept(words);
            }
        }
    }

    private Optional<String> plainLine() {
        console.out().print(SIGN);
        console.out().flush();
        return console.ask("");
    }

    private static Optional<String> editedLine(LineReader reader) {
        try {
            return Optional.of(reader.readLine(SIGN));
        } catch (UserInterruptException _) {
            return Optional.of("");
        } catch (EndOfFileException _) {
            return Optional.empty();
        }
    }

    private void help(List<String> words) {
        try {
            if (words.size() > 1) {
                console.out()
                        .println(ToolPages.one(
                                ToolNames.find(words.subList(1, words.size()), dispatcher)
                                        .tool(),
                                console));
                return;
            }
        } catch (UsageException e) {
            e.problems().forEach(console.out()::println);
            return;
        }
        dispatcher
                .tools()
                .forEach(tool -> console.out()
                        .println("%-18s %s"
                                .formatted(ToolNames.shortened(tool.name()), ToolPages.firstSentence(tool.doc()))));
        console.out().println();
        console.out()
                .println(
                        "'help TOOL' has its inputs; a call is TOOL name=value …, or values in their order; 'exit' ends.");
    }

    private void complete(ParsedLine line, List<Candidate> candidates) {
        var words = new ArrayList<>(line.words().subList(0, line.wordIndex() + 1));
        words.set(line.wordIndex(), line.word().substring(0, line.wordCursor()));
        for (var found : Candidates.of(dispatcher, console, words)) {
            var word = found.word();
            boolean open = word.endsWith("=");
            candidates.add(new Candidate(word, word, null, null, null, null, !open));
        }
        if (line.wordIndex() == 0) {
            candidates.add(new Candidate("help"));
            candidates.add(new Candidate("exit"));
        }
    }
}
