package pvemcp.pve;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import pvemcp.json.Json;
import pvemcp.pve.Endpoints.Endpoint;

/// Brings requests to an endpoint of their cluster and answers back. Credentials reach it as headers that others have
/// made, and go nowhere before it is known that the endpoint is of that cluster. Safe for use by several threads.
final class Carrier {
    private final Connection connection;
    private final Endpoints endpoints;
    private final Waiting waiting;
    private final Function<Request, List<String>> hidden;
    private final Membership membership = new Membership();
    private final Places places = new Places();
    private Optional<Client> client = Optional.empty(); // guarded by this

    /// @param hidden what must not appear in a fault of a request
    Carrier(Connection connection, Endpoints endpoints, Waiting waiting, Function<Request, List<String>> hidden) {
        this.connection = connection;
        this.endpoints = endpoints;
        this.waiting = waiting;
        this.hidden = hidden;
    }

    /// An answer and where it came from.
    record Reply(Endpoint endpoint, Outcome.Answered answer) {}

    /// Brings the request to an endpoint and an answer back: tries others where it certainly did not arrive,
    /// and again where repeating it changes nothing.
    Reply carry(Request request, String base, Map<String, String> headers) throws InterruptedException {
        var tries = tries(request);
        while (true) {
            var endpoint = tries.next();
            if (!headers.isEmpty() && !belongs(endpoint, headers, tries)) {
                continue;
            }
            switch (exchange(endpoint, request, base, headers, tries.patience(endpoint))) {
                case Outcome.Answered answer -> {
                    endpoints.answered(endpoint);
                    boolean again = answer.status() == 595
                            ? tries.elsewhere(endpoint, answer.reason())
                            : isPassing(answer) && tries.again(endpoint, answer.reason(), answer.retryAfter());
                    if (!again) {
                        return new Reply(endpoint, answer);
                    }
                }
                case Outcome.Unsent(var why) -> {
                    endpoints.failed(endpoint);
                    tries.unsent(endpoint, why);
                }
                case Outcome.Cut(var why) -> {
                    endpoints.failed(endpoint);
                    if (!tries.again(endpoint, why, Optional.empty())) {
                        throw new PveException(lost(request, endpoint, why));
                    }
                }
                case Outcome.Late() -> {
                    endpoints.failed(endpoint);
                    if (tries.isTimeLeft() && tries.again(endpoint, "no answer", Optional.empty())) {
                        continue;
                    }
                    var why = request.cargo()
                            .map(cargo -> "nothing moved for %s, after %d bytes"
                                    .formatted(connection.timeout(), cargo.moved()))
                            .orElseGet(() -> "no whole answer in " + connection.timeout());
                    throw new PveException(lost(request, endpoint, why));
                }
                case Outcome.Untrusted(var fingerprint, var why) ->
                    throw new PveException(new PveFault.Untrusted(endpoint.toString(), fingerprint, why));
                case Outcome.TooLarge(var why) ->
                    throw new PveException(
                            request.safe()
                                    ? new PveFault.NotPve(endpoint.toString(), why)
                                    : new PveFault.Ambiguous(request.verb(), request.path(), why));
            }
        }
    }

    /// Asks every endpoint that can be reached whose it is, and not only those that are needed.
    ///
    /// @throws PveException with [PveFault.OtherCluster] where they are of different clusters
    void requireOneCluster(Map<String, String> headers) throws InterruptedException {
        var request = Request.of(Verb.GET, "/version", Json.Obj.EMPTY);
        for (var endpoint : endpoints.all()) {
            belongs(endpoint, headers, tries(request));
        }
    }

    private Tries tries(Request request) {
        return new Tries(request, endpoints, connection.timeout(), waiting);
    }

    /// Closes the connections. Requests under way fail, later ones open new connections.
    void close() {
        Optional<Client> open;
        synchronized (this) {
            open = client;
            client = Optional.empty();
        }
        open.ifPresent(Client::close);
    }

