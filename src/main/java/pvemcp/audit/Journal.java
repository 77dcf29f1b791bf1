package pvemcp.audit;

import java.io.IOException;
import pvemcp.json.Json;

/// What was asked of this server and what became of it, put down line by line. What changes something is put down
/// before it is done, and not done where it cannot be.
///
/// Safe for use by several threads.
public interface Journal extends AutoCloseable {
    /// Writes a line and comes back once it is safe. What this throws means: the line is not safely there, so what
    /// it announces must not be done.
    ///
    /// @return the line's sequence number
    long record(Json.Obj event) throws IOException;

    /// Writes a line that outlives this process, and perhaps not its machine; a failure is reported by `false` and
    /// stops nobody.
    boolean note(Json.Obj event);

    /// All that was put down, by whomever.
    Ledger ledger();

    /// By what others can tell later whether it was this server that wrote, and whether it still lives.
    String writer() throws IOException;

    /// What it is and where, for a sentence that begins with it.
    String place();

    /// What its owner can do where it takes no line.
    String remedy();

    /// Signs what this process put down and nobody has signed yet.
    @Override
    void close() throws IOException;
}
