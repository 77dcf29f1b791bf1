package pvemcp.sim.world;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BinaryOperator;

/// The programs of a toy host. Each does what its namesake of GNU coreutils, systemd or dash does in the plain cases.
final class ToyPrograms {
    private static final Set<String> NAMES = Set.of(
            "[",
            "bash",
            "date",
            "env",
            "free",
            "grep",
            "service",
            "base64",
            "cat",
            "cd",
            "chmod",
            "chpasswd",
            "command",
            "cp",
            "df",
            "dirname",
            "echo",
            "false",
            "head",
            "hostname",
            "id",
            "kill",
            "ls",
            "mkdir",
            "mv",
            "printf",
            "pwd",
            "rm",
            "sh",
            "sleep",
            "stat",
            "systemctl",
            "tail",
            "test",
            "touch",
            "tr",
            "true",
            "uname",
            "uptime",
            "wc",
            "whoami");

    private ToyPrograms() {}

    static boolean has(String program) {
        return NAMES.contains(name(program));
    }

    /// A program that only some hosts have.
    interface Own {
        /// @return its exit status
        int run(ToyShell shell, List<String> args, ToyShell.Pipes pipes);
    }

    private static String name(String program) {
        return program.matches("(/usr)?/s?bin/[^/]+") ? program.substring(program.lastIndexOf('/') + 1) : program;
    }

    static int run(ToyShell shell, List<String> argv, ToyShell.Pipes pipes) {
        try {
            return known(shell, argv, pipes);
        } catch (IllegalArgumentException | IndexOutOfBoundsException | NoSuchElementException _) {
            return complain(pipes, argv.getFirst() + ": not with these arguments in a simulated guest", 2);
        }
    }

    private static int known(ToyShell shell, List<String> argv, ToyShell.Pipes pipes) {
        var program = name(argv.getFirst());
        var args = argv.subList(1, argv.size());
        var own = shell.host.programs.get(program);
        if (own != null) {
            return own.run(shell, args, pipes);
        }
        var plain = args.stream()
                .filter(arg -> !arg.startsWith("-") || arg.equals("-"))
                .toList();
        return switch (program) {
            case "true" -> 0;
            case "false" -> 1;
            case "echo" -> say(pipes, String.join(" ", args) + "\n");
            case "printf" -> say(pipes, printf(args));
            case "pwd" -> say(pipes, ToyShell.bytes(shell.folder) + "\n");
            case "hostname" -> say(pipes, shell.host.name() + "\n");
            case "whoami" -> say(pipes, "root\n");
            case "id" -> say(pipes, args.contains("-un") ? "root\n" : "uid=0(root) gid=0(root) groups=0(root)\n");
            case "uname" -> say(pipes, args.contains("-r") ? "6.12.57+deb13-amd64\n" : "Linux\n");
            case "uptime" -> say(pipes, " 12:00:00 up 3 days,  0 users,  load average: 0.08, 0.03, 0.01\n");
            case "df" ->
                say(
                        pipes,
                        "Filesystem 1K-blocks    Used Available Use% Mounted on\n/dev/sda1   30786468 4181004  25016080  15% /\n");
            case "free" ->
                say(
                        pipes,
                        "               total        used        free\nMem:         2035024      412876     1622148\n");
            case "date" -> say(pipes, shell.now + "\n");
            case "env" -> say(pipes, "HOME=/root\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n");
            case "grep" -> grep(shell, plain, pipes);
            case "service" -> systemctl(shell, plain.reversed(), pipes);
            case "sh", "bash" -> sh(shell, args, pipes);
            case "cd" -> cd(shell, plain, pipes);
            case "cat" -> cat(shell, plain, pipes);
            case "head" -> part(shell, args, pipes, true);
            case "tail" -> part(shell, args, pipes, false);
            case "wc" -> say(pipes, pipes.in().length() + "\n");
            case "tr" -> say(pipes, tr(args, pipes.in()));
            case "base64" -> base64(args, pipes);
            case "dirname" -> say(pipes, ToyHost.parent(plain.getFirst()) + "\n");
            case "mkdir" -> mkdir(shell, plain, pipes);
            case "touch" -> touch(shell, plain, pipes);
            case "rm" -> rm(shell, plain, args, pipes);
            case "cp" -> copy(shell, plain, pipes, false);
            case "mv" -> copy(shell, plain, pipes, true);
            case "chmod" -> chmod(shell, plain, pipes);
            case "chpasswd" -> chpasswd(shell, pipes);
            case "ls" -> ls(shell, plain, pipes);
            case "stat" -> stat(shell, args, pipes);
            case "[", "test" -> test(shell, args) ? 0 : 1;
            case "sleep" -> {
                shell.sleep(
                        Duration.ofMillis((long) Math.clamp(Double.parseDouble(args.getFirst()) * 1000, 0, 1e12)),
                        pipes);
                yield 0;
            }
            case "kill" -> {
                shell.signal = 9;
                shell.exit(0);
                yield 0;
            }
            case "command" -> has(args.getLast()) ? say(pipes, "/usr/bin/" + args.getLast() + "\n") : 127;
            case "systemctl" -> systemctl(shell, plain, pipes);
            default -> complain(pipes, "sh: 1: " + argv.getFirst() + ": not found", 127);
        };
    }

