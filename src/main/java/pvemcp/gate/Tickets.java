package pvemcp.gate;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import pvemcp.json.Json;
import pvemcp.tool.Ticket;

/// Seals held calls and takes the seals back. A ticket is good for two minutes, once, for the same caller, tool and
/// arguments, while the targets are as they were; one that was declined is good for nothing. Safe for use by several
/// threads.
///
/// What is held lives as long as the process: a restart makes all tickets void.
public final class Tickets {
    private static final Duration LIFE = Duration.ofMinutes(2);

    /// More than a person could be asked in that time.
    private static final int MOST = 1000;

    private final Clock clock;

    /// Made with the first ticket: start-up does without the random numbers and what they load. Guarded by `this`.
    private Optional<Keys> keys = Optional.empty();

    private record Keys(SecureRandom random, Seal seal) {
        static Keys fresh() {
            var random = new SecureRandom();
            var bytes = new byte[32];
            random.nextBytes(bytes);
            return new Keys(random, new Seal(bytes));
        }
    }

    private enum State {
        OPEN,
        USED,
        DECLINED
    }

    private record Entry(Held held, Instant expires, State state) {
        Entry with(State other) {
            return new Entry(held, expires, other);
        }
    }

    /// By the text before the seal, oldest first. Guarded by `this`.
    private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();

    public Tickets(Clock clock) {
        this.clock = clock;
    }

    public synchronized Ticket seal(Held held) {
        var expires = clock.instant().plus(LIFE);
        var nonce = new byte[9];
        keys().random().nextBytes(nonce);
        var head = Long.toString(expires.getEpochSecond(), 36) + "." + Seal.encode(nonce);
        forgetOld();
        entries.put(head, new Entry(held, expires, State.OPEN));
        return new Ticket(head + "." + keys().seal().of(sealed(head, held)), expires);
    }

    /// Checks a ticket against the call it comes with, as that call stands now; a good one is used up by this.
    public synchronized Redeemed redeem(String ticket, Held now) {
        var head = head(ticket);
        var seal = ticket.substring(Math.min(ticket.length(), head.length() + 1));
        // What has become of a ticket is told only to who brings its call: anybody could probe with others.
        if (head.isEmpty() || !keys().seal().fits(seal, sealed(head, now))) {
            return new Redeemed.Other();
        }
        var entry = entries.get(head);
        if (entry == null || clock.instant().isAfter(entry.expires())) {
            return new Redeemed.Expired();
        }
        return switch (entry.state()) {
            case USED -> new Redeemed.Used();
            case DECLINED -> new Redeemed.Declined();
            case OPEN -> {
                entries.put(head, entry.with(State.USED));
                List<String> differences = now.differencesFrom(entry.held().targets());
                yield differences.isEmpty() ? new Redeemed.Good() : new Redeemed.Changed(differences);
            }
        };
    }

    /// The person who was asked said no: nobody else's yes counts for this ticket any more.
    public synchronized void decline(String ticket) {
        entries.computeIfPresent(head(ticket), (_, entry) -> entry.with(State.DECLINED));
    }

    private static String head(String ticket) {
        int last = ticket.lastIndexOf('.');
        return last < 0 ? "" : ticket.substring(0, last);
    }

    private static Json sealed(String head, Held held) {
        return held.call().with("head", head);
    }

    private Keys keys() {
        if (keys.isEmpty()) {
            keys = Optional.of(Keys.fresh());
        }
        return keys.get();
    }

    private void forgetOld() {
        var now = clock.instant();
        // Expired ones stay for as long again, to be told from those that never were.
        entries.values().removeIf(entry -> now.isAfter(entry.expires().plus(LIFE)));
        while (entries.size() >= MOST) {
            entries.pollFirstEntry();
        }
    }
}
