package pvemcp.cli;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where a command reads and writes.
///
/// @param terminal whether a person sits at both ends, input and output
/// @param colour whether the output may have colours
/// @param width of the output in columns; 0 where it has none
public record Console(InputStream in, PrintStream out, PrintStream err, boolean terminal, boolean colour, int width) {

    /// That of this process.
    public static Console ofProcess(Map<String, String> env) {
        boolean terminal = atTerminal();
        // https://no-color.org: any value but an empty one.
        boolean colour = terminal
                && env.getOrDefault("NO_COLOR", "").isEmpty()
                && !env.getOrDefault("TERM", "").equals("dumb");
        return new Console(
                new FileInputStream(FileDescriptor.in),
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                terminal,
                colour,
                terminal ? columns(env) : 0);
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

    /// A line the user types, without its end; empty where the input has ended.
    Optional<String> readLine() {
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
        return terminal && atTerminal()
                ? Optional.ofNullable(System.console().readPassword("Secret: ")).map(String::new)
                : readLine();
    }

    /// Everything that is wrong with the configuration, a line each.
    public static void problems(PrintStream err, List<String> problems) {
        problems.forEach(problem -> err.println("pve-mcp: " + problem));
    }
}
