package pvemcp.dispatch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.Pve;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.TaskList;
import pvemcp.pve.TaskList.TaskRow;
import pvemcp.pve.Upid;

/// Looks through the tasks of a cluster for the one that a request has started: by whom, of which type, on what and
/// since when. Only reads; for one thread.
final class TaskTrace {
    /// How far apart the clocks of a node and of this machine may be where the node does not tell its time.
    private static final Duration SKEW = Duration.ofMinutes(5);

    /// What two readings of a clock may differ by: PVE counts in seconds, and the answer takes a moment.
    private static final Duration BLUR = Duration.ofSeconds(3);

    private static final int MOST = 500;

    private final Pve pve;
    private final String identity;
    private final Clock clock;
    private final Set<String> known;

    /// @param identity whose tasks count; everybody's, where it is no user of PVE's
    /// @param known tasks that other calls have started
    TaskTrace(Pve pve, String identity, Clock clock, Set<String> known) {
        this.pve = pve;
        this.identity = identity;
        this.clock = clock;
        this.known = Set.copyOf(known);
    }

    /// What is looked for.
    ///
    /// @param node where it runs; empty: anywhere
    /// @param types of which it may be; empty: of any
    /// @param ids what it may work on, in the words of the request; a task that names nothing fits as well
    /// @param from when the request was sent, by the clock here
    record Wanted(String node, Set<String> types, Set<String> ids, Instant from) {}

    sealed interface Found {
        record One(TaskRow task) implements Found {}

        /// None, though all of them were seen.
        record None() implements Found {}

        record Several(List<TaskRow> tasks) implements Found {
            @Override
            public String toString() {
                return tasks.stream().map(task -> task.upid().toString()).collect(Collectors.joining(", "));
            }
        }

        record Unreadable(String why) implements Found {}
    }

    Found find(Wanted wanted) {
        try {
            return wanted.node().isEmpty()
                    ? among(pve.tasks(), wanted, wanted.from().minus(SKEW))
                    : onNode(wanted);
        } catch (PveException e) {
            var silent = new Found.Unreadable(Explain.fault(e.fault(), identity).what());
            return wanted.node().isEmpty() ? silent : elsewhere(wanted, silent);
        }
    }

    private Found onNode(Wanted wanted) {
        var since = since(wanted);
        var filter = Json.obj("since", since.getEpochSecond());
        return among(pve.node(wanted.node()).tasks(filter, MOST), wanted, since);
    }

    /// A node tells the others of its newest tasks: one that is there was started, of one that is not nothing is
    /// known.
    private Found elsewhere(Wanted wanted, Found.Unreadable silent) {
        try {
            var found = among(pve.tasks(), wanted, wanted.from().minus(SKEW));
            return found instanceof Found.None ? silent : found;
        } catch (PveException _) {
            return silent;
        }
    }

    private Found among(TaskList tasks, Wanted wanted, Instant since) {
        // A task that ends while PVE makes the list stands in it twice.
        var fitting = new LinkedHashMap<String, TaskRow>();
        for (var row : tasks.tasks()) {
            if (fits(row.upid(), wanted, since)) {
                fitting.putIfAbsent(row.upid().toString(), row);
            }
        }
        return switch (fitting.size()) {
            case 0 -> new Found.None();
            case 1 -> new Found.One(fitting.sequencedValues().getFirst());
            default -> new Found.Several(List.copyOf(fitting.values()));
        };
    }

    private boolean fits(Upid upid, Wanted wanted, Instant since) {
        return !upid.started().isBefore(since)
                && (wanted.types().isEmpty() || wanted.types().contains(upid.type()))
                && (upid.id().isEmpty()
                        || wanted.ids().isEmpty()
                        || wanted.ids().contains(upid.id()))
                && (wanted.node().isEmpty() || upid.node().equals(wanted.node()))
                && (!identity.contains("@") || upid.user().equals(identity))
                && !known.contains(upid.toString());
    }

    /// The moment of `from` on the clock of the node, of whole seconds.
    private Instant since(Wanted wanted) {
        var since = apart(wanted)
                .map(apart -> wanted.from().plus(apart).minus(BLUR))
                .orElseGet(() -> wanted.from().minus(SKEW));
        return Instant.ofEpochSecond(since.getEpochSecond());
    }

    /// By how much the clock of the node is ahead of ours; empty where we may not ask it.
    private Optional<Duration> apart(Wanted wanted) {
        try {
            var path = "/nodes/" + pve.node(wanted.node()).name() + "/time";
            var time = pve.fields(path).moment("time");
            return time.map(there -> Duration.between(clock.instant(), there));
        } catch (PveException e) {
            if (e.fault() instanceof PveFault.Forbidden) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
