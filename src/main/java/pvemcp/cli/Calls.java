package pvemcp.cli;

import java.util.Optional;
import java.util.function.Function;
import pvemcp.dispatch.Dispatcher;
import pvemcp.json.Json;
import pvemcp.tool.Preview;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;

/// Makes tool calls at a terminal and shows how they end.
final class Calls {
    private final Dispatcher dispatcher;
    private final Console console;

    Calls(Dispatcher dispatcher, Console console) {
        this.dispatcher = dispatcher;
        this.console = console;
    }

    /// Makes a call; where it is held, `agree` decides, having seen what it would do: with what was typed along with
    /// the yes, or with nothing for a no.
    ToolResult call(Tool<?> tool, Json.Obj arguments, Function<ToolResult.Held, Optional<String>> agree) {
        var caller = new TerminalCaller(console, Optional.empty());
        var result = dispatcher.call(tool, arguments, caller);
        caller.settle();
        if (!(result instanceof ToolResult.Held held)) {
            return result;
        }
        var typed = agree.apply(held);
        if (typed.isEmpty()) {
            dispatcher.declined(held.ticket().text());
            return result;
        }
        var approval = "%s %s".formatted(held.ticket().text(), typed.get()).strip();
        var approved = new TerminalCaller(console, Optional.of(approval));
        var done = dispatcher.call(tool, arguments, approved);
        approved.settle();
        return done;
    }

    /// Asks for a yes to what a call would do, and for the name of what is destroyed.
    ///
    /// @param yes whether the command line gave it
    /// @param named what the command line names as destroyed; empty: nothing
    /// @return what was typed, empty text where a yes was enough; nothing for a no
    Optional<String> agreed(ToolResult.Held held, boolean yes, String named) {
        preview(held.preview());
        if (held.typed().isEmpty() && (yes || !named.isEmpty())) {
            return Optional.of("");
        }
        if (!named.isEmpty()) {
            return Optional.of(named);
        }
        if (!console.terminal()) {
            var option = held.typed().isEmpty() ? "--yes" : "--yes-to '" + held.typed() + "'";
            console.tell(
                    "policy wants a yes for this, and there is no terminal to ask at: %s gives it".formatted(option));
            return Optional.empty();
        }
        return new Question(console).answered("do it?", held.typed());
    }

    /// What a held call would do, on standard error.
    void preview(Preview preview) {
        console.tell("would do: " + preview.summary());
        preview.requests().forEach(request -> console.tell("  " + request));
        preview.warnings().forEach(warning -> console.tell("  ! " + warning));
    }

    /// Shows an answer on standard output, or why there is none on standard error.
    ///
    /// @return the exit status
    int show(ToolResult result, Form form) {
        return switch (result) {
            case ToolResult.Done done -> {
                console.out().println(form.written(done, console));
                yield Exit.OK;
            }
            case ToolResult.Held _ -> {
                console.tell("not done");
                yield Exit.REFUSED;
            }
            case ToolResult.Refused(var rule, var why, var remedy) -> {
                console.tell("refused (%s): %s".formatted(rule, why));
                hint(remedy);
                yield Exit.REFUSED;
            }
            case ToolResult.Failed(var code, var what, var hint) -> {
                console.tell("failed (%s): %s".formatted(code, what));
                hint(hint);
                yield switch (code) {
                    case "unreachable", "untrusted", "unauthorized", "not_pve" -> Exit.UNREACHABLE;
                    case "bad_arguments", "not_configured" -> Exit.USAGE;
                    default -> Exit.FAILED;
                };
            }
        };
    }

    private void hint(String text) {
        if (!text.isEmpty()) {
            console.tell("  " + text);
        }
    }
}
