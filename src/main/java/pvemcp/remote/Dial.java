package pvemcp.remote;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/// How a connection to a host is made. Thread-safe.
@FunctionalInterface
public interface Dial {
    /// Over the network, as the system resolves and routes it.
    Dial NETWORK = (host, port, timeout) -> {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    };

    /// @throws IOException where nobody answers there in time
    Socket connect(String host, int port, Duration timeout) throws IOException;
}
