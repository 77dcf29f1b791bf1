package pvemcp.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.dispatch.Dispatcher;
import pvemcp.text.Nearest;
import pvemcp.tool.Prompt;
import pvemcp.view.View;

/// `pve-mcp prompt NAME`: the words of a playbook, as a client's model is given them.
final class PromptCommand implements Command {
    private final Host host;
    private final Console console;

    PromptCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "prompt";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "Show a playbook as a client's model is given it; without a name, list them.");
        spec.addOption(Command.flag("--demo", "That of the built-in simulated cluster."));
        spec.addPositional(Command.parameter("NAME", "0", "0..1", "Which playbook."));
        spec.addPositional(
                Command.parameter("ARGUMENT", "1..*", "0..*", "name=value, or values in the order of the arguments."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        String name = parsed.matchedPositionalValue(0, "");
        var words = List.of(parsed.matchedPositionalValue(1, new String[0]));
        try (var door = Command.has(parsed, "--demo") ? host.demo() : host.connected(host.config(), false)) {
            var shown = name.isEmpty()
                    ? list(door.dispatcher())
                    : new View.Text(text(prompt(name, door.dispatcher()), words));
            console.out().println(console.text(shown));
            return Exit.OK;
        }
    }

    private static View list(Dispatcher dispatcher) {
        var rows = new ArrayList<List<String>>();
        for (var prompt : dispatcher.prompts()) {
            var arguments = prompt.arguments().stream()
                    .map(argument -> argument.required() ? argument.name() : "[" + argument.name() + "]")
                    .toList();
            rows.add(List.of(prompt.name(), String.join(" ", arguments), prompt.title()));
        }
        return new View.Table(List.of("prompt", "arguments", "what for"), rows);
    }

    private static Prompt prompt(String name, Dispatcher dispatcher) {
        var names = new ArrayList<String>();
        for (var prompt : dispatcher.prompts()) {
            if (prompt.name().equals(name)) {
                return prompt;
            }
            names.add(prompt.name());
        }
        throw new UsageException("there is no prompt '%s'%s: there are %s"
                .formatted(name, Nearest.hint(name, names), String.join(", ", names)));
    }

    private static String text(Prompt prompt, List<String> words) {
        var names = prompt.arguments().stream().map(Prompt.Argument::name).toList();
        var open = new ArrayList<>(names);
        var values = new HashMap<String, String>();
        for (var word : words) {
            int equals = word.indexOf('=');
            boolean named = equals > 0 && names.contains(word.substring(0, equals));
            if (!named && open.isEmpty()) {
                throw new UsageException("'%s' is one value more than there are arguments (%s)"
                        .formatted(word, String.join(", ", names)));
            }
            var name = named ? word.substring(0, equals) : open.getFirst();
            open.remove(name);
            values.put(name, named ? word.substring(equals + 1) : word);
        }
        var missing = prompt.arguments().stream()
                .filter(argument -> argument.required() && !values.containsKey(argument.name()))
                .map(argument -> "%s needs %s: %s".formatted(prompt.name(), argument.name(), argument.doc()))
                .toList();
        if (!missing.isEmpty()) {
            throw new UsageException(missing);
        }
        return prompt.text(values);
    }
}
