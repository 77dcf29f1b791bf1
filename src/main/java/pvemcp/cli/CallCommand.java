package pvemcp.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Unreadable;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.text.Nearest;
import pvemcp.text.Word;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Kind;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;
import pvemcp.view.View;

/// `pve-mcp call guest_power web stop`
final class CallCommand implements Command {
    private static final List<String> OPTIONS = List.of("--json", "--plain", "--yes", "--yes-to", "--demo", "--color");

    private final Host host;
    private final Console console;
    private final Optional<Consumer<List<String>>> more;

    /// @param more takes the words that would show the next page; empty where nobody asks for it
    CallCommand(Host host, Console console, Optional<Consumer<List<String>>> more) {
        this.host = host;
        this.console = console;
        this.more = more;
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
            var withheld = ToolNames.withheld(words, door.dispatcher());
            if (withheld.isPresent()) {
                return refused(withheld.get(), door.dispatcher());
            }
            var phrase = ToolNames.find(words, door.dispatcher());
            requireNoSlip(phrase);
            var arguments = CallArguments.parse(phrase);
            var calls = new Calls(door.dispatcher(), console);
            boolean yes = Command.has(parsed, "--yes");
            String named = parsed.matchedOptionValue("--yes-to", "");
            var result = calls.call(phrase.tool(), arguments, held -> calls.agreed(held, yes, named));
            var form = Form.of(parsed);
            return calls.show(paged(result, phrase.tool(), arguments, form), form);
        }
    }

    /// What is no input of the tool, and all but an option of ours, was hardly meant for the tool.
    private static void requireNoSlip(Phrase phrase) {
        for (var word : phrase.words()) {
            var name = word.replaceFirst("=.*", "");
            boolean input = phrase.params().stream()
                    .anyMatch(param -> name.replace('-', '_').equals("__" + param.name()));
            var meant = name.startsWith("--") && !input ? Nearest.to(name, OPTIONS) : Optional.<String>empty();
            meant.filter(option -> !option.equals(name)).ifPresent(option -> {
                throw new UsageException("there is no option '%s' (did you mean '%s'?)".formatted(name, option));
            });
        }
    }

    /// Says which rule keeps a tool from being offered.
    private int refused(Phrase phrase, Dispatcher dispatcher) {
        var calls = new Calls(dispatcher, console);
        try {
            var caller = new TerminalCaller(console, Optional.empty());
            var verdict = dispatcher
                    .judge(phrase.tool(), CallArguments.parse(phrase), caller)
                    .verdict();
            if (verdict instanceof Verdict.Deny(var rule, var why, var remedy)) {
                return calls.show(new ToolResult.Refused(rule, why, remedy), Form.READ);
            }
        } catch (Unreadable e) {
            return calls.show(e.why(), Form.READ);
        } catch (BadArguments e) {
            throw new UsageException(e.problems());
        }
        throw new UsageException(ToolNames.notOffered(phrase));
    }

    /// A list that goes on, without the words that tell a program how, where a person has only to ask for more.
    private ToolResult paged(ToolResult result, Tool<?> tool, Json.Obj arguments, Form form) {
        if (more.isEmpty()
                || !(result instanceof ToolResult.Done(var view, Json.Obj data, var going))
                || data.text("next").isEmpty()
                || tool.params().stream().noneMatch(param -> param.kind() == Kind.CURSOR)) {
            return result;
        }
        var cursor = data.text("next").get();
        var words = new ArrayList<>(
                List.of(name(), tool.name(), arguments.with("cursor", cursor).write()));
        if (form != Form.READ) {
            words.add("--" + Word.of(form));
        }
        more.get().accept(words);
        return new ToolResult.Done(without(cursor, view), data, going);
    }

    private static View without(String cursor, View view) {
        return view instanceof View.Stack(var parts)
                ? new View.Stack(parts.stream()
                        .filter(part -> !(part instanceof View.Text(var text) && text.contains(cursor)))
                        .toList())
                : view;
    }
}
