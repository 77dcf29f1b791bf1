package pvemcp.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.config.Key;
import pvemcp.config.TokenFile;
import pvemcp.text.Nearest;
import pvemcp.text.Reason;
import pvemcp.tool.Tier;

/// `pve-mcp token add anna --tier operate --within pool=dev`
final class TokenCommand implements Command {
    private static final List<String> ACTIONS = List.of("add", "list", "remove");

    private final Host host;
    private final Console console;

    TokenCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "token";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(
                name(),
                "Say who may use a server started with 'serve --http', by a token each. A running server heeds it at once.");
        spec.addPositional(Command.parameter("ACTION", "0", "1", "add, list or remove.", ACTIONS));
        spec.addPositional(
                Command.parameter("NAME", "1", "0..1", "Whose token, as policy and the audit log name them."));
        spec.addOption(
                Command.choice(
                        "--tier",
                        "TIER",
                        Arrays.stream(Tier.values()).map(Tier::word).toList(),
                        "read",
                        "The highest tier of call they may make: read (if not said), operate, change, destroy or execute. The policy still applies."));
        spec.addOption(OptionSpec.builder("--within")
                .type(String[].class)
                .arity("1")
                .paramLabel("WHAT")
                .description("What they may change, where not everything: pool=dev, tag=web, guest=100-199, node=pve1.")
                .build());
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        String action = parsed.matchedPositionalValue(0, "");
        String name = parsed.matchedPositionalValue(1, "");
        var file = new TokenFile(host.config().path(Key.HTTP_TOKENS));
        if (!ACTIONS.contains(action)) {
            throw new UsageException("there is no 'token %s'%s: there are add, list and remove"
                    .formatted(action, Nearest.hint(action, ACTIONS)));
        }
        if (!action.equals("list") && name.isEmpty()) {
            throw new UsageException("'token %s' needs a name".formatted(action));
        }
        try {
            return switch (action) {
                case "add" -> {
                    String tier = parsed.matchedOptionValue("--tier", "read");
                    yield add(file, name, tier, List.of(parsed.matchedOptionValue("--within", new String[0])));
                }
                case "remove" -> remove(file, name);
                default -> list(file);
            };
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        } catch (IOException e) {
            console.err().println("pve-mcp: '%s' cannot be written: %s".formatted(file.path(), Reason.alone(e)));
            return Exit.FAILED;
        }
    }

    private int add(TokenFile file, String name, String tier, List<String> within) throws IOException {
        var token = file.add(TokenFile.reach(name, tier, within));
        console.err()
                .println("The token of %s; it is shown this once, and '%s' has only its hash:"
                        .formatted(name, file.path()));
        console.out().println(token.reveal());
        return Exit.OK;
    }

    private int list(TokenFile file) {
        var entries = file.read();
        entries.forEach(entry -> console.out().println(entry.shown()));
        if (entries.isEmpty()) {
            console.err().println("nobody has a token in '%s'".formatted(file.path()));
        }
        return Exit.OK;
    }

    private int remove(TokenFile file, String name) throws IOException {
        if (!file.remove(name)) {
            throw new UsageException("nobody called '%s' has a token in '%s'".formatted(name, file.path()));
        }
        return Exit.OK;
    }
}
