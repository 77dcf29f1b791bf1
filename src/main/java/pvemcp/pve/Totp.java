package pvemcp.pve;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The time-based one-time password of an account with TFA (RFC 6238): six digits, SHA-1, a new one every 30 s,
/// as PVE sets it up.
final class Totp {
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; // RFC 4648 §6

    private Totp() {}

    /// @param secret the base32 text shown when TFA was set up, or the `otpauth://` address that contains it
    static String code(Secret secret, Instant now) {
        var counter = ByteBuffer.allocate(8).putLong(now.getEpochSecond() / 30).array();
        byte[] hash;
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key(secret.reveal()), "HmacSHA1"));
            hash = mac.doFinal(counter);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA1", e);
        }
        // RFC 4226 §5.3: the last four bits say where the 31 bits are taken from.
        int number = ByteBuffer.wrap(hash).getInt(hash[hash.length - 1] & 0xf) & Integer.MAX_VALUE;
        return "%06d".formatted(number % 1_000_000);
    }

    private static byte[] key(String secret) {
        var text = secret;
        int at = text.indexOf("secret=");
        if (text.startsWith("otpauth://") && at >= 0) {
            int end = text.indexOf('&', at);
            text = text.substring(at + "secret=".length(), end < 0 ? text.length() : end);
        }
        var out = new ByteArrayOutputStream();
        int bits = 0;
        int held = 0;
        for (char c : text.toUpperCase(Locale.ROOT).toCharArray()) {
            int value = BASE32.indexOf(c);
            if (value < 0) {
                if (c == ' ' || c == '-' || c == '=') {
                    continue;
                }
                throw new IllegalArgumentException("the TOTP secret is not base32: it has letters A-Z and digits 2-7");
            }
            held = held << 5 | value;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                out.write(held >> bits);
                held &= (1 << bits) - 1;
            }
        }
        if (out.size() == 0) {
            throw new IllegalArgumentException("the TOTP secret is empty");
        }
        return out.toByteArray();
    }
}
