package pvemcp.lab;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.net.ssl.SSLSocketFactory;
import pvemcp.sim.PveSim;

/// The way from the proxy to the simulator, which never fails: connections are kept, but only for as long as the
/// simulator surely keeps them as well.
final class Upstream implements AutoCloseable {
    private static final long KEPT_NANOS = 2_000_000_000L;

    private final PveSim sim;
    private final SSLSocketFactory tls;
    private final Deque<Kept> idle = new ArrayDeque<>(); // guarded by this

    private record Kept(Socket socket, InputStream in, long since) {}

    Upstream(PveSim sim) {
        this.sim = sim;
        tls = TrustAll.sockets();
    }

    Reply pass(FaultProxy.Seen request) throws IOException {
        var way = take();
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes("%s %s HTTP/1.1\r\n"
                .formatted(request.method(), request.target())
                .getBytes(StandardCharsets.ISO_8859_1));
        request.headers().forEach((name, value) -> {
            if (!name.equals("connection")) {
                bytes.writeBytes((name + ": " + value + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            }
        });
        bytes.writeBytes(("\r\n" + request.body()).getBytes(StandardCharsets.ISO_8859_1));
        way.socket().getOutputStream().write(bytes.toByteArray());
        var reply = Reply.read(way.in());
        give(way, reply.header("connection").equalsIgnoreCase("keep-alive"));
        return reply;
    }

    private synchronized Kept take() throws IOException {
        while (!idle.isEmpty()) {
            var kept = idle.pop();
            if (System.nanoTime() - kept.since() < KEPT_NANOS) {
                return kept;
            }
            kept.socket().close();
        }
        var socket = tls.createSocket("127.0.0.1", sim.port());
        socket.setTcpNoDelay(true);
        return new Kept(socket, new BufferedInputStream(socket.getInputStream()), 0);
    }

    private synchronized void give(Kept way, boolean lasts) throws IOException {
        if (lasts) {
            idle.push(new Kept(way.socket(), way.in(), System.nanoTime()));
        } else {
            way.socket().close();
        }
    }

    @Override
    public synchronized void close() {
        for (var kept : idle) {
            try {
                kept.socket().close();
            } catch (IOException _) {
                // It is over anyway.
            }
        }
    }
}
