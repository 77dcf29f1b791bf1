package pvemcp.pve;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/// The endpoints of one cluster, any of which can be asked for everything. The one that answered last is asked
/// first, the one that failed last is asked last.
///
/// An endpoint that failed five times within 30 s is left alone for 15 s; then one request tries it. Safe for
/// use by several threads.
final class Endpoints {
    private static final int FAILURES = 5;
    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final Duration REST = Duration.ofSeconds(15);

    private final Waiting waiting;
    private final List<Endpoint> all = new ArrayList<>(); // guarded by this, as is what is in it

    Endpoints(List<URI> uris, Waiting waiting) {
        this.waiting = waiting;
        for (var uri : uris) {
            all.add(new Endpoint(uri));
        }
    }

    /// One `https://host:port`.
    static final class Endpoint {
        private final URI uri;
        private final Deque<Duration> failures = new ArrayDeque<>();
        private Optional<Duration> restsUntil = Optional.empty();

        private Endpoint(URI uri) {
            this.uri = uri;
        }

        URI uri() {
            return uri;
        }

        @Override
        public String toString() {
            return uri.toString();
        }
    }

    int size() {
        return all.size();
    }

    synchronized List<Endpoint> all() {
        return List.copyOf(all);
    }

    /// The one to ask next, none of `failed`; empty where all others have failed or are left alone.
    synchronized Optional<Endpoint> next(Collection<Endpoint> failed) {
        for (var endpoint : all) {
            if (!failed.contains(endpoint) && !rests(endpoint)) {
                // After a rest this request is the trial; until it has ended the others stay away.
                endpoint.restsUntil =
                        endpoint.restsUntil.map(_ -> waiting.elapsed().plus(REST));
                return Optional.of(endpoint);
            }
        }
        return Optional.empty();
    }

    /// Whether [#next] would find one.
    synchronized boolean isLeft(Collection<Endpoint> failed) {
        return all.stream().anyMatch(endpoint -> !failed.contains(endpoint) && !rests(endpoint));
    }

    private boolean rests(Endpoint endpoint) {
        return endpoint.restsUntil
                .filter(until -> until.compareTo(waiting.elapsed()) > 0)
                .isPresent();
    }

    synchronized void answered(Endpoint endpoint) {
        endpoint.failures.clear();
        endpoint.restsUntil = Optional.empty();
        if (all.getFirst() != endpoint) {
            all.remove(endpoint);
            all.addFirst(endpoint);
        }
    }

    synchronized void failed(Endpoint endpoint) {
        var now = waiting.elapsed();
        endpoint.failures.addLast(now);
        while (endpoint.failures.getFirst().compareTo(now.minus(WITHIN)) < 0) {
            endpoint.failures.removeFirst();
        }
        if (endpoint.failures.size() >= FAILURES) {
            endpoint.restsUntil = Optional.of(now.plus(REST));
        }
        all.remove(endpoint);
        all.addLast(endpoint);
    }

    /// Those that were not asked, and why not.
    synchronized Map<Endpoint, String> unasked(Collection<Endpoint> failed) {
        var unasked = new LinkedHashMap<Endpoint, String>();
        for (var endpoint : all) {
            if (!failed.contains(endpoint)) {
                unasked.put(
                        endpoint,
                        rests(endpoint)
                                ? "left alone for 15 s after it failed five times"
                                : "not asked, as the time was up");
            }
        }
        return unasked;
    }

    @Override
    public synchronized String toString() {
        var text = new StringJoiner(", ");
        for (var endpoint : all) {
            text.add(endpoint.toString());
        }
        return text.toString();
    }
}
