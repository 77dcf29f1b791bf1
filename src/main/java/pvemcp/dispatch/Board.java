package pvemcp.dispatch;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Small texts by name, each there whole or not at all, for all who share them. Safe for use by several threads
/// and processes.
public interface Board {
    /// What the texts are sealed with: 32 bytes that only those who share them know.
    byte[] key() throws IOException;

    /// Puts a text there; one of the same name makes way.
    void put(String name, String text) throws IOException;

    /// Empty where there is none of that name.
    Optional<String> get(String name) throws IOException;

    /// Gives a text another name. Of several who do, one is told that it was there.
    boolean rename(String name, String other) throws IOException;

    List<String> names() throws IOException;

    /// Forgets what was put there before; what was only just may stay.
    void forget(Instant before) throws IOException;

    /// The place, for a sentence.
    String place();
}
