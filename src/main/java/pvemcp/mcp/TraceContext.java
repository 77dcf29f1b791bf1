package pvemcp.mcp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import pvemcp.json.Json;

/// The trace that a request is part of: `traceparent` and `tracestate` (W3C Trace Context) in its `_meta`, which has
/// the last word, or in the headers it came with.
final class TraceContext {
    private static final String META = "_meta";
    private static final List<String> NAMES = List.of("traceparent", "tracestate");

    private TraceContext() {}

    static Map<String, String> of(Message.Request request) {
        var meta = request.params().object(META).orElse(Json.Obj.EMPTY);
        var trace = new HashMap<String, String>();
        for (var name : NAMES) {
            meta.text(name).ifPresent(value -> trace.put(name, value));
        }
        return trace;
    }

    /// The same request with the trace of its headers, where it names none of its own.
    static Message.Request with(Message.Request request, HeaderRules rules) {
        if (rules.only(NAMES.getFirst()).isEmpty() || !of(request).isEmpty()) {
            return request;
        }
        var meta = request.params().object(META).orElse(Json.Obj.EMPTY);
        for (var name : NAMES) {
            var value = rules.only(name);
            if (value.isPresent()) {
                meta = meta.with(name, value.get());
            }
        }
        return new Message.Request(
                request.id(), request.method(), request.params().with(META, meta));
    }
}
