package pvemcp.pve;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pvemcp.lab.Answer;
import pvemcp.lab.FaultProxy;

/// Servers that answer as ordered and clients that are sent to them. All of it is closed in the end, the last first.
final class Wires {
    private static final Connection.Credential TOKEN =
            new Connection.Credential.Token("mcp@pve!claude", new Secret("12345678-secret"));

    private final List<AutoCloseable> open = new ArrayList<>();

    /// Has something closed with the rest.
    <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }

    FaultProxy server(Answer... answers) {
        return closing(FaultProxy.answering(answers));
    }

    /// An address where nobody listens, and nobody else will: it is taken.
    URI nobody() throws IOException {
        var taken = closing(new Socket());
        taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return URI.create("https://127.0.0.1:" + taken.getLocalPort());
    }

    /// A client that knows the certificates of these servers.
    HttpTransport to(Duration timeout, Waiting waiting, List<URI> uris, FaultProxy... known) {
        var pins = Arrays.stream(known).map(FaultProxy::fingerprint).toList();
        return to(timeout, waiting, uris, new Connection.Trust.Fingerprints(pins));
    }

    HttpTransport to(Duration timeout, Waiting waiting, List<URI> uris, Connection.Trust trust) {
        return closing(
                new HttpTransport(new Connection("lab", uris, TOKEN, trust, timeout), Clock.systemUTC(), waiting));
    }

    void close() throws Exception {
        for (var resource : open.reversed()) {
            resource.close();
        }
    }
}
