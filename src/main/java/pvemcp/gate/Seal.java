package pvemcp.gate;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import pvemcp.json.Json;

/// Seals what others keep for us, so that it comes back as it went out or not at all: HMAC-SHA256, cut to 128 bits.
public final class Seal {
    private static final int BYTES = 16;

    private final SecretKeySpec key;

    /// @param key 32 random bytes
    public Seal(byte[] key) {
        this.key = new SecretKeySpec(key, "HmacSHA256");
    }

    /// JSON keeps the parts of what is sealed apart: none can be chosen so that it runs into the next.
    public String of(Json what) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return encode(Arrays.copyOf(mac.doFinal(what.write().getBytes(StandardCharsets.UTF_8)), BYTES));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Takes the same time whatever is wrong.
    public boolean fits(String seal, Json what) {
        return MessageDigest.isEqual(
                of(what).getBytes(StandardCharsets.US_ASCII), seal.getBytes(StandardCharsets.UTF_8));
    }

    /// Sixteen characters that nobody finds another text for: 96 bits of SHA-256.
    static String digest(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return encode(Arrays.copyOf(hash, 12));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
