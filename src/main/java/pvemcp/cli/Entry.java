package pvemcp.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import pvemcp.config.Draft;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// How a client starts this server, and where that goes among what else its configuration holds.
///
/// @param command the program
/// @param env what it has to be given in its environment; mostly nothing
record Entry(String command, Map<String, String> env) {
    private static final String NAME = "pve";
    private static final List<String> ARGS = List.of("serve");

    /// What keeps an entry from being put into a file: that is written in a way that is not understood here.
    static final class Unfit extends Exception {
        Unfit(String why) {
            super(why);
        }
    }

    /// @param path the members down to the one that lists the servers
    /// @param typed whether the client wants to be told the transport
    Json.Obj json(List<String> path, boolean typed) {
        return within(Json.Obj.EMPTY, path, typed);
    }

    private Json.Obj server(boolean typed) {
        var server = typed ? Json.obj("type", "stdio") : Json.Obj.EMPTY;
        server = server.with("command", command).with("args", Json.strings(ARGS));
        if (env.isEmpty()) {
            return server;
        }
        var variables = Json.Obj.EMPTY;
        for (var each : env.entrySet()) {
            variables = variables.with(each.getKey(), each.getValue());
        }
        return server.with("env", variables);
    }

    private Json.Obj within(Json.Obj holder, List<String> path, boolean typed) {
        if (path.isEmpty()) {
            return holder.with(NAME, server(typed));
        }
        var name = path.getFirst();
        var inner = holder.object(name).orElse(Json.Obj.EMPTY);
        return holder.with(name, within(inner, path.subList(1, path.size()), typed));
    }

    String intoJson(String file, List<String> path, boolean typed) throws Unfit {
        if (file.isBlank()) {
            return json(path, typed).pretty() + "\n";
        }
        try {
            if (!(Json.parse(file) instanceof Json.Obj all)) {
                throw new Unfit("it is not a JSON object");
            }
            var holder = all;
            for (var name : path) {
                if (holder.has(name) && holder.object(name).isEmpty()) {
                    throw new Unfit("its '%s' is not a JSON object".formatted(name));
                }
                holder = holder.object(name).orElse(Json.Obj.EMPTY);
            }
            return within(all, path, typed).pretty() + "\n";
        } catch (JsonException _) {
            throw new Unfit("it is not plain JSON; comments would be lost");
        }
    }

    String toml(String table) {
        var text = new StringBuilder("[%s.%s]\ncommand = %s\nargs = [%s]\ntool_timeout_sec = 120\n"
                .formatted(table, NAME, Draft.quoted(command), quoted()));
        if (!env.isEmpty()) {
            text.append("\n[%s.%s.env]\n".formatted(table, NAME));
            env.forEach((name, value) -> text.append("%s = %s\n".formatted(name, Draft.quoted(value))));
        }
        return text.toString();
    }

    /// A table of its own; one of that name is taken out.
    String intoToml(String file, String table) throws Unfit {
        var own = "[%s.%s".formatted(table, NAME);
        var kept = new StringBuilder();
        boolean ours = false;
        for (var line : file.lines().toList()) {
            var bare = line.strip();
            if (bare.startsWith(table + ".") || bare.matches(table + "\\s*=.*")) {
                throw new Unfit("its '%s' is not written as tables".formatted(table));
            }
            if (bare.startsWith("[")) {
                ours = bare.startsWith(own + "]") || bare.startsWith(own + ".");
            }
            if (!ours) {
                kept.append(line).append('\n');
            }
        }
        var rest = kept.toString().stripTrailing();
        return (rest.isEmpty() ? "" : rest + "\n\n") + toml(table);
    }

    /// @param fields between the name and the command's arguments, in the client's words
    String yaml(String section, List<String> fields, String variables) {
        return section + ":\n" + indented(fields, variables, "  ");
    }

    private String indented(List<String> fields, String variables, String indent) {
        var text = new StringBuilder("%s%s:\n".formatted(indent, NAME));
        fields.forEach(field -> text.append("%s  %s\n".formatted(indent, field.formatted(Draft.quoted(command)))));
        text.append("%s  args: [%s]\n".formatted(indent, quoted()));
        if (!env.isEmpty()) {
            text.append("%s  %s:\n".formatted(indent, variables));
            env.forEach((name, value) -> text.append("%s    %s: %s\n".formatted(indent, name, Draft.quoted(value))));
        }
        return text.toString();
    }

    /// First in its section, indented as the others there are; one of that name is taken out.
    String intoYaml(String file, String section, List<String> fields, String variables) throws Unfit {
        var lines = file.lines().toList();
        int head = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).matches(section + ":\\s*(\\{\\s*}\\s*)?(#.*)?")) {
                head = i;
            } else if (lines.get(i).startsWith(section + ":")) {
                throw new Unfit("its '%s' is not written line by line".formatted(section));
            }
        }
        if (head < 0) {
            var rest = file.stripTrailing();
            return (rest.isEmpty() ? "" : rest + "\n\n") + yaml(section, fields, variables);
        }
        var indent = lines.stream()
                .skip(head + 1L)
                .filter(Entry::says)
                .findFirst()
                .map(line -> line.substring(0, indent(line)))
                .filter(space -> !space.isEmpty())
                .orElse("  ");
        var text = new StringBuilder();
        lines.subList(0, head).forEach(line -> text.append(line).append('\n'));
        text.append(section).append(":\n").append(indented(fields, variables, indent));
        boolean ours = false;
        for (var line : lines.subList(head + 1, lines.size())) {
            if (says(line) && indent(line) <= indent.length()) {
                ours = line.startsWith(indent + NAME + ":");
            }
            if (!ours) {
                text.append(line).append('\n');
            }
        }
        return text.toString();
    }

    private static boolean says(String line) {
        return !line.isBlank() && !line.stripLeading().startsWith("#");
    }

    private static int indent(String line) {
        return line.length() - line.stripLeading().length();
    }

    private static String quoted() {
        return ARGS.stream().map(Draft::quoted).collect(Collectors.joining(", "));
    }
}
