package pvemcp.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Keys as text (RFC 7468), as openssl reads and writes them.
final class Pem {
    private Pem() {}

    static String write(String label, byte[] bytes) {
        var body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(bytes);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, body, label);
    }

    static byte[] read(String text, String label) throws IOException {
        var begin = "-----BEGIN %s-----".formatted(label);
        int from = text.indexOf(begin);
        int to = text.indexOf("-----END %s-----".formatted(label));
        if (from < 0 || to < from) {
            throw new IOException("no '%s' in it".formatted(begin));
        }
        try {
            return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
        } catch (IllegalArgumentException e) {
            throw new IOException("the key is not Base64", e);
        }
    }
}
