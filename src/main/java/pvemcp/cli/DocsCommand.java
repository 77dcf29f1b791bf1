package pvemcp.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `pve-mcp docs`: writes the pages of [Docs] into a checkout.
final class DocsCommand implements Command {
    private final Host host;
    private final Console console;

    DocsCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "docs";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "Write the pages that follow from the declarations anew.");
        spec.usageMessage().hidden(true);
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        var project = host.surroundings().directory();
        if (!Files.isRegularFile(project.resolve("pom.xml"))) {
            throw new UsageException("'%s' is no checkout of pve-mcp: run this in one".formatted(project));
        }
        try {
            for (var page : Docs.pages().entrySet()) {
                write(project, page.getKey(), page.getValue());
            }
            var readme = project.resolve("README.md");
            write(project, "README.md", Docs.readme(Files.readString(readme)));
            return Exit.OK;
        } catch (IOException e) {
            console.err().println("pve-mcp: " + e.getMessage());
            return Exit.FAILED;
        }
    }

    private void write(Path project, String name, String text) throws IOException {
        var file = project.resolve(name);
        boolean changed = !Files.exists(file) || !Files.readString(file).equals(text);
        if (changed) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        }
        console.out().println(name + (changed ? " written" : " is up to date"));
    }
}
