package pvemcp.audit;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Where the lines of a ledger are read from, and what there vouches for them. Never writes.
interface Lines {
    /// Takes lines in order.
    interface Reader {
        /// @param where for people
        /// @param line empty for what is none of ours
        void line(String where, Optional<Entry> line);
    }

    boolean exist() throws IOException;

    void forEach(Reader reader) throws IOException;

    /// The latest, and all that belongs to calls that have not ended long ago.
    void forEachLately(Reader reader) throws IOException;

    /// The last that fit, in order.
    List<Entry> last(int count, Predicate<Entry> fitting) throws IOException;

    /// Checks signatures; empty where it is not here.
    Optional<VerifyingKey> verifying() throws IOException;

    /// Tells what besides the lines themselves speaks for or against them, how far they have to reach among it.
    void vouch(Verifier verifier) throws IOException;

    /// Whether the process that calls itself so still runs.
    boolean lives(String writer) throws IOException;
}
