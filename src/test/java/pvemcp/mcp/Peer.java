package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import pvemcp.json.Json;

/// A client made of bare lines, at the other end of a [Stdio]'s streams.
final class Peer implements AutoCloseable {
    static final int LONGEST_LINE = 100_000;

    private final BlockingQueue<byte[]> toServer = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> fromServer = new LinkedBlockingQueue<>();
    private final Stdio stdio;
    private final Thread server;

    Peer(McpServer server) {
        this(server, Duration.ofSeconds(20));
    }

    Peer(McpServer server, Duration grace) {
        stdio = Stdio.over(new Pipe(), new Collector(), LONGEST_LINE, grace);
        this.server = Thread.ofPlatform().start(() -> {
            try {
                stdio.serve(server);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    static McpServer workshop() {
        return server(new Workshop(), Emits.NOTHING);
    }

    static McpServer server(Workshop workshop, Emits emits) {
        return new McpServer(workshop, new About("pve-mcp", "Proxmox VE", "1.2.3", "A workshop."), emits);
    }

    Peer send(String line) {
        return sendBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    Peer sendBytes(byte[] bytes) {
        toServer.add(bytes);
        return this;
    }

    /// A modern request.
    Peer sendModern(int id, String method, String params) {
        return send(modern(id, method, params));
    }

    static String modern(int id, String method, String params) {
        return modern(id, method, params, "\"elicitation\":{}");
    }

    /// @param capabilities of the client, as members of an object
    static String modern(int id, String method, String params, String capabilities) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":{" + params
                + (params.isEmpty() ? "" : ",")
                + "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
                + "\"io.modelcontextprotocol/clientCapabilities\":{" + capabilities + "}}}}";
    }

    /// The next line; fails where none comes.
    String receive() {
        try {
            var line = fromServer.poll(60, TimeUnit.SECONDS);
            return line != null ? line : fail("the server says nothing");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Json.Obj receiveJson() {
        return (Json.Obj) Json.parse(receive());
    }

    /// Ends the input and waits until the server has returned.
    void hangUp() {
        toServer.add(new byte[0]);
        try {
            assertThat(server.join(Duration.ofSeconds(40))).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Closes from the server's side, as SIGTERM does.
    void terminate() {
        stdio.close();
    }

    void saysNothingMore() {
        hangUp();
        assertThat(fromServer).isEmpty();
    }

    @Override
    public void close() {
        hangUp();
    }

    private final class Pipe extends InputStream {
        private byte[] chunk = new byte[0];
        private int position;
        private boolean ended;

        @Override
        public int read() {
            throw new UnsupportedOperationException("the server reads in chunks");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (ended) {
                return -1;
            }
            if (position == chunk.length) {
                try {
                    chunk = toServer.take();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                position = 0;
                ended = chunk.length == 0;
                if (ended) {
                    return -1;
                }
            }
            int count = Math.min(length, chunk.length - position);
            System.arraycopy(chunk, position, into, offset, count);
            position += count;
            return count;
        }
    }

    private final class Collector extends OutputStream {
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            if (b == '\n') {
                fromServer.add(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else {
                line.write(b);
            }
        }
    }
}
