package pvemcp.remote;

import java.util.ArrayList;
import java.util.List;

/// A program to run inside a guest: its name and arguments as they are, never a line for a shell to take apart.
///
/// @param argv the program and its arguments; none holds a NUL character
/// @param input what it reads on its standard input; empty: nothing
public record Command(List<String> argv, byte[] input) {
    private static final byte[] NOTHING = {};

    public Command {
        argv = List.copyOf(argv);
        if (argv.isEmpty() || argv.getFirst().isEmpty()) {
            throw new IllegalArgumentException("a command names a program");
        }
        for (var word : argv) {
            if (word.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("no part of a command can hold a NUL character");
            }
        }
    }

    public static Command of(String... argv) {
        return new Command(List.of(argv), NOTHING);
    }

    /// A script for the guest's own `sh`, with values that reach it as `$1`, `$2` …, so that nothing in them is code.
    public static Command script(String script, String... values) {
        var argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        argv.addAll(List.of(values));
        return new Command(argv, NOTHING);
    }

    public Command reading(byte[] input) {
        return new Command(argv, input);
    }
}
