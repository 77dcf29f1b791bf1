package pvemcp.cli;

import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.text.Reason;

/// `pve-mcp freeze [REASON]`: from the next request on, nothing but reads leaves any server of this owner.
final class FreezeCommand implements Command {
    private final Host host;
    private final Console console;

    FreezeCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "freeze";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "Stop everything that does more than read, in every running server, at once.");
        spec.addPositional(Command.parameter("REASON", "0..*", "0..*", "What callers are told."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        try (var stores = host.stores(host.config())) {
            stores.freeze().freeze(String.join(" ", parsed.matchedPositionalValue(0, new String[0])));
            console.out().println("frozen; tasks that PVE has started go on. 'pve-mcp unfreeze' lifts it");
            return Exit.OK;
        } catch (IOException e) {
            console.err().println("pve-mcp: not frozen: " + Reason.of(e));
            return Exit.FAILED;
        }
    }
}