    private static int say(ToyShell.Pipes pipes, String text) {
        pipes.out().append(text);
        return 0;
    }

    private static int complain(ToyShell.Pipes pipes, String text, int status) {
        pipes.err().append(text).append('\n');
        return status;
    }

    private static int sh(ToyShell shell, List<String> args, ToyShell.Pipes pipes) {
        if (args.size() < 2 || !args.getFirst().equals("-c")) {
            return shell.script(pipes.in(), List.of(), pipes);
        }
        return shell.script(args.get(1), args.size() > 3 ? args.subList(3, args.size()) : List.of(), pipes);
    }

    private static int cd(ToyShell shell, List<String> args, ToyShell.Pipes pipes) {
        var to = shell.at(args.isEmpty() ? "/root" : args.getFirst());
        var file = shell.host.files.get(to);
        if (file == null || !file.folder()) {
            return complain(pipes, "sh: 1: cd: can't cd to " + args.getFirst(), 2);
        }
        shell.folder = to;
        return 0;
    }

    private static int cat(ToyShell shell, List<String> args, ToyShell.Pipes pipes) {
        if (args.isEmpty()) {
            return say(pipes, pipes.in());
        }
        int status = 0;
        for (var arg : args) {
            status |= each(shell, "cat", arg, pipes, text -> say(pipes, text));
        }
        return status;
    }

    private interface Reader {
        int read(String text);
    }

    private static int each(ToyShell shell, String program, String path, ToyShell.Pipes pipes, Reader reader) {
        var file = shell.host.files.get(shell.at(path));
        if (file == null) {
            return complain(pipes, program + ": " + path + ": No such file or directory", 1);
        }
        if (file.folder()) {
            return complain(pipes, program + ": " + path + ": Is a directory", 1);
        }
        return reader.read(ToyShell.bytes(file.bytes()));
    }

    /// head and tail with -c or -n.
    private static int part(ToyShell shell, List<String> args, ToyShell.Pipes pipes, boolean first) {
        boolean bytes = false;
        var count = "10";
        var path = "";
        for (int i = 0; i < args.size(); i++) {
            var arg = args.get(i);
            if (arg.equals("-c") || arg.equals("-n")) {
                bytes = arg.equals("-c");
                count = args.get(++i);
            } else if (!arg.equals("--")) {
                path = arg;
            }
        }
        if (path.equals("/dev/zero")) {
            // A guest takes a while over megabytes; they are not made here.
            int length = Integer.parseInt(count);
            shell.takes = shell.takes.plus(Duration.ofMillis(length / 2_000));
            return say(pipes, "\0".repeat(Math.min(length, 1 << 20)));
        }
        boolean byBytes = bytes;
        var wanted = count;
        BinaryOperator<String> cut =
                first ? (text, _) -> head(text, byBytes, wanted) : (text, _) -> tail(text, byBytes, wanted);
        return path.isEmpty()
                ? say(pipes, cut.apply(pipes.in(), ""))
                : each(shell, first ? "head" : "tail", path, pipes, text -> say(pipes, cut.apply(text, "")));
    }

    private static String head(String text, boolean bytes, String count) {
        int n = Integer.parseInt(count);
        if (bytes) {
            return text.substring(0, Math.min(n, text.length()));
        }
        var lines = text.split("(?<=\n)");
        return String.join("", List.of(lines).subList(0, Math.min(n, lines.length)));
    }

    private static String tail(String text, boolean bytes, String count) {
        int n = Integer.parseInt(count.replace("+", ""));
        if (bytes) {
            int from = count.startsWith("+") ? n - 1 : text.length() - n;
            return text.substring(Math.clamp(from, 0, text.length()));
        }
        var lines = List.of(text.split("(?<=\n)"));
        int from = count.startsWith("+") ? n - 1 : lines.size() - n;
        return String.join("", lines.subList(Math.clamp(from, 0, lines.size()), lines.size()));
    }

    private static String tr(List<String> args, String text) {
        var set = args.getLast().replace("\\n", "\n");
        return args.getFirst().equals("-d")
                ? text.replace(set, "")
                : text.replace(args.getFirst().replace("\\n", "\n"), set);
    }

