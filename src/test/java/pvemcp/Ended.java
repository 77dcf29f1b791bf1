package pvemcp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import pvemcp.cli.Console;
import pvemcp.config.Surroundings;

/// A command line that has run to its end in this process: its status, and what it printed where.
record Ended(int status, String out, String err) {
    /// At a pipe, with nothing to read there.
    static Ended of(Map<String, String> env, Path directory, String... args) {
        return of(env, directory, "", false, args);
    }

    /// @param directory also the home directory
    /// @param typed what there is to read
    /// @param terminal whether a person sits there
    static Ended of(Map<String, String> env, Path directory, String typed, boolean terminal, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var console = new Console(
                new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal,
                false,
                0);
        int status = Main.run(List.of(args), console, new Surroundings(env, directory, directory));
        return new Ended(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    List<String> lines() {
        return out.lines().toList();
    }
}
