package pvemcp.pve;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import pvemcp.json.Json;

/// Lets readers that ask the same at the same time share one request, and answers `/cluster/resources` from
/// memory for a second: a burst of agents costs PVE, with its three workers a node, one request.
///
/// A write forgets all of it, before it is sent and after it has ended, so nobody reads what was true before a
/// change they have made. Safe for use by several threads.
final class SharedReads implements Transport {
    private static final Duration KEPT = Duration.ofSeconds(1);
    private static final String RESOURCES = "/cluster/resources";

    private final Transport next;
    private final Waiting waiting;
    private final Map<Key, Flight> flights = new HashMap<>(); // guarded by this, as are the two below
    private final Map<Key, Kept> kept = new HashMap<>();

    private record Key(String path, Json.Obj params) {}

    private record Kept(Json.Obj answer, Duration since) {}

    SharedReads(Transport next, Waiting waiting) {
        this.next = next;
        this.waiting = waiting;
    }

    @Override
    public Json.Obj send(Verb verb, String path, Json.Obj params) {
        if (verb == Verb.GET) {
            return read(new Key(path, params));
        }
        forget();
        try {
            return next.send(verb, path, params);
        } finally {
            forget();
        }
    }

    private Json.Obj read(Key key) {
        Flight flight;
        synchronized (this) {
            var fresh = fresh(key);
            if (fresh.isPresent()) {
                return fresh.get();
            }
            flight = flights.get(key);
            if (flight == null) {
                flight = new Flight(key);
                flights.put(key, flight);
                flight.thread.start();
            }
            flight.readers++;
        }
        try {
            return flight.answer.get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the reading of " + key.path() + " was called off");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PveException failed && failed.fault() instanceof PveFault.Missing) {
                forget(); // What was remembered may be why it was looked for in the wrong place.
            }
            throw rethrown(e.getCause());
        } finally {
            leave(flight);
        }
    }

    private Optional<Json.Obj> fresh(Key key) {
        var found = kept.get(key);
        return found != null && waiting.elapsed().minus(found.since()).compareTo(KEPT) < 0
                ? Optional.of(found.answer())
                : Optional.empty();
    }

    /// When the last reader has gone nobody wants the answer.
    private synchronized void leave(Flight flight) {
        flight.readers--;
        if (flight.readers == 0 && !flight.answer.isDone()) {
            flights.remove(flight.key, flight);
            flight.thread.interrupt();
        }
    }

    private synchronized void land(Flight flight, Optional<Json.Obj> answer) {
        boolean current = flights.remove(flight.key, flight);
        if (current && answer.isPresent() && flight.key.path().equals(RESOURCES)) {
            kept.put(flight.key, new Kept(answer.get(), waiting.elapsed()));
        }
    }

    /// Something has changed, or is about to.
    synchronized void forget() {
        flights.clear();
        kept.clear();
    }

    /// The stack of the one who asked, not only of the flight.
    private static RuntimeException rethrown(Throwable failure) {
        return switch (failure) {
            case PveException e -> new PveException(e.fault(), e);
            case Error e -> throw e;
            case RuntimeException e -> e;
            default -> new IllegalStateException(failure);
        };
    }

    private final class Flight {
        private final Key key;
        private final CompletableFuture<Json.Obj> answer = new CompletableFuture<>();
        private final Thread thread;
        private int readers; // guarded by SharedReads.this

        Flight(Key key) {
            this.key = key;
            this.thread = Thread.ofVirtual().name("pve-read").unstarted(this::fly);
        }

        private void fly() {
            try {
                var got = next.send(Verb.GET, key.path(), key.params());
                land(this, Optional.of(got));
                answer.complete(got);
            } catch (Throwable e) { // The readers rethrow it, whatever it is.
                land(this, Optional.empty());
                answer.completeExceptionally(e);
            }
        }
    }
}
