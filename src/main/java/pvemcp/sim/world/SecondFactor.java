package pvemcp.sim.world;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.LongStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import pvemcp.sim.state.Form;

/// A second factor of a user.
///
/// @param type `totp` or `recovery`
/// @param secret the TOTP secret in base32, or the remaining recovery keys, blank-separated
/// @param created seconds since 1970
public record SecondFactor(String id, String type, String description, String secret, boolean enabled, long created) {
    static final Form<SecondFactor> FORM = Form.value(
            new SecondFactor("", "", "", "", true, 0),
            (fields, factor) -> new SecondFactor(
                    fields.text("id", factor.id),
                    fields.text("type", factor.type),
                    fields.text("description", factor.description),
                    fields.text("secret", factor.secret),
                    fields.flag("enabled", factor.enabled),
                    fields.whole("created", factor.created)));

    private static final int PERIOD = 30;

    /// Whether this is the code that a TOTP device shows now, or within the step before or after (RFC 6238).
    public boolean isCode(String code, Instant now) {
        long step = now.getEpochSecond() / PERIOD;
        return type.equals("totp") && LongStream.rangeClosed(step - 1, step + 1).anyMatch(at -> code(at).equals(code));
    }

    private String code(long step) {
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(base32(secret), "HmacSHA1"));
            var hash = mac.doFinal(ByteBuffer.allocate(8).putLong(step).array());
            int number = ByteBuffer.wrap(hash).getInt(hash[hash.length - 1] & 0xF) & 0x7FFFFFFF;
            return "%06d".formatted(number % 1_000_000);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] base32(String text) {
        var letters = text.toUpperCase(Locale.ROOT).replaceAll("[^A-Z2-7]", "");
        var out = ByteBuffer.allocate(Math.max(1, letters.length() * 5 / 8));
        int buffer = 0;
        int bits = 0;
        for (int i = 0; i < letters.length(); i++) {
            buffer = buffer << 5 | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letters.charAt(i));
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                out.put((byte) (buffer >> bits));
            }
        }
        return out.array();
    }
}
