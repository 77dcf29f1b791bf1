package pvemcp.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import pvemcp.config.ConfigException;
import pvemcp.config.TokenFile;
import pvemcp.gate.Reach;
import pvemcp.mcp.Entrance;
import pvemcp.mcp.McpServer;

/// Lets in whoever has a token of the file, as it is at that moment: a line that is removed counts no longer. Safe
/// for several threads.
final class TokenEntrance implements Entrance {
    private final TokenFile file;
    private final Function<Reach, McpServer> servers;
    private final PrintStream err;
    private final Map<Reach, McpServer> known = new ConcurrentHashMap<>();

    // Guarded by this.
    private List<TokenFile.Entry> entries;
    private FileTime read;

    /// @throws ConfigException where the file cannot be used
    TokenEntrance(TokenFile file, Function<Reach, McpServer> servers, PrintStream err) {
        this.file = file;
        this.servers = servers;
        this.err = err;
        this.read = changed();
        this.entries = file.read();
    }

    @Override
    public boolean open() {
        return false;
    }

    @Override
    public Optional<Visitor> admit(Optional<String> token) {
        var current = current();
        return token.flatMap(text -> TokenFile.whose(text, current))
                .map(reach -> new Visitor(reach.principal(), known.computeIfAbsent(reach, servers)));
    }

    private synchronized List<TokenFile.Entry> current() {
        var now = changed();
        if (!now.equals(read)) {
            read = now;
            try {
                entries = file.read();
            } catch (ConfigException e) {
                // Somebody may have been taken out of it, so nobody comes in.
                entries = List.of();
                Console.problems(err, e.problems());
            }
        }
        return entries;
    }

    private FileTime changed() {
        try {
            return Files.getLastModifiedTime(file.path());
        } catch (IOException _) {
            return FileTime.fromMillis(0);
        }
    }
}
