package pvemcp.gate;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pvemcp.tool.Tier;

/// Stops a caller who does too much, or the same thing over and over: each call may be allowed, and all of them
/// together not what the owner wanted. Budgets and rests are of all processes that share the [Commons]; failures
/// and repetitions are counted by each for itself and begin anew with it. Safe for use by several threads.
public final class Brakes {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration REST = Duration.ofMinutes(1);

    /// What lies longer back is no repetition.
    private static final Duration MEMORY = Duration.ofMinutes(5);

    private final Clock clock;
    private final Commons commons;

    /// By principal. Guarded by `this`.
    private final Map<String, Doings> records = new HashMap<>();

    /// What one caller has done.
    private static final class Doings {
        /// By cluster and tool.
        private final Map<String, Integer> failures = new HashMap<>();
        private String lastCall = "";
        private String lastAnswer = "";
        private int times;
        private Instant lastAt = Instant.MIN;
    }

    public Brakes(Clock clock, Commons commons) {
        this.clock = clock;
        this.commons = commons;
    }

    private Doings record(String principal) {
        return records.computeIfAbsent(principal, _ -> new Doings());
    }

    /// Why a call is not made: it was made often enough, and the answer was always the same.
    ///
    /// @param call tool and arguments
    public synchronized Optional<Verdict.Deny> repeated(String principal, String call, Policy.Limits limits) {
        var record = record(principal);
        boolean same = record.lastCall.equals(call) && clock.instant().isBefore(record.lastAt.plus(MEMORY));
        if (limits.repeats() == 0 || !same || record.times < limits.repeats()) {
            return Optional.empty();
        }
        return Optional.of(new Verdict.Deny(
                "policy.limit.repeats",
                "this very call was made %d times in a row, with the same answer each time".formatted(record.times),
                "do something else, or tell the user what stands in the way; in %d minutes it may be made again"
                        .formatted(MEMORY.toMinutes())));
    }

    /// Remembers what came of a call.
    public synchronized void answered(String principal, String call, String answer) {
        var record = record(principal);
        boolean same = record.lastCall.equals(call) && record.lastAnswer.equals(answer);
        record.times = same ? record.times + 1 : 1;
        record.lastCall = call;
        record.lastAnswer = answer;
        record.lastAt = clock.instant();
    }

    /// Counts a call that is about to be made and does more than read, or says why it is not made.
    ///
    /// @throws IOException where nobody can tell how much was done already
    public Optional<Verdict.Deny> take(String principal, Gate.Question call, Policy.Limits limits) throws IOException {
        var now = clock.instant();
        var rest = resting(principal, call, limits);
        if (rest.isPresent()) {
            return rest;
        }
        var guests = new HashSet<String>();
        for (var target : call.targets()) {
            if (target.isGuest()) {
                guests.add(call.cluster() + "/" + target.id());
            }
        }
        var doing = new Commons.Done(now, call.tier(), guests);
        return commons.count(principal, now.minus(HOUR), doing, before -> over(before, call.tier(), guests, limits));
    }

    private Optional<Verdict.Deny> resting(String principal, Gate.Question call, Policy.Limits limits)
            throws IOException {
        if (limits.failures() == 0 || !commons.holds(rest(principal, call))) {
            return Optional.empty();
        }
        return Optional.of(new Verdict.Deny(
                "policy.limit.failures",
                "%s has failed %d times in a row and rests for a minute"
                        .formatted(call.tool(), Math.max(failures(principal, call), limits.failures())),
                "find out why it fails, by calls that read, before it is tried again"));
    }

    /// How the commons call the rest of a tool.
    private static String rest(String principal, Gate.Question call) {
        return "rest-" + Seal.digest(principal + "\n" + place(call));
    }

    private static Optional<Verdict.Deny> over(
            List<Commons.Done> before, Tier tier, Set<String> guests, Policy.Limits limits) {
        long destroys =
                before.stream().filter(done -> done.tier() == Tier.DESTROY).count();
        if (tier == Tier.DESTROY && limits.destroys() > 0 && destroys >= limits.destroys()) {
            return spent(
                    "policy.limit.destroy", destroys == 1 ? "1 call that destroys" : destroys + " calls that destroy");
        }
        if (limits.changes() > 0 && before.size() >= limits.changes()) {
            return spent(
                    "policy.limit.change",
                    before.size() == 1
                            ? "1 call that does more than read"
                            : before.size() + " calls that do more than read");
        }
        var touched = new HashSet<>(guests);
        before.forEach(done -> touched.addAll(done.guests()));
        if (!guests.isEmpty() && limits.guests() > 0 && touched.size() > limits.guests()) {
            return spent("policy.limit.guests", "this would be %d different guests".formatted(touched.size()));
        }
        return Optional.empty();
    }

    private static Optional<Verdict.Deny> spent(String rule, String what) {
        return Optional.of(new Verdict.Deny(
                rule,
                "%s within an hour, and that is all the owner lets one caller do".formatted(what),
                "tell the user what is left to do; the owner can raise %s".formatted(rule)));
    }

    /// Remembers how a call ended that was [taken][#take]. A tool that has failed often enough rests.
    public void ended(String principal, Gate.Question call, boolean failed, Policy.Limits limits) {
        boolean rests = count(principal, call, failed) >= limits.failures();
        if (failed && rests && limits.failures() > 0) {
            try {
                commons.hold(rest(principal, call), clock.instant().plus(REST));
            } catch (IOException _) {
                // While the commons are away nothing is taken; afterwards the next failure tells them.
            }
        }
    }

    /// How often it has failed in a row by now.
    private synchronized int count(String principal, Gate.Question call, boolean failed) {
        var failures = record(principal).failures;
        if (!failed) {
            failures.remove(place(call));
            return 0;
        }
        return failures.merge(place(call), 1, Integer::sum);
    }

    private synchronized int failures(String principal, Gate.Question call) {
        return record(principal).failures.getOrDefault(place(call), 0);
    }

    /// Where failures add up: what fails in one cluster need not fail in another.
    private static String place(Gate.Question call) {
        return call.cluster() + "/" + call.tool();
    }
}
