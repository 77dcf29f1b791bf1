package pvemcp.mcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import pvemcp.log.Log;
import pvemcp.tool.App;

/// How the server listens.
///
/// @param address where; port 0 is any free one, and with a socket handed over it is only for show
/// @param hosts the names that clients may call this server by, besides those of the loopback interface
/// @param origins the web pages, as `https://example.org`, that may speak to it besides its own
/// @param tls what it shows over TLS; empty: it speaks plain HTTP
/// @param page what people see at `/`; empty: nothing is there
/// @param log what is told of requests and defects
/// @param trouble why `/readyz` is not ready though the server runs; empty where it is
/// @param handed a listening socket, of IP or of a file, that takes the place of one of our own
public record HttpSettings(
        InetSocketAddress address,
        List<String> hosts,
        List<String> origins,
        Optional<SSLContext> tls,
        Optional<App> page,
        Log log,
        Supplier<Optional<String>> trouble,
        Optional<ServerSocketChannel> handed) {
    public HttpSettings {
        hosts = List.copyOf(hosts);
        origins = List.copyOf(origins);
    }

    /// Without a page, and with a socket of our own.
    public HttpSettings(InetSocketAddress address, List<String> hosts, List<String> origins, Optional<SSLContext> tls) {
        this(
                address,
                hosts,
                origins,
                tls,
                Optional.empty(),
                Log.ofWords(System.err),
                Optional::empty,
                Optional.empty());
    }

    /// The same with a page at `/`.
    public HttpSettings with(App page) {
        return new HttpSettings(address, hosts, origins, tls, Optional.of(page), log, trouble, handed);
    }

    /// The same where something besides this server itself may keep it from its work.
    public HttpSettings with(Supplier<Optional<String>> trouble) {
        return new HttpSettings(address, hosts, origins, tls, page, log, trouble, handed);
    }

    /// The same with a socket that was opened for us.
    public HttpSettings with(ServerSocketChannel handed) {
        return new HttpSettings(address, hosts, origins, tls, page, log, trouble, Optional.of(handed));
    }

    /// The same with another log.
    public HttpSettings with(Log log) {
        return new HttpSettings(address, hosts, origins, tls, page, log, trouble, handed);
    }

    /// Plain HTTP on a free port of the loopback interface.
    static HttpSettings local() {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new HttpSettings(loopback, List.of(), List.of(), Optional.empty());
    }

    /// Whether only programs on this machine can connect.
    public boolean onlyThisMachine() {
        return !(listening() instanceof InetSocketAddress there)
                || (!there.isUnresolved() && there.getAddress().isLoopbackAddress());
    }

    private SocketAddress listening() {
        if (handed.isEmpty()) {
            return address;
        }
        try {
            return handed.get().getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
