package pvemcp.cli;

import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.text.Reason;

/// `pve-mcp unfreeze`, by a person: a program that may lift its own stop is not stopped.
final class UnfreezeCommand implements Command {
    private final Host host;
    private final Console console;

    UnfreezeCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "unfreeze";
    }

    @Override
    public CommandSpec spec() {
        return Command.spec(name(), "Lift what 'freeze' has stopped. Only at a terminal.");
    }

    @Override
    public int run(ParseResult parsed) {
        if (!console.terminal()) {
            console.err().println("a person lifts it, at a terminal; this is none");
            return Exit.REFUSED;
        }
        try (var stores = host.stores(host.config())) {
            console.out().println(stores.freeze().unfreeze() ? "no longer frozen" : "nothing was frozen");
            return Exit.OK;
        } catch (IOException e) {
            console.err().println("pve-mcp: still frozen: " + Reason.of(e));
            return Exit.FAILED;
        }
    }
}