    private static int base64(List<String> args, ToyShell.Pipes pipes) {
        try {
            return args.contains("-d")
                    ? say(pipes, ToyShell.bytes(Base64.getMimeDecoder().decode(pipes.in())))
                    : say(
                            pipes,
                            Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(ToyShell.raw(pipes.in()))
                                    + "\n");
        } catch (IllegalArgumentException _) {
            return complain(pipes, "base64: invalid input", 1);
        }
    }

    /// Lines that hold a text, from a file or standard input.
    private static int grep(ToyShell shell, List<String> args, ToyShell.Pipes pipes) {
        Reader matching = text -> {
            var found =
                    text.lines().filter(line -> line.contains(args.getFirst())).toList();
            found.forEach(line -> say(pipes, line + "\n"));
            return found.isEmpty() ? 1 : 0;
        };
        return args.size() < 2 ? matching.read(pipes.in()) : each(shell, "grep", args.get(1), pipes, matching);
    }

    private static int mkdir(ToyShell shell, List<String> args, ToyShell.Pipes pipes) {
        for (var arg : args) {
            var path = shell.at(arg);
            var missing = new ArrayList<String>();
            for (var at = path; !at.equals("/") && !shell.host.files.containsKey(at); at = ToyHost.parent(at)) {
                missing.addFirst(at);
            }
            missing.forEach(folder -> shell.host.files.put(folder, ToyFile.folder(shell.now)));
        }
        return args.isEmpty() ? complain(pipes, "mkdir: missing operand", 1) : 0;
    }

    private static int touch(ToyShell shell, List<String> args, ToyShell.Pipes pipes) {
        int status = 0;
        for (var arg : args) {
            var why = shell.write(arg, "", true);
            status |= why.isEmpty() ? 0 : complain(pipes, "touch: cannot touch '" + arg + "': " + why, 1);
        }
        return status;
    }

    private static int rm(ToyShell shell, List<String> plain, List<String> args, ToyShell.Pipes pipes) {
        int status = 0;
        for (var arg : plain) {
            boolean gone = shell.host.files.remove(shell.at(arg)) != null;
            if (!gone && !args.contains("-f")) {
                status = complain(pipes, "rm: cannot remove '" + arg + "': No such file or directory", 1);
            }
        }
        return status;
    }

    private static int copy(ToyShell shell, List<String> args, ToyShell.Pipes pipes, boolean move) {
        var from = shell.at(args.getFirst());
        var file = shell.host.files.get(from);
        if (file == null) {
            var verb = move ? "mv" : "cp";
            return complain(pipes, verb + ": cannot stat '" + args.getFirst() + "': No such file or directory", 1);
        }
        shell.host.files.put(shell.at(args.getLast()), file);
        if (move) {
            shell.host.files.remove(from);
        }
        return 0;
    }

    private static int chmod(ToyShell shell, List<String> args, ToyShell.Pipes pipes) {
        var path = shell.at(args.getLast());
        var file = shell.host.files.get(path);
        if (file == null) {
            return complain(pipes, "chmod: cannot access '" + args.getLast() + "': No such file or directory", 1);
        }
        shell.host.files.put(path, file.withMode(args.getFirst().replaceFirst("^0", "")));
        return 0;
    }

    /// `user:password` in lines (chpasswd(8)).
    private static int chpasswd(ToyShell shell, ToyShell.Pipes pipes) {
        var text = new String(ToyShell.raw(pipes.in()), StandardCharsets.UTF_8);
        for (var line : text.lines().toList()) {
            var user = line.substring(0, Math.max(0, line.indexOf(':')));
            if (!shell.host.setPassword(user, line.substring(line.indexOf(':') + 1))) {
                return complain(pipes, "chpasswd: (line 1, user " + user + ") password not changed", 1);
            }
        }
        return 0;
    }

    private static int ls(ToyShell shell, List<String> args, ToyShell.Pipes pipes) {
        var path = args.isEmpty() ? shell.folder : shell.at(args.getFirst());
        var file = shell.host.files.get(path);
        if (file == null) {
            return complain(pipes, "ls: cannot access '" + args.getFirst() + "': No such file or directory", 2);
        }
        var names = file.folder()
                ? shell.host.names(path).stream().map(ToyShell::bytes).toList()
                : List.of(args.getFirst());
        names.stream().filter(name -> !name.startsWith(".")).forEach(name -> say(pipes, name + "\n"));
        return 0;
    }

