package pvemcp.pve;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionReuseStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import pvemcp.json.Json;
import pvemcp.pve.Endpoints.Endpoint;

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
    private static final Duration CONNECT = Duration.ofSeconds(5);
    // pveproxy closes an idle connection after 5 s (PVE::APIServer::AnyEvent), and what is sent into that is lost.
    private static final Duration IDLE = Duration.ofSeconds(3);
    private static final int LARGEST_BODY = 64 << 20;
    private static final int LARGEST_RATIO = 200;

    private final Connection connection;
    private final Waiting waiting;
    private final Endpoints endpoints;
    private final Membership membership = new Membership();
    private final Session session;
    private final SharedReads shared;
    private final Places places = new Places();
    private Optional<Client> client = Optional.empty(); // guarded by this

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
        this.waiting = waiting;
        this.endpoints = new Endpoints(connection.endpoints(), waiting);
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
        var request = Request.of(Verb.GET, "/version", Json.Obj.EMPTY);
        try {
            var headers = session.headers(Verb.GET, session.pass());
            for (var endpoint : endpoints.all()) {
                belongs(endpoint, headers, new Tries(request));
            }
        } catch (InterruptedException _) {
            throw calledOff(request);
        }
    }

    /// A text that PVE serves beside the API and without login, such as `/pve-docs/api-viewer/apidoc.js`. No
    /// credential is sent.
    public String page(String path) {
        ApiPath.check(path);
        var request = new Request(Verb.GET, path, "", "", 3, List.of());
        try {
            var reply = carry(request, "", Map.of());
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
        Optional<Client> open;
        synchronized (this) {
            open = client;
            client = Optional.empty();
        }
        open.ifPresent(Client::close);
    }

    private Json.Obj sendNow(Verb verb, String path, Json.Obj params) {
        var request = Request.of(verb, path, params);
        var reply = asked(request);
        return Answers.envelope(request, reply.endpoint().toString(), reply.answer(), hidden(request));
    }

    private Reply asked(Request request) {
        try {
            var pass = session.pass();
            session.requireHope();
            var reply = carry(request, "/api2/json", session.headers(request.verb(), pass));
            // A ticket ends before its time when the cluster's key changes or its user logs out everywhere;
            // CSRF tokens likewise. PVE judges both before it does anything, so a write may be repeated as
            // well.
            if (reply.answer().status() == 401 && session.forget(pass)) {
                pass = session.pass();
                reply = carry(request, "/api2/json", session.headers(request.verb(), pass));
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
            var reply = carry(request, "/api2/json", Map.of());
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

    private record Reply(Endpoint endpoint, Outcome.Answered answer) {}

    /// Brings the request to an endpoint and an answer back: tries others where it certainly did not arrive,
    /// and again where repeating it changes nothing.
    private Reply carry(Request request, String base, Map<String, String> headers) throws InterruptedException {
        var tries = new Tries(request);
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
                                Answers.envelope(request, endpoint.toString(), answer, hidden(request))
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

    /// Where one request has been, and where it may still go in its time.
    private final class Tries {
        private final Request request;
        private final long end = System.nanoTime() + connection.timeout().toNanos();
        private final Map<Endpoint, String> failed = new LinkedHashMap<>();
        private int count = 1;

        Tries(Request request) {
            this.request = request;
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
    }

    private PveFault unreachable(Map<Endpoint, String> failed) {
        var reasons = new LinkedHashMap<>(failed);
        reasons.putAll(endpoints.unasked(failed.keySet()));
        var why = new ArrayList<String>();
        reasons.forEach((endpoint, reason) -> why.add(endpoints.size() == 1 ? reason : endpoint + ": " + reason));
        return new PveFault.Unreachable(endpoints.toString(), String.join("; ", why));
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

    /// Everything that names the HTTP library, so that none of it is loaded before the first request.
    private static final class Client {
        private static final String SENT = "pve.sent";

        private final CloseableHttpClient pooled;
        private final CloseableHttpClient fresh;

        Client(Connection connection) {
            var tls = tls(connection);
            // PVE closes the connection after every refusal (PVE::APIServer::AnyEvent).
            pooled = client(
                    connection,
                    tls,
                    (request, response, context) -> response.getCode() < 400
                            && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context));
            // A write never goes over a connection that PVE may be closing at that moment.
            fresh = client(connection, tls, (request, response, context) -> false);
        }

        private static DefaultClientTlsStrategy tls(Connection connection) {
            try {
                var context = Certificates.context(connection.trust());
                // BUILTIN lets the trust manager check the host name inside the handshake; a pinned certificate
                // may have any name in it.
                return connection.trust() instanceof Connection.Trust.Fingerprints
                        ? new DefaultClientTlsStrategy(
                                context, HostnameVerificationPolicy.CLIENT, NoopHostnameVerifier.INSTANCE)
                        : new DefaultClientTlsStrategy(
                                context, HostnameVerificationPolicy.BUILTIN, NoopHostnameVerifier.INSTANCE);
            } catch (IOException | GeneralSecurityException e) {
                throw new PveException(
                        new PveFault.Unreachable(connection.name(), "the trusted certificates cannot be read: " + e),
                        e);
            }
        }

        private static CloseableHttpClient client(
                Connection connection, DefaultClientTlsStrategy tls, ConnectionReuseStrategy reuse) {
            var connect = CONNECT.compareTo(connection.timeout()) < 0 ? CONNECT : connection.timeout();
            var request = RequestConfig.custom()
                    .setConnectionRequestTimeout(timeout(connection.timeout()))
                    .setResponseTimeout(timeout(connection.timeout()))
                    .setRedirectsEnabled(false)
                    .setProtocolUpgradeEnabled(false)
                    .build();
            return HttpClientBuilder.create()
                    .setConnectionManager(connections(tls, connect))
                    .setRequestExecutor(new Executor(reuse))
                    .setConnectionReuseStrategy(reuse)
                    .setKeepAliveStrategy((response, context) -> TimeValue.ofMilliseconds(IDLE.toMillis()))
                    .setDefaultRequestConfig(request)
                    .setUserAgent("pve-mcp")
                    .disableRedirectHandling()
                    .disableAutomaticRetries()
                    .disableCookieManagement()
                    .disableAuthCaching()
                    .disableContentCompression()
                    .disableConnectionState()
                    .build();
        }

        private static PoolingHttpClientConnectionManager connections(DefaultClientTlsStrategy tls, Duration connect) {
            return PoolingHttpClientConnectionManagerBuilder.create()
                    .setTlsSocketStrategy(tls)
                    .setMaxConnPerRoute(Places.AN_ENDPOINT)
                    .setMaxConnTotal(Places.AN_ENDPOINT * 8)
                    .setDefaultTlsConfig(TlsConfig.custom()
                            .setHandshakeTimeout(timeout(connect))
                            .build())
                    .setDefaultConnectionConfig(ConnectionConfig.custom()
                            .setConnectTimeout(timeout(connect))
                            .setSocketTimeout(timeout(connect))
                            .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                            .build())
                    .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                            .http1Config(Http1Config.custom()
                                    .setMaxHeaderCount(100)
                                    .setMaxLineLength(16 << 10)
                                    .setMaxEmptyLineCount(10)
                                    .build())
                            // Reason phrases are in UTF-8 where PVE quotes what somebody wrote.
                            .charCodingConfig(CharCodingConfig.custom()
                                    .setCharset(StandardCharsets.UTF_8)
                                    .setMalformedInputAction(CodingErrorAction.REPLACE)
                                    .setUnmappableInputAction(CodingErrorAction.REPLACE)
                                    .build())
                            .build())
                    .build();
        }

        private static Timeout timeout(Duration time) {
            return Timeout.ofMilliseconds(Math.max(1, time.toMillis()));
        }

        HttpUriRequestBase request(URI endpoint, Request request, String base, Map<String, String> headers) {
            var query = request.query().isEmpty() ? "" : "?" + request.query();
            var root = endpoint.toString().replaceAll("/+$", "");
            var http = new HttpUriRequestBase(request.verb().name(), URI.create(root + base + request.path() + query));
            boolean file = request.cargo().isPresent() && request.verb() == Verb.GET;
            http.setHeader("Accept", file ? "*/*" : "application/json");
            http.setHeader("Accept-Encoding", file ? "identity" : "gzip");
            headers.forEach(http::setHeader);
            if (request.cargo().isPresent() && request.cargo().get() instanceof Cargo.Up up) {
                http.setEntity(new MultipartEntity(up));
            } else if (request.hasBody()) {
                http.setEntity(new StringEntity(request.form(), ContentType.APPLICATION_FORM_URLENCODED));
            }
            return http;
        }

        /// Sends it and reads the whole answer. Only failures this does not foresee leave as exceptions.
        Outcome exchange(HttpUriRequestBase http, AtomicBoolean sent, Request request) {
            var context = HttpClientContext.create();
            context.setAttribute(SENT, sent);
            boolean reading = request.verb() == Verb.GET && request.cargo().isEmpty();
            try {
                return (reading ? pooled : fresh).execute(http, context, response -> {
                    if (response.getCode() == 200
                            && request.cargo().isPresent()
                            && request.cargo().get() instanceof Cargo.Down down) {
                        return receive(response, down);
                    }
                    return read(response);
                });
            } catch (Beyond e) {
                return new Outcome.TooLarge(e.getMessage());
            } catch (IOException e) {
                var refused = refused(e);
                if (refused.isPresent()) {
                    return new Outcome.Untrusted(
                            refused.get().fingerprint(), refused.get().getMessage());
                }
                return sent.get() ? new Outcome.Cut(words(e)) : new Outcome.Unsent(words(e));
            }
        }

        private static Optional<Certificates.Refused> refused(Throwable failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof Certificates.Refused refused) {
                    return Optional.of(refused);
                }
            }
            return Optional.empty();
        }

        private static String words(IOException failure) {
            return switch (failure) {
                case UnknownHostException e -> "no such host: " + e.getMessage();
                case ConnectException e -> e.getMessage();
                case NoRouteToHostException e -> e.getMessage();
                default -> failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
            };
        }

        private static Outcome receive(ClassicHttpResponse response, Cargo.Down down) throws IOException {
            var entity = response.getEntity();
            if (entity != null) {
                down.readFrom(entity.getContent(), entity.getContentLength() >= 0 || entity.isChunked());
            }
            return new Outcome.Answered(200, "OK", "", Optional.empty(), new byte[0]);
        }

        private static Outcome read(ClassicHttpResponse response) throws IOException {
            byte[] body = new byte[0];
            var entity = response.getEntity();
            if (entity != null) {
                boolean zipped = "gzip".equals(entity.getContentEncoding());
                // Not closed here: closing reads what is left, which may be without end. The client drops the
                // connection when this fails, and gets it back when the end has been read.
                var counted = new Counted(entity.getContent());
                body = all(zipped ? new GZIPInputStream(counted) : counted, counted);
                if (entity.getContentLength() < 0 && !entity.isChunked() && isCut(entity.getContentType(), body)) {
                    return new Outcome.Cut("the connection was closed in the middle of the answer");
                }
            }
            var type = response.getFirstHeader("Content-Type");
            return new Outcome.Answered(
                    response.getCode(),
                    Optional.ofNullable(response.getReasonPhrase()).orElse(""),
                    type == null ? "" : type.getValue(),
                    retryAfter(response),
                    body);
        }

        /// Without a length, the end of the connection is taken for the end of the answer. JSON tells.
        private static boolean isCut(String type, byte[] body) {
            return type != null
                    && type.startsWith("application/json")
                    && !new String(body, StandardCharsets.UTF_8).stripTrailing().endsWith("}");
        }

        /// Up to 30 s are honoured.
        private static Optional<Duration> retryAfter(ClassicHttpResponse response) {
            var header = response.getFirstHeader("Retry-After");
            return header != null && header.getValue().matches("[0-9]|[12][0-9]|30")
                    ? Optional.of(Duration.ofSeconds(Long.parseLong(header.getValue())))
                    : Optional.empty();
        }

        private static byte[] all(InputStream in, Counted wire) throws IOException {
            var out = new ByteArrayOutputStream();
            var buffer = new byte[16 << 10];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                if (out.size() > LARGEST_BODY) {
                    throw new Beyond("the answer is larger than 64 MiB: ask for less at a time");
                }
                // Small answers of repeated rows compress very well; only large ones are a danger.
                if (out.size() > 1 << 20 && out.size() / LARGEST_RATIO > wire.count) {
                    throw new Beyond("the answer is compressed more than %d times".formatted(LARGEST_RATIO));
                }
            }
            return out.toByteArray();
        }

        void close() {
            try {
                pooled.close();
                fresh.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static final class Beyond extends IOException {
            private static final long serialVersionUID = 1;

            Beyond(String message) {
                super(message);
            }
        }

        /// How many bytes came over the wire.
        private static final class Counted extends FilterInputStream {
            private long count;

            Counted(InputStream in) {
                super(in);
            }

            @Override
            public int read() throws IOException {
                int b = super.read();
                count += b < 0 ? 0 : 1;
                return b;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int n = super.read(buffer, offset, length);
                count += Math.max(n, 0);
                return n;
            }
        }

        /// Notes the moment from which bytes of a request may have left.
        private static final class Executor extends HttpRequestExecutor {
            Executor(ConnectionReuseStrategy reuse) {
                super(reuse);
            }

            @Override
            public ClassicHttpResponse execute(
                    ClassicHttpRequest request,
                    HttpClientConnection connection,
                    HttpResponseInformationCallback information,
                    HttpContext context)
                    throws IOException, HttpException {
                ((AtomicBoolean) context.getAttribute(SENT)).set(true);
                return super.execute(request, connection, information, context);
            }
        }
    }
}
