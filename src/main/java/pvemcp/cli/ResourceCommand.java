package pvemcp.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Unreadable;
import pvemcp.text.Nearest;
import pvemcp.view.View;

/// `pve-mcp resource URI`: what a client reads there.
final class ResourceCommand implements Command {
    private final Host host;
    private final Console console;

    ResourceCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "resource";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "Read a resource as a client does; without an address, list them.");
        spec.addOption(Command.flag("--demo", "On the built-in simulated cluster."));
        spec.addPositional(Command.parameter("URI", "0", "0..1", "Its address, such as pve://guest/101."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        String uri = parsed.matchedPositionalValue(0, "");
        try (var door = Command.has(parsed, "--demo") ? host.demo() : host.connected(host.config(), false)) {
            if (uri.isEmpty()) {
                console.out().println(console.text(list(door.dispatcher())));
                return Exit.OK;
            }
            return show(uri, door.dispatcher());
        }
    }

    private int show(String uri, Dispatcher dispatcher) {
        try {
            var content = dispatcher
                    .read(uri, new TerminalCaller(console, Optional.empty()))
                    .orElseThrow(() -> new UsageException("no resource has the address '%s'%s: 'resource' lists them"
                            .formatted(uri, Nearest.hint(kind(uri), kinds(dispatcher)))));
            console.out().println(content.text().strip());
            return Exit.OK;
        } catch (Unreadable e) {
            return new Calls(dispatcher, console).show(e.why(), Form.READ);
        }
    }

    private static List<String> kinds(Dispatcher dispatcher) {
        return dispatcher.resources().stream()
                .map(resource -> kind(resource.uri()))
                .toList();
    }

    /// An address without what it names of its kind: `pve://guest`.
    private static String kind(String uri) {
        return uri.replaceFirst("^(pve://[^/]*)/.*", "$1");
    }

    private static View list(Dispatcher dispatcher) {
        return new View.Table(
                List.of("resource", "what it is"),
                dispatcher.resources().stream()
                        .map(resource -> List.of(resource.uri(), resource.doc()))
                        .toList());
    }
}
