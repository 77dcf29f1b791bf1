package pvemcp.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `pve-mcp demo` on a terminal: a short tour, then a prompt.
final class DemoCommand implements Command {
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
        return Command.spec(name(), """
                Play a short tour of the built-in simulated cluster, then take calls from a prompt. Where the input is a \
                pipe, serve that cluster over MCP instead.""");
    }

    @Override
    public int run(ParseResult parsed) {
        try (var door = host.demo()) {
            var tour = new Tour(door.dispatcher(), console, host.surroundings());
            tour.play();
            Conversation.inDemo(host, door, console).run();
            tour.plugIn();
            return Exit.OK;
        }
    }
}
