package pvemcp.audit;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import pvemcp.json.Json;

/// A ledger that several servers keep together, in a [Chain] outside their machines. Its lines are those of an
/// [AuditLog], and so is what they prove; the key that signs them is known to the servers and not to the place.
///
/// Safe for use by several threads and servers. Lines of several threads go out together.
public final class SharedLog implements Journal {
    private static final int MOST_AT_ONCE = 100;

    private final Chain chain;
    private final SigningKey.Pair key;
    private final Clock clock;
    private final Queue<Pending> pending = new ConcurrentLinkedQueue<>();
    private final ReentrantLock writing = new ReentrantLock(true);

    /// Whether the end was compared with the line that is there. Guarded by `writing`.
    private boolean looked;

    /// Whether this server has recorded what is not signed. Guarded by `writing`.
    private boolean signsAtEnd;

    /// Opens nothing yet.
    ///
    /// @param seed 32 secret bytes, the same for all who write to the chain
    public SharedLog(Chain chain, byte[] seed, Clock clock) {
        this.chain = chain;
        this.key = SigningKey.of(seed);
        this.clock = clock;
    }

    /// A line that waits to be written. Guarded by `writing`, once somebody has begun with it.
    private static final class Pending {
        private final Json.Obj event;
        private final boolean durable;
        private boolean over;
        private long seq;
        private Optional<IOException> failure = Optional.empty();

        Pending(Json.Obj event, boolean durable) {
            this.event = event;
            this.durable = durable;
        }

        long result() throws IOException {
            if (failure.isPresent()) {
                throw failure.get();
            }
            return seq;
        }
    }

    @Override
    public long record(Json.Obj event) throws IOException {
        return append(event, true);
    }

    @Override
    public boolean note(Json.Obj event) {
        try {
            append(event, false);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private long append(Json.Obj event, boolean durable) throws IOException {
        var line = new Pending(event, durable);
        pending.add(line);
        writing.lock();
        try {
            while (!line.over) {
                writeSome();
            }
            return line.result();
        } finally {
            writing.unlock();
        }
    }

    private void writeSome() {
        var lines = new ArrayList<Pending>();
        for (var next = pending.poll(); next != null; next = lines.size() < MOST_AT_ONCE ? pending.poll() : null) {
            lines.add(next);
        }
        try {
            chain.extend(lines.stream().anyMatch(line -> line.durable), (end, last) -> grown(lines, end, last));
            looked = true;
        } catch (IOException e) {
            lines.forEach(line -> line.failure = Optional.of(e));
        } catch (RuntimeException e) {
            lines.forEach(line -> line.failure = Optional.of(new IOException(e)));
        }
        lines.forEach(line -> line.over = true);
    }

    private Chain.Growth grown(List<Pending> lines, Chain.End end, Chain.Look<Optional<Chain.Line>> last)
            throws IOException {
        var growing = begin(end, last);
        for (var line : lines) {
            if (growing.isDue()) {
                growing.checkpoint();
            }
            try {
                line.seq = growing.put(line.event);
                line.failure = Optional.empty();
                signsAtEnd |= line.durable;
            } catch (IOException e) {
                line.failure = Optional.of(e); // Too long; the others are not.
            }
        }
        return growing.growth();
    }

    /// The chain as it stands, if it can be believed.
    private Growing begin(Chain.End end, Chain.Look<Optional<Chain.Line>> last) throws IOException {
        var head = new Head(end.seq(), end.hash());
        boolean fresh = end.seq() == 0 && end.seal().isEmpty();
        if (!fresh && !head.isSealed(end.seal(), key.signing())) {
            throw new IOException(
                    "its end was sealed with another key: shared.key has to be the same for all servers that share it");
        }
        if (looked) {
            return new Growing(end);
        }
        var there = last.look().flatMap(Chain.Line::entry);
        var hash = there.map(Entry::hash).orElse(Hash.START);
        long seq = there.map(Entry::seq).orElse(0L);
        var growing = new Growing(new Chain.End(seq, hash, end.seal(), end.unsigned(), end.since()));
        if (seq != end.seq() || !hash.equals(end.hash())) {
            growing.put(Json.obj("event", "cut", "reached", end.seq(), "found", seq));
        }
        return growing;
    }

    /// Lines that are about to follow on an end.
    private final class Growing {
        private final Queue<Chain.Line> lines = new ArrayDeque<>();
        private long seq;
        private String previous;
        private int unsigned;
        private Instant since;

        Growing(Chain.End end) {
            this.seq = end.seq();
            this.previous = end.hash();
            this.unsigned = end.unsigned();
            this.since = end.since();
        }

        boolean isDue() {
            return unsigned >= Checkpoint.LINES
                    || (unsigned > 0 && Duration.between(since, clock.instant()).compareTo(Checkpoint.AGE) >= 0);
        }

        void checkpoint() throws IOException {
            put(Json.obj("event", "checkpoint", "signature", key.signing().sign(Checkpoint.statement(seq, previous))));
            unsigned = 0;
            signsAtEnd = false;
        }

        long put(Json.Obj event) throws IOException {
            var now = clock.instant();
            var text = Entry.line(seq + 1, now, event, previous);
            lines.add(new Chain.Line(
                    seq + 1,
                    event.text("event").orElse(""),
                    event.whole("begin").orElse(0L),
                    text));
            previous = Hash.of(text);
            if (unsigned++ == 0) {
                since = now;
            }
            return ++seq;
        }

        Chain.Growth growth() {
            var seal = new Head(seq, previous).seal(key.signing());
            return new Chain.Growth(List.copyOf(lines), new Chain.End(seq, previous, seal, unsigned, since));
        }
    }

    @Override
    public Ledger ledger() {
        return new Ledger(new ChainLines(chain, key));
    }

    @Override
    public String writer() throws IOException {
        return chain.writer();
    }

    @Override
    public String place() {
        return "the ledger in " + chain.place();
    }

    @Override
    public String remedy() {
        return "the owner sees to the database and to shared.key, which all servers that share it have to have; reads go on";
    }

    @Override
    public void close() throws IOException {
        writing.lock();
        try {
            if (signsAtEnd) {
                chain.extend(true, (end, last) -> {
                    var growing = begin(end, last);
                    if (end.unsigned() > 0) {
                        growing.checkpoint();
                    }
                    return growing.growth();
                });
            }
        } finally {
            writing.unlock();
        }
    }
}
