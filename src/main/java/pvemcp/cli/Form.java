package pvemcp.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.tool.ToolResult;
import pvemcp.view.Plain;

/// How an answer is written: for reading, or for another program.
enum Form {
    READ,
    PLAIN,
    JSON;

    static void addOptions(CommandSpec spec) {
        spec.addOption(Command.flag("--json", "Show the answer as JSON."));
        spec.addOption(Command.flag("--plain", "Show the answer as lines, columns parted by tabs, nothing cut."));
    }

    static Form of(ParseResult parsed) {
        boolean json = Command.has(parsed, "--json");
        boolean plain = Command.has(parsed, "--plain");
        if (json && plain) {
            throw new UsageException("--json and --plain do not go together");
        }
        return json ? JSON : plain ? PLAIN : READ;
    }

    String written(ToolResult.Done done, Console console) {
        return switch (this) {
            case READ -> console.text(done.view());
            case PLAIN -> Plain.render(done.view());
            case JSON -> done.data().pretty();
        };
    }
}
