package pvemcp.pve;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import pvemcp.json.Json;

/// The way to a cluster over HTTPS, as its owner named it in a [Connection].
///
/// What may be relied on: endpoints of different clusters are refused before a request reaches the wrong one; an
/// unknown certificate is refused before any credential is sent; redirects are not followed; a request ends within
/// the connection's timeout, however slowly the answer drips, and at once when its thread is interrupted (with a
/// `CancellationException`, or [PveFault.Ambiguous] where a write had been sent); reads are repeated, up to three
/// times in that time and on other endpoints; a write is sent once, unless it certainly did not arrive.
///
/// Nothing is opened or loaded before the first request. Safe for use by several threads; one instance a
/// cluster, since equal reads made at the same time are one request ([SharedReads]).
public final class HttpTransport implements Transport, AutoCloseable {
    private final Connection connection;
    private final Endpoints endpoints;
    private final Carrier carrier;
    private final Session session;
    private final SharedReads shared;

    public HttpTransport(Connection connection, Clock clock) {
        this(connection, clock, Waiting.REAL);
    }

    /// @param clock the time of day, from which the codes of a second factor are made
    /// @param waiting what passes between two tries, and tells the age of tickets
    public HttpTransport(Connection connection, Clock clock, Waiting waiting) {
        for (var endpoint : connection.endpoints()) {
            if (!"https".equals(endpoint.getScheme()) || endpoint.getHost() == null) {
                throw new IllegalArgumentException(
                        "'%s' is not an endpoint: write it as https://host:8006".formatted(endpoint));
            }
        }
        if (connection.endpoints().isEmpty()) {
            throw new IllegalArgumentException("cluster '%s' has no endpoint".formatted(connection.name()));
        }
        this.connection = connection;
        this.endpoints = new Endpoints(connection.endpoints(), waiting);
        this.carrier = new Carrier(connection, endpoints, waiting, this::hidden);
        this.session = new Session(connection.credential(), endpoints.toString(), clock, waiting, this::logIn);
        this.shared = new SharedReads(this::sendNow, waiting);
    }

    @Override
    public Json.Obj send(Verb verb, String path, Json.Obj params) {
        return shared.send(verb, path, params);
    }

    @Override
    public Json.Obj upload(String path, Json.Obj params, Upload file) {
        var cargo = new Cargo.Up(file);
        var request = Request.carrying(Verb.POST, path, params, cargo);
        shared.forget();
        try {
            return heard(cargo, () -> {
                var reply = asked(request);
                return Answers.envelope(request, reply.endpoint().toString(), reply.answer(), hidden(request));
            });
        } finally {
            shared.forget();
        }
    }

