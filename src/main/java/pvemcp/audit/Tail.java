package pvemcp.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The end of a ledger's file: where the chain stands, and what a crash may have left behind it.
///
/// @param last the last whole line
/// @param end where the whole lines end
/// @param torn what stands behind it: half a line, or what the disk made of one
/// @param signed whether a checkpoint is among the lines that were read
/// @param uncovered how many lines follow it
/// @param since when the first of these was written
record Tail(Optional<Entry> last, long end, byte[] torn, boolean signed, int uncovered, Optional<Instant> since) {
    /// Holds one whole line wherever it begins to read.
    private static final int WINDOW = 2 * Entry.LONGEST + 2;

    /// Of a file of which nothing is known.
    static Tail of(FileChannel channel) throws IOException {
        long from = Math.max(0, channel.size() - WINDOW);
        var tail = read(channel, from, from > 0);
        if (tail.last().isEmpty() && from > 0) {
            throw new IOException("the end of the audit log holds no entry: it is damaged, or no audit log");
        }
        return tail;
    }

    /// What follows on a place where a line is known to begin.
    static Tail after(FileChannel channel, long known) throws IOException {
        return channel.size() - known > WINDOW ? of(channel) : read(channel, known, false);
    }

    private static Tail read(FileChannel channel, long from, boolean inLine) throws IOException {
        var bytes = bytes(channel, from, (int) (channel.size() - from));
        var lines = new ArrayList<Entry>();
        int end = 0;
        int start = inLine ? afterNewline(bytes, 0) : 0;
        while (start < bytes.length) {
            int next = afterNewline(bytes, start);
            if (bytes[next - 1] != '\n') {
                break;
            }
            var entry = Entry.read(Arrays.copyOfRange(bytes, start, next - 1));
            if (entry.isPresent()) {
                lines.add(entry.get());
                end = next;
            }
            start = next;
        }
        var torn = Arrays.copyOfRange(bytes, end, bytes.length);
        return new Tail(
                lines.isEmpty() ? Optional.empty() : Optional.of(lines.getLast()),
                from + end,
                torn,
                uncovered(lines) < lines.size(),
                uncovered(lines),
                since(lines));
    }

    /// A line whose end is missing, or was overwritten by rubbish.
    ///
    /// @param length of it in the torn rest
    record Unended(Entry entry, int length) {}

    /// What the torn rest begins with, where that is a whole line that follows on the last one.
    Optional<Unended> unended(String previous, long sequence) {
        var text = new String(torn, StandardCharsets.ISO_8859_1);
        int prev = text.indexOf("\"prev\":\"" + previous + "\"}");
        if (prev < 0) {
            return Optional.empty();
        }
        int length = text.indexOf('}', prev) + 1;
        return Entry.read(Arrays.copyOf(torn, length))
                .filter(entry -> entry.seq() == sequence + 1 && entry.prev().equals(previous))
                .map(entry -> new Unended(entry, length));
    }

    private static int uncovered(List<Entry> lines) {
        int count = 0;
        for (var line : lines.reversed()) {
            if (line.event().equals("checkpoint")) {
                break;
            }
            count++;
        }
        return count;
    }

    private static Optional<Instant> since(List<Entry> lines) {
        int count = uncovered(lines);
        return count == 0 ? Optional.empty() : time(lines.get(lines.size() - count));
    }

    private static Optional<Instant> time(Entry entry) {
        try {
            return entry.fields().text("time").map(Instant::parse);
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static int afterNewline(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return bytes.length;
    }

    private static byte[] bytes(FileChannel channel, long from, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
            // until all of it is in
        }
        var out = new ByteArrayOutputStream(length);
        out.write(buffer.array(), 0, buffer.position());
        return out.toByteArray();
    }
}
