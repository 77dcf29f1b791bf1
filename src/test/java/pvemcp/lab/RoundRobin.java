package pvemcp.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A proxy before several servers on this machine: each connection goes to the next of them that takes it.
public final class RoundRobin implements AutoCloseable {
    private final ServerSocket socket;
    private final List<Integer> behind = new CopyOnWriteArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    public RoundRobin() {
        try {
            socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return socket.getLocalPort();
    }

    /// Sends connections there too.
    public void add(int port) {
        behind.add(port);
    }

    public void remove(int port) {
        behind.remove(Integer.valueOf(port));
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                var client = socket.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                var server = connect()) {
            var back = Thread.ofVirtual().start(() -> pass(server, client));
            pass(client, server);
            back.join();
        } catch (IOException _) {
            // Nobody takes it: the client finds it closed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Socket connect() throws IOException {
        int servers = behind.size();
        for (int attempt = 0; attempt < servers; attempt++) {
            int port = behind.get(Math.floorMod(next.getAndIncrement(), servers));
            var server = new Socket();
            try {
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return server;
            } catch (IOException _) {
                server.close();
            }
        }
        throw new IOException("no server takes it");
    }

    /// The end of one direction is the end of the other only once nothing comes any more.
    private static void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException _) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It is gone either way.
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
