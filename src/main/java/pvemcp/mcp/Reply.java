package pvemcp.mcp;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import pvemcp.json.Json;

/// The answer to one HTTP request. For the thread that serves it.
final class Reply {
    private static final String JSON = "application/json";
    private static final String EVENTS = "text/event-stream";
    private static final byte[] NOTHING_NEW = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final HttpExchange http;
    private final Writers writers;
    private final Access access;
    private final Metrics metrics;

    Reply(HttpExchange http, Writers writers, Access access, Metrics metrics) {
        this.http = http;
        this.writers = writers;
        this.access = access;
        this.metrics = metrics;
    }

    /// What the log is told of the request.
    Access access() {
        return access;
    }

    void header(String name, String value) {
        http.getResponseHeaders().set(name, value);
    }

    void empty(int status) throws IOException {
        begin(status, -1);
    }

    void text(int status, String type, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        header("Content-Type", type);
        header("Cache-Control", "no-store");
        begin(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            write(http.getResponseBody(), bytes);
        }
    }

    void message(int status, Message message) throws IOException {
        text(status, JSON, message.text());
    }

    /// What is no answer to a message: it did not get that far.
    void refuse(int status, int code, String why) throws IOException {
        access.refused(why);
        message(status, new Message.Failure(Json.Null.NULL, new RpcError(code, why)));
    }

    /// What is in the box as server-sent events, until it ends or another reader takes it over.
    ///
    /// @param after the number of the last message the client has
    /// @param name of the stream, which makes event ids with the messages' numbers; empty: nobody can come back
    /// @param primed whether it begins with an event that only tells its id
    /// @param beat how often a client that is told nothing is shown that somebody is there; one that has gone is
    ///     noticed by it
    void events(Mailbox box, long after, String name, boolean primed, Duration beat)
            throws IOException, InterruptedException {
        header("Content-Type", EVENTS);
        header("Cache-Control", "no-store");
        // nginx holds answers back otherwise.
        header("X-Accel-Buffering", "no");
        int reader = box.startReading();
        begin(200, 0);
        var out = http.getResponseBody();
        // The client is to see at once that the stream is open, which the first bytes tell.
        write(out, primed ? primer(name, after) : NOTHING_NEW);
        long last = after;
        while (!box.endsAfter(last)) {
            var letters = box.after(last, beat);
            if (!box.reading(reader)) {
                return;
            }
            if (!letters.isEmpty() || !box.endsAfter(last)) {
                write(out, letters.isEmpty() ? NOTHING_NEW : events(letters, name));
            }
            if (!letters.isEmpty()) {
                last = letters.getLast().number();
                box.delivered(last, !name.isEmpty());
            }
        }
    }

    /// An event without a message: from here on the client can come back (MCP 2025-11-25, basic/transports), a second
    /// after it has lost the connection.
    private static byte[] primer(String name, long number) {
        return ("id: " + name + "-" + number + "\nretry: 1000\ndata:\n\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] events(List<Mailbox.Letter> letters, String name) {
        var text = new StringBuilder();
        for (var letter : letters) {
            if (!name.isEmpty()) {
                text.append("id: ")
                        .append(name)
                        .append('-')
                        .append(letter.number())
                        .append('\n');
            }
            // A message is one line.
            text.append("event: message\ndata: ")
                    .append(letter.message().text())
                    .append("\n\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /// Whoever has the answer finds it counted.
    private void begin(int status, long length) throws IOException {
        metrics.answered(status);
        http.sendResponseHeaders(status, length);
    }

    private void write(OutputStream out, byte[] bytes) throws IOException {
        writers.begin();
        try {
            out.write(bytes);
            out.flush();
        } finally {
            writers.end();
        }
    }
}
