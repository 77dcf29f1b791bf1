package pvemcp.cli;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import pvemcp.view.Terminal;
import pvemcp.view.View;

/// Where a command reads and writes, and the person there, if any.
public final class Console {
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Screen screen;
    private final Function<String, Optional<String>> lines;

    /// @param lines answers a question, which is shown first, with the line that was typed
    Console(InputStream in, PrintStream out, PrintStream err, Screen screen, Function<String, Optional<String>> lines) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.screen = screen;
        this.lines = lines;
    }

    private Console(InputStream in, PrintStream out, PrintStream err, Screen screen) {
        this(in, out, err, screen, question -> {
            err.print(question);
            err.flush();
            return line(in);
        });
    }

    /// @param terminal whether a person sits at both ends, input and output
    /// @param colour whether the output may have colours
    /// @param width of the output in columns; 0 where it has none
    public Console(InputStream in, PrintStream out, PrintStream err, boolean terminal, boolean colour, int width) {
        this(in, out, err, new Screen(terminal, terminal, colour, width));
    }

    /// That of this process.
    ///
    /// @param out its standard output
    public static Console ofProcess(Map<String, String> env, Outlet out) {
        boolean terminal = atTerminal();
        // Without a type it is taken for one that can do nothing, as is the custom; on Windows none has one.
        var type = env.getOrDefault("TERM", File.separatorChar == '\\' ? "windows" : "");
        boolean able = terminal && !type.isEmpty() && !type.equals("dumb");
        // https://no-color.org: any value but an empty one.
        boolean colour = able && env.getOrDefault("NO_COLOR", "").isEmpty();
        return new Console(
                new FileInputStream(FileDescriptor.in),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                new Screen(terminal, able, colour, terminal ? columns(env) : 0));
    }

    @SuppressWarnings(
            "SystemConsoleNull") // True of JDK 22 to 24; since 25 there is none without a terminal (JDK-8351435).
    public static boolean atTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }

    /// What stty says; it asks the terminal it has as its input.
    private static int columns(Map<String, String> env) {
        var told = env.getOrDefault("COLUMNS", "");
        if (told.matches("[1-9][0-9]{0,3}")) {
            return Integer.parseInt(told);
        }
        try {
            var process = new ProcessBuilder("stty", "size")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var size = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return size.matches("[0-9]+ [1-9][0-9]{0,3}") ? Integer.parseInt(size.substring(size.indexOf(' ') + 1)) : 0;
        } catch (IOException _) {
            return 0;
        }
    }

    /// The same with colours or without, where a command line says so: `--color=always` or `--color never`.
    public Console coloured(List<String> args) {
        boolean always = says(args, "always");
        boolean never = says(args, "never");
        return always == never ? this : new Console(in, out, err, screen.withColour(always), lines);
    }

    private static boolean says(List<String> args, String when) {
        return args.contains("--color=" + when) || Collections.indexOfSubList(args, List.of("--color", when)) >= 0;
    }

    /// The same, with another place for what is written.
    Console withOut(PrintStream other) {
        return new Console(in, other, err, screen, lines);
    }

    /// Says something among the answers, broken where the screen ends.
    void say(String words) {
        out.println(text(new View.Text(words)));
    }

    /// Says something that is no answer, broken where the screen ends.
    void tell(String words) {
        err.println(text(new View.Text(words)));
    }

    String bold(String text) {
        return screen.colour() ? "\u001b[1m" + text + "\u001b[0m" : text;
    }

    /// Words that are not the answer itself.
    String dim(String text) {
        return screen.colour() ? "\u001b[2m" + text + "\u001b[0m" : text;
    }

    /// The same, where what goes wrong stands where the answer would.
    Console onOneScreen() {
        return new Console(in, out, out, screen, lines);
    }

    public InputStream in() {
        return in;
    }

    public PrintStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    Screen screen() {
        return screen;
    }

    /// Whether a person sits at both ends, input and output.
    public boolean terminal() {
        return screen.person();
    }

    boolean colour() {
        return screen.colour();
    }

    /// A view as it is shown here.
    String text(View view) {
        return new Terminal(screen.width(), screen.colour()).render(view);
    }

    /// How far something has come, in one line.
    ///
    /// @param fraction from 0 to 1; negative where nobody knows
    String progress(double fraction, String message) {
        return new Terminal(Math.max(20, screen.width() - 1), screen.colour()).progress(fraction, message);
    }

    /// A line the user types, without its end; empty where the input has ended.
    ///
    /// @param question what stands before it
    Optional<String> ask(String question) {
        return lines.apply(question);
    }

    private static Optional<String> line(InputStream in) {
        var line = new ByteArrayOutputStream();
        try {
            // Byte by byte: what follows the line belongs to whoever reads next.
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0 && line.size() == 0) {
                    return Optional.empty();
                }
                if (b < 0) {
                    break;
                }
                line.write(b);
            }
        } catch (IOException _) {
            return Optional.empty();
        }
        return Optional.of(line.toString(StandardCharsets.UTF_8).stripTrailing());
    }

    /// A secret the user types, unseen where this is a terminal; empty where the input has ended.
    public Optional<String> readSecret() {
        return screen.person() && atTerminal()
                ? Optional.ofNullable(System.console().readPassword("Secret: ")).map(String::new)
                : ask("");
    }

    /// Everything that is wrong with the configuration, a line each.
    public static void problems(PrintStream err, List<String> problems) {
        problems.forEach(problem -> err.println("pve-mcp: " + problem));
    }
}
