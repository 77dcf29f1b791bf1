package pvemcp.sim.world;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import pvemcp.sim.world.ToyShell.Pipes;

/// A script of a [ToyShell], carried out as it is read; what is not to be carried out is read only.
final class ToyScript {
    private static final Duration LONGEST_LOOP = Duration.ofDays(1);

    /// A script that goes round more often goes on for as long as anybody waits for it.
    private static final int MOST_TURNS = 100_000;

    private static final int DEEPEST = 100;
    private static final int LONGEST_VALUE = 1 << 20;
    private static final Pattern REDIRECTION = Pattern.compile("([012]?>&[12])|([012]?>>|[012]?>|<)");

    private final ToyShell shell;
    private final ToyReader reader;
    private final ToyWords words;
    private boolean stopsLoop;
    private boolean skipsRest;
    private int depth;

    ToyScript(ToyShell shell, String text) {
        this.shell = shell;
        this.reader = new ToyReader(text);
        this.words = new ToyWords(shell, reader, this::list);
    }

    /// A part of a script.
    interface Body {
        /// @param live whether it is carried out
        void run(Pipes pipes, boolean live);
    }

    /// @param sign such as `2>`
    /// @param target the file; empty where the sign says all
    private record Redirection(String sign, String target) {}

    private record Output(String path, StringBuilder text, boolean append) {}

    /// @throws ToyReader.Malformed where it cannot be read on; what stood before that has been carried out
    void run(Pipes pipes) {
        list(pipes, true);
        if (!reader.isOver()) {
            throw reader.unexpected("");
        }
    }

    /// Commands up to one of the closing words, which is not taken.
    private void list(Pipes pipes, boolean live, String... until) {
        if (++depth > DEEPEST) {
            throw ToyReader.Malformed.unsupported("more than %d commands within each other".formatted(DEEPEST));
        }
        commands(pipes, live, until);
        depth--;
    }

    private void commands(Pipes pipes, boolean live, String... until) {
        while (true) {
            reader.blanks(true);
            if (reader.isOver() || reader.isAtWord(until) || reader.isAt(")")) {
                return;
            }
            chain(pipes, live && !shell.over);
            reader.blanks(false);
            if (reader.isAtOneOf(";\n&")) {
                reader.skip(1);
            }
        }
    }

    private void chain(Pipes pipes, boolean live) {
        pipeline(pipes, live);
        while (true) {
            reader.blanks(false);
            boolean and = reader.isAt("&&");
            if (!and && !reader.isAt("||")) {
                return;
            }
            reader.skip(2);
            reader.blanks(true);
            pipeline(pipes, live && !shell.over && (shell.status == 0) == and);
        }
    }

    private void pipeline(Pipes pipes, boolean live) {
        var in = pipes.in();
        boolean not = reader.isAtWord("!");
        if (not) {
            reader.skip(1);
            reader.blanks(false);
        }
        while (true) {
            int start = reader.place();
            command(nowhere(), false);
            reader.blanks(false);
            boolean piped = reader.isAt("|") && !reader.isAt("||");
            if (live) {
                int end = reader.place();
                reader.back(start);
                var out = piped ? new StringBuilder() : pipes.out();
                command(new Pipes(in, out, pipes.err()), true);
                reader.back(end);
                in = out.toString();
            }
            if (!piped) {
                break;
            }
            reader.skip(1);
            reader.blanks(true);
        }
        if (not && live) {
            shell.status = shell.status == 0 ? 1 : 0;
        }
    }

    private static Pipes nowhere() {
        return new Pipes("", new StringBuilder(), new StringBuilder());
    }

    private void command(Pipes pipes, boolean live) {
        reader.needCommand();
        if (reader.isAtWord("{")) {
            reader.skip(1);
            redirected(pipes, live, (to, really) -> {
                list(to, really, "}");
                reader.need("}");
            });
        } else if (reader.isAtWord("if")) {
            reader.skip(2);
            redirected(pipes, live, this::choice);
        } else if (reader.isAtWord("while")) {
            reader.skip(5);
            redirected(pipes, live, this::loop);
        } else if (reader.isAtWord("for")) {
            reader.skip(3);
            redirected(pipes, live, this::each);
        } else {
            simple(pipes, live);
        }
    }

    private void redirected(Pipes pipes, boolean live, Body body) {
        int start = reader.place();
        body.run(nowhere(), false);
        var redirections = new ArrayList<Redirection>();
        redirections(redirections, live);
        if (!reader.isAtEnd()) {
            throw reader.unexpected("");
        }
        if (live) {
            int end = reader.place();
            reader.back(start);
            into(redirections, pipes, to -> body.run(to, true));
            reader.back(end);
        }
    }

    private void choice(Pipes pipes, boolean live) {
        boolean done = false;
        while (true) {
            list(pipes, live && !done, "then");
            reader.need("then");
            boolean taken = live && !done && shell.status == 0;
            if (live && !done && !taken) {
                shell.status = 0;
            }
            list(pipes, taken, "elif", "else", "fi");
            done |= taken;
            if (reader.isAtWord("elif")) {
                reader.takeWord("elif");
                continue;
            }
            if (reader.isAtWord("else")) {
                reader.takeWord("else");
                list(pipes, live && !done, "fi");
            }
            reader.need("fi");
            return;
        }
    }

