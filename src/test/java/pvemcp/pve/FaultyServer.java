package pvemcp.pve;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/// A TLS server that answers byte by byte what a test tells it to: the faults that a simulator, which is a good
/// server, does not have. The n-th request gets the n-th answer, all later ones the last.
final class FaultyServer implements AutoCloseable {
    private static final char[] PASSWORD = "fixture".toCharArray();

    private final SSLServerSocket socket;
    private final X509Certificate certificate;
    private final List<Answer> answers;
    private final List<Seen> seen = new ArrayList<>(); // guarded by itself
    private final List<Socket> open = new ArrayList<>(); // guarded by seen
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    /// What is done with one request. The connection is closed after it, unless it says `Keep-Alive`.
    interface Answer {
        void to(Seen request, OutputStream out, FaultyServer server) throws IOException, InterruptedException;
    }

    /// One request as it came.
    record Seen(String method, String target, Map<String, String> headers, String body, int connection) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
        }
    }

    private FaultyServer(String keys, List<Answer> answers) {
        this.answers = List.copyOf(answers);
        try {
            var store = KeyStore.getInstance("PKCS12");
            try (var in = FaultyServer.class.getResourceAsStream(keys + ".p12")) {
                store.load(in, PASSWORD);
            }
            certificate = (X509Certificate) store.getCertificate("pve");
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, PASSWORD);
            var context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            socket = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /// With a certificate for 127.0.0.1.
    static FaultyServer answering(Answer... answers) {
        return new FaultyServer("here", List.of(answers));
    }

    /// With the certificate of this name: `here`, `elsewhere` (another host), `expired`.
    static FaultyServer as(String certificate, Answer... answers) {
        return new FaultyServer(certificate, List.of(answers));
    }

    URI uri() {
        return URI.create("https://127.0.0.1:" + socket.getLocalPort());
    }

    String fingerprint() {
        return Certificates.fingerprint(certificate);
    }

    List<Seen> seen() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }

    int connections() {
        return connections.get();
    }

    static Answer data(String json) {
        return status(200, "OK", "{\"data\":" + json + "}");
    }

    static Answer status(int status, String reason, String json) {
        return (_, out, _) -> {
            head(out, status, reason, "Content-Type: application/json;charset=UTF-8", length(json), keeping(status));
            out.write(json.getBytes(StandardCharsets.UTF_8));
        };
    }

    /// As 401 and all 59x come: no body, the reason phrase alone says why.
    static Answer reasonOnly(int status, String reason) {
        return (_, out, _) -> head(out, status, reason, "Connection: close", "Content-Length: 0");
    }

    static Answer raw(String text) {
        return (_, out, _) -> out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    static Answer gzip(byte[] plain) {
        return (_, out, _) -> {
            var zipped = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(zipped)) {
                gzip.write(plain);
            }
            head(
                    out,
                    200,
                    "OK",
                    "Content-Type: application/json",
                    "Content-Encoding: gzip",
                    "Content-Length: " + zipped.size(),
                    keeping(200));
            out.write(zipped.toByteArray());
        };
    }

    /// Closes without a byte.
    static Answer nothing() {
        return (_, _, _) -> {};
    }

    /// Takes the request and stays silent until the test is over.
    static Answer silence() {
        return (_, _, server) -> server.closed.await();
    }

    /// A byte of a good answer now and then, for ever.
    static Answer drip() {
        return (_, out, server) -> {
            head(out, 200, "OK", "Content-Type: application/json", "Content-Length: 100000");
            while (!server.closed.await(5, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                out.write(' ');
                out.flush();
            }
        };
    }

    static void head(OutputStream out, int status, String reason, String... headers) throws IOException {
        var text = new StringBuilder("HTTP/1.1 " + status + " " + reason + "\r\n");
        for (var header : headers) {
            text.append(header).append("\r\n");
        }
        out.write(text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /// PVE closes the connection after each refusal.
    private static String keeping(int status) {
        return status < 400 ? "Connection: Keep-Alive" : "Connection: close";
    }

    static String length(String body) {
        return "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length;
    }

    private void accept() {
        try {
            while (true) {
                var connection = socket.accept();
                int number = connections.incrementAndGet();
                synchronized (seen) {
                    open.add(connection);
                }
                Thread.ofVirtual().start(() -> serve(connection, number));
            }
        } catch (SocketException _) {
            // Closed: the test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(Socket connection, int number) {
        try (connection) {
            var in = connection.getInputStream();
            var out = connection.getOutputStream();
            boolean more = true;
            while (more) {
                var request = read(in, number);
                Answer answer;
                synchronized (seen) {
                    answer = answers.get(Math.min(seen.size(), answers.size() - 1));
                    seen.add(request);
                }
                var answered = new ByteArrayOutputStream();
                answer.to(request, new Both(out, answered), this);
                out.flush();
                more = answered.toString(StandardCharsets.ISO_8859_1).contains("Connection: Keep-Alive");
            }
        } catch (IOException | InterruptedException _) {
            // The client has gone, or the test is over.
        }
    }

    private static Seen read(InputStream in, int connection) throws IOException {
        var first = line(in).split(" ");
        var headers = new LinkedHashMap<String, String>();
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        var body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return new Seen(first[0], first[1], headers, body, connection);
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("end of connection");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /// Keeps the head of what is sent, to know whether the connection can be kept.
    private static final class Both extends OutputStream {
        private final OutputStream out;
        private final ByteArrayOutputStream copy;

        Both(OutputStream out, ByteArrayOutputStream copy) {
            this.out = out;
            this.copy = copy;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            if (copy.size() < 4096) {
                copy.write(bytes, offset, Math.min(length, 4096));
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            socket.close();
            synchronized (seen) {
                for (var connection : open) {
                    connection.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
