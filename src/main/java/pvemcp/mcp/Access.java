package pvemcp.mcp;

import com.sun.net.httpserver.HttpExchange;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import pvemcp.json.Json;
import pvemcp.log.Log;
import pvemcp.log.TraceId;

/// One HTTP request, as the log tells of it when it is over: every one at `debug`, from `info` on those that were
/// refused. The query of its URL is in no log, for somebody may have put a token there. For the thread that serves
/// it.
final class Access {
    private static final String ID = "X-Request-Id";
    private static final List<String> PROBES = List.of("/healthz", "/readyz");

    private final HttpExchange http;
    private final String id;
    private final long began = System.nanoTime();
    private String principal = "";
    private String asks = "";
    private String reason = "";

    Access(HttpExchange http) {
        this.http = http;
        var given = http.getRequestHeaders().getFirst(ID);
        this.id = given != null && given.matches("[A-Za-z0-9._-]{1,64}")
                ? given
                : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        http.getResponseHeaders().set(ID, id);
    }

    /// What the request is called in logs: as a proxy in front has called it, or a name of our own.
    String id() {
        return id;
    }

    void by(String who) {
        principal = who;
    }

    /// @param method of the message it brings
    void asks(String method) {
        asks = method;
    }

    /// @param why it was refused
    void refused(String why) {
        reason = why;
    }

    void tell(Log log) {
        int status = http.getResponseCode();
        var level = level(status);
        if (!log.tells(level)) {
            return;
        }
        var path = http.getRequestURI().getPath();
        var method = http.getRequestMethod();
        long took = Duration.ofNanos(System.nanoTime() - began).toMillis();
        var words = "%s %s%s%s: %s in %d ms%s"
                .formatted(
                        method,
                        path,
                        asks.isEmpty() ? "" : " " + Text.brief(asks),
                        principal.isEmpty() ? "" : " by " + principal,
                        status > 0 ? Integer.toString(status) : "no answer, the client has gone",
                        took,
                        reason.isEmpty() ? "" : " (" + reason + ")");
        var more = Json.obj("method", method, "path", path);
        if (status > 0) {
            more = more.with("status", status);
        }
        if (!asks.isEmpty()) {
            more = more.with("rpc_method", Text.brief(asks));
        }
        if (!principal.isEmpty()) {
            more = more.with("principal", principal);
        }
        if (!reason.isEmpty()) {
            more = more.with("reason", reason);
        }
        more = more.with("remote", http.getRemoteAddress().getAddress().getHostAddress())
                .with("duration_ms", took)
                .with("request_id", id);
        var parent = http.getRequestHeaders().getFirst("traceparent");
        var trace = parent == null ? "" : TraceId.of(parent);
        log.tell(level, "request", words, trace.isEmpty() ? more : more.with("trace_id", trace));
    }

    private Log.Level level(int status) {
        boolean probe = PROBES.contains(http.getRequestURI().getPath());
        return status < 400 || probe ? Log.Level.DEBUG : Log.Level.INFO;
    }
}
