package pvemcp.mcp;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.log.Log;

/// MCP over a pair of streams: a message a line, UTF-8, and nothing else on the way out.
///
/// Requests that take time run on a virtual thread each; whatever is sent goes through one lock, a whole line at a
/// time.
public final class Stdio implements AutoCloseable {
    /// Whose authority whoever started this process has.
    private static final String PRINCIPAL = "stdio";

    /// A line may be so long, and not longer.
    private static final int LONGEST_LINE = 4 << 20;

    /// How long requests may go on once the client has closed its side. A client that wants the answers to a script
    /// it has piped in gets them, also from a slow cluster; one that has gone waits for no more than this. A host
    /// that cannot wait sends a SIGTERM (MCP 2025-11-25, basic/lifecycle), which ends them at once.
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final Lines lines;
    private final Writer outbox;
    private final Duration grace;
    private volatile Optional<Session> session = Optional.empty();

    private Stdio(Lines lines, Writer outbox, Duration grace) {
        this.lines = lines;
        this.outbox = outbox;
        this.grace = grace;
    }

    /// Takes the process's standard streams. From here on a stray print goes to stderr, where it does no harm: call
    /// this before anything else is loaded.
    @SuppressWarnings("resource") // The process owns its streams.
    public static Stdio ofProcess() {
        var in = new FileInputStream(FileDescriptor.in);
        var out = new FileOutputStream(FileDescriptor.out);
        System.setOut(System.err);
        return over(in, out, LONGEST_LINE, GRACE);
    }

    /// Any other pair of streams, within the same limits.
    public static Stdio over(InputStream in, OutputStream out) {
        return over(in, out, LONGEST_LINE, GRACE);
    }

    /// @param longestLine in bytes
    /// @param grace how long requests may go on after the end of input
    static Stdio over(InputStream in, OutputStream out, int longestLine, Duration grace) {
        return new Stdio(new Lines(in, longestLine), new Writer(out), grace);
    }

    /// Serves until the input ends or [#close] is called; then every answer that could be given has been written.
    public void serve(McpServer server) throws IOException {
        var client = server.open(PRINCIPAL, outbox, Stdio::start);
        session = Optional.of(client);
        try {
            for (var line = lines.next(); !(line instanceof Lines.End); line = lines.next()) {
                take(line, client);
            }
        } finally {
            client.drain(grace);
            outbox.broken().ifPresent(why -> server.log().tell(Log.Level.WARN, "client", why));
        }
    }

    private static void start(Runnable task) {
        Thread.startVirtualThread(task);
    }

    private void take(Lines.Line line, Session client) {
        if (line instanceof Lines.Whole(var bytes)) {
            Json message;
            try {
                message = Json.parse(bytes, Json.Limits.DEFAULT);
            } catch (JsonException e) {
                refuse(RpcError.PARSE, "Not JSON: " + e.getMessage());
                return;
            }
            client.receive(message, outbox);
        } else {
            refuse(RpcError.INVALID_REQUEST, "A message may have " + lines.longest() + " bytes at most");
        }
    }

    private void refuse(int code, String message) {
        outbox.send(new Message.Failure(Json.Null.NULL, new RpcError(code, message)));
    }

    /// Ends the conversation from this side: running requests are cancelled, subscriptions end with their result.
    /// For a shutdown hook; [#serve] itself returns with the end of input.
    @Override
    public void close() {
        session.ifPresent(Session::close);
    }

    /// Writes whole lines. A client that has stopped reading is gone, and its input ends too.
    private static final class Writer implements Outbox {
        private final OutputStream out;
        private Optional<String> why = Optional.empty(); // it is broken

        Writer(OutputStream out) {
            this.out = out;
        }

        @Override
        public void send(Message message) {
            var line = (message.text() + '\n').getBytes(StandardCharsets.UTF_8);
            write(line);
        }

        /// Why nothing more is written; empty while it is.
        synchronized Optional<String> broken() {
            return why;
        }

        /// One lock: a line is never cut by another, and they leave in the order in which they were sent.
        private synchronized void write(byte[] line) {
            if (why.isPresent()) {
                return;
            }
            try {
                out.write(line);
                out.flush();
            } catch (IOException e) {
                why = Optional.of("the client no longer reads: " + e.getMessage());
            }
        }
    }
}
