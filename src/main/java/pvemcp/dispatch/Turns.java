package pvemcp.dispatch;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pvemcp.gate.Policy;
import pvemcp.gate.Target;
import pvemcp.tool.ToolContext;

/// Sees to it that not too many calls are at work on one node or guest at once. A call gets all its places or none,
/// so that no two wait for each other. Safe for use by several threads.
final class Turns {
    private static final Duration LOOK = Duration.ofMillis(100);

    /// How many are at work, by place. Guarded by `this`.
    private final Map<String, Integer> atWork = new HashMap<>();

    /// A call's places, to be given back.
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /// No place came free in time.
    static final class Busy extends RuntimeException {
        Busy(String place) {
            super(place, null, false, false);
        }
    }

    /// Waits for a place at all targets.
    ///
    /// @throws Busy where none comes free within the owner's patience
    Turn take(String cluster, List<Target> targets, Policy.Limits limits, Context ctx) {
        var places = places(cluster, targets, limits);
        long end = System.nanoTime() + limits.patience().toNanos();
        synchronized (this) {
            for (var full = full(places); !full.isEmpty(); full = full(places)) {
                ctx.checkCancelled();
                if (System.nanoTime() >= end) {
                    throw new Busy(full);
                }
                await();
            }
            places.keySet().forEach(place -> atWork.merge(place, 1, Integer::sum));
        }
        return () -> leave(places);
    }

    private synchronized void leave(Map<String, Integer> places) {
        places.keySet().forEach(place -> atWork.computeIfPresent(place, (_, count) -> count == 1 ? null : count - 1));
        notifyAll();
    }

    private synchronized String full(Map<String, Integer> places) {
        for (var place : places.entrySet()) {
            if (atWork.getOrDefault(place.getKey(), 0) >= place.getValue()) {
                return place.getKey();
            }
        }
        return "";
    }

    @SuppressWarnings("WaitNotInLoop") // Whoever calls this looks again by itself, and does not mind to look too early.
    private synchronized void await() {
        try {
            wait(LOOK.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ToolContext.Cancelled("the caller took the call back");
        }
    }

    /// How many may be at work in each place; what has no limit is no place.
    private static Map<String, Integer> places(String cluster, List<Target> targets, Policy.Limits limits) {
        var places = new LinkedHashMap<String, Integer>();
        for (var target : targets) {
            if (target.isGuest() && !target.isNew() && limits.perGuest() > 0) {
                places.put("guest %s of %s".formatted(target.id(), cluster), limits.perGuest());
            }
            if (!target.node().isEmpty() && limits.perNode() > 0) {
                places.put("node %s of %s".formatted(target.node(), cluster), limits.perNode());
            }
        }
        return places;
    }
}
