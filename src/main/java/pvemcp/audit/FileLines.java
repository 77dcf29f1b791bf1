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
import java.util.function.Predicate;

/// The files that an [AuditLog] writes.
///
/// @param file the one that grows; those it was before lie beside it
record FileLines(Path file) implements Lines {
    @Override
    public boolean exist() throws IOException {
        return !Segments.all(file).isEmpty();
    }

    @Override
    public void forEach(Reader reader) throws IOException {
        for (var segment : Segments.all(file)) {
            read(segment, reader);
        }
    }

    /// Those of the file that grows, and of the one that it was before.
    @Override
    public void forEachLately(Reader reader) throws IOException {
        var segments = Segments.all(file);
        for (var segment : segments.subList(Math.max(0, segments.size() - 2), segments.size())) {
            read(segment, reader);
        }
    }

    @Override
    public List<Entry> last(int count, Predicate<Entry> fitting) throws IOException {
        var kept = new ArrayDeque<Entry>();
        forEach((_, line) -> line.filter(fitting).ifPresent(entry -> {
            kept.add(entry);
            if (kept.size() > count) {
                kept.removeFirst();
            }
        }));
        return new ArrayList<>(kept);
    }

    @Override
    public Optional<VerifyingKey> verifying() throws IOException {
        var key = VerifyingKey.file(file);
        return Files.exists(key) ? Optional.of(VerifyingKey.read(key)) : Optional.empty();
    }

    /// The head is sealed with the signing key: who does not have that reads the chain alone.
    @Override
    public void vouch(Verifier verifier) throws IOException {
        for (var segment : Segments.all(file)) {
            if (!Permissions.others(segment).isEmpty()) {
                verifier.note("%s is open to others than its owner".formatted(segment.getFileName()));
            }
        }
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

    @Override
    public boolean lives(String writer) {
        return Writer.parse(writer).filter(Writer::lives).isPresent();
    }

    private static void read(Path segment, Reader reader) throws IOException {
        var where = segment.getFileName().toString();
        try (var in = new BufferedInputStream(Files.newInputStream(segment), 1 << 16)) {
            for (var line = line(in); line.isPresent(); line = line(in)) {
                reader.line(where, line.get().whole() ? Entry.read(line.get().bytes()) : Optional.empty());
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