    /// Sees to it, before anything else is sent to one of several endpoints, that it is of the same cluster as those
    /// before it.
    ///
    /// @return false where it could not be asked, and so cannot be used now
    private boolean belongs(Endpoint endpoint, Map<String, String> headers, Tries tries) throws InterruptedException {
        if (endpoints.size() == 1 || membership.knows(endpoint)) {
            return true;
        }
        var mark = Membership.Mark.NONE;
        for (var question : Membership.QUESTIONS) {
            if (!mark.isTold()) {
                var request = Request.of(Verb.GET, question, Json.Obj.EMPTY);
                switch (exchange(endpoint, request, "/api2/json", headers, tries.readPatience(endpoint))) {
                    case Outcome.Answered answer
                    when answer.status() == 200 ->
                        mark = Membership.Mark.of(
                                Answers.envelope(request, endpoint.toString(), answer, hidden.apply(request))
                                        .get("data")
                                        .orElse(Json.Null.NULL));
                    case Outcome.Answered _, Outcome.TooLarge _ -> {} // It does not tell; the request itself will.
                    case Outcome.Unsent(var why) -> {
                        return unused(endpoint, why, tries);
                    }
                    case Outcome.Cut(var why) -> {
                        return unused(endpoint, why, tries);
                    }
                    case Outcome.Late() -> {
                        return unused(endpoint, "no answer in " + connection.timeout(), tries);
                    }
                    case Outcome.Untrusted(var fingerprint, var why) ->
                        throw new PveException(new PveFault.Untrusted(endpoint.toString(), fingerprint, why));
                }
            }
        }
        membership.join(endpoint, mark).ifPresent(fault -> {
            throw new PveException(fault);
        });
        return true;
    }

    private boolean unused(Endpoint endpoint, String why, Tries tries) {
        endpoints.failed(endpoint);
        tries.unsent(endpoint, why);
        return false;
    }

    /// What comes from gateways and from the node behind the one that was asked, and may be gone a moment later.
    private static boolean isPassing(Outcome.Answered answer) {
        return switch (answer.status()) {
            case 502, 503, 504, 596, 597, 599 -> true;
            default -> false;
        };
    }

    private static PveFault lost(Request request, Endpoint endpoint, String why) {
        return request.safe()
                ? new PveFault.Unreachable(endpoint.toString(), why)
                : new PveFault.Ambiguous(request.verb(), request.path(), why);
    }

    /// One exchange, on a virtual thread of its own: that can be given up whatever it hangs in, be it a name lookup.
    private Outcome exchange(Endpoint endpoint, Request request, String base, Map<String, String> headers, long end)
            throws InterruptedException {
        var ready = client();
        var http = ready.request(endpoint.uri(), request, base, headers);
        var sent = new AtomicBoolean();
        var outcome = new CompletableFuture<Outcome>();
        var place = places.take(endpoint.toString(), request.node(), end);
        if (place.isEmpty()) {
            var why = "%d requests to it (%d to one node) are under way and none has ended in time"
                    .formatted(Places.AN_ENDPOINT, Places.A_NODE);
            throw new PveException(new PveFault.Unreachable(endpoint.toString(), why));
        }
        Thread.ofVirtual().name("pve-exchange").start(() -> {
            try {
                outcome.complete(ready.exchange(http, sent, request));
            } catch (Throwable e) { // Rethrown by the one who waits.
                outcome.completeExceptionally(e);
            } finally {
                place.get().close();
            }
        });
        try {
            return request.cargo().isPresent()
                    ? watched(outcome, request.cargo().get(), http)
                    : outcome.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            http.cancel();
            return sent.get() ? new Outcome.Late() : new Outcome.Unsent("no connection in time");
        } catch (InterruptedException e) {
            http.cancel();
            if (sent.get() && !request.safe()) {
                Thread.currentThread().interrupt();
                throw new PveException(
                        new PveFault.Ambiguous(
                                request.verb(), request.path(), "it was called off after it had been sent"),
                        e);
            }
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an exchange ended in no known way", e.getCause());
        }
    }

    /// Waits for as long as bytes move.
    private Outcome watched(CompletableFuture<Outcome> outcome, Cargo cargo, HttpUriRequestBase http)
            throws InterruptedException, ExecutionException, TimeoutException {
        long before = -1;
        long stillSince = System.nanoTime();
        while (true) {
            try {
                return outcome.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                if (cargo.moved() != before) {
                    before = cargo.moved();
                    stillSince = System.nanoTime();
                } else if (System.nanoTime() - stillSince > connection.timeout().toNanos()) {
                    throw e;
                }
            }
            try {
                cargo.tell();
            } catch (RuntimeException e) {
                http.cancel();
                throw e;
            }
        }
    }

    private synchronized Client client() {
        if (client.isEmpty()) {
            client = Optional.of(new Client(connection));
        }
        return client.get();
    }
}
