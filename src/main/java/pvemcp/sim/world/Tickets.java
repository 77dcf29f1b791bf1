package pvemcp.sim.world;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import pvemcp.sim.state.Form;

/// Login tickets and the tokens against forged requests (PVE::Ticket, PVE::AccessControl). Immutable.
///
/// A real cluster signs with RSA; a MAC does here, since nobody else checks the signature.
public final class Tickets {
    /// PVE::AccessControl, $ticket_lifetime
    private static final Duration LIFE = Duration.ofHours(2);
    /// How far ahead a ticket's clock may be.
    private static final Duration GRACE = Duration.ofMinutes(5);

    private static final String SECOND_FACTOR = "!tfa!";

    static final Form<Tickets> FORM = Form.value(
            new Tickets(new byte[32]), (fields, tickets) -> new Tickets(fields.value("key", tickets.key, Form.BYTES)));

    private final byte[] key;

    Tickets(byte[] key) {
        this.key = key.clone();
    }

    /// The ticket of a user who is logged in.
    public String login(String user, Instant now) {
        return signed("PVE:" + user, now, "");
    }

    /// The half-ticket of a user who has still to give a second factor.
    ///
    /// @param challenge which factors he has, as JSON text
    public String challenge(String user, String challenge, Instant now) {
        var data = SECOND_FACTOR + URLEncoder.encode(challenge, StandardCharsets.UTF_8);
        return signed("PVE:" + data, now, user);
    }

    /// The user of a valid ticket.
    public Optional<String> user(String ticket, Instant now) {
        return data(ticket, now, "").filter(data -> !data.startsWith("!"));
    }

    /// The challenge of a valid half-ticket of that user.
    public Optional<String> challengeOf(String ticket, String user, Instant now) {
        return data(ticket, now, user)
                .filter(data -> data.startsWith(SECOND_FACTOR))
                .map(data -> URLDecoder.decode(data.substring(SECOND_FACTOR.length()), StandardCharsets.UTF_8));
    }

    /// What a write has to bring along besides the ticket.
    public String csrf(String user, Instant now) {
        var stamp = stamp(now);
        return stamp + ":" + mac("CSRF:" + stamp + ":" + user);
    }

    public boolean isCsrf(String token, String user, Instant now) {
        int colon = token.indexOf(':');
        return colon == 8
                && same(token.substring(colon + 1), mac("CSRF:" + token.substring(0, colon) + ":" + user))
                && fresh(token.substring(0, colon), now);
    }

    private String signed(String plain, Instant now, String aside) {
        var dated = plain + ":" + stamp(now);
        return dated + "::" + mac(dated + "\0" + aside);
    }

    private Optional<String> data(String ticket, Instant now, String aside) {
        int end = ticket.indexOf("::");
        int stamp = end < 0 ? -1 : ticket.lastIndexOf(':', end - 1);
        if (!ticket.startsWith("PVE:") || stamp < 4) {
            return Optional.empty();
        }
        boolean good = same(ticket.substring(end + 2), mac(ticket.substring(0, end) + "\0" + aside))
                && fresh(ticket.substring(stamp + 1, end), now);
        return good ? Optional.of(ticket.substring(4, stamp)) : Optional.empty();
    }

    private static String stamp(Instant now) {
        return "%08X".formatted(now.getEpochSecond());
    }

    private static boolean fresh(String stamp, Instant now) {
        try {
            var made = Instant.ofEpochSecond(HexFormat.fromHexDigitsToLong(stamp));
            return made.isBefore(now.plus(GRACE)) && made.isAfter(now.minus(LIFE));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private String mac(String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            var bytes = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().withoutPadding().encodeToString(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean same(String left, String right) {
        return MessageDigest.isEqual(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }
}
