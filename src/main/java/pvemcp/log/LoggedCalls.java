package pvemcp.log;

import java.time.Duration;
import pvemcp.dispatch.Caller;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Forwarding;
import pvemcp.json.Json;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;

/// A dispatcher whose calls are logged when they have ended: who called what, how it ended and how long it took. What
/// a call was given and what it answered is nobody's business here.
public final class LoggedCalls extends Forwarding {
    private final Log log;

    private LoggedCalls(Dispatcher inner, Log log) {
        super(inner);
        this.log = log;
    }

    /// The same dispatcher where the log does not tell of calls.
    public static Dispatcher around(Dispatcher dispatcher, Log log) {
        return log.tells(Log.Level.INFO) ? new LoggedCalls(dispatcher, log) : dispatcher;
    }

    @Override
    public ToolResult call(Tool<?> tool, Json.Obj arguments, Caller caller) {
        long began = System.nanoTime();
        var outcome = Json.obj("outcome", "failed", "code", "bug");
        try {
            var result = inner.call(tool, arguments, caller);
            outcome = outcome(result);
            return result;
        } finally {
            tell(tool, caller, outcome, Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private static Json.Obj outcome(ToolResult result) {
        return switch (result) {
            case ToolResult.Done _ -> Json.obj("outcome", "done");
            case ToolResult.Held _ -> Json.obj("outcome", "held");
            case ToolResult.Refused refused -> Json.obj("outcome", "refused", "code", refused.rule());
            case ToolResult.Failed failed -> Json.obj("outcome", "failed", "code", failed.code());
        };
    }

    private void tell(Tool<?> tool, Caller caller, Json.Obj outcome, Duration took) {
        var code = outcome.text("code").map(text -> " (" + text + ")").orElse("");
        var words = "%s by %s: %s%s in %d ms"
                .formatted(
                        tool.name(), caller.principal(), outcome.text("outcome").orElse(""), code, took.toMillis());
        var more = Json.obj("principal", caller.principal(), "tool", tool.name())
                .with(outcome)
                .with("duration_ms", took.toMillis());
        if (!caller.client().isEmpty()) {
            more = more.with("client", caller.client());
        }
        if (!caller.request().isEmpty()) {
            more = more.with("request_id", caller.request());
        }
        var trace = TraceId.of(caller.trace().getOrDefault("traceparent", ""));
        log.tell(Log.Level.INFO, "call", words, trace.isEmpty() ? more : more.with("trace_id", trace));
    }
}