    @Override
    public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
        var cargo = new Cargo.Down(to, received);
        var request = Request.carrying(Verb.GET, path, params, cargo);
        return heard(cargo, () -> {
            var reply = asked(request);
            if (reply.answer().status() != 200) {
                throw new PveException(
                        Answers.fault(request, reply.endpoint().toString(), reply.answer(), hidden(request)));
            }
            return new Received(cargo.moved(), cargo.isMeasured());
        });
    }

    @Override
    public Tunnel tunnel(String path, Json.Obj params) {
        var request = Request.of(Verb.GET, path, params);
        var endpoint = endpoints
                .next(List.of())
                .orElseThrow(() -> new PveException(new PveFault.Unreachable(endpoints.toString(), "none answers")));
        try {
            var pinned = connection.trust() instanceof Connection.Trust.Fingerprints;
            var tls = Certificates.context(connection.trust()).getSocketFactory();
            var headers = session.headers(Verb.GET, session.pass());
            var target = "/api2/json" + request.path() + "?" + request.query();
            return WebSocket.open(endpoint.uri(), tls, pinned, target, headers, connection.timeout());
        } catch (WebSocket.Refused e) {
            throw new PveException(
                    e.status() == 401
                            ? new PveFault.Unauthorized(endpoint.toString(), Answers.clean(e.getMessage()))
                            : new PveFault.Unexpected(e.status(), Answers.clean(e.getMessage())),
                    e);
        } catch (IOException | GeneralSecurityException e) {
            throw new PveException(
                    new PveFault.Unreachable(endpoint.toString(), Answers.clean(String.valueOf(e.getMessage()))), e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw calledOff(request);
        }
    }

    /// A trouble with the file itself comes back as a broken connection; this tells it apart.
    private static <T> T heard(Cargo cargo, Supplier<T> exchange) {
        try {
            return exchange.get();
        } catch (PveException e) {
            if (cargo.failure().isPresent()) {
                throw new UncheckedIOException(cargo.failure().get());
            }
            throw e;
        }
    }

    /// Opens a connection and logs in, so that the first real request does not wait for it. Comes back at once;
    /// whatever fails will fail again, and be told, when it matters.
    @Override
    public void prewarm() {
        Thread.ofVirtual().name("pve-prewarm").start(() -> {
            try {
                send(Verb.GET, "/version", Json.Obj.EMPTY);
            } catch (RuntimeException _) {
                // The first request that somebody waits for will say so. A client that leaves at once closes this.
            }
        });
    }

    /// Asks every endpoint that can be reached whose it is, and not only those that are needed.
    ///
    /// @throws PveException with [PveFault.OtherCluster] where they are of different clusters
    public void requireOneCluster() {
        try {
            carrier.requireOneCluster(session.headers(Verb.GET, session.pass()));
        } catch (InterruptedException _) {
            throw calledOff(Request.of(Verb.GET, "/version", Json.Obj.EMPTY));
        }
    }

    /// A text that PVE serves beside the API and without login, such as `/pve-docs/api-viewer/apidoc.js`. No
    /// credential is sent.
    public String page(String path) {
        ApiPath.check(path);
        var request = new Request(Verb.GET, path, "", "", 3, List.of());
        try {
            var reply = carrier.carry(request, "", Map.of());
            if (reply.answer().status() != 200) {
                throw new PveException(Answers.fault(request, reply.endpoint().toString(), reply.answer(), List.of()));
            }
            return new String(reply.answer().body(), StandardCharsets.UTF_8);
        } catch (InterruptedException _) {
            throw calledOff(request);
        }
    }

    /// Closes the connections. Requests under way fail, later ones open new connections.
    @Override
    public void close() {
        carrier.close();
    }

    private Json.Obj sendNow(Verb verb, String path, Json.Obj params) {
        var request = Request.of(verb, path, params);
        var reply = asked(request);
        return Answers.envelope(request, reply.endpoint().toString(), reply.answer(), hidden(request));
    }

    private Carrier.Reply asked(Request request) {
        try {
            var pass = session.pass();
            session.requireHope();
            var reply = carrier.carry(request, "/api2/json", session.headers(request.verb(), pass));
            // A ticket ends before its time when the cluster's key changes or its user logs out everywhere;
            // CSRF tokens likewise. PVE judges both before it does anything, so a write may be repeated as
            // well.
            if (reply.answer().status() == 401 && session.forget(pass)) {
                pass = session.pass();
                reply = carrier.carry(request, "/api2/json", session.headers(request.verb(), pass));
            }
            if (reply.answer().status() == 401) {
                session.refused(Answers.clean(reply.answer().reason()));
            }
            return reply;
        } catch (InterruptedException _) {
            throw calledOff(request);
        }
    }

    private Json.Obj logIn(Json.Obj params) {
        var request = Request.login(params);
        try {
            var reply = carrier.carry(request, "/api2/json", Map.of());
            return Answers.envelope(request, reply.endpoint().toString(), reply.answer(), hidden(request))
                    .object("data")
                    .orElse(Json.Obj.EMPTY);
        } catch (InterruptedException _) {
            throw calledOff(request);
        }
    }

    private List<String> hidden(Request request) {
        var hidden = new ArrayList<>(session.secrets());
        hidden.addAll(request.secrets());
        return hidden;
    }

    private static CancellationException calledOff(Request request) {
        Thread.currentThread().interrupt();
        return new CancellationException("%s %s was called off".formatted(request.verb(), request.path()));
    }
}
