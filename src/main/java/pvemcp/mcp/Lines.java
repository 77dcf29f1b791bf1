package pvemcp.mcp;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Cuts a stream of bytes into lines, and holds no more than the longest allowed one. For one thread.
final class Lines {
    sealed interface Line {}

    /// A line that is not blank, without its end and without a byte order mark.
    record Whole(byte[] bytes) implements Line {}

    /// A line beyond the limit. It was skipped to its end.
    record TooLong() implements Line {}

    /// There is no more.
    record End() implements Line {}

    private final InputStream in;
    private final int longest;
    private final byte[] chunk = new byte[64 << 10];
    private int position;
    private int limit;

    // The part of a line that came with earlier chunks.
    private byte[] held = new byte[0];
    private int heldLength;

    Lines(InputStream in, int longest) {
        this.in = in;
        this.longest = longest;
    }

    int longest() {
        return longest;
    }

    /// The next line that is not blank; waits for it.
    Line next() throws IOException {
        boolean skipping = false;
        while (true) {
            if (position == limit && !fill()) {
                if (skipping) {
                    return new TooLong();
                }
                var last = trimmed(0, 0);
                return last.length == 0 ? new End() : new Whole(last);
            }
            int end = endOfLine();
            boolean whole = end < limit;
            skipping = skipping || heldLength + end - position > longest;
            if (!whole) {
                if (skipping) {
                    heldLength = 0;
                } else {
                    hold(end);
                }
                position = limit;
                continue;
            }
            int start = position;
            position = end + 1;
            if (skipping) {
                heldLength = 0;
                return new TooLong();
            }
            var line = trimmed(start, end);
            if (line.length > 0) {
                return new Whole(line);
            }
        }
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(chunk));
        return limit > 0;
    }

    private int endOfLine() {
        int end = position;
        while (end < limit && chunk[end] != '\n') {
            end++;
        }
        return end;
    }

    private void hold(int end) {
        int length = end - position;
        if (held.length < heldLength + length) {
            held = Arrays.copyOf(held, Math.min(longest, Math.max(2 * held.length, heldLength + length)));
        }
        System.arraycopy(chunk, position, held, heldLength, length);
        heldLength += length;
    }

    /// What is held and this part of the chunk, without white space and byte order mark around it.
    private byte[] trimmed(int start, int end) {
        var line = Arrays.copyOf(held, heldLength + end - start);
        System.arraycopy(chunk, start, line, heldLength, end - start);
        heldLength = 0;
        held = new byte[0];
        int from = startsWithMark(line) ? 3 : 0;
        int to = line.length;
        while (from < to && isSpace(line[from])) {
            from++;
        }
        while (to > from && isSpace(line[to - 1])) {
            to--;
        }
        return from == 0 && to == line.length ? line : Arrays.copyOfRange(line, from, to);
    }

    /// RFC 8259, section 8.1: a parser may ignore the byte order mark that some programs write.
    private static boolean startsWithMark(byte[] line) {
        return line.length >= 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }
}
