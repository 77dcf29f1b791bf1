package pvemcp.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `pve-mcp serve`, as far as the command line goes: a line that is right never comes here, because the server starts
/// without loading any of this.
final class ServeCommand implements Command {
    @Override
    public String name() {
        return "serve";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "Serve MCP on standard input and output, as clients start it.");
        spec.addOption(Command.flag("--read-only", "Let nothing but reads through, whatever the policy says."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        throw new UsageException("serve takes no option but --read-only");
    }
}
