package pvemcp.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.dispatch.HeldCalls;
import pvemcp.dispatch.HeldCalls.Waiting;
import pvemcp.text.Reason;
import pvemcp.view.Clean;

/// `pve-mcp approve [ID]`: a person's yes to a call that a client holds and could not ask about. Only at a terminal:
/// a program that could say yes here would be the caller itself.
final class ApproveCommand implements Command {
    private final Host host;
    private final Console console;

    ApproveCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "approve";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "Show calls that wait for a yes, and say it or not.");
        spec.addPositional(Command.parameter("ID", "0", "0..1", "Which call; all that wait where it is left out."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        String id = parsed.matchedPositionalValue(0, "");
        try (var stores = host.stores(host.config())) {
            var held = stores.heldCalls();
            return id.isEmpty() ? list(held) : decide(held, id);
        } catch (IOException e) {
            console.err().println("pve-mcp: " + Reason.of(e));
            return Exit.FAILED;
        }
    }

    private int list(HeldCalls held) throws IOException {
        var waiting = held.waiting();
        if (waiting.isEmpty()) {
            console.out().println("no call waits for a yes");
        }
        for (var call : waiting) {
            console.out()
                    .println("%s  %s%s"
                            .formatted(
                                    call.id(),
                                    Clean.oneLine(call.preview().summary()),
                                    call.answered() ? "  (answered)" : ""));
        }
        return Exit.OK;
    }

    private int decide(HeldCalls held, String id) throws IOException {
        var call = held.find(id);
        if (call.isEmpty()) {
            throw new UsageException("no call '%s' waits: 'pve-mcp approve' lists those that do".formatted(id));
        }
        if (!console.terminal()) {
            console.err().println("a person says yes to a call, at a terminal; this is none");
            return Exit.REFUSED;
        }
        if (call.get().answered()) {
            return answered();
        }
        show(call.get());
        boolean yes =
                new Question(console).answered("may it?", call.get().typed()).isPresent();
        if (!held.answer(call.get(), yes, host.surroundings().variable("USER"))) {
            return answered();
        }
        console.out().println(yes ? "it may, once; the client makes the call again" : "it may not");
        return yes ? Exit.OK : Exit.REFUSED;
    }

    private int answered() {
        console.err().println("it was answered before, and the first answer counts");
        return Exit.REFUSED;
    }

    private void show(Waiting call) {
        console.tell("%s of %s wants to call %s (%s) on the cluster '%s':"
                .formatted(
                        Clean.oneLine(call.client()),
                        Clean.oneLine(call.principal()),
                        call.tool(),
                        call.tier().toLowerCase(Locale.ROOT),
                        Clean.oneLine(call.cluster())));
        console.tell("  " + Clean.oneLine(call.preview().summary()));
        call.preview().requests().forEach(request -> console.tell("  - " + Clean.oneLine(request)));
        call.preview().warnings().forEach(warning -> console.tell("  ! " + Clean.oneLine(warning)));
        console.tell("  it waits for %d more minutes"
                .formatted(
                        Duration.between(host.clock().instant(), call.expires()).toMinutes()));
    }
}
