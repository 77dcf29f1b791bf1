package pvemcp.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `pve-mcp demo` on a terminal: a short tour, then a prompt.
final class DemoCommand implements Command {
    static final String CLUSTERS = "--clusters";
    private static final int MOST = 2;

    private final Host host;
    private final Console console;

    DemoCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), """
                Play a short tour of the built-in simulated cluster, then take calls from a prompt. Where the input is a \
                pipe, serve that cluster over MCP instead.""");
        spec.addOption(clusters());
        return spec;
    }

    /// The option that says how many clusters a demo has.
    static OptionSpec clusters() {
        return OptionSpec.builder(CLUSTERS)
                .type(int.class)
                .paramLabel("NUMBER")
                .completionCandidates(List.of("1", "2"))
                .description("How many clusters are simulated: 1, or 2 to try what is said across clusters.")
                .build();
    }

    /// @throws UsageException where it is a number that there is no demo of
    static int clusters(ParseResult parsed) {
        int count = parsed.matchedOptionValue(CLUSTERS, 1);
        if (count < 1 || count > MOST) {
            throw new UsageException("a demo has 1 or %d clusters, not %d".formatted(MOST, count));
        }
        return count;
    }

    @Override
    public int run(ParseResult parsed) {
        int clusters = clusters(parsed);
        try (var door = host.demo(clusters)) {
            var tour = new Tour(door.dispatcher(), console, host.surroundings());
            tour.play();
            Conversation.inDemo(host, door, console).run();
            tour.plugIn(clusters == 1 ? List.of() : List.of(CLUSTERS, Integer.toString(clusters)));
            return Exit.OK;
        }
    }
}
