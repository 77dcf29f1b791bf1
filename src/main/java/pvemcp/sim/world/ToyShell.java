package pvemcp.sim.world;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A small part of a POSIX shell (XCU chapter 2), enough for the scripts people send to a host: quoting, variables,
/// command substitution, pipes, redirections, `if`, `while`, `for`, braces. Scripts are read by [ToyScript]; programs
/// are those of [ToyPrograms].
///
/// All text in here is bytes, a character each, so that any content passes through unharmed. Not thread-safe.
final class ToyShell {
    private static final int DEEPEST = 20;

    final ToyHost host;
    final Instant now;
    final Map<String, String> variables = new HashMap<>();
    String folder = "/";
    Duration takes = Duration.ZERO;
    /// How much had been printed when it first slept; negative: it has not.
    private int early = -1;
    int signal;
    /// How often its loops went round.
    int turns;
    private int depth;
    /// What a script was given: `$1` and on.
    List<String> values = List.of();
    /// How the last command ended.
    int status;
    /// Whether nothing more is carried out.
    boolean over;

    /// What a command reads and where it writes.
    record Pipes(String in, StringBuilder out, StringBuilder err) {}

    ToyShell(ToyHost host, Instant now) {
        this.host = host;
        this.now = now;
    }

    /// Runs one program with its arguments as they are.
    ToyEnd program(List<String> argv, byte[] input) {
        var words = argv.stream().map(ToyShell::bytes).toList();
        var pipes = new Pipes(bytes(input), new StringBuilder(), new StringBuilder());
        int exit = ToyPrograms.run(this, words, pipes);
        int length = pipes.out().length();
        return new ToyEnd(
                exit, signal, raw(pipes.out()), raw(pipes.err()), takes, early < 0 ? length : Math.min(early, length));
    }

    static String bytes(byte[] raw) {
        return new String(raw, StandardCharsets.ISO_8859_1);
    }

    static String bytes(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] raw(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Runs a program of this host for a shell on another one, which waits for it.
    int within(ToyShell outer, List<String> argv, Pipes pipes) {
        int exit = ToyPrograms.run(this, argv, pipes);
        outer.took(this);
        return exit;
    }

    private void took(ToyShell inner) {
        if (early < 0) {
            early = inner.early;
        }
        takes = takes.plus(inner.takes);
        signal = inner.signal;
        turns += inner.turns;
    }

    /// `sh -c script name values…`
    int script(String script, List<String> values, Pipes pipes) {
        if (depth == DEEPEST) {
            pipes.err().append("sh: 0: Cannot fork\n");
            return 2;
        }
        var inner = new ToyShell(host, now);
        inner.depth = depth + 1;
        inner.values = values;
        inner.folder = folder;
        inner.variables.putAll(variables);
        try {
            new ToyScript(inner, script).run(pipes);
        } catch (ToyReader.Malformed e) {
            pipes.err().append("sh: 1: ").append(bytes(e.getMessage())).append('\n');
            inner.status = 2;
        }
        took(inner);
        return inner.status;
    }

    /// The path as seen from the folder the shell is in, in the characters that its bytes stand for.
    String at(String bytes) {
        var path = new String(raw(bytes), StandardCharsets.UTF_8);
        var all = path.startsWith("/") ? path : folder + "/" + path;
        var parts = new ArrayList<String>();
        for (var part : all.split("/")) {
            if (part.equals("..")) {
                if (!parts.isEmpty()) {
                    parts.removeLast();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return "/" + String.join("/", parts);
    }

    /// Writes a file, keeping the mode of one that is there.
    ///
    /// @return why it cannot be written; empty where it was
    String write(String path, String content, boolean append) {
        var target = at(path);
        if (target.equals("/dev/null")) {
            return "";
        }
        var old = host.files.get(target);
        var parent = host.files.get(ToyHost.parent(target));
        if (parent == null || !parent.folder()) {
            return "No such file or directory";
        }
        if (old != null && old.folder()) {
            return "Is a directory";
        }
        var before = append && old != null ? bytes(old.bytes()) : "";
        var file = old == null ? ToyFile.of(new byte[0], now) : old;
        host.files.put(target, file.holding(raw(before + content), now));
        return "";
    }

    /// Lets time pass, as a program that sleeps does.
    void sleep(Duration time, Pipes pipes) {
        if (early < 0) {
            early = pipes.out().length();
        }
        takes = takes.plus(time);
    }

    void exit(int value) {
        status = value;
        over = true;
    }
}