    private void loop(Pipes pipes, boolean live) {
        int start = reader.place();
        while (true) {
            reader.back(start);
            list(pipes, live, "do");
            boolean again = live && !shell.over && shell.status == 0;
            reader.need("do");
            list(pipes, again, "done");
            reader.need("done");
            again &= !stopsLoop;
            stopsLoop = false;
            skipsRest = false;
            turn();
            if (!again || shell.takes.compareTo(LONGEST_LOOP) > 0) {
                if (live && !shell.over) {
                    shell.status = 0;
                }
                return;
            }
        }
    }

    private void turn() {
        if (++shell.turns > MOST_TURNS && !shell.over) {
            shell.takes = shell.takes.plus(LONGEST_LOOP);
            shell.over = true;
        }
    }

    private void each(Pipes pipes, boolean live) {
        reader.blanks(false);
        var name = reader.takeName();
        reader.blanks(false);
        reader.takeWord("in");
        var values = new ArrayList<String>();
        while (!reader.isAtEnd()) {
            if (reader.isAtOneOf("<>")) {
                throw reader.unexpected("");
            }
            values.addAll(words.expanded(live));
            reader.blanks(false);
        }
        reader.need("do");
        int start = reader.place();
        list(nowhere(), false, "done");
        int end = reader.place();
        for (var value : live ? values : List.<String>of()) {
            if (shell.over || stopsLoop) {
                break;
            }
            shell.variables.put(name, value);
            reader.back(start);
            list(pipes, true, "done");
            skipsRest = false;
            turn();
        }
        stopsLoop = false;
        reader.back(end);
        reader.need("done");
    }

    private void simple(Pipes pipes, boolean live) {
        var argv = new ArrayList<String>();
        var redirections = new ArrayList<Redirection>();
        while (true) {
            redirections(redirections, live);
            if (reader.isAtEnd()) {
                break;
            }
            int start = reader.place();
            var name = reader.takeName();
            if (argv.isEmpty() && !name.isEmpty() && reader.isAt("=")) {
                reader.skip(1);
                var value = String.join(" ", reader.isAtEnd() ? List.of("") : words.expanded(live));
                if (value.length() > LONGEST_VALUE) {
                    throw new ToyReader.Malformed("Out of space");
                }
                if (live && !skipsRest && !stopsLoop) {
                    shell.variables.put(name, value);
                    shell.status = 0;
                }
                continue;
            }
            reader.back(start);
            argv.addAll(words.expanded(live));
        }
        if (!live || skipsRest || stopsLoop) {
            return;
        }
        into(redirections, pipes, to -> shell.status = argv.isEmpty() ? 0 : program(argv, to));
    }

    private int program(List<String> argv, Pipes pipes) {
        return switch (argv.getFirst()) {
            case "exit" -> {
                shell.over = true;
                yield argv.size() > 1 ? status(argv.get(1)) : shell.status;
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
                if (argv.size() == 1) {
                    throw ToyReader.Malformed.unsupported("exec without a program");
                }
                int value = program(argv.subList(1, argv.size()), pipes);
                shell.over = true;
                yield value;
            }
            default -> ToyPrograms.run(shell, argv, pipes);
        };
    }

    private static int status(String text) {
        if (!text.matches("\\d{1,9}")) {
            throw new ToyReader.Malformed("exit: Illegal number: " + text);
        }
        return Integer.parseInt(text) & 0xff;
    }

    private void into(List<Redirection> redirections, Pipes pipes, Consumer<Pipes> act) {
        var in = pipes.in();
        var out = pipes.out();
        var err = pipes.err();
        var files = new ArrayList<Output>();
        for (var redirection : redirections) {
            var target = redirection.target();
            switch (redirection.sign()) {
                case "<" -> {
                    var file = shell.host.files.get(shell.at(target));
                    if (file == null) {
                        err.append("sh: 1: cannot open ").append(target).append(": No such file\n");
                        shell.status = 2;
                        return;
                    }
                    in = ToyShell.bytes(file.bytes());
                }
                case ">&2", "1>&2" -> out = err;
                case "2>&1" -> err = out;
                case "2>", "2>>" -> {
                    err = new StringBuilder();
                    files.add(new Output(target, err, redirection.sign().equals("2>>")));
                }
                default -> {
                    out = new StringBuilder();
                    files.add(new Output(target, out, redirection.sign().endsWith(">>")));
                }
            }
        }
        act.accept(new Pipes(in, out, err));
        for (var file : files) {
            var why = shell.write(file.path(), file.text().toString(), file.append());
            if (!why.isEmpty()) {
                pipes.err()
                        .append("sh: 1: cannot create ")
                        .append(file.path())
                        .append(": ")
                        .append(why)
                        .append('\n');
                shell.status = 2;
            }
        }
    }

    private void redirections(List<Redirection> found, boolean live) {
        while (true) {
            reader.blanks(false);
            var sign = reader.take(REDIRECTION);
            if (!sign.hasMatch()) {
                return;
            }
            if (sign.group(1) != null) {
                found.add(new Redirection(sign.group(1), ""));
            } else {
                reader.blanks(false);
                if (sign.group(2).equals("<") && reader.isAt("<")) {
                    throw ToyReader.Malformed.unsupported("here-documents");
                }
                if (reader.isAtEnd() || reader.isAtOneOf("<>")) {
                    throw reader.unexpected("");
                }
                found.add(new Redirection(sign.group(2), String.join(" ", words.expanded(live))));
            }
        }
    }
}
