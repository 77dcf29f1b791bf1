package pvemcp.gate;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import pvemcp.json.Json;
import pvemcp.tool.Ticket;

/// Seals held calls and takes the seals back. A ticket is good for two minutes, once, for the same caller, tool and
/// arguments, while the targets are as they were. Safe for use by several threads.
///
/// The key lives as long as the process: a restart makes all tickets void.
public final class Tickets {
    private static final Duration LIFE = Duration.ofMinutes(2);

    private final Clock clock;

    /// Made with the first ticket: start-up does without the random numbers and what they load. Guarded by `this`.
    private Optional<Seal> seal = Optional.empty();

    private record Seal(SecureRandom random, SecretKeySpec key) {
        static Seal fresh() {
            var random = new SecureRandom();
            var bytes = new byte[32];
            random.nextBytes(bytes);
            return new Seal(random, new SecretKeySpec(bytes, "HmacSHA256"));
        }
    }

    /// Tickets that were used and have not expired yet. Guarded by `this`.
    private final Map<String, Instant> used = new HashMap<>();

    public Tickets(Clock clock) {
        this.clock = clock;
    }

    private synchronized Seal seal() {
        if (seal.isEmpty()) {
            seal = Optional.of(Seal.fresh());
        }
        return seal.get();
    }

    /// What a ticket is bound to.
    ///
    /// @param arguments in canonical form
    public record Held(String principal, String tool, String cluster, Json.Obj arguments, List<Target> targets) {
        public Held {
            targets = List.copyOf(targets);
        }
    }

    public enum Redeemed {
        GOOD,
        EXPIRED,
        USED,
        /// Not for this call, or not from us, or the targets have changed since.
        OTHER
    }

    public Ticket seal(Held held) {
        var expires = clock.instant().plus(LIFE);
        var nonce = new byte[9];
        seal().random().nextBytes(nonce);
        var head = Long.toString(expires.getEpochSecond(), 36) + "." + encode(nonce);
        return new Ticket(head + "." + mac(head, held), expires);
    }

    /// Checks a ticket against the call it comes with, as that call stands now; a good one is used up by this.
    public synchronized Redeemed redeem(String ticket, Held held) {
        int last = ticket.lastIndexOf('.');
        if (last < 0) {
            return Redeemed.OTHER;
        }
        var head = ticket.substring(0, last);
        var expected = mac(head, held).getBytes(StandardCharsets.US_ASCII);
        // Expiry is told apart only for tickets that are ours, or anybody could probe with made-up ones.
        if (!MessageDigest.isEqual(expected, ticket.substring(last + 1).getBytes(StandardCharsets.UTF_8))) {
            return Redeemed.OTHER;
        }
        var now = clock.instant();
        used.values().removeIf(now::isAfter);
        var expires = Instant.ofEpochSecond(Long.parseLong(head.substring(0, head.indexOf('.')), 36));
        if (now.isAfter(expires)) {
            return Redeemed.EXPIRED;
        }
        return used.putIfAbsent(ticket, expires) == null ? Redeemed.GOOD : Redeemed.USED;
    }

    private String mac(String head, Held held) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(seal().key());
            // JSON keeps the parts apart: no principal can be chosen so that it runs into the tool's name.
            var bound = Json.obj(
                    "head", head,
                    "principal", held.principal(),
                    "tool", held.tool(),
                    "cluster", held.cluster(),
                    "arguments", held.arguments(),
                    "targets", held.targets().stream().map(Tickets::identity).toList());
            var full = mac.doFinal(bound.write().getBytes(StandardCharsets.UTF_8));
            return encode(java.util.Arrays.copyOf(full, 16));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Json identity(Target target) {
        var state = Json.Obj.EMPTY;
        for (var fact : target.state().entrySet()) {
            state = state.with(fact.getKey(), fact.getValue());
        }
        return Json.obj(
                "kind", target.kind().name(),
                "id", target.id(),
                "name", target.name(),
                "node", target.node(),
                "pool", target.pool(),
                "tags", target.tags(),
                "state", state);
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
