package pvemcp.sim.http;

import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.sim.Credentials;
import pvemcp.sim.SimError;
import pvemcp.sim.SimOptions;
import pvemcp.sim.api.BackupServerApi;
import pvemcp.sim.world.Cluster;

/// The way to the simulated backup server: a port, a certificate and a token of its own, and its own habits where
/// they differ from pveproxy's (proxmox-rest-server, rest.rs and formatter.rs).
public final class BackupFront implements AutoCloseable, HttpServer.Handler {
    private static final String BASE = "/api2/json";
    // proxmox-auth-api, extract_auth_data: a blank or `=` after the word; id and secret are parted by a colon.
    private static final Pattern TOKEN = Pattern.compile("PBSAPIToken[ =]([^:]+):(.*)");

    private final SimOptions options;
    private final ReentrantLock lock;
    private final Cluster cluster;
    private final Credentials token;
    private final BackupServerApi api;
    private final Certificate certificate;
    private final HttpServer server;

    /// Opens its port.
    ///
    /// @param lock what is held whenever the world is touched
    /// @param pkcs12 a certificate that was kept; empty for a new one
    public BackupFront(SimOptions options, ReentrantLock lock, Cluster cluster, Credentials token, byte[] pkcs12)
            throws IOException {
        this.options = options;
        this.lock = lock;
        this.cluster = cluster;
        this.token = token;
        this.api = new BackupServerApi(cluster);
        try {
            certificate = Certificate.of(pkcs12, cluster.now());
            var tls = certificate.context();
            server = new HttpServer(InetAddress.getByName(options.host()), options.port(), () -> tls, this, this::now);
        } catch (GeneralSecurityException e) {
            throw new IOException("no certificate could be made", e);
        }
    }

    public String url() {
        return "https://%s:%d".formatted(options.host(), server.port());
    }

    public String fingerprint() {
        try {
            return certificate.fingerprint();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
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

    private Instant now() {
        lock.lock();
        try {
            return cluster.now();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isUpload(HttpRequest head) {
        return false;
    }

    @Override
    public Optional<HttpResponse> refuseBeforeBody(HttpRequest head) {
        return Optional.empty();
    }

    @Override
    public HttpResponse answer(HttpRequest request) throws InterruptedException {
        if (!isKnown(request)) {
            Thread.sleep(options.unauthorizedDelay());
            return refused(401, "authentication failed");
        }
        lock.lock();
        try {
            options.time().catchUp();
            return HttpResponse.of(
                    200,
                    "OK",
                    "application/json;charset=UTF-8",
                    envelope(request).write());
        } catch (SimError error) {
            return refused(error.status(), error.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private Json.Obj envelope(HttpRequest request) {
        var path = Arguments.decode(request.path().replace("+", "%2B"));
        if (!path.startsWith(BASE) || !request.method().equals("GET")) {
            throw new SimError(404, "Path '%s' not found.".formatted(path), Map.of());
        }
        return Json.obj("data", api.get(path.substring(BASE.length()), Arguments.of(request)));
    }

    private boolean isKnown(HttpRequest request) {
        var shown = TOKEN.matcher(request.header("authorization").orElse(""));
        return shown.matches()
                && shown.group(1).equals(token.id())
                && Arguments.decode(shown.group(2)).equals(token.secret());
    }

    /// The text alone, though it is called JSON (formatter.rs, error_to_response).
    private static HttpResponse refused(int status, String message) {
        var reason = switch (status) {
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            default -> "Bad Request";
        };
        return HttpResponse.of(status, reason, "application/json;charset=UTF-8", message);
    }

    @Override
    public void close() {
        server.close();
    }
}
