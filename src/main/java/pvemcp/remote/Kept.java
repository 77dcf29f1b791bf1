package pvemcp.remote;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Keeps the first bytes of an output and counts the rest, so that a guest cannot fill our memory.
///
/// Written by one thread while another may read.
final class Kept extends OutputStream {
    private final int limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long cut;

    Kept(int limit) {
        this.limit = limit;
    }

    @Override
    public synchronized void write(int value) {
        if (bytes.size() < limit) {
            bytes.write(value);
        } else {
            cut++;
        }
    }

    @Override
    public synchronized void write(byte[] source, int offset, int length) {
        int room = Math.min(length, limit - bytes.size());
        bytes.write(source, offset, room);
        cut += length - room;
    }

    synchronized long cut() {
        return cut;
    }

    /// The kept bytes as text. A character that the limit cut in two is left out whole.
    synchronized String text() {
        var kept = bytes.toByteArray();
        int end = kept.length;
        if (cut > 0) {
            end = wholeCharacters(kept);
        }
        return new String(kept, 0, end, StandardCharsets.UTF_8);
    }

    private static int wholeCharacters(byte[] bytes) {
        int start = bytes.length - 1;
        while (start >= 0 && bytes.length - start < 4 && (bytes[start] & 0xC0) == 0x80) {
            start--;
        }
        if (start < 0) {
            return bytes.length;
        }
        int lead = bytes[start] & 0xFF;
        int needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
        return bytes.length - start < needed ? start : bytes.length;
    }
}
