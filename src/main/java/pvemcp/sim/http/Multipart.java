package pvemcp.sim.http;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import pvemcp.sim.api.Posted;

/// The body of an upload, read as it comes in: of the file only its length and its digest are kept. As in
/// PVE::APIServer::AnyEvent (file_upload_multipart) three texts may stand before the file, in that order, and nothing
/// after it is read.
///
/// @param texts the parts before the file
/// @param file empty where the body has none
record Multipart(SequencedMap<String, String> texts, Optional<Posted> file) {
    private static final List<String> TEXTS = List.of("content", "checksum-algorithm", "checksum");
    private static final Pattern DISPOSITION =
            Pattern.compile("Content-Disposition: form-data; name=\"([^\"]*)\"(?:; filename=\"([^\"]*)\")?");
    private static final int LONGEST_TEXT = 4096;
    private static final Map<String, String> ALGORITHMS = Map.of(
            "md5", "MD5",
            "sha1", "SHA-1",
            "sha224", "SHA-224",
            "sha256", "SHA-256",
            "sha384", "SHA-384",
            "sha512", "SHA-512");

    /// The body is none that PVE's parser takes.
    static final class Malformed extends RuntimeException {
        private final transient HttpResponse answer;

        Malformed(HttpResponse answer) {
            super(answer.reason(), null, false, false);
            this.answer = answer;
        }

        HttpResponse answer() {
            return answer;
        }
    }

    /// Reads a body of that many bytes to its end.
    ///
    /// @param algorithm of the digest, where the query names it
    static Multipart read(InputStream in, long length, String boundary, Optional<String> algorithm) throws IOException {
        var body = new Bounded(in, length);
        try {
            return parts(body, boundary, algorithm);
        } finally {
            body.skipRest();
        }
    }

    private static Multipart parts(Bounded body, String boundary, Optional<String> algorithm) throws IOException {
        var texts = new LinkedHashMap<String, String>();
        var delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        if (!line(body).equals("--" + boundary)) {
            throw new Malformed(HttpResponse.empty(400, "Bad Request"));
        }
        int expected = 0;
        while (true) {
            var head = line(body);
            var disposition = DISPOSITION.matcher(head);
            if (!disposition.matches()) {
                throw new Malformed(HttpResponse.empty(400, "Bad Request"));
            }
            for (var header = head; !header.isEmpty(); header = line(body)) {
                // Other headers of a part mean nothing to PVE.
            }
            var name = disposition.group(1);
            if (disposition.group(2) != null) {
                if (!name.equals("filename")) {
                    throw new Malformed(HttpResponse.plain(
                            500, "wrong field name '%s' for file upload, expected 'filename'\n".formatted(name)));
                }
                var digest = digest(algorithm.or(() -> Optional.ofNullable(texts.get("checksum-algorithm"))));
                long size =
                        content(body, delimiter, (bytes, count) -> digest.ifPresent(d -> d.update(bytes, 0, count)));
                var hex = digest.map(d -> HexFormat.of().formatHex(d.digest())).orElse("");
                return new Multipart(texts, Optional.of(new Posted(disposition.group(2), size, hex)));
            }
            int at = TEXTS.indexOf(name);
            if (at < expected) {
                throw new Malformed(HttpResponse.empty(400, "Bad Request"));
            }
            expected = at + 1;
            var text = new ByteArrayOutputStream();
            content(body, delimiter, (bytes, count) -> {
                if (text.size() + count > LONGEST_TEXT) {
                    throw new Malformed(HttpResponse.empty(400, "Bad Request"));
                }
                text.write(bytes, 0, count);
            });
            texts.put(name, text.toString(StandardCharsets.UTF_8));
            if (!line(body).isEmpty()) { // `--` after the last delimiter
                return new Multipart(texts, Optional.empty());
            }
        }
    }

    private static Optional<MessageDigest> digest(Optional<String> algorithm) {
        try {
            var known = algorithm.map(ALGORITHMS::get);
            return known.isPresent() ? Optional.of(MessageDigest.getInstance(known.get())) : Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Taker {
        void take(byte[] bytes, int count);
    }

    /// Hands on what comes before the delimiter, piece by piece, and reads that too.
    ///
    /// @return how many bytes
    private static long content(Bounded body, byte[] delimiter, Taker taker) throws IOException {
        var buffer = new byte[64 << 10];
        int held = 0;
        long size = 0;
        while (true) {
            int n = body.read(buffer, held, buffer.length - held);
            if (n < 0) {
                throw new SocketException("the body ended within a part");
            }
            int filled = held + n;
            int found = find(buffer, filled, delimiter);
            // What may be the beginning of a delimiter stays for the next round.
            int ready = found >= 0 ? found : Math.max(0, filled - delimiter.length + 1);
            taker.take(buffer, ready);
            size += ready;
            if (found >= 0) {
                body.pushBack(Arrays.copyOfRange(buffer, found + delimiter.length, filled));
                return size;
            }
            System.arraycopy(buffer, ready, buffer, 0, filled - ready);
            held = filled - ready;
        }
    }

    private static int find(byte[] in, int length, byte[] what) {
        for (int i = 0; i <= length - what.length; i++) {
            if (in[i] == what[0] && Arrays.equals(in, i, i + what.length, what, 0, what.length)) {
                return i;
            }
        }
        return -1;
    }

    private static String line(InputStream in) throws IOException {
        var text = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || text.size() > LONGEST_TEXT) {
                throw new Malformed(HttpResponse.plain(
                        500, "upload failed at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1370.\n"));
            }
            text.write(next);
        }
        var line = text.toString(StandardCharsets.UTF_8);
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    /// So much of a stream as belongs to the body.
    private static final class Bounded extends FilterInputStream {
        private long left;
        private byte[] pushed = new byte[0];
        private int pushedAt;

        Bounded(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        void pushBack(byte[] bytes) {
            pushed = bytes;
            pushedAt = 0;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (pushedAt < pushed.length) {
                int n = Math.min(length, pushed.length - pushedAt);
                System.arraycopy(pushed, pushedAt, buffer, offset, n);
                pushedAt += n;
                return n;
            }
            if (left <= 0) {
                return -1;
            }
            int n = in.read(buffer, offset, (int) Math.min(length, left));
            if (n < 0) {
                throw new SocketException("the body ended early");
            }
            left -= n;
            return n;
        }

        void skipRest() throws IOException {
            pushedAt = pushed.length;
            var buffer = new byte[64 << 10];
            for (int n = read(buffer, 0, buffer.length); n >= 0; n = read(buffer, 0, buffer.length)) {
                // So that the client, which is still sending, gets to see the answer.
            }
        }
    }
}
