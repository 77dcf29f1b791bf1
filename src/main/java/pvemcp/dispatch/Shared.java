package pvemcp.dispatch;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import pvemcp.gate.Brakes;
import pvemcp.gate.Commons;
import pvemcp.gate.Tickets;

/// What the calls of all callers have in common: the tickets that are out, who has read what guests wrote, who has
/// done how much, who is at work where, what is known of secrets, and what is kept in the state directory. Safe for
/// use by several threads.
final class Shared {
    private final Tickets tickets;
    private final Handles handles;
    private final HeldCalls heldCalls;
    private final Taint taint;
    private final Redactor redactor;
    private final Freeze freeze;
    private final Brakes brakes;
    private final Turns turns = new Turns();
    private final Set<String> closing = ConcurrentHashMap.newKeySet();

    /// Touches no disk yet.
    ///
    /// @param commons what is shared beyond this server
    Shared(Path directory, Clock clock, Redactor redactor, Commons commons) {
        this.tickets = new Tickets(clock, commons);
        this.handles = new Handles(commons);
        this.heldCalls = new HeldCalls(directory, clock);
        this.taint = new Taint(clock);
        this.redactor = redactor;
        this.freeze = new Freeze(directory, clock);
        this.brakes = new Brakes(clock, commons);
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
        return freeze;
    }

    Brakes brakes() {
        return brakes;
    }

    Turns turns() {
        return turns;
    }

    /// Whether it is this caller's turn to see to calls of processes that died: once in a process
    /// for each credential, which may not see what another has done.
    boolean mayClose(String as) {
        return closing.add(as);
    }

    HeldCalls heldCalls() {
        return heldCalls;
    }
}
