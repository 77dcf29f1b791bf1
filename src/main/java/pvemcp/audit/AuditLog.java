package pvemcp.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;

/// What was asked of this server and what became of it: a file of JSON lines that only grows, readable by its owner
/// alone. Each line carries the SHA-256 of the line before, checkpoints sign what stands before them, and a head
/// beside the file tells how far it reaches, so that an edit, a removal, a swap or a cut shows ([Ledger#verify]).
///
/// Safe for use by several threads, and by several processes on one file.
public final class AuditLog implements Journal {
    /// A file that has grown to this many bytes is closed and the chain goes on in a new one.
    public static final long LARGEST = 64L << 20;

    private static final int MOST_ATTEMPTS = 8;

    private final Path file;
    private final Clock clock;
    private final long largest;
    private final Opener opener;

    // The state below is guarded by `this`: one line is written at a time.
    private FileChannel channel;
    private FileChannel head;
    private Object identity;
    private Optional<SigningKey> key = Optional.empty();
    private Optional<IOException> broken = Optional.empty();
    private boolean signsAtEnd;

    // Where the chain stands, as far as this process has seen; `end` is -1 where it has to look.
    private long end = -1;
    private long sequence;
    private String previous = Hash.START;
    private int uncovered;
    private Optional<Instant> since = Optional.empty();

    /// Opens nothing yet: the file and its folder are made with the first line.
    public AuditLog(Path file, Clock clock) {
        this(file, clock, LARGEST);
    }

    /// @param largest bytes after which a file is closed and a new one begun; 0: never
    public AuditLog(Path file, Clock clock, long largest) {
        this(file, clock, largest, FileChannel::open);
    }

    AuditLog(Path file, Clock clock, long largest, Opener opener) {
        this.file = file.toAbsolutePath();
        this.clock = clock;
        this.largest = largest;
        this.opener = opener;
    }

    public Path file() {
        return file;
    }

    @Override
    public Ledger ledger() {
        return new Ledger(file);
    }

    @Override
    public String writer() {
        return Writer.current().toString();
    }

    @Override
    public String place() {
        return "the audit log " + file;
    }

    @Override
    public String remedy() {
        return "the owner puts that right, or sets audit.file to another place; reads go on";
    }

    /// Comes back once the line is on disk.
    @Override
    public long record(Json.Obj event) throws IOException {
        return append(event, true);
    }

