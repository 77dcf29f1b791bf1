package pvemcp.mcp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// MCP over Streamable HTTP, for any number of clients: POST to `/mcp`, and for the older revisions also GET and
/// DELETE. `/healthz` and `/readyz` tell a supervisor in one word, `/metrics` tells Prometheus, `/` is a page for
/// people.
///
/// Each request has a virtual thread. Safe for several threads.
public final class Http implements AutoCloseable {
    private static final int LARGEST_BODY = 1 << 20;
    private static final int MOST_REQUESTS = 2_000;

    /// An answer that comes within it is sent as plain JSON, whose status tells more; after that a stream is opened.
    private static final Duration PROMPT = Duration.ofSeconds(1);

    /// How often a stream that waits for an answer shows a sign of life. A client that has gone is noticed by the
    /// second one, and then its request is cancelled.
    private static final Duration BEAT = Duration.ofSeconds(1);

    /// The same for a stream that waits for whatever may happen. Proxies cut connections that are silent for a
    /// minute.
    private static final Duration SLOW_BEAT = Duration.ofSeconds(15);

    private static final Duration ROUNDS = Duration.ofSeconds(5);

    private static final String SESSION = "Mcp-Session-Id";

    private final HttpServer server;
    private final InetSocketAddress address;
    private final Optional<Relay> relay;
    private final Doorplate doorplate;
    private final Porter porter;
    private final Optional<FrontPage> frontPage;
    private final Metrics metrics;
    private final InstantSource clock;
    private final int mostRequests;
    private final HttpSessions sessions;
    private final Writers writers = new Writers();

    /// The sessions of modern requests: one each.
    private final Set<Session> passing = ConcurrentHashMap.newKeySet();

    private final AtomicInteger underWay = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean draining;

    /// Listens at once.
    ///
    /// @throws IllegalArgumentException where others could connect and nobody is asked for a token
    public static Http start(HttpSettings settings, Entrance entrance, Metrics metrics, InstantSource clock)
            throws IOException {
        return start(settings, entrance, metrics, clock, MOST_REQUESTS);
    }

    /// @param mostRequests at once
    static Http start(HttpSettings settings, Entrance entrance, Metrics metrics, InstantSource clock, int mostRequests)
            throws IOException {
        if (entrance.open() && !settings.onlyThisMachine()) {
            throw new IllegalArgumentException(
                    "%s can be reached from other machines, and nobody would be asked for a token"
                            .formatted(settings.address()));
        }
        limit("jdk.httpserver.maxConnections", "4000");
        limit("sun.net.httpserver.maxIdleConnections", "1000");
        limit("sun.net.httpserver.idleInterval", "75");
        limit("sun.net.httpserver.maxReqHeaders", "100");
        limit("sun.net.httpserver.maxReqHeaderSize", "32768");
        // Seconds from the first byte of a request to the last of its body.
        limit("sun.net.httpserver.maxReqTime", "30");
        return new Http(settings, entrance, metrics, clock, mostRequests);
    }

    /// The JDK's server has these limits as properties of the whole process, read before its first use. What its
    /// owner has set stays.
    private static void limit(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private Http(HttpSettings settings, Entrance entrance, Metrics metrics, InstantSource clock, int mostRequests)
            throws IOException {
        this.mostRequests = mostRequests;
        this.porter = new Porter(entrance);
        this.frontPage = settings.page().map(FrontPage::new);
        this.metrics = metrics;
        this.clock = clock;
        this.sessions = new HttpSessions(clock);
        this.doorplate = new Doorplate(settings.hosts(), settings.origins());
        this.address = settings.address();
        this.relay = settings.handed().map(Relay::new);
        int backlog = 500;
        var inside = relay.isPresent() ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0) : address;
        if (settings.tls().isPresent()) {
            var https = HttpsServer.create(inside, backlog);
            https.setHttpsConfigurator(new HttpsConfigurator(settings.tls().get()));
            server = https;
        } else {
            server = HttpServer.create(inside, backlog);
        }
        server.createContext("/", this::handle);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        relay.ifPresent(brings -> brings.start(insidePort()));
        Thread.ofVirtual().name("http-rounds").start(this::makeRounds);
    }

    /// The port it listens on; with a socket handed over, the port of the address it is shown with.
    public int port() {
        return relay.isPresent() ? address.getPort() : insidePort();
    }

    /// The port of the JDK's server, behind the relay where there is one.
    int insidePort() {
        return server.getAddress().getPort();
    }

