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
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import pvemcp.log.Log;

/// MCP over Streamable HTTP, for any number of clients: POST to `/mcp`, and for the older revisions also GET and
/// DELETE. `/healthz` and `/readyz` tell a supervisor in one word, `/metrics` tells Prometheus, `/` is a page for
/// people.
///
/// Each request has a virtual thread. Safe for several threads.
public final class Http implements AutoCloseable {
    private static final int MOST_REQUESTS = 2_000;

    private static final Duration ROUNDS = Duration.ofSeconds(5);

    private final HttpServer server;
    private final InetSocketAddress address;
    private final Optional<Relay> relay;
    private final Doorplate doorplate;
    private final Porter porter;
    private final Optional<FrontPage> frontPage;
    private final Metrics metrics;
    private final Log log;
    private final Supplier<Optional<String>> trouble;
    private final int mostRequests;
    private final Endpoint endpoint;
    private final Writers writers = new Writers();

    private final AtomicInteger underWay = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean draining;

    /// Listens at once.
    ///
    /// @throws IllegalArgumentException where others could connect and nobody is asked for a token
    public static Http start(HttpSettings settings, Entrance entrance, Metrics metrics, InstantSource clock)
            throws IOException {
        return start(settings, entrance, metrics, clock, new Bounds(MOST_REQUESTS, Endpoint.SLOW_BEAT));
    }

    /// How much it bears.
    ///
    /// @param mostRequests at once, streams included; and as many that go on in sessions
    /// @param slowBeat how often a stream that waits for whatever may happen shows a sign of life; a client that
    ///     has gone is noticed by the second one
    record Bounds(int mostRequests, Duration slowBeat) {}

    static Http start(HttpSettings settings, Entrance entrance, Metrics metrics, InstantSource clock, Bounds bounds)
            throws IOException {
        if (entrance.open() && !settings.onlyThisMachine()) {
            throw new IllegalArgumentException(
                    "%s can be reached from other machines, and nobody would be asked for a token"
                            .formatted(settings.address()));
        }
        limit("jdk.httpserver.maxConnections", "4000");
        // An event is out when it happens, and not when the one before has been acknowledged.
        limit("sun.net.httpserver.nodelay", "true");
        limit("sun.net.httpserver.maxIdleConnections", "1000");
        limit("sun.net.httpserver.idleInterval", "75");
        limit("sun.net.httpserver.maxReqHeaders", "100");
        limit("sun.net.httpserver.maxReqHeaderSize", "32768");
        // Seconds from the first byte of a request to the last of its body.
        limit("sun.net.httpserver.maxReqTime", "30");
        return new Http(settings, entrance, metrics, clock, bounds);
    }

    /// The JDK's server has these limits as properties of the whole process, read before its first use. What its
    /// owner has set stays.
    private static void limit(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private Http(HttpSettings settings, Entrance entrance, Metrics metrics, InstantSource clock, Bounds bounds)
            throws IOException {
        this.mostRequests = bounds.mostRequests();
        this.porter = new Porter(entrance);
        this.frontPage = settings.page().map(FrontPage::new);
        this.metrics = metrics;
        this.log = settings.log();
        this.trouble = settings.trouble();
        this.endpoint = new Endpoint(porter, clock, bounds);
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
        endpoint.endIdle();
    }

    // ---- a request ----

    private void handle(HttpExchange http) {
        int count = underWay.incrementAndGet();
        var access = new Access(http);
        try (http) {
            var reply = new Reply(http, writers, access, metrics);
            if (http.getRequestURI().getPath().equals("/healthz")) {
                reply.text(200, "text/plain", "alive\n");
            } else if (http.getRequestURI().getPath().equals("/readyz")) {
                tellReady(reply);
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
            log.defect("a defect in serving " + Text.brief(http.getRequestMethod()), e);
        } finally {
            underWay.decrementAndGet();
            access.tell(log);
        }
    }

    private void tellReady(Reply reply) throws IOException {
        if (draining) {
            reply.text(503, "text/plain", "stopping\n");
        } else if (trouble.get().isPresent()) {
            // What the trouble is goes to whoever calls, and to the owner; anybody may ask here.
            reply.text(503, "text/plain", "reads only\n");
        } else {
            reply.text(200, "text/plain", "ready\n");
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
            reply.header("Access-Control-Expose-Headers", Endpoint.SESSION + ", WWW-Authenticate, X-Request-Id");
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
        reply.access().by(visitor.get().principal());
        if (path.equals("/metrics")) {
            reply.text(
                    200,
                    "text/plain; version=0.0.4; charset=utf-8",
                    metrics.page(underWay.get(), endpoint.openSessions()));
            return;
        }
        endpoint.answer(http, reply, visitor.get());
    }

    /// What a browser asks before it lets a page of another origin send anything.
    private static void preflight(HttpExchange http, Reply reply) throws IOException {
        var wanted = Optional.ofNullable(http.getRequestHeaders().getFirst("Access-Control-Request-Headers"));
        reply.header("Access-Control-Allow-Methods", "POST, GET, DELETE");
        wanted.ifPresent(names -> reply.header("Access-Control-Allow-Headers", names));
        reply.header("Access-Control-Max-Age", "600");
        reply.empty(204);
    }

    // ---- the end ----

    /// Takes nothing new, gives what runs that long to end, ends the rest, and closes. `/readyz` says so at once.
    public void drain(Duration grace) {
        draining = true;
        long end = System.nanoTime() + grace.toNanos();
        relay.ifPresent(Relay::close);
        endpoint.drain(grace);
        ended.countDown();
        // What has been answered by now has yet to be written: in what is left of the time, and a second.
        long left = Math.max(0, TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime()));
        server.stop(underWay.get() == 0 ? 0 : Math.toIntExact(1 + left));
    }

    /// Closes at once.
    @Override
    public void close() {
        drain(Duration.ZERO);
    }
}
