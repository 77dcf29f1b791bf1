package pvemcp.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import pvemcp.lab.FaultProxy.Seen;

/// What is done with one request that came to a [FaultProxy]. The connection is closed after it, unless the answer
/// says `Connection: Keep-Alive`.
///
/// Those with a passive name, such as [#passed] and [#cut], give the request to the simulator; the others answer in
/// its place, and nothing is done, unless they come [#onceDone].
public interface Answer {
    void to(Seen request, OutputStream out, FaultProxy proxy) throws IOException, InterruptedException;

    /// The same, after the simulator has carried the request out, and its answer is lost.
    default Answer onceDone() {
        return (request, out, proxy) -> {
            proxy.pass(request);
            to(request, out, proxy);
        };
    }

    // --- the simulator's own answer, whole or not ---

    /// As it is.
    static Answer passed() {
        return changed(reply -> reply);
    }

    static Answer changed(UnaryOperator<Reply> change) {
        return (request, out, proxy) ->
                out.write(change.apply(proxy.pass(request)).bytes());
    }

    /// As it is, after a while.
    static Answer delayed(Duration time) {
        return (request, out, proxy) -> {
            var bytes = proxy.pass(request).bytes();
            if (proxy.rests(time)) {
                out.write(bytes);
            }
        };
    }

    /// So many bytes of it from the start; a negative number counts from the end.
    static Answer cut(int bytes) {
        return (request, out, proxy) -> out.write(part(proxy.pass(request), bytes));
    }

    /// The same, ended by a reset (RST).
    static Answer reset(int bytes) {
        return (request, out, proxy) -> {
            out.write(part(proxy.pass(request), bytes));
            out.flush();
            throw new FaultProxy.Reset();
        };
    }

    private static byte[] part(Reply reply, int bytes) {
        // Or this side would keep the connection, and the client wait for the rest.
        var whole = reply.without("connection").with("Connection: close").bytes();
        return Arrays.copyOf(whole, bytes < 0 ? Math.max(0, whole.length + bytes) : Math.min(bytes, whole.length));
    }

    /// Without a length, and without its last bytes.
    static Answer truncated(int bytes) {
        return changed(reply -> {
            var open = reply.without("content-length")
                    .without("content-encoding")
                    .without("connection")
                    .with("Connection: close");
            return new Reply(
                    open.head(),
                    reply.body().substring(0, Math.max(0, reply.body().length() - bytes)));
        });
    }

    /// Kept alive as far as the client is told, and closed.
    static Answer stale() {
        return (request, out, proxy) -> {
            passed().to(request, out, proxy);
            out.flush();
            throw new IOException("the worker has been replaced");
        };
    }

    /// As a server of the last century says it.
    static Answer old() {
        return changed(reply -> {
            var closing = reply.without("connection").with("Connection: close");
            var head = new ArrayList<>(closing.head());
            head.set(0, head.getFirst().replace("HTTP/1.1", "HTTP/1.0"));
            return new Reply(head, reply.body());
        });
    }

    // --- something else in its place ---

    static Answer data(String json) {
        return status(200, "OK", "{\"data\":" + json + "}");
    }

    static Answer status(int status, String reason, String json) {
        return (_, out, _) -> {
            head(out, status, reason, "Content-Type: application/json;charset=UTF-8", length(json), keeping(status));
            out.write(json.getBytes(StandardCharsets.UTF_8));
        };
    }

    /// As 401 and all 59x come: no body, the reason phrase alone says why.
    static Answer reasonOnly(int status, String reason) {
        return (_, out, _) -> head(out, status, reason, "Connection: close", "Content-Length: 0");
    }

    /// As PVE refuses: the same words in the reason phrase and in the body.
    static Answer refusal(int status, String words) {
        return status(status, words, "{\"data\":null,\"message\":\"" + words + "\\n\"}");
    }

    static Answer raw(String text) {
        return (_, out, _) -> out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    static Answer gzip(byte[] plain) {
        return (_, out, _) -> {
            var zipped = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(zipped)) {
                gzip.write(plain);
            }
            head(
                    out,
                    200,
                    "OK",
                    "Content-Type: application/json",
                    "Content-Encoding: gzip",
                    "Content-Length: " + zipped.size(),
                    keeping(200));
            out.write(zipped.toByteArray());
        };
    }

    /// Closes without a byte.
    static Answer nothing() {
        return (_, _, _) -> {};
    }

    /// Tears the connection down without a byte.
    static Answer torn() {
        return (_, _, _) -> {
            throw new FaultProxy.Reset();
        };
    }

    /// Takes the request and stays silent until the test is over.
    static Answer silence() {
        return (_, _, proxy) -> {
            while (proxy.rests(Duration.ofMinutes(1))) {
                // Until the test is over.
            }
        };
    }

    /// A byte of a good answer now and then, for ever.
    static Answer drip() {
        return (_, out, proxy) -> {
            head(out, 200, "OK", "Content-Type: application/json", "Content-Length: 100000");
            while (proxy.rests(Duration.ofMillis(5))) {
                out.write(' ');
                out.flush();
            }
        };
    }

    /// Five thousand headers.
    static Answer headerFlood() {
        return (_, out, _) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 5_000; i++) {
                out.write("X-Pad: 1\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        };
    }

    static void head(OutputStream out, int status, String reason, String... headers) throws IOException {
        var text = new StringBuilder("HTTP/1.1 " + status + " " + reason + "\r\n");
        for (var header : headers) {
            text.append(header).append("\r\n");
        }
        out.write(text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /// PVE closes the connection after each refusal.
    private static String keeping(int status) {
        return status < 400 ? "Connection: Keep-Alive" : "Connection: close";
    }

    private static String length(String body) {
        return "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length;
    }
}
