package pvemcp.pve;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import pvemcp.pve.Endpoints.Endpoint;

/// Where one request has been, and where it may still go in its time. For one thread.
final class Tries {
    private final Request request;
    private final Endpoints endpoints;
    private final Waiting waiting;
    private final long end;
    private final Map<Endpoint, String> failed = new LinkedHashMap<>();
    private int count = 1;

    /// @param patience how long it may take in all, from now on
    Tries(Request request, Endpoints endpoints, Duration patience, Waiting waiting) {
        this.request = request;
        this.endpoints = endpoints;
        this.waiting = waiting;
        this.end = System.nanoTime() + patience.toNanos();
    }

    /// The endpoint to ask next. When none is left, all are asked again where the request may be repeated.
    Endpoint next() throws InterruptedException {
        while (System.nanoTime() - end < 0) {
            var next = endpoints.next(failed.keySet());
            if (next.isPresent()) {
                return next.get();
            }
            if (failed.isEmpty() || !rest(Optional.empty())) {
                break;
            }
            failed.clear();
        }
        throw new PveException(unreachable(failed));
    }

    /// Until when an answer to the request is waited for.
    long patience(Endpoint endpoint) {
        return count < request.tries() ? readPatience(endpoint) : end;
    }

    /// Until when an answer to a read is waited for: half of the time that is left where it could be made
    /// elsewhere.
    long readPatience(Endpoint endpoint) {
        var others = new ArrayList<>(failed.keySet());
        others.add(endpoint);
        long now = System.nanoTime();
        return endpoints.isLeft(others) ? now + (end - now) / 2 : end;
    }

    boolean isTimeLeft() {
        return System.nanoTime() - end < 0;
    }

    void unsent(Endpoint endpoint, String why) {
        failed.put(endpoint, why);
    }

    /// This endpoint has no way to the node, so nothing was sent there; another may have one.
    boolean elsewhere(Endpoint endpoint, String why) {
        failed.put(endpoint, why);
        return endpoints.isLeft(failed.keySet());
    }

    /// Whether the request may be sent once more, though it may have arrived: if so, after a rest, and to
    /// another endpoint first.
    boolean again(Endpoint endpoint, String why, Optional<Duration> asked) throws InterruptedException {
        if (!rest(asked)) {
            return false;
        }
        failed.clear();
        failed.put(endpoint, why);
        if (!endpoints.isLeft(failed.keySet())) {
            failed.clear();
        }
        return true;
    }

    /// Waits before another try: a random part of 0.4 s, then of 0.8 s (so that many clients do not come
    /// back in step), or what the server asked for. False where no try or no time is left.
    private boolean rest(Optional<Duration> asked) throws InterruptedException {
        var rest = asked.orElseGet(
                () -> Duration.ofMillis(ThreadLocalRandom.current().nextLong(200L << count)));
        if (count >= request.tries() || rest.toNanos() >= end - System.nanoTime()) {
            return false;
        }
        count++;
        waiting.pause(rest);
        return true;
    }

    private PveFault unreachable(Map<Endpoint, String> failed) {
        var reasons = new LinkedHashMap<>(failed);
        reasons.putAll(endpoints.unasked(failed.keySet()));
        var why = new ArrayList<String>();
        reasons.forEach((endpoint, reason) -> why.add(endpoints.size() == 1 ? reason : endpoint + ": " + reason));
        return new PveFault.Unreachable(endpoints.toString(), String.join("; ", why));
    }
}
