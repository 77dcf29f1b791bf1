package pvemcp.dispatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import pvemcp.audit.Permissions;
import pvemcp.text.Reason;

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
            var note = Files.readString(file).strip();
            return Optional.of(note.isEmpty() ? "with no word of when and why" : note);
        } catch (IOException e) {
            // Something is there: whatever it says, it is a stop.
            return Optional.of(Reason.of(e));
        }
    }

    @Override
    public void freeze(String reason) throws IOException {
        Permissions.makeFolder(file.toAbsolutePath().getParent());
        try {
            Files.writeString(file, Freeze.note(clock.instant(), reason) + System.lineSeparator());
        } catch (IOException e) {
            // It is the file that stops; a full disk costs only the words in it.
            if (Files.notExists(file)) {
                throw e;
            }
        }
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
