package pvemcp.gate;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.tool.Ticket;

/// Seals held calls and takes the seals back. A ticket is good for two minutes, once, for the same caller, tool and
/// arguments, while the targets are as they were; one that was declined is good for nothing. Safe for use by several
/// threads, and by all processes that share the [Commons].
public final class Tickets {
    private static final Duration LIFE = Duration.ofMinutes(2);

    /// More than a person could be asked in that time.
    private static final int MOST = 1000;

    private static final String USED = "used";
    private static final String DECLINED = "declined";

    /// Until when, something random, and what the targets were: in 36 digits and twice in Base64.
    private static final Pattern HEAD = Pattern.compile("([0-9a-z]{1,12})\\.[\\w-]{12}\\.([\\w-]{16})");

    private final Clock clock;
    private final Commons commons;

    /// What the tickets of this process were agreed on, by their heads, oldest first: for words. Guarded by `this`.
    private final SequencedMap<String, List<Target>> agreed = new LinkedHashMap<>();

    /// Tickets of this process alone.
    public Tickets(Clock clock) {
        this(clock, Commons.ofProcess(clock));
    }

    public Tickets(Clock clock, Commons commons) {
        this.clock = clock;
        this.commons = commons;
    }

    /// A ticket for a held call: it is good once, for that call alone, and for as long as it says.
    ///
    /// @throws IOException where the key that seals it, which several servers may share, cannot be had
    public Ticket seal(Held held) throws IOException {
        var expires = clock.instant().plus(LIFE);
        var nonce = new byte[9];
        new SecureRandom().nextBytes(nonce);
        var head = "%s.%s.%s"
                .formatted(Long.toString(expires.getEpochSecond(), 36), Seal.encode(nonce), digest(held.targets()));
        remember(head, held.targets());
        return new Ticket(head + "." + seal().of(sealed(head, held)), expires);
    }

    /// Checks a ticket against the call it comes with, as that call stands now; a good one is used up by this.
    public Redeemed redeem(String ticket, Held now) throws IOException {
        var head = head(ticket);
        var matcher = HEAD.matcher(head);
        // What has become of a ticket is told only to who brings its call: anybody could probe with others.
        if (!matcher.matches() || !seal().fits(ticket.substring(head.length() + 1), sealed(head, now))) {
            return new Redeemed.Other();
        }
        var expires = Instant.ofEpochSecond(Long.parseLong(matcher.group(1), 36));
        if (clock.instant().isAfter(expires)) {
            return new Redeemed.Expired();
        }
        var before = commons.mark(head, USED, expires.plus(LIFE));
        if (before.isPresent()) {
            return before.get().equals(DECLINED) ? new Redeemed.Declined() : new Redeemed.Used();
        }
        var differences = agreed(head)
                .map(now::differencesFrom)
                .orElseGet(() -> matcher.group(2).equals(digest(now.targets()))
                        ? List.of()
                        : List.of("something has changed since another server asked about it"));
        return differences.isEmpty() ? new Redeemed.Good() : new Redeemed.Changed(differences);
    }

    /// The person who was asked said no: nobody else's yes counts for this ticket any more.
    public void decline(String ticket) throws IOException {
        var head = head(ticket);
        if (HEAD.matcher(head).matches()) {
            commons.mark(head, DECLINED, clock.instant().plus(LIFE.multipliedBy(2)));
        }
    }

    private static String head(String ticket) {
        int last = ticket.lastIndexOf('.');
        return last < 0 ? "" : ticket.substring(0, last);
    }

    private static Json sealed(String head, Held held) {
        return held.call().with("head", head);
    }

    private Seal seal() throws IOException {
        return new Seal(commons.key());
    }

    private static String digest(List<Target> targets) {
        return Seal.digest(Json.of(targets.stream().map(Target::json).toList()).write());
    }

    private synchronized void remember(String head, List<Target> targets) {
        while (agreed.size() >= MOST) {
            agreed.pollFirstEntry();
        }
        agreed.put(head, targets);
    }

    private synchronized Optional<List<Target>> agreed(String head) {
        return Optional.ofNullable(agreed.get(head));
    }
}
