package pvemcp.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The ledger to read, oldest line first, wherever it is kept. Never writes. What cannot be read as an entry is
/// passed over here; [#verify] tells of it.
public final class Ledger {
    private final Lines lines;

    /// @param file the one that grows; those it was before lie beside it
    public Ledger(Path file) {
        this(new FileLines(file.toAbsolutePath()));
    }

    Ledger(Lines lines) {
        this.lines = lines;
    }

    public boolean exists() throws IOException {
        return lines.exist();
    }

    /// All lines in order.
    public void forEach(Consumer<Entry> reader) throws IOException {
        lines.forEach((_, line) -> line.ifPresent(reader));
    }

    /// The latest lines in order, those of calls without an end among them, if these are not too old.
    public void forEachLately(Consumer<Entry> reader) throws IOException {
        lines.forEachLately((_, line) -> line.ifPresent(reader));
    }

    /// The last lines that fit, in order.
    public List<Entry> last(int count, Predicate<Entry> fitting) throws IOException {
        return lines.last(count, fitting);
    }

    /// Whether the server that began a call still runs, so that the call may yet come to an end.
    public boolean isUnderWay(Unended call) throws IOException {
        return lines.lives(call.writer());
    }

    /// What its signatures are checked with; empty where that is not kept here.
    public Optional<VerifyingKey> key() throws IOException {
        return lines.verifying();
    }

    /// Looks whether it is what was written: every line in its place, signatures, and its end.
    ///
    /// @param key a copy of the public key from elsewhere; without one, that beside the ledger, if any
    public Verification verify(Optional<VerifyingKey> key) throws IOException {
        var verifier = new Verifier(key.isPresent() ? key : lines.verifying());
        lines.vouch(verifier);
        lines.forEach((where, line) -> line.ifPresentOrElse(
                entry -> verifier.entry(entry, where), () -> verifier.damaged(where, verifier.last())));
        return verifier.done();
    }
}
