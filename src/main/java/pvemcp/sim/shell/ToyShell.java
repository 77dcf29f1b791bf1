package pvemcp.sim.shell;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import pvemcp.sim.world.ToyHost;

/// Runs commands on a [ToyHost]: enough of a shell and of the usual tools to look around, write files and restart
/// services. Not thread-safe; made for one command.
public final class ToyShell {
    private static final Set<String> KNOWN = Set.of(
            "echo",
            "printf",
            "cat",
            "ls",
            "id",
            "whoami",
            "hostname",
            "uname",
            "uptime",
            "pwd",
            "true",
            "false",
            "sleep",
            "head",
            "wc",
            "grep",
            "touch",
            "rm",
            "mkdir",
            "systemctl",
            "service",
            "df",
            "free",
            "date",
            "sh",
            "bash",
            "kill",
            "test",
            "exit",
            "stat",
            "env",
            "tr");

    private final ToyHost host;
    private final Instant now;
    private Duration took = Duration.ZERO;
    private int signal;
    private boolean left;

    public ToyShell(ToyHost host, Instant now) {
        this.host = host;
        this.now = now;
    }

    /// What a command did.
    ///
    /// @param signal what killed it; 0 where nothing did
    public record Result(int exit, int signal, byte[] out, byte[] err, Duration took) {}

    /// Whether there is such a program; a name with a blank in it is none.
    public static boolean exists(String program) {
        int slash = program.lastIndexOf('/');
        var folder = slash < 0 ? "/usr/bin" : program.substring(0, slash);
        return Set.of("/bin", "/usr/bin", "/sbin", "/usr/sbin").contains(folder)
                && KNOWN.contains(program.substring(slash + 1));
    }

    /// Runs one program without a shell between.
    public Result run(List<String> command, byte[] input) {
        var err = new ByteArrayOutputStream();
        var out = new ByteArrayOutputStream();
        int exit = program(command, input, out, err);
        return new Result(exit, signal, out.toByteArray(), err.toByteArray(), took);
    }

    private int script(String text, byte[] input, ByteArrayOutputStream out, ByteArrayOutputStream err) {
        int exit = 0;
        var operator = ";";
        for (var part : Words.sequence(text)) {
            boolean skip = (operator.equals("&&") && exit != 0) || (operator.equals("||") && exit == 0);
            if (!skip && !left && signal == 0) {
                exit = pipeline(part.text(), input, exit, out, err);
            }
            operator = part.operator();
        }
        return exit;
    }

    private int pipeline(String text, byte[] input, int last, ByteArrayOutputStream out, ByteArrayOutputStream err) {
        var parts = Words.pipeline(text);
        var data = input;
        int exit = 0;
        for (int i = 0; i < parts.size(); i++) {
            var target = i == parts.size() - 1 ? out : new ByteArrayOutputStream();
            exit = simple(Words.split(parts.get(i), last), data, target, err);
            data = i == parts.size() - 1 ? data : target.toByteArray();
        }
        return exit;
    }

