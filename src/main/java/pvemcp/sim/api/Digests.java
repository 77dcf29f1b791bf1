package pvemcp.sim.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import pvemcp.sim.SimError;

/// SHA-1 digests, by which PVE notices that a file has changed since it was read.
final class Digests {
    private Digests() {}

    public static String of(String content) {
        try {
            var digest = MessageDigest.getInstance("SHA-1").digest(content.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// PVE::Tools::assert_if_modified; a call without a digest is not checked.
    public static void assertUnchanged(Request request, String current, String prefix) {
        var given = request.text("digest", "");
        if (!given.isEmpty() && !given.equals(current)) {
            throw new SimError(prefix + "detected modified configuration - file changed by other user? Try again.");
        }
    }
}
