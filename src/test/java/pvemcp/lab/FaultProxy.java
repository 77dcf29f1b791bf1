package pvemcp.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import pvemcp.sim.PveSim;

/// A TLS server between the client and the simulator, or in the place of PVE, that treats each connection and each
/// request as a test tells it to: the faults that a simulator, which is a good server, does not have.
///
/// It keeps two journals: what came ([#seen]), and what the simulator has been given and has answered ([#passed]),
/// which is what was really done. Safe for use by several threads.
public final class FaultProxy implements AutoCloseable {
    private static final Answer SELF = Answer.data("[{\"filename\":\"pve-root-ca.pem\",\"fingerprint\":\"AA:BB\"}]");
    private static final char[] PASSWORD = "fixture".toCharArray();

    private final ServerSocket socket;
    private final SSLContext tls;
    private final X509Certificate certificate;
    private final Optional<Upstream> upstream;
    private final List<Seen> seen = new ArrayList<>(); // guarded by itself
    private final List<Passed> passed = new ArrayList<>(); // guarded by itself
    private final List<Socket> open = new ArrayList<>(); // guarded by seen
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Function<Seen, Answer> choice;
    private volatile Supplier<Meeting> meeting = () -> Meeting.WELL;

    /// One request as it came; each byte of its body is a character.
    ///
    /// @param number how many came before it
    /// @param connection on which it came, counted from 1
    public record Seen(
            int number, String method, String target, Map<String, String> headers, String body, int connection) {
        public String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        public boolean isWrite() {
            return !method.equals("GET");
        }

        /// `POST /nodes/pve1/qemu/101/status/start`, without the query.
        @Override
        public String toString() {
            return method + " " + target.replaceFirst("^/api2/json", "").replaceFirst("\\?.*", "");
        }
    }

    /// One request that the simulator has carried out or refused, and its answer.
    public record Passed(Seen request, Reply answer) {}

    private FaultProxy(String keys, Optional<PveSim> sim, Function<Seen, Answer> choice) {
        this.choice = choice;
        this.upstream = sim.map(Upstream::new);
        try {
            var store = KeyStore.getInstance("PKCS12");
            try (var in = FaultProxy.class.getResourceAsStream("/pvemcp/pve/" + keys + ".p12")) {
                store.load(in, PASSWORD);
            }
            certificate = (X509Certificate) store.getCertificate("pve");
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, PASSWORD);
            tls = SSLContext.getInstance("TLS");
            tls.init(factory.getKeyManagers(), null, null);
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /// In the place of PVE: the n-th request gets the n-th answer, all later ones the last.
    public static FaultProxy answering(Answer... answers) {
        return as("here", answers);
    }

    /// The same with another certificate than one for 127.0.0.1: `elsewhere` (another host), `expired`.
    public static FaultProxy as(String certificate, Answer... answers) {
        return new FaultProxy(certificate, Optional.empty(), inTurn(List.of(answers)));
    }

    /// Between a client and the simulator, to which all is passed on until told otherwise.
    public static FaultProxy before(PveSim sim) {
        return new FaultProxy("here", Optional.of(sim), _ -> Answer.passed());
    }

    private static Function<Seen, Answer> inTurn(List<Answer> answers) {
        return request -> answers.get(Math.min(request.number(), answers.size() - 1));
    }

    /// What is done with requests from now on.
    public FaultProxy answers(Function<Seen, Answer> other) {
        choice = other;
        return this;
    }

    /// How connections are met from now on.
    public FaultProxy meets(Meeting other) {
        return meets(() -> other);
    }

    /// The same, chosen for each.
    public FaultProxy meets(Supplier<Meeting> other) {
        meeting = other;
        return this;
    }

    public URI uri() {
        return URI.create("https://127.0.0.1:" + socket.getLocalPort());
    }

    /// SHA-256 of the certificate, `AA:BB:…`, to pin.
    public String fingerprint() {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public List<Seen> seen() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }

    public List<Passed> passed() {
        synchronized (passed) {
            return List.copyOf(passed);
        }
    }

    /// Connections so far, whatever became of them.
    public int connections() {
        return connections.get();
    }

    /// Gives the request to the simulator and comes back with its answer.
    Reply pass(Seen request) throws IOException {
        var there = upstream.orElseThrow(() -> new IllegalStateException("nobody to pass it on to"));
        var answer = there.pass(request);
        synchronized (passed) {
            passed.add(new Passed(request, answer));
        }
        return answer;
    }

    /// Waits, but not beyond the end of the test.
    ///
    /// @return whether the test goes on
    boolean rests(Duration time) throws InterruptedException {
        return !closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
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
            connection.setTcpNoDelay(true);
            if (!meeting.get().lets(connection, this)) {
                return;
            }
            var secured = (SSLSocket) tls.getSocketFactory()
                    .createSocket(connection, connection.getInetAddress().getHostAddress(), number, true);
            secured.setUseClientMode(false);
            var in = secured.getInputStream();
            var out = secured.getOutputStream();
            boolean more = true;
            while (more) {
                var request = read(in, number);
                var sent = new Both(out);
                try {
                    (asksWhoItIs(request) ? SELF : choice.apply(request)).to(request, sent, this);
                } catch (Reset _) {
                    connection.setSoLinger(true, 0);
                    return;
                }
                out.flush();
                more = sent.keepsAlive();
            }
            secured.close();
        } catch (IOException | InterruptedException _) {
            // The client has gone, or the test is over.
        }
    }

    /// Thrown by an answer that ends in a reset (RST) instead of an end (FIN).
    static final class Reset extends IOException {
        private static final long serialVersionUID = 1;
    }

    private Seen read(InputStream in, int connection) throws IOException {
        var first = Lines.read(in).split(" ");
        var headers = new LinkedHashMap<String, String>();
        for (var line = Lines.read(in); !line.isEmpty(); line = Lines.read(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        var body = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        var introduction = new Seen(-1, first[0], first[1], headers, body, connection);
        if (asksWhoItIs(introduction)) {
            return introduction;
        }
        synchronized (seen) {
            var request = new Seen(seen.size(), first[0], first[1], headers, body, connection);
            seen.add(request);
            return request;
        }
    }

    /// In the place of PVE, it is asked by clients with several endpoints whose it is, and is of one cluster with all
    /// others. That is no request of a test's.
    private boolean asksWhoItIs(Seen request) {
        return upstream.isEmpty() && request.target().endsWith("/nodes/localhost/certificates/info");
    }

    /// Keeps the head of what is sent, to know whether the connection can be kept.
    private static final class Both extends OutputStream {
        private final OutputStream out;
        private final ByteArrayOutputStream copy = new ByteArrayOutputStream();

        Both(OutputStream out) {
            this.out = out;
        }

        boolean keepsAlive() {
            return copy.toString(StandardCharsets.ISO_8859_1).contains("Connection: Keep-Alive");
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
        upstream.ifPresent(Upstream::close);
    }
}
