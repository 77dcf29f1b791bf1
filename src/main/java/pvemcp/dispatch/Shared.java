package pvemcp.dispatch;

import java.nio.file.Path;
import java.time.Clock;
import pvemcp.gate.Tickets;

/// What the calls of all callers have in common: the tickets that are out, who has read what guests wrote, and what
/// is kept in the state directory. Safe for use by several threads.
final class Shared {
    private final Tickets tickets;
    private final HeldCalls heldCalls;
    private final Taint taint;

    /// Touches no disk yet.
    Shared(Path directory, Clock clock) {
        this.tickets = new Tickets(clock);
        this.heldCalls = new HeldCalls(directory, clock);
        this.taint = new Taint(clock);
    }

    Tickets tickets() {
        return tickets;
    }

    Taint taint() {
        return taint;
    }

    HeldCalls heldCalls() {
        return heldCalls;
    }
}
