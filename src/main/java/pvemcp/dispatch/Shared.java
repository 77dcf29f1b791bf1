package pvemcp.dispatch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import pvemcp.gate.Brakes;
import pvemcp.gate.Tickets;

/// What the calls of all callers have in common: the tickets that are out, who has read what guests wrote, who has
/// done how much, who is at work where, what is known of secrets, and what is kept in the [Stores]. Safe for use
/// by several threads.
final class Shared {
    /// How long a call of a server that died elsewhere may stay open, while others are at work.
    private static final Duration ROUND = Duration.ofSeconds(30);

    private final Stores stores;
    private final Clock clock;
    private final Tickets tickets;
    private final Handles handles;
    private final Taint taint;
    private final Redactor redactor;
    private final Brakes brakes;
    private final Turns turns = new Turns();

    /// When it was last seen to calls of servers that died, by credentials.
    private final Map<String, Instant> closed = new ConcurrentHashMap<>();

    /// Touches no disk yet.
    Shared(Stores stores, Clock clock, Redactor redactor) {
        this.stores = stores;
        this.clock = clock;
        this.tickets = new Tickets(clock, stores.commons());
        this.handles = new Handles(stores.commons());
        this.taint = new Taint(clock, stores.commons());
        this.redactor = redactor;
        this.brakes = new Brakes(clock, stores.commons());
    }

    Tickets tickets() {
        return tickets;
    }

    Handles handles() {
        return handles;
    }

    Taint taint() {
        return taint;
    }

    Redactor redactor() {
        return redactor;
    }

    Freeze freeze() {
        return stores.freeze();
    }

    Brakes brakes() {
        return brakes;
    }

    Turns turns() {
        return turns;
    }

    Stores stores() {
        return stores;
    }

    /// Whether it is this caller's turn to see to calls of servers that died: for each credential, which may not
    /// see what another has done, with the first call of a process; and again and again where servers may die
    /// elsewhere.
    boolean mayClose(String as) {
        var now = clock.instant();
        var mine = new AtomicBoolean();
        closed.compute(as, (_, last) -> {
            boolean due = last == null || (stores.hasPeers() && !now.isBefore(last.plus(ROUND)));
            mine.set(due);
            return due ? now : last;
        });
        return mine.get();
    }

    HeldCalls heldCalls() {
        return stores.heldCalls();
    }
}
