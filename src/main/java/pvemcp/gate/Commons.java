package pvemcp.gate;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import pvemcp.tool.Tier;

/// What has to be known in common where calls are judged: how much each caller has done, which tickets have been
/// used, and what is to be heeded for a while. Servers that share one of these share budgets and tickets.
/// Implementations are safe for use by several threads, and say of themselves by how many processes.
///
/// What cannot be kept is thrown: the call is then not made.
public interface Commons {
    /// A call that did more than read.
    ///
    /// @param guests each as `cluster/id`: two clusters may have the same id
    record Done(Instant at, Tier tier, Set<String> guests) {
        public Done {
            guests = Set.copyOf(guests);
        }
    }

    /// Counts a call unless `judge` has something against it, which is told all that this caller has done since.
    /// Of two that come at once, the second sees the first.
    ///
    /// @param since what lies before this is forgotten
    /// @return what `judge` has against it
    <R> Optional<R> count(String principal, Instant since, Done call, Function<List<Done>, Optional<R>> judge)
            throws IOException;

    /// Puts a mark where there is none; of several who do, one is the first.
    ///
    /// @param what letters, digits, dots, `-` and `_`
    /// @param until when the mark may be forgotten
    /// @return the mark that was there before; empty: this one counts
    Optional<String> mark(String what, String mark, Instant until) throws IOException;

    /// Puts down that something is so for a while; of several ends the latest counts.
    ///
    /// @param what letters, digits, dots, `-` and `_`
    void hold(String what, Instant until) throws IOException;

    /// Whether it is so now.
    boolean holds(String what) throws IOException;

    /// 32 random bytes, the same for all who share.
    byte[] key() throws IOException;

    /// Those of this process, which begin anew with it.
    static Commons ofProcess(Clock clock) {
        return new OfProcess(clock);
    }

    /// In memory.
    final class OfProcess implements Commons {
        private record Mark(String mark, Instant until) {}

        private final Clock clock;
        private final Map<String, List<Done>> done = new HashMap<>(); // guarded by this
        private final Map<String, Mark> marks = new HashMap<>(); // guarded by this
        private final Map<String, Instant> held = new HashMap<>(); // guarded by this
        private Optional<byte[]> key = Optional.empty(); // guarded by this

        private OfProcess(Clock clock) {
            this.clock = clock;
        }

        @Override
        public synchronized <R> Optional<R> count(
                String principal, Instant since, Done call, Function<List<Done>, Optional<R>> judge) {
            var before = done.computeIfAbsent(principal, _ -> new ArrayList<>());
            before.removeIf(old -> !old.at().isAfter(since));
            var against = judge.apply(List.copyOf(before));
            if (against.isEmpty()) {
                before.add(call);
            }
            return against;
        }

        @Override
        public synchronized Optional<String> mark(String what, String mark, Instant until) {
            var now = clock.instant();
            marks.values().removeIf(old -> now.isAfter(old.until()));
            var before = marks.putIfAbsent(what, new Mark(mark, until));
            return Optional.ofNullable(before).map(Mark::mark);
        }

        @Override
        public synchronized void hold(String what, Instant until) {
            var now = clock.instant();
            held.values().removeIf(end -> !now.isBefore(end));
            held.merge(what, until, (one, other) -> one.isAfter(other) ? one : other);
        }

        @Override
        public synchronized boolean holds(String what) {
            var until = held.get(what);
            return until != null && clock.instant().isBefore(until);
        }

        @Override
        public synchronized byte[] key() {
            if (key.isEmpty()) {
                var bytes = new byte[32];
                new SecureRandom().nextBytes(bytes);
                key = Optional.of(bytes);
            }
            return key.get().clone();
        }
    }
}
