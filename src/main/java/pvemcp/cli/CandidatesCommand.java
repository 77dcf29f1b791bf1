package pvemcp.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.config.ConfigException;

/// `pve-mcp __complete -- WORD…`, which the shells' completion calls: what the last word of a line could become, a
/// line each. It says nothing where it can say nothing: whoever presses Tab wants no error.
final class CandidatesCommand implements Command {
    private final Host host;
    private final Commands commands;
    private final Console console;

    CandidatesCommand(Host host, Commands commands, Console console) {
        this.host = host;
        this.commands = commands;
        this.console = console;
    }

    @Override
    public String name() {
        return "__complete";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "What the last word of a line could become.");
        spec.usageMessage().hidden(true);
        spec.addOption(Command.flag("--demo", "On the built-in simulated cluster."));
        spec.addPositional(Command.parameter("WORD", "0..*", "0..*", "The words so far."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        var words = new ArrayList<>(List.of(parsed.matchedPositionalValue(0, new String[0])));
        if (words.isEmpty()) {
            words.add("");
        }
        try (var door = Command.has(parsed, "--demo") ? host.demo() : host.connected(host.config(), false)) {
            new LineCandidates(door.dispatcher(), console, commands.candidates(), commands::candidates)
                    .of(words)
                    .forEach(candidate -> console.out().println(candidate.word()));
        } catch (ConfigException _) {
            return Exit.FAILED;
        }
        return Exit.OK;
    }
}
