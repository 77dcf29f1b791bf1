package pvemcp.dispatch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import pvemcp.audit.AuditLog;
import pvemcp.audit.Journal;
import pvemcp.gate.Commons;

/// What is kept beyond one call and one server: in files of one machine, or where servers on several machines find
/// it. Nothing is opened before it is needed. Safe for use by several threads.
public interface Stores extends AutoCloseable {
    Commons commons();

    HeldCalls heldCalls();

    Freeze freeze();

    Journal journal();

    /// Whether there may be servers on other machines, whose ends nobody there sees to.
    boolean hasPeers();

    /// Why nothing but reads gets through at the moment, as far as is known without asking; empty where that is
    /// not so.
    Optional<String> trouble();

    /// Signs what was put down.
    @Override
    void close() throws IOException;

    /// Files of one owner on one machine.
    ///
    /// @param state the owner's state directory
    static Stores ofFiles(Path state, Path auditFile, Clock clock) {
        return ofFiles(state, new AuditLog(auditFile, clock), clock);
    }

    /// The same with an audit log of the owner's making.
    static Stores ofFiles(Path state, AuditLog log, Clock clock) {
        return of(log, new SharedFiles(state, clock), state, clock);
    }

    /// The same, with budgets and tickets that reach as far as `commons` do.
    static Stores of(Journal journal, Commons commons, Path state, Clock clock) {
        return new OfFiles(commons, new HeldCalls(state, clock), new FreezeFile(state, clock), journal);
    }

    /// Those of one machine, which is never out of reach of itself.
    record OfFiles(Commons commons, HeldCalls heldCalls, Freeze freeze, Journal journal) implements Stores {
        @Override
        public boolean hasPeers() {
            return false;
        }

        @Override
        public Optional<String> trouble() {
            return Optional.empty();
        }

        @Override
        public void close() throws IOException {
            journal.close();
        }
    }
}
