package pvemcp.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import pvemcp.config.ConfigException;
import pvemcp.config.TokenFile;
import pvemcp.log.Log;
import pvemcp.mcp.Entrance;

/// Lets in whoever has a token of the file, as it is at that moment: a line that is removed counts no longer. Safe
/// for several threads.
final class TokenEntrance implements Entrance {
    private final TokenFile file;
    private final Callers callers;
    private final Log log;

    // Guarded by this.
    private List<TokenFile.Entry> entries;
    private FileTime read;

    /// @throws ConfigException where the file cannot be used
    TokenEntrance(TokenFile file, Callers callers, Log log) {
        this.file = file;
        this.callers = callers;
        this.log = log;
        this.read = changed();
        this.entries = file.read();
    }

    @Override
    public boolean open() {
        return false;
    }

    @Override
    public Admission admit(Optional<String> token) {
        var current = current();
        if (token.isEmpty()) {
            return new Admission.Unknown("A token is needed: Authorization: Bearer …");
        }
        return TokenFile.whose(token.get(), current)
                .map(callers::welcome)
                .orElseGet(() -> new Admission.Unknown("This token is not known here, or not any more"));
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
                e.problems().forEach(problem -> log.tell(Log.Level.ERROR, "tokens", problem));
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
