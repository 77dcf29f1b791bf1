package pvemcp.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.json.Json;
import pvemcp.text.Nearest;
import pvemcp.tool.ToolResult;
import pvemcp.tools.smoke.SmokeRecipe;
import pvemcp.tools.smoke.SmokeTools;

/// `pve-mcp smoke`: does it all work on this cluster? Without `--write` nothing is made.
final class SmokeCommand implements Command {
    private static final List<String> READS = List.of("read-only", "service");
    private static final List<String> WRITES = List.of("lifecycle", "rollback", "backup", "clone");
    private static final List<String> VALUES = List.of("template", "storage", "backup-storage", "source", "timeout");

    private final Host host;
    private final Console console;

    SmokeCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "smoke";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(
                name(),
                "Test what works on a cluster; with --write also with guests of its own, which it removes again.");
        spec.addPositional(Command.parameter(
                "SUITE",
                "0..*",
                "0..*",
                "read-only, service, lifecycle, rollback, backup, clone, or all; default: read-only and service."));
        spec.addOption(Command.flag("--write", "Allow the suites that make and remove guests and backups."));
        spec.addOption(text("--node", "Where; default: the only node."));
        spec.addOption(text("--template", "The container template, such as local:vztmpl/x.tar.zst."));
        spec.addOption(text("--storage", "The storage for the container."));
        spec.addOption(text("--backup-storage", "The storage for the backup."));
        spec.addOption(text("--source", "The VM or template to clone."));
        spec.addOption(text("--pool", "The pool for what is made."));
        spec.addOption(text("--timeout", "How long all of it may take; default: 10m."));
        shared(spec);
        spec.addSubcommand(
                "cleanup",
                part("cleanup", "Show what smoke tests left behind, and with --apply remove it.")
                        .addOption(Command.flag("--apply", "Remove it.")));
        var recipe =
                Command.spec("recipe", "Print what root types on a node to make a token with just the rights needed.");
        recipe.addOption(Command.option("--node", String.class, "NODE", "pve", "The node."));
        recipe.addOption(Command.option("--pool", String.class, "POOL", "mcp-smoke", "The pool for what is made."));
        recipe.addOption(Command.option("--storage", String.class, "ID", "local-lvm", "The storage for disks."));
        recipe.addOption(Command.option("--backup-storage", String.class, "ID", "local", "The storage for backups."));
        recipe.addOption(Command.option("--template-storage", String.class, "ID", "local", "The templates' storage."));
        recipe.addOption(Command.option("--source", String.class, "VMID", "", "The id of the VM to clone."));
        recipe.mixinStandardHelpOptions(true);
        recipe.remove(recipe.findOption("--version"));
        spec.addSubcommand("recipe", recipe);
        return spec;
    }

    private static picocli.CommandLine.Model.OptionSpec text(String name, String description) {
        return Command.option(name, String.class, "VALUE", "", description);
    }

    private static CommandSpec part(String name, String description) {
        var spec = Command.spec(name, description);
        shared(spec);
        spec.mixinStandardHelpOptions(true);
        spec.remove(spec.findOption("--version"));
        return spec;
    }

    private static void shared(CommandSpec spec) {
        Form.addOptions(spec);
        spec.addOption(Command.flag("--yes", "Agree to what would be done, where policy asks about it."));
        spec.addOption(Command.flag("--demo", "On the built-in simulated cluster."));
    }

    @Override
    public int run(ParseResult parsed) {
        var part = parsed.subcommand();
        if (part == null) {
            return test(parsed);
        }
        return part.commandSpec().name().equals("recipe") ? recipe(part) : cleanUp(part);
    }

    private int test(ParseResult parsed) {
        var suites = suites(List.of(parsed.matchedPositionalValue(0, new String[0])));
        boolean write = Command.has(parsed, "--write");
        var refused = suites.stream().filter(WRITES::contains).toList();
        if (!write && !refused.isEmpty()) {
            throw new UsageException(
                    "%s make and remove guests of their own: --write allows it".formatted(String.join(", ", refused)));
        }
        try (var door = door(parsed)) {
            var arguments = Json.obj("node", node(parsed, door))
                    .with(
                            "suites",
                            Json.strings(suites.stream().map(SmokeCommand::word).toList()))
                    .with("write", Json.bool(write));
            var values = new ArrayList<>(VALUES);
            values.add("pool");
            for (var value : values) {
                var given = option(parsed, "--" + value);
                if (given.isPresent()) {
                    arguments = arguments.with(word(value), given.get());
                }
            }
            return call(parsed, door, "pve_smoke", arguments, "failed");
        }
    }

    private int cleanUp(ParseResult parsed) {
        try (var door = door(parsed)) {
            boolean apply = Command.has(parsed, "--apply");
            // What is left is news before the removal, and a failure after it.
            return call(parsed, door, "pve_smoke_cleanup", Json.obj("apply", apply), apply ? "left" : "");
        }
    }

    private int recipe(ParseResult parsed) {
        SmokeRecipe.lines(
                        parsed.matchedOptionValue("--pool", "mcp-smoke"),
                        parsed.matchedOptionValue("--node", "pve"),
                        parsed.matchedOptionValue("--storage", "local-lvm"),
                        parsed.matchedOptionValue("--backup-storage", "local"),
                        parsed.matchedOptionValue("--template-storage", "local"),
                        parsed.matchedOptionValue("--source", ""))
                .forEach(console.out()::println);
        console.out().flush();
        return Exit.OK;
    }

    private Door door(ParseResult parsed) {
        return Command.has(parsed, "--demo") ? host.playground() : host.connected(host.config(), false);
    }

    /// @param counting the number of the answer that makes the exit status
    private int call(ParseResult parsed, Door door, String name, Json.Obj arguments, String counting) {
        // Not asked of the dispatcher, which offers it to nobody where only reads are allowed: half of it is reads.
        var tool = SmokeTools.SMOKE.tools().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        var calls = new Calls(door.dispatcher(), console);
        var result = calls.call(
                tool,
                arguments,
                // What it destroys is what it made itself.
                held -> Command.has(parsed, "--yes")
                        ? calls.agreed(held, true, held.typed())
                        : calls.agreed(held, false, ""));
        int status = calls.show(result, Form.of(parsed));
        boolean bad = result instanceof ToolResult.Done done
                && done.data() instanceof Json.Obj data
                && data.whole(counting).orElse(0L) > 0;
        return bad ? Exit.FAILED : status;
    }

    private static List<String> suites(List<String> typed) {
        var suites = new LinkedHashSet<String>();
        var known = new ArrayList<>(READS);
        known.addAll(WRITES);
        for (var each : typed.isEmpty() ? READS : typed) {
            var suite = each.toLowerCase(Locale.ROOT).replace('_', '-');
            if (suite.equals("all")) {
                suites.addAll(known);
            } else if (known.contains(suite)) {
                suites.add(suite);
            } else {
                throw new UsageException("there is no suite '%s'%s: there are %s"
                        .formatted(each, Nearest.hint(suite, known), String.join(", ", known)));
            }
        }
        return List.copyOf(suites);
    }

    private static String word(String spelt) {
        return spelt.replace('-', '_');
    }

    private static Optional<String> option(ParseResult parsed, String name) {
        return Optional.of(parsed.matchedOptionValue(name, "")).filter(value -> !value.isEmpty());
    }

    private String node(ParseResult parsed, Door door) {
        return option(parsed, "--node").orElseGet(() -> {
            var nodes = door.dispatcher().complete("node", "", new TerminalCaller(console, Optional.empty()));
            if (nodes.size() != 1) {
                throw new UsageException(
                        nodes.isEmpty()
                                ? "no node could be found; --node says which, pve-mcp doctor says why"
                                : "say which node with --node: " + String.join(", ", nodes));
            }
            return nodes.getFirst();
        });
    }
}
