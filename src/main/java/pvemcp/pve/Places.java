package pvemcp.pve;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// How many requests may be under way at once: to one endpoint, and among those to one node behind it, so that a node
/// or an endpoint that hangs does not keep the others waiting. Safe for use by several threads.
final class Places {
    // PVE has three workers a node; what is asked beyond this waits here rather than there.
    static final int AN_ENDPOINT = 16;
    static final int A_NODE = 8;

    private final Map<String, Semaphore> all = new ConcurrentHashMap<>();

    /// A place that was taken, to be given back.
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /// Waits for a place.
    ///
    /// @param node on which the request is carried out; empty: whichever is asked
    /// @param end until when, by `System.nanoTime`
    /// @return empty where none came free in time
    Optional<Place> take(String endpoint, String node, long end) throws InterruptedException {
        var there = all.computeIfAbsent(endpoint, _ -> new Semaphore(AN_ENDPOINT, true));
        if (node.isEmpty()) {
            return take(there, end);
        }
        var behind = all.computeIfAbsent("node " + node, _ -> new Semaphore(A_NODE, true));
        // The node first: who waits for it does not hold a place at the endpoint.
        var first = take(behind, end);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        var second = take(there, end);
        if (second.isEmpty()) {
            first.get().close();
            return Optional.empty();
        }
        return Optional.of(() -> {
            second.get().close();
            first.get().close();
        });
    }

    private static Optional<Place> take(Semaphore places, long end) throws InterruptedException {
        return places.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)
                ? Optional.of(places::release)
                : Optional.empty();
    }
}