    /// Without waiting for the disk.
    @Override
    public boolean note(Json.Obj event) {
        try {
            append(event, false);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /// Also on a thread that was interrupted, as that of a cancelled call is: a channel would close at that, and the
    /// line that tells how the call ended would be missing.
    private synchronized long append(Json.Obj event, boolean durable) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            return write(event, durable);
        } catch (ClosedByInterruptException | FileLockInterruptionException e) {
            Thread.interrupted();
            interrupted = true;
            return write(event, durable);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private long write(Json.Obj event, boolean durable) throws IOException {
        if (broken.isPresent()) {
            throw new IOException("the disk failed before, and what it holds since then is unknown", broken.get());
        }
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            open();
            try (var _ = lock()) {
                if (isStillThere() && !rotated()) {
                    checkpointWhereDue();
                    put(event);
                    if (durable) {
                        reachDisk();
                    }
                    return sequence;
                }
            } catch (IOException e) {
                // Nothing is known about the file's end any more.
                end = -1;
                throw e;
            }
            shut();
        }
        throw new IOException(file + " is replaced by somebody again and again");
    }

    private void open() throws IOException {
        if (channel != null && channel.isOpen()) {
            return;
        }
        var folder = file.getParent();
        Permissions.makeFolder(folder);
        Permissions.requireNotEverybodys(folder);
        var options = Set.<OpenOption>of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (Files.exists(file)) {
            Permissions.requireOwn(file);
        }
        channel = opener.open(file, options, Permissions.forNewFile(folder));
        identity = identity();
        end = -1;
    }

    private FileLock lock() throws IOException {
        try {
            return channel.lock();
        } catch (OverlappingFileLockException e) {
            throw new IOException("another log in this process writes to " + file, e);
        }
    }

    /// Whether the open file is still the one of that name: another process may have closed it and begun a new one.
    private boolean isStillThere() throws IOException {
        try {
            return identity().equals(identity);
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    private Object identity() throws IOException {
        var known = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return known == null ? file : known;
    }

    /// Finds where the chain stands, where another process or an earlier run has written; and closes the file where
    /// it is full.
    private boolean rotated() throws IOException {
        if (channel.size() != end) {
            catchUp();
        }
        if (largest == 0 || end < largest || sequence == 0) {
            return false;
        }
        checkpoint();
        reachDisk();
        Files.move(file, Segments.closed(file, sequence), StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    private void catchUp() throws IOException {
        boolean knowsBefore = end >= 0 && channel.size() > end;
        var tail = knowsBefore ? Tail.after(channel, end) : Tail.of(channel);
        boolean goesOn = knowsBefore && !tail.signed();
        uncovered = goesOn ? uncovered + tail.uncovered() : tail.uncovered();
        since = goesOn ? since.or(tail::since) : tail.since();
        end = tail.end();
        if (tail.last().isPresent()) {
            stand(tail.last().get());
        } else if (!knowsBefore) {
            standOnPredecessor();
        }
        var unended = tail.unended(previous, sequence);
        var torn = tail.torn();
        if (unended.isPresent()) {
            // Perhaps nobody was told that this line is there, but it is.
            int length = unended.get().length();
            end += length;
            torn = Arrays.copyOfRange(torn, length, torn.length);
            writeAll("\n".getBytes(StandardCharsets.UTF_8), end++);
            stand(unended.get().entry());
        }
        var cut = cut();
        if (torn.length > 0) {
            recover(torn);
        } else if (end == 0 && sequence > 0) {
            var before = Segments.closed(file, sequence).getFileName().toString();
            put(Json.obj("event", "continued", "after", before));
        }
        if (cut.isPresent()) {
            put(cut.get());
            reachDisk();
        }
    }

    private void stand(Entry last) {
        sequence = last.seq();
        previous = last.hash();
    }

    private void standOnPredecessor() throws IOException {
        sequence = 0;
        previous = Hash.START;
        var before = Segments.newestClosed(file);
        if (before.isPresent()) {
            try (var closed = FileChannel.open(before.get(), StandardOpenOption.READ)) {
                Tail.of(closed).last().ifPresent(this::stand);
            }
        }
    }

    /// A crash left part of a line, which nobody was told is there: of that it is written down that it was, and what
    /// there was of it.
    private void recover(byte[] torn) throws IOException {
        channel.truncate(end);
        var text = new String(torn, StandardCharsets.UTF_8);
        put(Json.obj(
                "event",
                "recovered",
                "bytes",
                torn.length,
                "sha256",
                Hash.of(torn),
                "torn",
                text.substring(0, Math.min(text.length(), 2000))));
    }

    /// What is to be written down where the file does not reach as far as its head says.
    private Optional<Json.Obj> cut() throws IOException {
        if (key.isEmpty() && !Files.exists(SigningKey.file(file))) {
            return Optional.empty();
        }
        var head = Head.read(file, key());
        boolean reached = head.isPresent()
                && (head.get().seq() < sequence
                        || (head.get().seq() == sequence && head.get().hash().equals(previous)));
        Object known = head.<Object>map(Head::seq).orElse("unknown");
        return reached ? Optional.empty() : Optional.of(Json.obj("event", "cut", "reached", known, "found", sequence));
    }

    private void checkpointWhereDue() throws IOException {
        boolean old = since.isPresent()
                && Duration.between(since.get(), clock.instant()).compareTo(Checkpoint.AGE) >= 0;
        if (uncovered >= Checkpoint.LINES || old) {
            checkpoint();
        }
    }

    private void checkpoint() throws IOException {
        if (uncovered == 0) {
            return;
        }
        var signature = key().sign(Checkpoint.statement(sequence, previous));
        put(Json.obj("event", "checkpoint", "signature", signature));
        uncovered = 0;
        since = Optional.empty();
        signsAtEnd = false;
    }

    private void put(Json.Obj event) throws IOException {
        var now = clock.instant();
        var text = Entry.line(sequence + 1, now, event, previous);
        var bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        long before = end;
        try {
            writeAll(bytes, before);
        } catch (IOException e) {
            cutBack(before);
            throw e;
        }
        end = before + bytes.length;
        previous = Hash.of(text);
        sequence++;
        if (uncovered++ == 0) {
            since = Optional.of(now);
        }
    }

    private void writeAll(byte[] bytes, long position) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer, position + buffer.position());
        }
    }

    /// Takes back half a line, of which the caller is told that it is not there.
    private void cutBack(long before) {
        try {
            channel.truncate(before);
        } catch (IOException _) {
            // It is recovered as after a crash.
        }
    }

    /// Forces all lines to the disk and moves the head. A disk that failed at this is not asked again: the kernel
    /// forgets what it could not write and says yes the second time (fsync(2), Linux).
    private void reachDisk() throws IOException {
        try {
            channel.force(false);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            broken = Optional.of(e);
            throw e;
        }
        if (head == null || !head.isOpen()) {
            head = Head.open(file);
        }
        new Head(sequence, previous).write(head, key());
        signsAtEnd = uncovered > 0;
    }

    private SigningKey key() throws IOException {
        if (key.isEmpty()) {
            key = Optional.of(SigningKey.of(file));
        }
        return key.get();
    }

    private void shut() throws IOException {
        channel.close();
        if (head != null) {
            head.close();
        }
        end = -1;
    }

    /// Signs what this process recorded and has not signed yet.
    @Override
    public synchronized void close() throws IOException {
        if (channel == null || !channel.isOpen()) {
            return;
        }
        try {
            if (signsAtEnd && broken.isEmpty()) {
                sign();
            }
        } finally {
            shut();
        }
    }

    private void sign() throws IOException {
        try (var _ = lock()) {
            if (isStillThere() && !rotated()) {
                checkpoint();
                reachDisk();
            }
        }
    }
}
