package pvemcp.sim.world;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import pvemcp.sim.world.ToyShell.Pipes;

/// The words of a script, and what they become (XCU section 2.6): variables, substituted commands, sums, file names.
final class ToyWords {
    private static final Pattern SUMMAND = Pattern.compile("\\d*|\\$?[A-Za-z_]\\w*");

    private final ToyShell shell;
    private final ToyReader reader;
    private final ToyScript.Body commands;

    /// @param commands reads the commands up to a closing parenthesis
    ToyWords(ToyShell shell, ToyReader reader, ToyScript.Body commands) {
        this.shell = shell;
        this.reader = reader;
        this.commands = commands;
    }

    /// One word of the script, which may become none or several.
    ///
    /// @param live whether commands in it are carried out
    List<String> expanded(boolean live) {
        var fields = new ArrayList<String>();
        var word = new StringBuilder();
        boolean quoted = false;
        boolean glob = false;
        while (!reader.isOver() && !reader.isAtOneOf(" \t\n;&|<>)")) {
            char c = reader.take();
            switch (c) {
                case '\'' -> {
                    word.append(reader.takeTo("'"));
                    quoted = true;
                }
                case '"' -> {
                    if (reader.isAt("$@\"")) {
                        reader.skip(3);
                        if (shell.values.isEmpty()) {
                            continue;
                        }
                        fields.addAll(shell.values.subList(0, shell.values.size() - 1));
                        word.append(shell.values.getLast());
                    } else {
                        doubleQuoted(word, live);
                    }
                    quoted = true;
                }
                case '\\' -> {
                    word.append(reader.isOver() ? c : reader.take());
                    quoted = true;
                }
                case '(' -> throw ToyReader.Malformed.unsupported("subshells or functions");
                case '`' -> throw ToyReader.Malformed.unsupported("backquotes; $(…) is known");
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
                fields.addAll(files(word.toString()));
            } else {
                fields.add(word.toString());
            }
        }
        return fields;
    }

    private void doubleQuoted(StringBuilder word, boolean live) {
        while (!reader.isAt("\"")) {
            char c = reader.take();
            if (c == '\\' && reader.isAtOneOf("$`\"\\\n")) {
                word.append(reader.take());
            } else if (c == '$') {
                word.append(value(live));
            } else {
                word.append(c);
            }
        }
        reader.skip(1);
    }

    /// What stands behind a `$`.
    private String value(boolean live) {
        if (reader.isAt("((")) {
            reader.skip(2);
            var sum = reader.takeTo("))");
            return live ? Long.toString(sum(sum)) : "";
        }
        char c = reader.next();
        return switch (c) {
            case '(' -> {
                reader.skip(1);
                yield output(live);
            }
            case '{' -> {
                reader.skip(1);
                yield shell.variables.getOrDefault(reader.takeTo("}"), "");
            }
            case '$' -> {
                reader.skip(1);
                yield "799";
            }
            case '?' -> {
                reader.skip(1);
                yield Integer.toString(shell.status);
            }
            case '#' -> {
                reader.skip(1);
                yield Integer.toString(shell.values.size());
            }
            default -> {
                if (Character.isDigit(c)) {
                    reader.skip(1);
                    int index = c - '1';
                    yield index >= 0 && index < shell.values.size() ? shell.values.get(index) : "";
                }
                var name = reader.takeName();
                yield name.isEmpty() ? "$" : shell.variables.getOrDefault(name, name.equals("HOME") ? "/root" : "");
            }
        };
    }

    private String output(boolean live) {
        var out = new StringBuilder();
        commands.run(new Pipes("", out, new StringBuilder()), live);
        if (!reader.isAt(")")) {
            throw reader.unexpected(" (expecting \")\")");
        }
        reader.skip(1);
        while (!out.isEmpty() && out.charAt(out.length() - 1) == '\n') {
            out.setLength(out.length() - 1);
        }
        return out.toString();
    }

    private long sum(String expression) {
        long total = 0;
        for (var part : expression.replace("-", "+-").split("\\+")) {
            var term = part.strip();
            boolean minus = term.startsWith("-");
            var name = minus ? term.substring(1).strip() : term;
            if (!SUMMAND.matcher(name).matches()) {
                throw ToyReader.Malformed.unsupported("arithmetic but + and -");
            }
            var value = name.matches("\\d+") ? name : shell.variables.getOrDefault(name.replace("$", ""), "0");
            total += (minus ? -1 : 1) * (value.isEmpty() ? 0 : number(value));
        }
        return total;
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw new ToyReader.Malformed("Illegal number: " + text);
        }
    }

    private static Pattern names(String regex) {
        try {
            return Pattern.compile(regex, Pattern.DOTALL);
        } catch (PatternSyntaxException _) {
            throw ToyReader.Malformed.unsupported("such patterns of file names");
        }
    }

    /// The files of that pattern, or the pattern where there is none.
    private List<String> files(String pattern) {
        int slash = pattern.lastIndexOf('/');
        var where = slash < 0 ? shell.folder : shell.at(pattern.substring(0, slash + 1));
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
        var names = names(regex.toString());
        boolean hidden = pattern.substring(slash + 1).startsWith(".");
        var found = shell.host.names(where).stream()
                .map(ToyShell::bytes)
                .filter(name ->
                        name.startsWith(".") == hidden && names.matcher(name).matches())
                .map(name -> slash < 0 ? name : pattern.substring(0, slash + 1) + name)
                .toList();
        return found.isEmpty() ? List.of(pattern) : found;
    }
}
