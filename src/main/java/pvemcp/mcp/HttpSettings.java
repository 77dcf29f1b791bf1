package pvemcp.mcp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import pvemcp.tool.App;

/// How the server listens.
///
/// @param address where; port 0 is any free one
/// @param hosts the names that clients may call this server by, besides those of the loopback interface
/// @param origins the web pages, as `https://example.org`, that may speak to it besides its own
/// @param tls what it shows over TLS; empty: it speaks plain HTTP
/// @param page what people see at `/`; empty: nothing is there
public record HttpSettings(
        InetSocketAddress address,
        List<String> hosts,
        List<String> origins,
        Optional<SSLContext> tls,
        Optional<App> page) {
    public HttpSettings {
        hosts = List.copyOf(hosts);
        origins = List.copyOf(origins);
    }

    /// Without a page.
    public HttpSettings(InetSocketAddress address, List<String> hosts, List<String> origins, Optional<SSLContext> tls) {
        this(address, hosts, origins, tls, Optional.empty());
    }

    /// The same with a page at `/`.
    public HttpSettings with(App page) {
        return new HttpSettings(address, hosts, origins, tls, Optional.of(page));
    }

    /// Plain HTTP on a free port of the loopback interface.
    public static HttpSettings local() {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new HttpSettings(loopback, List.of(), List.of(), Optional.empty());
    }

    /// Whether only programs on this machine can connect.
    public boolean onlyThisMachine() {
        return !address.isUnresolved() && address.getAddress().isLoopbackAddress();
    }
}