    private void makeRounds() {
        try {
            while (!ended.await(ROUNDS.toMillis(), TimeUnit.MILLISECONDS)) {
                lookAfterClients();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Gives up clients that do not read, and sessions that nobody uses.
    void lookAfterClients() {
        writers.giveUpStuck();
        sessions.endIdle();
    }

    // ---- a request ----

    private void handle(HttpExchange http) {
        int count = underWay.incrementAndGet();
        try (http) {
            var reply = new Reply(http, writers);
            if (http.getRequestURI().getPath().equals("/healthz")) {
                reply.text(200, "text/plain", "alive\n");
            } else if (http.getRequestURI().getPath().equals("/readyz")) {
                reply.text(draining ? 503 : 200, "text/plain", draining ? "stopping\n" : "ready\n");
            } else if (relay.isPresent() && !relay.get().brought(http.getRemoteAddress())) {
                reply.refuse(403, RpcError.INVALID_REQUEST, "This is not the address to connect to");
            } else if (draining) {
                reply.header("Connection", "close");
                reply.refuse(503, RpcError.INTERNAL, "The server is shutting down");
            } else if (count > mostRequests) {
                reply.header("Retry-After", "1");
                reply.refuse(503, RpcError.INTERNAL, "Too many requests at once: wait a second, then try again");
            } else {
                enter(http, reply);
            }
        } catch (IOException _) {
            // The client has gone; what it had asked for has been seen to where it was under way.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            System.err.println("pve-mcp: a defect in serving " + Text.brief(http.getRequestMethod()) + ":");
            e.printStackTrace(System.err);
        } finally {
            underWay.decrementAndGet();
            // Of one whose client has gone there is none.
            if (http.getResponseCode() > 0) {
                metrics.answered(http.getResponseCode());
            }
        }
    }

    private void enter(HttpExchange http, Reply reply) throws IOException, InterruptedException {
        var headers = http.getRequestHeaders();
        var origins = headers.getOrDefault("Origin", List.of());
        var refusal = doorplate.refusal(headers.getOrDefault("Host", List.of()), origins);
        if (refusal.isPresent()) {
            reply.refuse(403, RpcError.INVALID_REQUEST, refusal.get());
            return;
        }
        if (!origins.isEmpty()) {
            reply.header("Access-Control-Allow-Origin", origins.getFirst());
            reply.header("Access-Control-Expose-Headers", SESSION + ", WWW-Authenticate");
            reply.header("Vary", "Origin");
        }
        if (porter.answersStranger(http, reply)) {
            return;
        }
        var path = http.getRequestURI().getPath();
        if (path.equals("/") && frontPage.isPresent()) {
            frontPage.get().show(http, reply);
            return;
        }
        if (!path.equals("/mcp") && !path.equals("/metrics")) {
            reply.refuse(404, RpcError.INVALID_REQUEST, "MCP is at /mcp");
            return;
        }
        if (http.getRequestMethod().equals("OPTIONS")) {
            preflight(http, reply);
            return;
        }
        var visitor = porter.admit(http, reply);
        if (visitor.isEmpty()) {
            return;
        }
        if (path.equals("/metrics")) {
            reply.text(
                    200,
                    "text/plain; version=0.0.4; charset=utf-8",
                    metrics.page(underWay.get(), sessions.all().size()));
            return;
        }
        var rules = new HeaderRules(headers);
        switch (http.getRequestMethod()) {
            case "POST" -> post(http, reply, visitor.get(), rules);
            case "GET" -> listen(reply, visitor.get(), rules);
            case "DELETE" -> end(reply, visitor.get(), rules);
            default -> {
                reply.header("Allow", "POST, GET, DELETE, OPTIONS");
                reply.refuse(405, RpcError.INVALID_REQUEST, "/mcp takes POST, GET and DELETE");
            }
        }
    }

    /// What a browser asks before it lets a page of another origin send anything.
    private static void preflight(HttpExchange http, Reply reply) throws IOException {
        var wanted = Optional.ofNullable(http.getRequestHeaders().getFirst("Access-Control-Request-Headers"));
        reply.header("Access-Control-Allow-Methods", "POST, GET, DELETE");
        wanted.ifPresent(names -> reply.header("Access-Control-Allow-Headers", names));
        reply.header("Access-Control-Max-Age", "600");
        reply.empty(204);
    }

    // ---- POST ----

    private void post(HttpExchange http, Reply reply, Entrance.Visitor visitor, HeaderRules rules)
            throws IOException, InterruptedException {
        if (!rules.only("Content-Type").orElse("").toLowerCase(Locale.ROOT).startsWith("application/json")) {
            reply.refuse(415, RpcError.INVALID_REQUEST, "Send Content-Type: application/json");
            return;
        }
        if (!accepts(http, "application/json") || !accepts(http, "text/event-stream")) {
            reply.refuse(406, RpcError.INVALID_REQUEST, "Send Accept: application/json, text/event-stream");
            return;
        }
        var body = http.getRequestBody().readNBytes(LARGEST_BODY + 1);
        if (body.length > LARGEST_BODY) {
            reply.header("Connection", "close");
            reply.refuse(413, RpcError.INVALID_REQUEST, "A message may have " + LARGEST_BODY + " bytes at most");
            return;
        }
        Message message;
        try {
            message = Message.read(Json.parse(body, Json.Limits.DEFAULT));
        } catch (JsonException e) {
            reply.refuse(400, RpcError.PARSE, "Not JSON: " + e.getMessage());
            return;
        } catch (Message.Malformed e) {
            reply.message(400, e.answer());
            return;
        }
        if (message instanceof Message.Request plain) {
            var request = TraceContext.with(plain, rules);
            if (porter.wantsMore(request, visitor, reply)) {
                return;
            }
            if (isModern(request, rules)) {
                serveAlone(request, reply, visitor, rules);
            } else if (request.method().equals("initialize")) {
                open(request, reply, visitor);
            } else {
                var session = session(reply, visitor, rules);
                if (session.isPresent()) {
                    serve(request, reply, session.get());
                }
            }
        } else if (isModern(rules)) {
            // There is nothing to notify a server of where each request stands alone: closing its connection cancels
            // it.
            reply.empty(202);
        } else {
            var session = session(reply, visitor, rules);
            if (session.isPresent()) {
                session.get().connected();
                session.get().session().receive(message, session.get().session().unsolicited());
                session.get().disconnected(clock.instant());
                reply.empty(202);
            }
        }
    }

    private static boolean accepts(HttpExchange http, String type) {
        var values = http.getRequestHeaders().get("Accept");
        if (values == null) {
            return true;
        }
        var family = type.substring(0, type.indexOf('/')) + "/*";
        for (var value : values) {
            for (var part : value.split(",", -1)) {
                var named = part.split(";", 2)[0].strip();
                if (named.equalsIgnoreCase(type) || named.equals("*/*") || named.equalsIgnoreCase(family)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isModern(Message.Request request, HeaderRules rules) {
        return Modern.marks(request) || isModern(rules);
    }

    /// A revision that is not known is taken for a later one.
    private static boolean isModern(HeaderRules rules) {
        var version = rules.only(HeaderRules.VERSION);
        return version.isPresent()
                && Revision.of(version.get()).map(Revision::modern).orElse(true);
    }

    /// A modern request: all there is to know is in it.
    private void serveAlone(Message.Request request, Reply reply, Entrance.Visitor visitor, HeaderRules rules)
            throws IOException, InterruptedException {
        var wrong = wrong(request, visitor.server(), rules);
        if (wrong.isPresent()) {
            reply.message(400, new Message.Failure(request.id(), wrong.get()));
            return;
        }
        var box = new Mailbox(true);
        var session = visitor.server().open(visitor.principal(), box, Thread::startVirtualThread);
        passing.add(session);
        try {
            session.receive(request, box);
            var first = box.after(0, PROMPT);
            if (!first.isEmpty() && first.getFirst().answers()) {
                reply.message(
                        status(first.getFirst().message()), first.getFirst().message());
            } else {
                boolean listens = request.method().equals("subscriptions/listen");
                reply.events(box, 0, "", false, listens ? SLOW_BEAT : BEAT);
            }
        } finally {
            // Also where the client has gone: that is how it cancels.
            session.close();
            passing.remove(session);
        }
    }

    private static Optional<RpcError> wrong(Message.Request request, McpServer server, HeaderRules rules) {
        try {
            var version = rules.only(HeaderRules.VERSION);
            if (!Modern.marks(request)
                    && version.isPresent()
                    && Revision.of(version.get()).isEmpty()) {
                throw Modern.unsupported(version.get());
            }
            var wrong = rules.check(request.method(), request.params());
            if (wrong.isPresent()) {
                return wrong;
            }
            Modern.check(request.meta());
            if (!request.method().equals("tools/call")) {
                return Optional.empty();
            }
            var tool = request.params().text("name").flatMap(server.dispatcher()::tool);
            if (tool.isEmpty()) {
                return Optional.empty();
            }
            var schema = Features.object(server.lists().definition(tool.get(), Revision.V2026_07_28), "inputSchema");
            return rules.checkArguments(schema, Features.object(request.params(), "arguments"));
        } catch (RpcException e) {
            return Optional.of(e.error());
        }
    }

    /// MCP 2026-07-28, basic/transports/streamable-http: only these errors have a status of their own.
    private static int status(Message message) {
        if (!(message instanceof Message.Failure failure)) {
            return 200;
        }
        return switch (failure.error().code()) {
            case RpcError.METHOD_NOT_FOUND -> 404;
            case RpcError.PARSE,
                    RpcError.INVALID_REQUEST,
                    RpcError.HEADER_MISMATCH,
                    RpcError.MISSING_CLIENT_CAPABILITY,
                    RpcError.UNSUPPORTED_VERSION -> 400;
            default -> 200;
        };
    }

    // ---- sessions of the older revisions ----

    private void open(Message.Request request, Reply reply, Entrance.Visitor visitor)
            throws IOException, InterruptedException {
        var opened = sessions.open(visitor);
        if (opened.isEmpty()) {
            reply.header("Retry-After", "60");
            reply.message(
                    503,
                    new Message.Failure(
                            request.id(),
                            new RpcError(
                                    RpcError.INTERNAL, "Too many sessions are open: close one, or try again later")));
            return;
        }
        var box = new Mailbox(true);
        opened.get().session().receive(request, box);
        // The handshake is answered at once.
        var answer = box.after(0, PROMPT).getFirst().message();
        if (opened.get().session().agreed().isPresent()) {
            reply.header(SESSION, opened.get().id());
        } else {
            sessions.end(opened.get());
        }
        reply.message(200, answer);
    }

    /// The session that a request belongs to; empty where there is none, and then the client has been told.
    private Optional<HttpSession> session(Reply reply, Entrance.Visitor visitor, HeaderRules rules) throws IOException {
        var id = rules.only(SESSION);
        if (id.isEmpty()) {
            reply.refuse(
                    400,
                    RpcError.INVALID_REQUEST,
                    "Send 'initialize' first and then its " + SESSION
                            + " with every request, or name the protocol version in params._meta as from 2026-07-28 on");
            return Optional.empty();
        }
        var session = sessions.find(id.get(), visitor);
        if (session.isEmpty()) {
            reply.refuse(404, RpcError.INVALID_REQUEST, "This session has ended: send 'initialize' again");
        }
        return session;
    }

    private void serve(Message.Request request, Reply reply, HttpSession session)
            throws IOException, InterruptedException {
        session.connected();
        try {
            var box = new Mailbox(true);
            session.session().receive(request, box);
            var first = box.after(0, PROMPT);
            if (!first.isEmpty() && first.getFirst().answers()) {
                reply.message(200, first.getFirst().message());
            } else {
                reply.events(box, 0, session.keep(box), primes(session), BEAT);
            }
        } finally {
            session.disconnected(clock.instant());
        }
    }

    /// Older clients take an event without data for a message.
    private static boolean primes(HttpSession session) {
        return session.session()
                .agreed()
                .filter(revision -> revision.since(Revision.V2025_11_25))
                .isPresent();
    }

    /// A GET: what belongs to no request, or the rest of a stream whose connection has broken.
    private void listen(Reply reply, Entrance.Visitor visitor, HeaderRules rules)
            throws IOException, InterruptedException {
        if (isModern(rules) || rules.only(SESSION).isEmpty()) {
            reply.header("Allow", "POST");
            reply.refuse(405, RpcError.INVALID_REQUEST, "Without a session, /mcp takes POST");
            return;
        }
        var found = session(reply, visitor, rules);
        if (found.isEmpty()) {
            return;
        }
        var session = found.get();
        var last = rules.only("Last-Event-ID").orElse("");
        int dash = last.indexOf('-');
        var name = dash < 0 ? HttpSession.COMMON : last.substring(0, dash);
        var stream = session.stream(name);
        boolean common = stream.isEmpty() || name.equals(HttpSession.COMMON);
        var box = stream.or(() -> session.stream(HttpSession.COMMON)).orElseThrow();
        long after = dash < 0 || stream.isEmpty() ? box.delivered() : number(last.substring(dash + 1));
        session.connected();
        try {
            reply.events(box, after, common ? HttpSession.COMMON : name, primes(session), common ? SLOW_BEAT : BEAT);
        } finally {
            session.disconnected(clock.instant());
        }
    }

    private static long number(String text) {
        try {
            return Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    private void end(Reply reply, Entrance.Visitor visitor, HeaderRules rules) throws IOException {
        if (isModern(rules)) {
            reply.header("Allow", "POST");
            reply.refuse(405, RpcError.INVALID_REQUEST, "There is no session to end: each request stands alone");
            return;
        }
        var session = session(reply, visitor, rules);
        if (session.isPresent()) {
            sessions.end(session.get());
            reply.empty(204);
        }
    }

    // ---- the end ----

    /// Takes nothing new, gives what runs that long to end, ends the rest, and closes. `/readyz` says so at once.
    public void drain(Duration grace) {
        draining = true;
        relay.ifPresent(Relay::close);
        sessions.close();
        try (var enders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var session : sessions.all()) {
                enders.execute(() -> {
                    session.session().drain(grace);
                    session.close();
                });
            }
            for (var session : passing) {
                enders.execute(() -> session.drain(grace));
            }
        }
        ended.countDown();
        // What has been answered by now is written within the second.
        server.stop(underWay.get() == 0 ? 0 : 1);
    }

    /// Closes at once.
    @Override
    public void close() {
        drain(Duration.ZERO);
    }
}
