package pvemcp.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Judgement;
import pvemcp.dispatch.Unreadable;
import pvemcp.gate.Gate;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Tool;

/// `pve-mcp policy check "guest_power web stop"`: what policy says of a call, which rule says it and why. The call is
/// not made.
final class PolicyCommand implements Command {
    private final Host host;
    private final Console console;

    PolicyCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "policy";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "Say what policy makes of a call and why, without making it.");
        spec.addOption(Command.flag("--json", "As JSON."));
        spec.addOption(Command.flag("--demo", "On the built-in simulated cluster."));
        spec.addPositional(Command.parameter("check", "0", "1", "The word 'check'."));
        spec.addPositional(
                Command.parameter("CALL", "1..*", "1..*", "A tool and its arguments, as 'call' takes them."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        if (!parsed.matchedPositionalValue(0, "").equals("check")) {
            throw new UsageException("it is: pve-mcp policy check \"guest_power web stop\"");
        }
        var words = words(parsed.matchedPositionalValue(1, new String[0]));
        if (words.isEmpty()) {
            throw new UsageException("it is: pve-mcp policy check \"guest_power web stop\"");
        }
        try (var door = Command.has(parsed, "--demo") ? host.demo() : host.connected(host.config(), false)) {
            // Also what policy denies outright, which is no tool of the dispatcher's.
            var phrase =
                    ToolNames.find(words).orElseThrow(() -> new UsageException(ToolNames.unknown(words, List.of())));
            var arguments = CallArguments.parse(phrase);
            return told(door.dispatcher(), phrase.tool(), arguments, Command.has(parsed, "--json"));
        } catch (BadArguments e) {
            throw new UsageException(e.problems());
        }
    }

    private int told(Dispatcher dispatcher, Tool<?> tool, Json.Obj arguments, boolean asJson) {
        Judgement judgement;
        try {
            judgement = dispatcher.judge(tool, arguments, new TerminalCaller(console, Optional.empty()));
        } catch (Unreadable e) {
            return new Calls(dispatcher, console).show(e.why(), Form.READ);
        }
        if (asJson) {
            console.out().println(json(judgement).pretty());
        } else {
            tell(judgement);
        }
        return judgement.verdict() instanceof Verdict.Deny ? Exit.REFUSED : Exit.OK;
    }

    /// A call may be one argument or several.
    private static List<String> words(String[] given) {
        return given.length == 1 ? Words.split(given[0]) : Arrays.asList(given);
    }

    private void tell(Judgement judgement) {
        var out = console.out();
        out.println(
                switch (judgement.verdict()) {
                    case Verdict.Allow _ -> "allowed";
                    case Verdict.Hold _ -> "asks first";
                    case Verdict.Deny _ -> "denied";
                });
        out.println("  by      " + judgement.verdict().rule());
        var why = why(judgement.verdict());
        if (!why.isEmpty()) {
            out.println("  why     " + why);
        }
        out.println("  tier    %s: calls that %s".formatted(tier(judgement), Gate.what(judgement.tier())));
        judgement.targets().forEach(target -> out.println("  touches " + target));
        judgement.leaves().forEach(left -> out.println("  leaves  " + left));
        judgement.requests().forEach(request -> out.println("  sends   " + request));
        if (judgement.verdict() instanceof Verdict.Deny deny) {
            out.println("  remedy  " + deny.remedy());
        }
    }

    private static String why(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allow _ -> "";
            case Verdict.Hold hold -> hold.why();
            case Verdict.Deny deny -> deny.why();
        };
    }

    private static String tier(Judgement judgement) {
        return judgement.tier().word();
    }

    private static Json.Obj json(Judgement judgement) {
        return Json.obj(
                "tool", judgement.tool(),
                "answer",
                        switch (judgement.verdict()) {
                            case Verdict.Allow _ -> "allow";
                            case Verdict.Hold _ -> "ask";
                            case Verdict.Deny _ -> "deny";
                        },
                "rule", judgement.verdict().rule(),
                "why", why(judgement.verdict()),
                "remedy", judgement.verdict() instanceof Verdict.Deny deny ? deny.remedy() : "",
                "tier", tier(judgement),
                "targets", judgement.targets(),
                "leaves", judgement.leaves(),
                "requests", judgement.requests());
    }
}