    /// One command with its redirections.
    private int simple(List<String> words, byte[] input, ByteArrayOutputStream out, ByteArrayOutputStream err) {
        var command = new ArrayList<String>();
        var target = out;
        var errors = err;
        var file = "";
        boolean append = false;
        var data = input;
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            switch (word) {
                case ">&2", "1>&2" -> target = err;
                case "2>&1" -> errors = target;
                case "2>/dev/null" -> errors = new ByteArrayOutputStream();
                case ">/dev/null" -> target = new ByteArrayOutputStream();
                case ">", ">>" -> {
                    append = word.equals(">>");
                    file = i + 1 < words.size() ? words.get(++i) : "";
                    target = new ByteArrayOutputStream();
                }
                case "<" ->
                    data = host.read(i + 1 < words.size() ? words.get(++i) : "").orElse(new byte[0]);
                default -> command.add(word);
            }
        }
        if (command.isEmpty()) {
            return 0;
        }
        int exit = program(command, data, target, errors);
        if (file.isEmpty()) {
            return exit;
        }
        if (!host.hasParent(file)) {
            print(err, "sh: 1: cannot create %s: Directory nonexistent\n".formatted(file));
            return 2;
        }
        var content = new ByteArrayOutputStream();
        if (append) {
            content.writeBytes(host.read(file).orElse(new byte[0]));
        }
        content.writeBytes(target.toByteArray());
        if (!file.equals("/dev/null")) {
            host.write(file, content.toByteArray());
        }
        return exit;
    }

    private static void print(ByteArrayOutputStream stream, String text) {
        stream.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private int program(List<String> words, byte[] input, ByteArrayOutputStream out, ByteArrayOutputStream err) {
        var name = words.getFirst().substring(words.getFirst().lastIndexOf('/') + 1);
        var arguments = words.subList(1, words.size());
        var operands = arguments.stream().filter(word -> !word.startsWith("-")).toList();
        switch (name) {
            case "echo" -> print(out, String.join(" ", echoed(arguments)) + (arguments.contains("-n") ? "" : "\n"));
            case "printf" -> out.writeBytes(Words.unescape(arguments.isEmpty() ? "" : arguments.getFirst()));
            case "true", "env" -> {}
            case "false" -> {
                return 1;
            }
            case "pwd" -> print(out, "/\n");
            case "id" -> print(out, "uid=0(root) gid=0(root) groups=0(root)\n");
            case "whoami" -> print(out, "root\n");
            case "hostname" -> print(out, host.name() + "\n");
            case "uname" ->
                print(
                        out,
                        arguments.contains("-r")
                                ? "6.12.57+deb13-amd64\n"
                                : arguments.contains("-a")
                                        ? "Linux %s 6.12.57+deb13-amd64 #1 SMP PREEMPT_DYNAMIC x86_64 GNU/Linux\n"
                                                .formatted(host.name())
                                        : "Linux\n");
            case "uptime" -> print(out, " up 21 days,  3:04,  0 users,  load average: 0.08, 0.05, 0.01\n");
            case "date" ->
                print(
                        out,
                        DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss 'UTC' yyyy", java.util.Locale.ROOT)
                                        .format(now.plus(took).atOffset(ZoneOffset.UTC))
                                + "\n");
            case "df" -> print(out, """
                    Filesystem      Size  Used Avail Use% Mounted on
                    /dev/sda1        31G  9.8G   20G  34% /
                    tmpfs           2.0G     0  2.0G   0% /dev/shm
                    """);
            case "free" -> print(out, """
                                   total        used        free      shared  buff/cache   available
                    Mem:         4014532     1204112      801224        1040     2009196     2810420
                    Swap:              0           0           0
                    """);
            case "sleep" -> took = took.plusMillis((long) (1000 * Double.parseDouble(operands.getFirst())));
            case "exit" -> {
                left = true;
                return operands.isEmpty() ? 0 : Integer.parseInt(operands.getFirst());
            }
            case "kill" -> signal = arguments.contains("-9") ? 9 : 15;
            case "sh", "bash" -> {
                int at = arguments.indexOf("-c");
                var text = at >= 0 && at + 1 < arguments.size()
                        ? arguments.get(at + 1)
                        : new String(input, StandardCharsets.UTF_8);
                return new ToyShell.Nested(this).script(text, input, out, err);
            }
            case "systemctl", "service" -> {
                return service(name.equals("service") ? operands.reversed() : operands, out, err);
            }
            default -> {
                return files(name, arguments, operands, input, out, err);
            }
        }
        return 0;
    }

    /// `exit` in an inner shell only ends that one.
    private record Nested(ToyShell outer) {
        int script(String text, byte[] input, ByteArrayOutputStream out, ByteArrayOutputStream err) {
            int exit = outer.script(text, input, out, err);
            outer.left = false;
            return exit;
        }
    }

    private static List<String> echoed(List<String> arguments) {
        return arguments.stream().filter(word -> !word.equals("-n")).toList();
    }

    private int files(
            String name,
            List<String> arguments,
            List<String> operands,
            byte[] input,
            ByteArrayOutputStream out,
            ByteArrayOutputStream err) {
        switch (name) {
            case "cat" -> {
                if (operands.isEmpty()) {
                    out.writeBytes(input);
                }
                return each(
                        name,
                        operands,
                        err,
                        path -> out.writeBytes(host.read(path).orElseThrow()));
            }
            case "stat" -> {
                return each(
                        name,
                        operands,
                        err,
                        path -> print(
                                out,
                                "  File: %s\n  Size: %d\n"
                                        .formatted(path, host.read(path).orElseThrow().length)));
            }
            case "ls" -> {
                for (var path : operands.isEmpty() ? List.of("/") : operands) {
                    if (host.isDirectory(path)) {
                        host.names(path).forEach(child -> print(out, child + "\n"));
                    } else if (host.read(path).isPresent()) {
                        print(out, path + "\n");
                    } else {
                        print(err, "ls: cannot access '%s': No such file or directory\n".formatted(path));
                        return 2;
                    }
                }
            }
            case "head" -> {
                if (operands.contains("/dev/zero")) {
                    took = took.plusSeconds(20);
                }
                var text = new String(input, StandardCharsets.UTF_8);
                text.lines().limit(10).forEach(line -> print(out, line + "\n"));
            }
            case "tr" -> out.writeBytes(input);
            case "wc" ->
                print(out, new String(input, StandardCharsets.UTF_8).lines().count() + "\n");
            case "grep" -> {
                return grep(operands, input, out);
            }
            case "test" -> {
                var path = operands.isEmpty() ? "" : operands.getFirst();
                boolean there = host.read(path).isPresent() || host.isDirectory(path);
                return there ? 0 : 1;
            }
            case "touch" ->
                operands.forEach(path -> host.write(path, host.read(path).orElse(new byte[0])));
            case "mkdir" -> operands.forEach(host::makeDirectory);
            case "rm" -> {
                for (var path : operands) {
                    if (!host.delete(path) && !arguments.contains("-f") && !arguments.contains("-rf")) {
                        print(err, "rm: cannot remove '%s': No such file or directory\n".formatted(path));
                        return 1;
                    }
                }
            }
            default -> {
                print(err, "sh: 1: %s: not found\n".formatted(name));
                return 127;
            }
        }
        return 0;
    }

    private int each(
            String name, List<String> paths, ByteArrayOutputStream err, java.util.function.Consumer<String> does) {
        int exit = 0;
        for (var path : paths) {
            if (host.read(path).isPresent()) {
                does.accept(path);
            } else {
                var why = host.isDirectory(path) ? "Is a directory" : "No such file or directory";
                print(err, "%s: %s: %s\n".formatted(name, path, why));
                exit = 1;
            }
        }
        return exit;
    }

    private int grep(List<String> operands, byte[] input, ByteArrayOutputStream out) {
        var data = operands.size() > 1 ? host.read(operands.get(1)).orElse(new byte[0]) : input;
        var found = new String(data, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(operands.getFirst()))
                .toList();
        found.forEach(line -> print(out, line + "\n"));
        return found.isEmpty() ? 1 : 0;
    }

    private int service(List<String> operands, ByteArrayOutputStream out, ByteArrayOutputStream err) {
        if (operands.size() < 2) {
            return 1;
        }
        var verb = operands.getFirst();
        var unit = operands.get(1).replaceFirst("\\.service$", "");
        if (!host.services.containsKey(unit)) {
            print(err, "Unit %s.service could not be found.\n".formatted(unit));
            return verb.equals("status") ? 4 : 5;
        }
        boolean active = host.services.get(unit);
        switch (verb) {
            case "start", "restart", "reload" -> {
                host.services.put(unit, true);
                took = took.plusMillis(400);
            }
            case "stop" -> {
                host.services.put(unit, false);
                took = took.plusMillis(400);
            }
            case "is-active" -> {
                print(out, active ? "active\n" : "inactive\n");
                return active ? 0 : 3;
            }
            case "status" -> {
                print(
                        out,
                        "● %s.service\n     Loaded: loaded (/usr/lib/systemd/system/%s.service; enabled)\n     Active: %s\n"
                                .formatted(unit, unit, active ? "active (running)" : "inactive (dead)"));
                return active ? 0 : 3;
            }
            default -> {
                print(err, "Unknown command verb '%s'.\n".formatted(verb));
                return 1;
            }
        }
        return 0;
    }
}
