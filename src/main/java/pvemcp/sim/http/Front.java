package pvemcp.sim.http;

import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Operation;
import pvemcp.schema.Verb;
import pvemcp.sim.Faults;
import pvemcp.sim.SimError;
import pvemcp.sim.SimOptions;
import pvemcp.sim.api.Call;
import pvemcp.sim.api.Request;
import pvemcp.sim.api.Routes;
import pvemcp.sim.task.SimTasks;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Cluster;

/// The way from an HTTP request to its handler and back, in pveproxy's order: who asks, which operation, what is
/// declared about privileges, then the arguments (PVE::HTTPServer::rest_handler).
public final class Front implements AutoCloseable, HttpServer.Handler {
    private static final String API = "/api2";
    /// PVE::API2, whose own index is not in the schema.
    private static final Json ROOT = Json.of(Stream.of("version", "cluster", "nodes", "storage", "access", "pools")
            .map(name -> Map.of("subdir", name))
            .toList());

    private static final Pattern WITHOUT_QUORUM = Pattern.compile(
            ".*/status/(stop|shutdown|suspend|reset)|/access/(ticket|vncticket)|.*/(agent|tasks)(/.*)?|.*/(vnc|term|spice)proxy");

    private static final Pattern UPLOAD = Pattern.compile("/api2/[^/]+/nodes/[^/]+/storage/[^/]+/upload");

    private final SimOptions options;
    private final ReentrantLock lock;
    private final SimTime time;
    private final Cluster cluster;
    private final SimTasks tasks;
    private final Routes routes;
    private final Faults faults;
    private final ApiSchema schema;
    private final Auth auth;
    private final StaticFiles files;
    private Certificate certificate;
    private SSLContext own;
    private HttpServer server;
    private Consumer<Call> journal = _ -> {};

    /// @param lock what is held whenever the world is touched
    public Front(
            SimOptions options, ReentrantLock lock, Cluster cluster, SimTasks tasks, Routes routes, Faults faults) {
        this.options = options;
        this.lock = lock;
        this.time = options.time();
        this.schema = options.schema();
        this.cluster = cluster;
        this.tasks = tasks;
        this.routes = routes;
        this.faults = faults;
        this.auth = new Auth(cluster);
        this.files = new StaticFiles(schema);
    }

    /// Takes the certificate to answer with.
    ///
    /// @param pkcs12 one that was kept; empty for a new one
    public void certify(byte[] pkcs12) throws IOException {
        try {
            certificate = Certificate.of(pkcs12, time.now());
            cluster.certificate = certificate.described();
            own = certificate.context();
        } catch (GeneralSecurityException e) {
            throw new IOException("no certificate could be made", e);
        }
    }

    /// The certificate with its key, to be kept.
    public byte[] pkcs12() throws IOException {
        try {
            return certificate.pkcs12();
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate cannot be kept", e);
        }
    }

    /// Goes through a call once more, at its moment. What it was answered was told then.
    public void again(Call call) {
        time.catchUp(call.at());
        var operation = schema.operation(call.verb(), call.path())
                .orElseThrow(() -> new IllegalArgumentException(call.verb() + " " + call.path() + " is not known"));
        var handler = routes.handler(operation).orElseThrow();
        try {
            handler.handle(request(operation, call));
        } catch (SimError _) {
            // So it was the first time, which may have left its traces all the same.
        }
    }

    private Request request(Operation operation, Call call) {
        var rights = cluster.access.rights(call.authId());
        var request = new Request(operation, call.arguments(), rights, cluster, tasks, localNode());
        call.file().ifPresent(request::carry);
        return request;
    }

    /// Whether the world may be another one after it. One read takes away what it tells.
    private static boolean changes(Operation operation) {
        return operation.verb() != Verb.GET || operation.path().endsWith("/agent/exec-status");
    }

    /// Opens the port.
    ///
    /// @param told of each call that may change the world, just before it is answered
    public void listen(Consumer<Call> told) throws IOException {
        journal = told;
        var address = InetAddress.getByName(options.host());
        server = new HttpServer(address, options.port(), this::tls, this, this::now);
    }

    public int port() {
        return server.port();
    }

    public String url() {
        return "https://%s:%d".formatted(options.host(), port());
    }

