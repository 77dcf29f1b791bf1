package pvemcp.sim.world;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// A small part of a POSIX shell (XCU chapter 2), enough for the scripts people send to a host: quoting, variables,
/// command substitution, pipes, redirections, `if`, `while`, `for`, braces. Programs are those of [ToyPrograms].
///
/// All text in here is bytes, a character each, so that any content passes through unharmed. Not thread-safe.
final class ToyShell {
    private static final Duration LONGEST_LOOP = Duration.ofDays(1);

    final ToyHost host;
    final Instant now;
    final Map<String, String> variables = new HashMap<>();
    String folder = "/";
    Duration takes = Duration.ZERO;
    /// How much had been printed when it first slept; negative: it has not.
    private int early = -1;
    int signal;
    private List<String> values = List.of();
    private int status;
    private boolean over;
    private boolean stopsLoop;
    private boolean skipsRest;

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
    }

    /// `sh -c script name values…`
    int script(String script, List<String> values, Pipes pipes) {
        var inner = new ToyShell(host, now);
        inner.values = values;
        inner.folder = folder;
        inner.variables.putAll(variables);
        inner.new Reader(script).list(pipes, true, "");
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

    /// Reads the script and carries it out as it goes; what is not to be carried out is read only.
    private final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        /// Commands up to one of the closing words, which is not taken.
        void list(Pipes pipes, boolean live, String until) {
            while (true) {
                blanks(true);
                if (at >= text.length() || (!until.isEmpty() && isAtWord(until.split(" ")))) {
                    return;
                }
                if (text.charAt(at) == ')') {
                    return;
                }
                chain(pipes, live && !over);
                blanks(false);
                if (at < text.length()
                        && (text.charAt(at) == ';' || text.charAt(at) == '\n' || text.charAt(at) == '&')) {
                    at++;
                }
            }
        }

        private void chain(Pipes pipes, boolean live) {
            pipeline(pipes, live);
            while (true) {
                blanks(false);
                boolean and = text.startsWith("&&", at);
                if (!and && !text.startsWith("||", at)) {
                    return;
                }
                at += 2;
                blanks(true);
                pipeline(pipes, live && !over && (status == 0) == and);
            }
        }

        private void pipeline(Pipes pipes, boolean live) {
            var in = pipes.in();
            boolean not = isAtWord("!");
            if (not) {
                at++;
                blanks(false);
            }
            while (true) {
                int start = at;
                command(new Pipes("", new StringBuilder(), new StringBuilder()), false);
                blanks(false);
                boolean piped = at < text.length() && text.charAt(at) == '|' && !text.startsWith("||", at);
                int end = at;
                at = start;
                var out = piped ? new StringBuilder() : pipes.out();
                command(new Pipes(in, out, pipes.err()), live);
                at = end;
                if (!piped) {
                    break;
                }
                at++;
                in = out.toString();
                blanks(true);
            }
            if (not && live) {
                status = status == 0 ? 1 : 0;
            }
        }

        private void command(Pipes pipes, boolean live) {
            if (isAtWord("{")) {
                at++;
                redirected(pipes, live, (to, really) -> {
                    list(to, really, "}");
                    word("}");
                });
            } else if (isAtWord("if")) {
                at += 2;
                choice(pipes, live);
            } else if (isAtWord("while")) {
                at += 5;
                loop(pipes, live);
            } else if (isAtWord("for")) {
                at += 3;
                each(pipes, live);
            } else {
                simple(pipes, live);
            }
        }

        private interface Body {
            void run(Pipes pipes, boolean live);
        }

        private void redirected(Pipes pipes, boolean live, Body body) {
            int start = at;
            body.run(new Pipes("", new StringBuilder(), new StringBuilder()), false);
            var targets = new ArrayList<String[]>();
            redirections(targets);
            int end = at;
            at = start;
            if (live) {
                into(targets, pipes, to -> body.run(to, true));
            }
            at = end;
        }

        private void choice(Pipes pipes, boolean live) {
            boolean done = false;
            while (true) {
                list(pipes, live && !done, "then");
                word("then");
                boolean taken = live && !done && status == 0;
                if (live && !done && !taken) {
                    status = 0;
                }
                list(pipes, taken, "elif else fi");
                done |= taken;
                if (isAtWord("elif")) {
                    word("elif");
                    continue;
                }
                if (isAtWord("else")) {
                    word("else");
                    list(pipes, live && !done, "fi");
                }
                word("fi");
                return;
            }
        }

        private void loop(Pipes pipes, boolean live) {
            int start = at;
            while (true) {
                at = start;
                list(pipes, live, "do");
                boolean again = live && !over && status == 0;
                word("do");
                list(pipes, again, "done");
                word("done");
                again &= !stopsLoop;
                stopsLoop = false;
                skipsRest = false;
                if (!again || takes.compareTo(LONGEST_LOOP) > 0) {
                    if (live && !over) {
                        status = 0;
                    }
                    return;
                }
            }
        }

        private void each(Pipes pipes, boolean live) {
            blanks(false);
            var name = literal();
            blanks(false);
            word("in");
            var words = new ArrayList<String>();
            while (!atEnd()) {
                words.addAll(expanded(live));
                blanks(false);
            }
            at++;
            blanks(true);
            word("do");
            int start = at;
            list(new Pipes("", new StringBuilder(), new StringBuilder()), false, "done");
            int end = at;
            for (var word : live ? words : List.<String>of()) {
                if (over || stopsLoop) {
                    break;
                }
                variables.put(name, word);
                at = start;
                list(pipes, true, "done");
                skipsRest = false;
            }
            stopsLoop = false;
            at = end;
            word("done");
        }

        private void simple(Pipes pipes, boolean live) {
            var words = new ArrayList<String>();
            var targets = new ArrayList<String[]>();
            while (true) {
                redirections(targets);
                if (atEnd()) {
                    break;
                }
                int start = at;
                var name = literal();
                if (words.isEmpty() && !name.isEmpty() && at < text.length() && text.charAt(at) == '=') {
                    at++;
                    var value = String.join(" ", atEnd() ? List.of("") : expanded(live));
                    if (live && !skipsRest && !stopsLoop) {
                        variables.put(name, value);
                        status = 0;
                    }
                    continue;
                }
                at = start;
                words.addAll(expanded(live));
            }
            if (!live || skipsRest || stopsLoop) {
                return;
            }
            into(targets, pipes, to -> status = words.isEmpty() ? 0 : run(words, to));
        }

        private int run(List<String> words, Pipes pipes) {
            return switch (words.getFirst()) {
                case "exit" -> {
                    int value = words.size() > 1 ? Integer.parseInt(words.get(1)) : status;
                    over = true;
                    yield value;
                }
                case "break" -> {
                    stopsLoop = true;
                    yield 0;
                }
                case "continue" -> {
                    skipsRest = true;
                    yield 0;
                }
                case "exec" -> {
                    int value = run(words.subList(1, words.size()), pipes);
                    over = true;
                    yield value;
                }
                default -> ToyPrograms.run(ToyShell.this, words, pipes);
            };
        }

        private void into(List<String[]> targets, Pipes pipes, Consumer<Pipes> act) {
            var in = pipes.in();
            var out = pipes.out();
            var err = pipes.err();
            var files = new ArrayList<Object[]>();
            for (var target : targets) {
                switch (target[0]) {
                    case "<" -> {
                        var file = host.files.get(at(target[1]));
                        if (file == null) {
                            err.append("sh: 1: cannot open ").append(target[1]).append(": No such file\n");
                            status = 2;
                            return;
                        }
                        in = bytes(file.bytes());
                    }
                    case ">&2", "1>&2" -> out = err;
                    case "2>&1" -> err = out;
                    case "2>", "2>>" -> {
                        err = new StringBuilder();
                        files.add(new Object[] {target[1], err, target[0].equals("2>>")});
                    }
                    default -> {
                        out = new StringBuilder();
                        files.add(new Object[] {target[1], out, target[0].endsWith(">>")});
                    }
                }
            }
            act.accept(new Pipes(in, out, err));
            for (var file : files) {
                var why = write((String) file[0], file[1].toString(), (Boolean) file[2]);
                if (!why.isEmpty()) {
                    pipes.err()
                            .append("sh: 1: cannot create ")
                            .append(file[0])
                            .append(": ")
                            .append(why)
                            .append('\n');
                    status = 2;
                }
            }
        }

        private void redirections(List<String[]> targets) {
            while (true) {
                blanks(false);
                var found = Pattern.compile("([012]?>&[12])|([012]?>>|[012]?>|<)")
                        .matcher(text)
                        .region(at, text.length());
                if (!found.lookingAt()) {
                    return;
                }
                at = found.end();
                if (found.group(1) != null) {
                    targets.add(new String[] {found.group(1), ""});
                } else {
                    blanks(false);
                    targets.add(new String[] {found.group(2), String.join(" ", expanded(true))});
                }
            }
        }

        private boolean atEnd() {
            return at >= text.length() || ";&|\n)".indexOf(text.charAt(at)) >= 0;
        }

        private String literal() {
            int start = at;
            while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
                at++;
            }
            return text.substring(start, at);
        }

        private void blanks(boolean lines) {
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == ';'))) {
                    at++;
                } else if (c == '#' && (at == 0 || Character.isWhitespace(text.charAt(at - 1)))) {
                    while (at < text.length() && text.charAt(at) != '\n') {
                        at++;
                    }
                } else {
                    return;
                }
            }
        }

        private boolean isAtWord(String... words) {
            for (var word : words) {
                int end = at + word.length();
                if (text.startsWith(word, at) && (end >= text.length() || " \t\n;&|)".indexOf(text.charAt(end)) >= 0)) {
                    return true;
                }
            }
            return false;
        }

        private void word(String word) {
            blanks(true);
            if (isAtWord(word)) {
                at += word.length();
            }
        }

        /// One word of the script, which may become none or several.
        private List<String> expanded(boolean live) {
            var fields = new ArrayList<String>();
            var word = new StringBuilder();
            boolean quoted = false;
            boolean glob = false;
            while (at < text.length() && " \t\n;&|<>)".indexOf(text.charAt(at)) < 0) {
                char c = text.charAt(at++);
                switch (c) {
                    case '\'' -> {
                        int end = text.indexOf('\'', at);
                        word.append(text, at, end);
                        at = end + 1;
                        quoted = true;
                    }
                    case '"' -> {
                        if (text.startsWith("$@\"", at)) {
                            at += 3;
                            if (values.isEmpty()) {
                                continue;
                            }
                            fields.addAll(values.subList(0, values.size() - 1));
                            word.append(values.getLast());
                        } else {
                            doubleQuoted(word, live);
                        }
                        quoted = true;
                    }
                    case '\\' -> {
                        word.append(text.charAt(at++));
                        quoted = true;
                    }
                    case '$' -> {
                        var parts = value(live).split("[ \t\n]+", -1);
                        for (int i = 0; i < parts.length; i++) {
                            if (i > 0 && (!word.isEmpty() || quoted)) {
                                fields.add(word.toString());
                                word.setLength(0);
                            }
                            word.append(parts[i]);
                        }
                    }
                    case '*', '?' -> {
                        glob = true;
                        word.append(c);
                    }
                    default -> word.append(c);
                }
            }
            if (!word.isEmpty() || quoted) {
                if (glob && live) {
                    fields.addAll(matching(word.toString()));
                } else {
                    fields.add(word.toString());
                }
            }
            return fields;
        }

        private void doubleQuoted(StringBuilder word, boolean live) {
            while (text.charAt(at) != '"') {
                char c = text.charAt(at++);
                if (c == '\\' && "$`\"\\\n".indexOf(text.charAt(at)) >= 0) {
                    word.append(text.charAt(at++));
                } else if (c == '$') {
                    word.append(value(live));
                } else {
                    word.append(c);
                }
            }
            at++;
        }

        /// What stands behind a `$`.
        private String value(boolean live) {
            char c = at < text.length() ? text.charAt(at) : ' ';
            if (text.startsWith("((", at)) {
                int end = text.indexOf("))", at);
                var sum = text.substring(at + 2, end);
                at = end + 2;
                return live ? Long.toString(sum(sum)) : "";
            }
            if (c == '(') {
                at++;
                var out = new StringBuilder();
                list(new Pipes("", out, new StringBuilder()), live, "");
                at++;
                while (!out.isEmpty() && out.charAt(out.length() - 1) == '\n') {
                    out.setLength(out.length() - 1);
                }
                return out.toString();
            }
            if (c == '{') {
                int end = text.indexOf('}', at);
                var name = text.substring(at + 1, end);
                at = end + 1;
                return variables.getOrDefault(name, "");
            }
            if (c == '$' || c == '?' || c == '#') {
                at++;
                return c == '$' ? "799" : c == '?' ? Integer.toString(status) : Integer.toString(values.size());
            }
            if (Character.isDigit(c)) {
                at++;
                int index = c - '1';
                return index >= 0 && index < values.size() ? values.get(index) : "";
            }
            var name = literal();
            return name.isEmpty() ? "$" : variables.getOrDefault(name, name.equals("HOME") ? "/root" : "");
        }

        private long sum(String expression) {
            long total = 0;
            for (var part : expression.replace("-", "+-").split("\\+")) {
                var term = part.strip();
                boolean minus = term.startsWith("-");
                var name = minus ? term.substring(1).strip() : term;
                var value = name.matches("\\d+") ? name : variables.getOrDefault(name.replace("$", ""), "0");
                total += (minus ? -1 : 1) * (value.isEmpty() ? 0 : Long.parseLong(value));
            }
            return total;
        }

        private List<String> matching(String pattern) {
            int slash = pattern.lastIndexOf('/');
            var where = slash < 0 ? folder : at(pattern.substring(0, slash + 1));
            var regex = new StringBuilder();
            for (char c : pattern.substring(slash + 1).toCharArray()) {
                regex.append(
                        switch (c) {
                            case '*' -> ".*";
                            case '?' -> ".";
                            case '[' -> "[";
                            case ']' -> "]";
                            case '!' -> "^";
                            default -> Pattern.quote(Character.toString(c));
                        });
            }
            boolean hidden = pattern.substring(slash + 1).startsWith(".");
            var found = host.names(where).stream()
                    .map(ToyShell::bytes)
                    .filter(name -> name.startsWith(".") == hidden && name.matches("(?s)" + regex))
                    .map(name -> slash < 0 ? name : pattern.substring(0, slash + 1) + name)
                    .toList();
            return found.isEmpty() ? List.of(pattern) : found;
        }
    }
}