    /// With the format `%F/%s/%U/%G/%a/%Y` and its like.
    private static int stat(ToyShell shell, List<String> args, ToyShell.Pipes pipes) {
        int format = args.indexOf("-c");
        var path = args.getLast();
        var file = shell.host.files.get(shell.at(path));
        if (file == null) {
            return complain(pipes, "stat: cannot statx '" + path + "': No such file or directory", 1);
        }
        var kind = file.folder() ? "directory" : file.bytes().length == 0 ? "regular empty file" : "regular file";
        var text = (format < 0 ? "%F %s %a" : args.get(format + 1))
                .replace("%F", kind)
                .replace("%s", Integer.toString(file.bytes().length))
                .replace("%U", file.owner())
                .replace("%G", file.owner())
                .replace("%a", file.mode())
                .replace("%Y", Long.toString(file.modified().getEpochSecond()))
                .replace("%n", path);
        return say(pipes, text + "\n");
    }

    private static boolean test(ToyShell shell, List<String> given) {
        var args = !given.isEmpty() && given.getLast().equals("]") ? given.subList(0, given.size() - 1) : given;
        if (!args.isEmpty() && args.getFirst().equals("!")) {
            return !test(shell, args.subList(1, args.size()));
        }
        if (args.size() == 3) {
            return switch (args.get(1)) {
                case "=" -> args.get(0).equals(args.get(2));
                case "!=" -> !args.get(0).equals(args.get(2));
                case "-lt" -> Long.parseLong(args.get(0)) < Long.parseLong(args.get(2));
                case "-le" -> Long.parseLong(args.get(0)) <= Long.parseLong(args.get(2));
                case "-gt" -> Long.parseLong(args.get(0)) > Long.parseLong(args.get(2));
                case "-eq" -> Long.parseLong(args.get(0)) == Long.parseLong(args.get(2));
                default -> false;
            };
        }
        if (args.size() != 2) {
            return args.size() == 1 && !args.getFirst().isEmpty();
        }
        var file = shell.host.files.get(shell.at(args.getLast()));
        return switch (args.getFirst()) {
            case "-e" -> file != null;
            case "-f" -> file != null && !file.folder();
            case "-d" -> file != null && file.folder();
            case "-n" -> !args.getLast().isEmpty();
            case "-z" -> args.getLast().isEmpty();
            default -> false;
        };
    }

    /// `%s` and `%d`, and the escapes; the format is used again while there are arguments (POSIX XCU printf).
    private static String printf(List<String> args) {
        var format = args.getFirst();
        var values = args.subList(1, args.size());
        var out = new StringBuilder();
        int next = 0;
        int used;
        do {
            used = next;
            for (int i = 0; i < format.length(); i++) {
                char c = format.charAt(i);
                if (c == '%' && i + 1 < format.length() && "sd".indexOf(format.charAt(i + 1)) >= 0) {
                    i++;
                    out.append(next < values.size() ? values.get(next++) : "");
                } else if (c == '\\' && i + 1 < format.length()) {
                    char escaped = format.charAt(++i);
                    if (escaped >= '0' && escaped <= '7') {
                        int end = i;
                        while (end < format.length()
                                && end < i + 3
                                && format.charAt(end) >= '0'
                                && format.charAt(end) <= '7') {
                            end++;
                        }
                        out.append((char) Integer.parseInt(format.substring(i, end), 8));
                        i = end - 1;
                    } else {
                        out.append(
                                switch (escaped) {
                                    case 'n' -> "\n";
                                    case 't' -> "\t";
                                    case '\\' -> "\\";
                                    default -> "\\" + escaped;
                                });
                    }
                } else {
                    out.append(c);
                }
            }
        } while (next < values.size() && next > used);
        return out.toString();
    }

    private static int systemctl(ToyShell shell, List<String> args, ToyShell.Pipes pipes) {
        var verb = args.isEmpty() ? "" : args.getFirst();
        var unit = args.size() < 2 ? "" : args.get(1).replaceFirst("\\.service$", "");
        var running = shell.host.services.get(unit);
        if (verb.equals("show")) {
            var state = running == null ? "inactive" : running ? "active" : "inactive";
            return say(
                    pipes,
                    "Id=%s.service\nDescription=%s\nLoadState=%s\nActiveState=%s\nSubState=%s\nUnitFileState=%s\n"
                            .formatted(
                                    unit,
                                    running == null ? unit + ".service" : unit,
                                    running == null ? "not-found" : "loaded",
                                    state,
                                    state.equals("active") ? "running" : "dead",
                                    running == null ? "" : "enabled"));
        }
        if (running == null) {
            return complain(
                    pipes, "Failed to %s %s.service: Unit %s.service not found.".formatted(verb, unit, unit), 5);
        }
        switch (verb) {
            case "start", "restart", "reload" -> shell.host.services.put(unit, true);
            case "stop" -> shell.host.services.put(unit, false);
            case "is-active" -> {
                return say(pipes, running ? "active\n" : "inactive\n") + (running ? 0 : 3);
            }
            default -> {
                return complain(pipes, "Unknown command verb '" + verb + "'.", 1);
            }
        }
        return 0;
    }
}
