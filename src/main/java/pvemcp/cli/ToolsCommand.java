package pvemcp.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.config.ClusterSettings;
import pvemcp.config.Config;
import pvemcp.config.Key;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Withheld;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.text.Word;
import pvemcp.tool.Tool;
import pvemcp.tool.Toolset;
import pvemcp.tools.Catalog;
import pvemcp.view.View;

/// `pve-mcp tools`: what there is, and what policy says to it; with a name, one of them in detail.
final class ToolsCommand implements Command {
    private final Host host;
    private final Console console;

    ToolsCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "tools";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "List the tools by toolset, or describe one of them.");
        spec.addOption(Command.flag("--json", "As a client is told: definitions with their input schemas."));
        spec.addPositional(Command.parameter("TOOL", "0..*", "0..*", "The one to describe, in one word or several."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        var config = host.config();
        try (var door = host.connected(config, false)) {
            var typed = List.of(parsed.matchedPositionalValue(0, new String[0]));
            boolean json = Command.has(parsed, "--json");
            var wanted = typed.isEmpty() ? door.dispatcher().tools() : wanted(typed, door.dispatcher());
            if (json) {
                var definitions =
                        wanted.stream().map(door.dispatcher()::describe).toList();
                var shown = definitions.size() > 1 ? Json.obj("tools", definitions) : definitions.getFirst();
                console.out().println(shown.pretty());
            } else if (typed.isEmpty()) {
                console.out().println(list(config, door.dispatcher()));
                config.clusters().forEach(cluster -> withheld(cluster, door.dispatcher()));
            } else if (wanted.size() > 1) {
                console.out().println(console.text(ToolPages.table(wanted, tool -> answer(tool, config))));
            } else {
                console.out().println(ToolPages.one(wanted.getFirst(), console));
            }
            return Exit.OK;
        }
    }

    /// The tool of that name, or all of that beginning.
    private static List<Tool<?>> wanted(List<String> typed, Dispatcher dispatcher) {
        var exact = dispatcher.tool(ToolNames.full(String.join("_", typed)));
        if (exact.isPresent()) {
            return List.of(exact.get());
        }
        var some = ToolPages.some(typed, dispatcher);
        return some.isEmpty() ? List.of(ToolNames.find(typed, dispatcher).tool()) : some;
    }

    /// A tool that is there although its tier is denied does milder things as well, which are judged as what they
    /// are.
    private static String answer(Tool<?> tool, Config config) {
        var answer = config.policy().answer(tool.tier());
        return answer == Policy.Answer.DENY ? "deny at worst" : Word.of(answer);
    }

    private String list(Config config, Dispatcher dispatcher) {
        var parts = new ArrayList<View>();
        for (var set : Catalog.ALL) {
            parts.add(new View.Text("%n%s: %s".formatted(set.name(), set.doc())));
            parts.add(table(set, config, dispatcher));
        }
        return console.text(new View.Stack(parts)).strip();
    }

    /// What clients are not shown, since the token cannot do it.
    private void withheld(ClusterSettings cluster, Dispatcher dispatcher) {
        List<Withheld> withheld;
        try {
            withheld = dispatcher.withheld(cluster.name());
        } catch (PveException _) {
            console.err()
                    .println(
                            "pve-mcp: what the token may do on '%s' cannot be read, so all tools are listed: 'pve-mcp doctor' says why"
                                    .formatted(cluster.name()));
            return;
        }
        if (!withheld.isEmpty()) {
            console.out()
                    .println("%nOn '%s' clients do not see %d of these tools, which the token may use nowhere:"
                            .formatted(cluster.name(), withheld.size()));
            Withheld.told(withheld, cluster.principal())
                    .forEach(line -> console.out().println(line));
        }
    }

    private static View.Table table(Toolset set, Config config, Dispatcher dispatcher) {
        var surface = config.text(Key.SURFACE);
        var shown =
                Catalog.tools(Catalog.Surface.valueOf(surface.toUpperCase(Locale.ROOT)), config.list(Key.TOOLSETS))
                        .stream()
                        .map(Tool::name)
                        .toList();
        return ToolPages.table(set.tools(), tool -> {
            var answer = answer(tool, config);
            boolean offered = dispatcher.tool(tool.name()).isPresent();
            return !offered ? "not offered" : shown.contains(tool.name()) ? answer : answer + ", not in " + surface;
        });
    }
}
