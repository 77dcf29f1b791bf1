package pvemcp.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.config.Config;
import pvemcp.config.Key;
import pvemcp.json.Json;
import pvemcp.view.View;

/// `pve-mcp config`: every key, its value and where that comes from; secrets are masked.
final class ConfigCommand implements Command {
    private final Host host;
    private final Console console;

    ConfigCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "config";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "Show the configuration in force and where each value comes from.");
        spec.addOption(Command.flag("--json", "As JSON."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        var config = host.config();
        var rows = rows(config);
        if (Command.has(parsed, "--json")) {
            var all = rows.stream()
                    .map(row -> Json.obj("key", row.get(0), "value", row.get(1), "origin", row.get(2)))
                    .toList();
            console.out().println(Json.of(all).pretty());
        } else {
            var table = new View.Table(List.of("key", "value", "from"), rows);
            console.out().println(console.text(table));
        }
        config.notices().forEach(notice -> console.err().println("pve-mcp: " + notice));
        return Exit.OK;
    }

    /// What is configured, then the keys with a default that nobody has touched.
    private static List<List<String>> rows(Config config) {
        var rows = new ArrayList<List<String>>();
        for (var key : Key.values()) {
            if (key.inTables()) {
                continue;
            }
            var configured = config.settings().stream()
                    .filter(setting -> setting.key() == key)
                    .toList();
            configured.forEach(setting -> rows.add(List.of(setting.name(), setting.shown(), setting.origin())));
            if (configured.isEmpty() && !key.fallback().isEmpty()) {
                rows.add(List.of(key.path(), key.fallback(), "default"));
            }
        }
        // The parts of a table stay together.
        config.settings().stream()
                .filter(setting -> setting.key().inTables())
                .forEach(setting -> rows.add(List.of(setting.name(), setting.shown(), setting.origin())));
        return rows;
    }
}
