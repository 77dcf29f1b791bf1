package pvemcp.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `pve-mcp call guest_power web stop`
final class CallCommand implements Command {
    private final Host host;
    private final Console console;

    CallCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "call";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "Call a tool and show its answer.");
        Form.addOptions(spec);
        spec.addOption(Command.flag("--yes", "Agree to what the call would do, where it is asked about."));
        spec.addOption(Command.option(
                "--yes-to",
                String.class,
                "NAME",
                "",
                "Agree, and name the guest that is destroyed, where that is asked."));
        spec.addOption(Command.flag("--demo", "Call it on the built-in simulated cluster."));
        spec.addPositional(
                Command.parameter(
                        "TOOL ARGUMENT",
                        "0..*",
                        "1..*",
                        "A tool in one word or several (guest_list, guest list), then name=value, --name value, bare values, or a JSON object."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        var words = List.of(parsed.matchedPositionalValue(0, new String[0]));
        try (var door = Command.has(parsed, "--demo") ? host.demo() : host.connected(host.config(), false)) {
            var phrase = ToolNames.find(words, door.dispatcher());
            var arguments = CallArguments.parse(phrase);
            var calls = new Calls(door.dispatcher(), console);
            boolean yes = Command.has(parsed, "--yes");
            String named = parsed.matchedOptionValue("--yes-to", "");
            var result = calls.call(phrase.tool(), arguments, held -> calls.agreed(held, yes, named));
            return calls.show(result, Form.of(parsed));
        }
    }
}
