package pvemcp.dispatch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import pvemcp.audit.Hash;
import pvemcp.audit.Permissions;
import pvemcp.gate.Commons;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.tool.Tier;

/// What all processes of one user on one machine have in common, as files in the owner's state directory. A process
/// that dies holds nothing up: its lock ends with it, half a line is no line, and a mark is there whole or not at
/// all.
///
/// Safe for use by several threads and processes.
public final class SharedFiles implements Commons {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(5);

    /// Lines of doings that are kept though nobody counts them any more.
    private static final int SPARE = 200;

    /// Longer than anybody asks for a mark to be kept.
    private static final Duration OLDEST_MARK = Duration.ofHours(1);

    private final Path directory;
    private final Clock clock;

    /// What is to be heeded is so for a conversation, which is a process here.
    private final Commons heeded;

    /// Touches no disk yet.
    ///
    /// @param state the owner's state directory
    public SharedFiles(Path state, Clock clock) {
        this.directory = state.resolve("shared");
        this.clock = clock;
        this.heeded = Commons.ofProcess(clock);
    }

    @Override
    public void hold(String what, Instant until) throws IOException {
        heeded.hold(what, until);
    }

    @Override
    public boolean holds(String what) throws IOException {
        return heeded.holds(what);
    }

    @Override
    public byte[] key() throws StateUnavailable {
        return using(() -> KeyFile.in(directory));
    }

    private interface Use<R> {
        R go() throws IOException;
    }

    private static <R> R using(Use<R> use) throws StateUnavailable {
        try {
            return use.go();
        } catch (IOException e) {
            throw new StateUnavailable(e);
        }
    }

    // ---- doings: a file a caller, a line a call ----

    @Override
    public synchronized <R> Optional<R> count(
            String principal, Instant since, Done call, Function<List<Done>, Optional<R>> judge)
            throws StateUnavailable {
        return using(() -> counted(principal, since, call, judge));
    }

    private <R> Optional<R> counted(String principal, Instant since, Done call, Function<List<Done>, Optional<R>> judge)
            throws IOException {
        var file = folder().resolve("done-" + Hash.of(principal).substring(0, 32));
        var options = Set.<OpenOption>of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (var channel = FileChannel.open(file, options, Permissions.forNewFile(directory));
                var _ = lock(channel)) {
            var lines = text(channel).lines().toList();
            var counting = new ArrayList<String>();
            var before = new ArrayList<Done>();
            for (var line : lines) {
                parse(line).filter(done -> done.at().isAfter(since)).ifPresent(done -> {
                    counting.add(line);
                    before.add(done);
                });
            }
            var against = judge.apply(List.copyOf(before));
            if (against.isPresent()) {
                return against;
            }
            if (lines.size() > counting.size() + SPARE) {
                channel.truncate(0);
                append(channel, String.join("\n", counting));
            }
            append(channel, line(call));
            return Optional.empty();
        }
    }

    /// A thread that was interrupted would close the channel; whose call is taken back counts nothing.
    private static FileLock lock(FileChannel channel) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var lock = tryLock(channel);
            if (lock.isPresent()) {
                return lock.get();
            }
            if (System.nanoTime() > end) {
                throw new IOException("another process holds its lock for %d s".formatted(PATIENCE.toSeconds()));
            }
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the call was taken back", e);
            }
        }
    }

    private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException _) {
            return Optional.empty(); // Somebody else in this process.
        }
    }

    private static String text(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
            // All of it.
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    /// Begins a line of its own, whatever a process that died has left behind.
    private static void append(FileChannel channel, String line) throws IOException {
        var bytes = ByteBuffer.wrap(("\n" + line).getBytes(StandardCharsets.UTF_8));
        long end = channel.size();
        while (bytes.hasRemaining()) {
            channel.write(bytes, end + bytes.position());
        }
    }

    /// The closing brace of the object tells that all of it is there.
    private static String line(Done call) {
        return Json.obj(
                        "at", call.at().toString(),
                        "tier", call.tier().name(),
                        "guests", call.guests().stream().sorted().toList())
                .write();
    }

    private static Optional<Done> parse(String line) {
        try {
            if (line.isEmpty() || !(Json.parse(line) instanceof Json.Obj done)) {
                return Optional.empty();
            }
            var guests = done.array("guests").orElse(Json.Arr.EMPTY).items().stream()
                    .flatMap(guest -> guest.scalarText().stream())
                    .toList();
            return Optional.of(new Done(
                    Instant.parse(done.text("at").orElse("")),
                    Tier.valueOf(done.text("tier").orElse("")),
                    Set.copyOf(guests)));
        } catch (JsonException | IllegalArgumentException | DateTimeException _) {
            return Optional.empty();
        }
    }

    // ---- marks: a file each ----

    @Override
    public Optional<String> mark(String what, String mark, Instant until) throws StateUnavailable {
        return using(() -> marked(what, mark));
    }

    private Optional<String> marked(String what, String mark) throws IOException {
        var folder = folder();
        sweep(folder);
        var file = folder.resolve("mark-" + Hash.of(what));
        if (Whole.file(file, mark.getBytes(StandardCharsets.UTF_8))) {
            return Optional.empty();
        }
        return Optional.of(Files.readString(file));
    }

    private void sweep(Path folder) throws IOException {
        var oldest = clock.instant().minus(OLDEST_MARK);
        try (var files = Files.newDirectoryStream(folder, "{mark-*,new*.part}")) {
            for (var file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException _) {
            // Another process was sweeping as well.
        }
    }

    private Path folder() throws IOException {
        Permissions.makeFolder(directory);
        Permissions.requireOwnFolder(directory);
        Permissions.requireNotEverybodys(directory.toAbsolutePath().getParent());
        return directory;
    }
}
