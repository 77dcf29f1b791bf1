package pvemcp.sim.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import pvemcp.json.Json;

/// HTTP/1.1 over TLS with pveproxy's own habits, which a general server would tidy away: error texts as reason
/// phrases, one answer of 400 or more ends the connection, five idle seconds as well, no chunked requests.
///
/// Each connection has a virtual thread. The numbers are those of PVE::APIServer::AnyEvent.
final class HttpServer implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(5);
    /// The first byte of a TLS connection (RFC 8446 section 5.1).
    private static final int TLS_HANDSHAKE = 0x16;

    private static final int REQUESTS_A_CONNECTION = 100;
    private static final int HEADER_LINES = 64;
    private static final int HEADER_BYTES = 8 * 1024;
    private static final int BODY_BYTES = 512 * 1024;
    private static final int COMPRESS_FROM = 1024;
    /// Unquoted, as PVE wants it.
    private static final Pattern BOUNDARY = Pattern.compile("multipart/form-data; *boundary=([^\\s\";,]{1,70})");
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "DELETE");

    /// What answers the requests.
    interface Handler {
        /// The answer, or a [CutAnswer] where the connection is to break instead.
        HttpResponse answer(HttpRequest request) throws InterruptedException;

        /// Whether the request may go on to its body; the answer that ends it otherwise.
        Optional<HttpResponse> refuseBeforeBody(HttpRequest head) throws InterruptedException;

        /// Whether a body of this request is a file on its way to a storage.
        boolean isUpload(HttpRequest head);
    }

    /// Thrown by a handler to end the connection after the first `bytes` of an answer have been sent.
    static final class CutAnswer extends RuntimeException {
        private final transient HttpResponse response;
        private final int bytes;

        CutAnswer(HttpResponse response, int bytes) {
            super("cut", null, false, false);
            this.response = response;
            this.bytes = bytes;
        }
    }

    private final ServerSocket listener;
    private final Supplier<SSLContext> tls;
    private final Handler handler;
    private final Supplier<Instant> clock;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /// Listens at once.
    ///
    /// @param tls asked for each connection
    /// @param clock what the `Date` header says
    HttpServer(InetAddress address, int port, Supplier<SSLContext> tls, Handler handler, Supplier<Instant> clock)
            throws IOException {
        this.tls = tls;
        this.handler = handler;
        this.clock = clock;
        listener = new ServerSocket(port, 200, address);
        Thread.ofVirtual().name("sim-accept").start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() {
        quietly(listener);
        open.forEach(HttpServer::quietly);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                if (listener.isClosed()) {
                    return;
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) IDLE.toMillis());
            int first = socket.getInputStream().read();
            if (first != TLS_HANDSHAKE) {
                redirect(first, socket);
                return;
            }
            var consumed = new ByteArrayInputStream(new byte[] {TLS_HANDSHAKE});
            // With bytes that were read already, the socket is the server's side.
            serveTls(tls.get().getSocketFactory().createSocket(socket, consumed, true));
        } catch (IOException | InterruptedException _) {
            // The client is gone or silent for too long: pveproxy hangs up without a word as well.
        } finally {
            open.remove(socket);
        }
    }

    /// Sends a client that speaks plain HTTP to the same place over TLS.
    private static void redirect(int first, Socket socket) throws IOException {
        if (first < 0) {
            return;
        }
        var whole = new SequenceInputStream(
                new ByteArrayInputStream(new byte[] {(byte) first}), new BufferedInputStream(socket.getInputStream()));
        var head = head(whole);
        if (head == null) {
            return;
        }
        int status = head.method().equals("GET") || head.method().equals("HEAD") ? 301 : 308;
        var location = "https://" + head.header("host").orElse("localhost") + head.target();
        var answer = "HTTP/1.1 %d Moved Permanently\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .formatted(status, location.replaceAll("[\\r\\n]", ""));
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void serveTls(Socket socket) throws IOException, InterruptedException {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
            var out = socket.getOutputStream();
            for (int served = 1; served <= REQUESTS_A_CONNECTION; served++) {
                if (!exchange(in, out, served == REQUESTS_A_CONNECTION)) {
                    return;
                }
            }
        }
    }

    /// One request and its answer; false where the connection ends with it.
    private boolean exchange(InputStream in, OutputStream out, boolean last) throws IOException, InterruptedException {
        var head = head(in);
        if (head == null) {
            return false;
        }
        HttpResponse response;
        try {
            response = respond(head, in);
        } catch (CutAnswer cut) {
            var whole = bytes(cut.response, head, false);
            out.write(whole, 0, Math.min(cut.bytes, whole.length));
            out.flush();
            return false;
        }
        var key = head.header("sec-websocket-key");
        if (response.talk().isPresent() && key.isPresent()) {
            WebSocketSide.serve(in, out, key.get(), response.talk().get());
            return false;
        }
        boolean keep = !last
                && response.status() < 400
                && !head.header("connection").orElse("").equalsIgnoreCase("close");
        out.write(bytes(response, head, keep));
        out.flush();
        return keep;
    }

    private HttpResponse respond(HttpRequest head, InputStream in) throws IOException, InterruptedException {
        if (!METHODS.contains(head.method())) {
            return HttpResponse.empty(501, "method '%s' not available".formatted(head.method()));
        }
        if (head.header("transfer-encoding").isPresent()) {
            return HttpResponse.plain(501, "chunked transfer encoding not supported");
        }
        var refused = handler.refuseBeforeBody(head);
        if (refused.isPresent()) {
            return refused.get();
        }
        if (handler.isUpload(head)) {
            return upload(head, in);
        }
        int length = contentLength(head);
        if (length == 0) {
            return handler.answer(head);
        }
        if (head.method().equals("GET") || head.method().equals("DELETE")) {
            return HttpResponse.plain(501, "Unexpected content for method '%s'".formatted(head.method()));
        }
        if (length < 0 || length > BODY_BYTES) {
            discard(in, length);
            return HttpResponse.plain(501, "for data too large");
        }
        var type = head.header("content-type").orElse("");
        var media = type.split(";", 2)[0].strip();
        if (!Set.of("", "application/x-www-form-urlencoded", "application/json").contains(media)) {
            return HttpResponse.plain(506, "upload 'Content-Type '%s' not implemented".formatted(type));
        }
        var body = in.readNBytes(length);
        if (body.length < length) {
            throw new SocketException("the body ended early");
        }
        return handler.answer(new HttpRequest(head.method(), head.target(), head.headers(), body));
    }

    /// A file of any size on its way to a storage.
    private HttpResponse upload(HttpRequest head, InputStream in) throws IOException, InterruptedException {
        var boundary = BOUNDARY.matcher(head.header("content-type").orElse(""));
        var length = head.header("content-length").orElse("");
        if (!boundary.matches() || !length.matches("\\d{1,18}")) {
            throw new SocketException("pveproxy waits in vain for a form with parts, and hangs up");
        }
        var algorithm = Arguments.of(new HttpRequest("GET", head.target(), head.headers(), new byte[0]))
                .get("checksum-algorithm");
        try {
            var parts = Multipart.read(
                    in,
                    Long.parseLong(length),
                    boundary.group(1),
                    Optional.ofNullable(algorithm).flatMap(Json::scalarText));
            if (parts.file().isEmpty()) {
                return HttpResponse.plain(
                        500, "upload failed at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1370.\n");
            }
            return handler.answer(head.with(parts));
        } catch (Multipart.Malformed malformed) {
            return malformed.answer();
        }
    }

    private static int contentLength(HttpRequest head) {
        var text = head.header("content-length").orElse("0").strip();
        try {
            return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(text));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /// Reads what the client is still sending, so that it gets to see the answer instead of a reset.
    private static void discard(InputStream in, int length) throws IOException {
        long left = Math.clamp((long) length, 0, 4 << 20);
        while (left > 0) {
            long skipped = in.skip(left);
            if (skipped <= 0 && in.read() < 0) {
                return;
            }
            left -= Math.max(1, skipped);
        }
    }

    /// Request line and headers; null at a connection's end and where pveproxy just hangs up.
    private static HttpRequest head(InputStream in) throws IOException {
        var first = line(in, HEADER_BYTES);
        while (first != null && first.isEmpty()) {
            first = line(in, HEADER_BYTES);
        }
        if (first == null) {
            return null;
        }
        var parts = first.split(" ");
        if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
            return null;
        }
        var headers = new LinkedHashMap<String, String>();
        int bytes = 0;
        for (int lines = 0; ; lines++) {
            var line = line(in, HEADER_BYTES);
            if (line == null || lines > HEADER_LINES || (bytes += line.length()) > HEADER_BYTES) {
                return null;
            }
            if (line.isEmpty()) {
                return new HttpRequest(parts[0], parts[1], headers, new byte[0]);
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
    }

    private static String line(InputStream in, int limit) throws IOException {
        var text = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || text.size() > limit) {
                return null;
            }
            text.write(next);
        }
        var line = text.toString(StandardCharsets.ISO_8859_1);
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    private byte[] bytes(HttpResponse response, HttpRequest request, boolean keep) throws IOException {
        var now = DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.get().atZone(ZoneOffset.UTC));
        var headers = new LinkedHashMap<String, String>();
        headers.put("Cache-Control", "max-age=0");
        headers.put("Connection", keep ? "Keep-Alive" : "close");
        headers.put("Date", now);
        headers.put("Pragma", "no-cache");
        headers.put("Server", "pve-api-daemon/3.0");
        headers.put("Expires", now);
        headers.putAll(response.headers());
        var body = compressed(response, request, headers);
        if (body.length > 0 || response.status() < 400) {
            headers.put("Content-Length", Integer.toString(body.length));
        }
        var reason = response.reason().replaceAll("[\\r\\n]", " ");
        var head = new StringBuilder("HTTP/1.1 ")
                .append(response.status())
                .append(' ')
                .append(reason)
                .append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        var whole = new ByteArrayOutputStream();
        whole.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        whole.writeBytes(body);
        return whole.toByteArray();
    }

    private static byte[] compressed(HttpResponse response, HttpRequest request, Map<String, String> headers)
            throws IOException {
        var body = response.body();
        var accepted = request.header("accept-encoding").orElse("");
        boolean gzip = accepted.contains("gzip");
        if (body.length <= COMPRESS_FROM || !(gzip || accepted.contains("deflate"))) {
            return body;
        }
        var packed = new ByteArrayOutputStream();
        var deflater = new Deflater(Deflater.BEST_SPEED);
        try (var out = gzip ? new GZIPOutputStream(packed) : new DeflaterOutputStream(packed, deflater)) {
            out.write(body);
        } finally {
            deflater.end();
        }
        headers.put("Content-Encoding", gzip ? "gzip" : "deflate");
        return packed.toByteArray();
    }

    private static void quietly(AutoCloseable thing) {
        try {
            thing.close();
        } catch (Exception _) {
            // Closing is all that was wanted.
        }
    }
}
