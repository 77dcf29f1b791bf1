package pvemcp.dispatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import pvemcp.audit.Permissions;

/// The stop of all servers that have one state directory: a file in it.
public final class FreezeFile implements Freeze {
    private final Path file;
    private final Clock clock;

    /// @param state the owner's state directory
    public FreezeFile(Path state, Clock clock) {
        this.file = state.resolve("frozen");
        this.clock = clock;
    }

    @Override
    public Optional<String> why() {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            // Something is there: whatever it says, it is a stop.
            return Optional.of(e.getMessage());
        }
    }

    @Override
    public void freeze(String reason) throws IOException {
        Permissions.makeFolder(file.toAbsolutePath().getParent());
        Files.writeString(file, Freeze.note(clock.instant(), reason) + System.lineSeparator());
    }

    @Override
    public boolean unfreeze() throws IOException {
        return Files.deleteIfExists(file);
    }

    @Override
    public String lifting() {
        return "pve-mcp unfreeze, or by removing " + file;
    }
}
