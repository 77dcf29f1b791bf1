package pvemcp.mcp;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// The path that speaks MCP: each POST brings a message, and to the older revisions a GET brings what the server has
/// to say and a DELETE ends a session. Whoever comes here has been let in. Safe for several threads.
final class Endpoint {
    /// Names the session of a request, in the older revisions.
    static final String SESSION = "Mcp-Session-Id";

    private static final int LARGEST_BODY = 1 << 20;

    /// An answer that comes within it is sent as plain JSON, whose status tells more; after that a stream is opened.
    private static final Duration PROMPT = Duration.ofSeconds(1);

    /// How often a stream that waits for an answer shows a sign of life. A client that has gone is noticed by the
    /// second one, and then its request is cancelled.
    private static final Duration BEAT = Duration.ofSeconds(1);

    /// The same for a stream that waits for whatever may happen. Proxies cut connections that are silent for a
    /// minute.
    static final Duration SLOW_BEAT = Duration.ofSeconds(15);

    private final Porter porter;
    private final InstantSource clock;
    private final Http.Bounds bounds;
    private final HttpSessions sessions;

    /// The sessions of modern requests: one each.
    private final Set<Session> passing = ConcurrentHashMap.newKeySet();

    Endpoint(Porter porter, InstantSource clock, Http.Bounds bounds) {
        this.porter = porter;
        this.clock = clock;
        this.bounds = bounds;
        this.sessions = new HttpSessions(clock);
    }

    void answer(HttpExchange http, Reply reply, Entrance.Visitor visitor) throws IOException, InterruptedException {
        var rules = new HeaderRules(http.getRequestHeaders());
        switch (http.getRequestMethod()) {
            case "POST" -> post(http, reply, visitor, rules);
            case "GET" -> listen(reply, visitor, rules);
            case "DELETE" -> end(reply, visitor, rules);
            default -> {
                reply.header("Allow", "POST, GET, DELETE, OPTIONS");
                reply.refuse(405, RpcError.INVALID_REQUEST, "/mcp takes POST, GET and DELETE");
            }
        }
    }

    /// How many sessions of the older revisions are open.
    int openSessions() {
        return sessions.all().size();
    }

    /// Ends sessions that nobody uses.
    void endIdle() {
        sessions.endIdle();
    }

    /// Gives what runs so long to end, and ends the rest; no session is opened from now on.
    void drain(Duration grace) {
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
            reply.access().asks(plain.method());
            var request = TraceContext.named(
                    TraceContext.with(plain, rules), reply.access().id());
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
                reply.events(box, 0, "", false, listens ? bounds.slowBeat() : BEAT);
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
        // What goes on after its client has hung up has no connection that would be counted.
        if (sessions.underWay() >= bounds.mostRequests()) {
            reply.header("Retry-After", "1");
            reply.refuse(
                    503,
                    RpcError.INTERNAL,
                    "Too many requests are under way, some whose clients have gone: wait, or end their sessions");
            return;
        }
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
            reply.events(
                    box, after, common ? HttpSession.COMMON : name, primes(session), common ? bounds.slowBeat() : BEAT);
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
}
