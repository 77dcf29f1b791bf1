package pvemcp.dispatch;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// The owner's stop: while it is there, nothing that does more than read leaves any server that looks for it. It is
/// looked for before each request, so it holds from the next one on. Safe for use by several threads and processes.
public interface Freeze {
    /// Why everything stands still; empty where it does not.
    ///
    /// @throws IOException where that cannot be told, which stops everything just so
    Optional<String> why() throws IOException;

    /// @param reason shown to whoever is refused
    void freeze(String reason) throws IOException;

    /// What is put down for it.
    static String note(Instant since, String reason) {
        return "since %s%s".formatted(since.truncatedTo(ChronoUnit.SECONDS), reason.isBlank() ? "" : ": " + reason);
    }

    /// @return whether there was anything to lift
    boolean unfreeze() throws IOException;

    /// How the owner lifts it.
    String lifting();
}