    public String fingerprint() {
        try {
            return certificate.fingerprint();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }

    /// What a new connection meets: the known certificate, or a strange one where that was ordered.
    private SSLContext tls() {
        if (!faults.hasOtherCertificate()) {
            return own;
        }
        try {
            return Certificate.make(now()).context();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Instant now() {
        lock.lock();
        try {
            return time.now();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isUpload(HttpRequest head) {
        // PVE::APIServer::AnyEvent goes by the path alone.
        return head.method().equals("POST") && UPLOAD.matcher(head.path()).matches();
    }

    @Override
    public Optional<HttpResponse> refuseBeforeBody(HttpRequest head) throws InterruptedException {
        if (!head.path().startsWith(API)) {
            return Optional.empty();
        }
        try {
            lock.lock();
            try {
                time.catchUp();
                identify(head);
            } finally {
                lock.unlock();
            }
            return Optional.empty();
        } catch (Auth.Refused refused) {
            Thread.sleep(options.unauthorizedDelay());
            return Optional.of(HttpResponse.empty(401, refused.getMessage()));
        }
    }

    /// Who asks; nobody where the operation is open to all.
    private Auth.Identity identify(HttpRequest head) {
        var operation = match(head).map(ApiSchema.Match::operation);
        if (operation.filter(Permissions::isOpen).isPresent()) {
            return new Auth.Identity("", false);
        }
        return auth.identify(head);
    }

    @Override
    public HttpResponse answer(HttpRequest request) throws InterruptedException {
        if (!request.path().startsWith(API)) {
            return files.answer(request);
        }
        Thread.sleep(faults.slow());
        var fault = faults.takeNext();
        if (fault.isPresent() && fault.get() instanceof Faults.Answer.Instead(int status, var reason)) {
            return HttpResponse.empty(status, reason);
        }
        var response = locked(request);
        if (response.status() == 401) {
            Thread.sleep(options.unauthorizedDelay());
        }
        return switch (fault.orElse(null)) {
            case null -> response;
            case Faults.Answer.Cut(int bytes) -> throw new HttpServer.CutAnswer(response, bytes);
            case Faults.Answer.After(int status, var reason) -> HttpResponse.empty(status, reason);
            case Faults.Answer.Instead _ -> response;
        };
    }

    private HttpResponse locked(HttpRequest request) {
        lock.lock();
        try {
            time.catchUp();
            return api(request);
        } catch (Auth.Refused refused) {
            return HttpResponse.empty(401, refused.getMessage());
        } catch (Arguments.Malformed malformed) {
            return HttpResponse.plain(500, malformed.getMessage() + "\n");
        } catch (Dropped dropped) {
            return HttpResponse.empty(595, "No route to host");
        } finally {
            lock.unlock();
        }
    }

    /// The node that is to answer does not.
    private static final class Dropped extends RuntimeException {
        Dropped() {
            super("", null, false, false);
        }
    }

    private HttpResponse api(HttpRequest request) {
        var identity = identify(request);
        var parts = request.path().split("/", 4);
        if (parts.length == 3 && parts[2].isEmpty()) {
            return HttpResponse.plain(501, "no such uri");
        }
        var path = path(request);
        if (path.isEmpty()) {
            return Wire.JSON.failure(notImplemented(request, request.path()));
        }
        var format = Wire.of(parts[2]);
        if (format.isEmpty()) {
            return HttpResponse.plain(501, "no formatter for uri %s, %s".formatted(path.get(), parts[2]));
        }
        if (path.get().equals("/") && request.method().equals("GET")) {
            return format.get().success(ROOT, Map.of());
        }
        var arguments = Arguments.of(request);
        try {
            return call(request, format.get(), path.get(), identity, arguments);
        } catch (SimError error) {
            return format.get().failure(error);
        }
    }

    /// The path below the format, decoded, without doubled slashes; empty where there is none.
    private static Optional<String> path(HttpRequest request) {
        var parts = request.path().split("/", 4);
        if (parts.length < 3) {
            return Optional.empty();
        }
        var rest = parts.length < 4 ? "" : Arguments.decode(parts[3].replace("+", "%2B"));
        return Optional.of(Stream.of(rest.split("/"))
                .filter(segment -> !segment.isEmpty())
                .collect(Collectors.joining("/", "/", "")));
    }

    private Optional<ApiSchema.Match> match(HttpRequest request) {
        var parts = request.path().split("/", 4);
        return schema.match(Verb.valueOf(request.method()), parts.length < 4 ? "/" : "/" + parts[3]);
    }

    private static SimError notImplemented(HttpRequest request, String path) {
        return new SimError(501, "Method '%s %s' not implemented".formatted(request.method(), path), Map.of());
    }

    private HttpResponse call(
            HttpRequest http, Wire format, String path, Auth.Identity identity, Map<String, Json> given) {
        var match = match(http).orElseThrow(() -> notImplemented(http, path));
        var operation = match.operation();
        var arguments = new LinkedHashMap<String, Json>();
        match.variables().forEach((name, value) -> arguments.put(name, Json.str(value)));
        given.forEach((name, value) -> {
            var inPath = arguments.putIfAbsent(name, value);
            if (inPath != null && !inPath.scalarText().equals(value.scalarText())) {
                throw SimError.invalid(name, "duplicate parameter (already defined in URI) with conflicting values!");
            }
        });
        var all = new Json.Obj(arguments);
        var rights = cluster.access.rights(identity.authId());
        requireTicket(operation, identity, path);
        new Permissions(cluster, rights, all).require(operation);
        requireReachable(operation, all);
        requireQuorum(operation);
        var typed = Check.arguments(schema, operation, all);
        // A path of PVE that is not simulated answers as one that PVE has not.
        var handler = routes.handler(operation).orElseThrow(() -> notImplemented(http, path));
        var file = http.upload().flatMap(Multipart::file);
        var call = new Call(time.now(), operation.verb(), operation.path(), typed, identity.authId(), file);
        if (changes(operation)) {
            journal.accept(call);
        }
        var request = request(operation, call);
        var data = handler.handle(request);
        if (request.raw().isPresent()) {
            var raw = request.raw().get();
            var headers = new LinkedHashMap<>(raw.headers());
            headers.put("Content-Type", raw.contentType());
            return new HttpResponse(200, "OK", headers, raw.body());
        }
        options.strict().ifPresent(told -> requireDeclared(operation, data, told));
        var response = format.success(data, request.besides());
        return request.talk().isEmpty()
                ? response
                : new HttpResponse(
                        response.status(), response.reason(), response.headers(), response.body(), request.talk());
    }

    /// What was done stays done, as after any error of an answer.
    private static void requireDeclared(Operation operation, Json data, Consumer<String> told) {
        var differences = Replies.differences(operation, data);
        if (!differences.isEmpty()) {
            var what = "the reply of %s is not as Proxmox VE declares it: %s"
                    .formatted(operation, String.join("; ", differences));
            told.accept(what);
            throw new SimError(what);
        }
    }

    private static void requireTicket(Operation operation, Auth.Identity identity, String path) {
        boolean refused = operation.facts().text("allowtoken").equals(Optional.of("0"));
        if (identity.byToken() && refused) {
            throw new SimError(
                    403,
                    "Permission check failed (URI '%s' not available with API token, need proper ticket.\n)"
                            .formatted(path),
                    Map.of());
        }
    }

    /// What PVE sends on to another node fails where that node is unknown or does not answer.
    private void requireReachable(Operation operation, Json.Obj arguments) {
        var node = arguments.text("node").orElse("");
        boolean sentOn = operation.facts().text("proxyto").equals(Optional.of("node"));
        if (!sentOn || node.equals("localhost")) {
            return;
        }
        cluster.node(node);
        if (!cluster.node(node).online) {
            throw new Dropped();
        }
    }

    /// What writes below /etc/pve is refused without a majority (PVE::Cluster::check_cfs_quorum). A guest can still
    /// be stopped and looked into, and people can log in.
    private void requireQuorum(Operation operation) {
        boolean writes = operation.verb() != Verb.GET
                && !WITHOUT_QUORUM.matcher(operation.path()).matches();
        if (writes && !cluster.isQuorate()) {
            throw new SimError("cluster not ready - no quorum?");
        }
    }

    private String localNode() {
        return cluster.nodes.firstEntry().getKey();
    }
}
