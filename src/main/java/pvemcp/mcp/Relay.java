package pvemcp.mcp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// Brings the connections of a socket that somebody else opened to the JDK's server, which can only open its own:
/// that one then listens on the loopback interface, for nobody but us. Two virtual threads a connection.
final class Relay implements AutoCloseable {
    private static final int BUFFER = 8 << 10;
    private static final Duration REST = Duration.ofMillis(20);

    private final ServerSocketChannel outside;

    /// Where our connections to the server inside come from.
    private final Set<Integer> ports = ConcurrentHashMap.newKeySet();

    Relay(ServerSocketChannel outside) {
        this.outside = outside;
    }

    /// @param inside the port of the server on the loopback interface
    void start(int inside) {
        var server = new InetSocketAddress(InetAddress.getLoopbackAddress(), inside);
        Thread.ofVirtual().name("http-relay").start(() -> accept(server));
    }

    /// Whether a connection that the server inside got is one of ours. Others would go around what guards the socket
    /// outside, such as the permissions of its file.
    boolean brought(InetSocketAddress peer) {
        return ports.contains(peer.getPort());
    }

    private void accept(InetSocketAddress server) {
        while (outside.isOpen()) {
            try {
                var client = outside.accept();
                Thread.ofVirtual().start(() -> carry(client, server));
            } catch (IOException _) {
                // Closed, which ends the loop; or no descriptor is left, which takes a moment to change.
                LockSupport.parkNanos(REST.toNanos());
            }
        }
    }

    private void carry(SocketChannel client, InetSocketAddress server) {
        try (client;
                var inside = SocketChannel.open()) {
            inside.bind(new InetSocketAddress(server.getAddress(), 0));
            inside.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (client.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            int port = ((InetSocketAddress) inside.getLocalAddress()).getPort();
            ports.add(port);
            try {
                inside.connect(server);
                var requests = Thread.ofVirtual().start(() -> pump(client, inside));
                pump(inside, client);
                client.close();
                requests.join();
            } finally {
                ports.remove(port);
            }
        } catch (IOException _) {
            // One of the two has gone, and the other is closed with it.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Until the one side says no more; then the other is told so.
    private static void pump(SocketChannel from, SocketChannel to) {
        var buffer = ByteBuffer.allocate(BUFFER);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException _) {
            close(from);
            close(to);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException _) {
            // It is of no more use either way.
        }
    }

    /// Takes no more connections; those there are go on.
    @Override
    public void close() {
        try {
            outside.close();
        } catch (IOException _) {
            // Then it takes none either.
        }
    }
}
