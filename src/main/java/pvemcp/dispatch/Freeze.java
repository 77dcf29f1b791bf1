package pvemcp.dispatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import pvemcp.audit.Permissions;

/// The owner's stop: while the file is there, nothing that does more than read leaves any process that looks for it.
/// It is looked for before each request, so it holds from the next one on.
public final class Freeze {
    private final Path file;
    private final Clock clock;

    /// @param state the owner's state directory
    public Freeze(Path state, Clock clock) {
        this.file = state.resolve("frozen");
        this.clock = clock;
    }

    Path file() {
        return file;
    }

    /// Why everything stands still; empty where it does not.
    Optional<String> why() {
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

    /// @param reason shown to whoever is refused
    public void freeze(String reason) throws IOException {
        Permissions.makeFolder(file.toAbsolutePath().getParent());
        Files.writeString(
                file,
                "since %s%s%n"
                        .formatted(
                                clock.instant().truncatedTo(ChronoUnit.SECONDS),
                                reason.isBlank() ? "" : ": " + reason));
    }

    /// @return whether there was anything to lift
    public boolean unfreeze() throws IOException {
        return Files.deleteIfExists(file);
    }
}
