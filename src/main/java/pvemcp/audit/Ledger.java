package pvemcp.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The ledger to read: all its files, oldest line first. Never writes. What cannot be read as an entry is passed
/// over here; [#verify] tells of it.
public final class Ledger {
    private final Path file;

    /// @param file the one that grows; those it was before lie beside it
    public Ledger(Path file) {
        this.file = file.toAbsolutePath();
    }

    public boolean exists() throws IOException {
        return !Segments.all(file).isEmpty();
    }

    /// All lines in order.
    public void forEach(Consumer<Entry> reader) throws IOException {
        for (var segment : Segments.all(file)) {
            read(segment, line -> line.ifPresent(reader));
        }
    }

    /// The latest lines in order: those of the file that grows, and of the one that it was before.
    public void forEachLately(Consumer<Entry> reader) throws IOException {
        var segments = Segments.all(file);
        for (var segment : segments.subList(Math.max(0, segments.size() - 2), segments.size())) {
            read(segment, line -> line.ifPresent(reader));
        }
    }

    /// The last lines that fit, in order.
    public List<Entry> last(int count, Predicate<Entry> fitting) throws IOException {
        var kept = new ArrayDeque<Entry>();
        forEach(entry -> {
            if (fitting.test(entry)) {
                kept.add(entry);
                if (kept.size() > count) {
                    kept.removeFirst();
                }
            }
        });
        return new ArrayList<>(kept);
    }

    /// Looks whether it is what was written: every line in its place, signatures, and its end.
    ///
    /// @param key a copy of the public key from elsewhere; without one, that beside the ledger, if any
    public Verification verify(Optional<VerifyingKey> key) throws IOException {
        var verifying = key;
        if (verifying.isEmpty() && Files.exists(VerifyingKey.file(file))) {
            verifying = Optional.of(VerifyingKey.read(VerifyingKey.file(file)));
        }
        var verifier = new Verifier(verifying);
        requireUnopened(verifier);
        head(verifier);
        for (var segment : Segments.all(file)) {
            var where = segment.getFileName().toString();
            read(
                    segment,
                    line -> line.ifPresentOrElse(
                            entry -> verifier.entry(entry, where), () -> verifier.damaged(where, verifier.last())));
        }
        return verifier.done();
    }

    private void requireUnopened(Verifier verifier) throws IOException {
        for (var segment : Segments.all(file)) {
            if (!Permissions.others(segment).isEmpty()) {
                verifier.note("%s is open to others than its owner".formatted(segment.getFileName()));
            }
        }
    }

    /// The head is sealed with the signing key: who does not have that reads the chain alone.
    private void head(Verifier verifier) throws IOException {
        var key = SigningKey.file(file);
        if (!Files.exists(key)) {
            verifier.note("no signing key here: whether the end was cut off since the last checkpoint cannot be told");
            return;
        }
        if (!Permissions.others(key).isEmpty()) {
            verifier.finding("the signing key is open to others than its owner: they could have signed as well");
            return;
        }
        var head = Head.read(file, SigningKey.of(file));
        if (head.isPresent()) {
            verifier.reaches(head.get());
        } else {
            verifier.finding(
                    "its head is gone or was not sealed with this key: whether the end was cut off cannot be told");
        }
    }

    private static void read(Path segment, Consumer<Optional<Entry>> reader) throws IOException {
        try (var in = new BufferedInputStream(Files.newInputStream(segment), 1 << 16)) {
            for (var line = line(in); line.isPresent(); line = line(in)) {
                reader.accept(line.get().whole() ? Entry.read(line.get().bytes()) : Optional.empty());
            }
        }
    }

    private record Line(byte[] bytes, boolean whole) {}

    private static Optional<Line> line(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream(1024);
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return Optional.of(new Line(bytes.toByteArray(), bytes.size() <= Entry.LONGEST));
            }
            if (bytes.size() <= Entry.LONGEST) {
                bytes.write(b);
            }
        }
        return bytes.size() == 0 ? Optional.empty() : Optional.of(new Line(bytes.toByteArray(), false));
    }
}
