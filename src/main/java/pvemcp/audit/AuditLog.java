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
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// What was asked of this server and what became of it: a file of JSON lines that only grows, readable by its owner
/// alone. Each line carries the SHA-256 of the line before, so that an edit, a removal or a swap shows.
///
/// Safe for use by several threads, and by several processes on one file.
public final class AuditLog implements AutoCloseable {
    private static final String START = "0".repeat(64);
    private static final int LONGEST_LINE = 1 << 20;

    private final Path file;
    private final Clock clock;

    // The state below is guarded by `this`: one line is written at a time.
    private FileChannel channel;
    private long end = -1;
    private long sequence;
    private String previous = START;

    /// Opens nothing yet: the file and its folder are made with the first line.
    public AuditLog(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    public Path file() {
        return file;
    }

    /// Writes a line and comes back once it is on disk. What this throws means: the line is not safely there, so what
    /// it announces must not be done.
    ///
    /// @return the line's sequence number
    public long record(Json.Obj event) throws IOException {
        return append(event, true);
    }

    /// Writes a line without waiting for the disk; a failure is reported by `false` and stops nobody.
    public boolean note(Json.Obj event) {
        try {
            append(event, false);
            return true;
        } catch (IOException e) {
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
            end = -1;
            return write(event, durable);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private long write(Json.Obj event, boolean durable) throws IOException {
        open();
        try (var _ = lock()) {
            if (channel.size() != end) {
                readTail();
            }
            var line = Json.obj("seq", sequence + 1, "time", clock.instant().toString());
            for (var member : event.members().entrySet()) {
                line = line.with(member.getKey(), member.getValue());
            }
            var text = line.with("prev", previous).write();
            var bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
            channel.position(channel.size());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (durable) {
                channel.force(false);
            }
            end = channel.size();
            previous = sha256(text);
            return ++sequence;
        } catch (IOException e) {
            // After a failed write or fsync nothing is known about the file's end.
            end = -1;
            throw e;
        }
    }

    private void open() throws IOException {
        if (channel != null && channel.isOpen()) {
            return;
        }
        var folder = file.toAbsolutePath().getParent();
        boolean posix = Files.getFileStore(nearestFolder(folder)).supportsFileAttributeView("posix");
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
        }
        var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (posix) {
            var owner = PosixFilePermissions.fromString("rw-------");
            channel = FileChannel.open(file, options, PosixFilePermissions.asFileAttribute(owner));
            Files.setPosixFilePermissions(file, owner);
        } else {
            channel = FileChannel.open(file, options);
        }
        end = -1;
    }

    private FileLock lock() throws IOException {
        try {
            return channel.lock();
        } catch (OverlappingFileLockException e) {
            throw new IOException("another log in this process writes to " + file, e);
        }
    }

    private static Path nearestFolder(Path folder) {
        var nearest = folder;
        while (!Files.exists(nearest) && nearest.getParent() != null) {
            nearest = nearest.getParent();
        }
        return nearest;
    }

    /// Finds where the chain stands: another process, or an earlier run, has written.
    private void readTail() throws IOException {
        long size = channel.size();
        int length = (int) Math.min(size, LONGEST_LINE);
        var buffer = ByteBuffer.allocate(length);
        long from = size - length;
        while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
            // until the tail is in
        }
        var tail = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
        if (tail.isEmpty()) {
            sequence = 0;
            previous = START;
        } else {
            boolean cut = !tail.endsWith("\n");
            var lines = (cut ? tail : tail.substring(0, tail.length() - 1)).split("\n", -1);
            previous = sha256(lines[lines.length - 1]);
            sequence = lastSequence(lines);
            if (cut) {
                // A crash left half a line: it stays, as a line of its own that the chain covers.
                channel.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
            }
        }
        end = channel.size();
    }

    private static long lastSequence(String[] lines) {
        for (int i = lines.length - 1; i >= 0; i--) {
            var sequence = sequence(lines[i]);
            if (sequence.isPresent()) {
                return sequence.get();
            }
        }
        return 0;
    }

    private static Optional<Long> sequence(String line) {
        try {
            return Json.parse(line) instanceof Json.Obj object ? object.whole("seq") : Optional.empty();
        } catch (JsonException _) {
            return Optional.empty();
        }
    }

    static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
