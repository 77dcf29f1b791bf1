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

    /// Where an HTTP request's name in logs stands beside them.
    private static final String NAME = "pve-mcp/request";

    private TraceContext() {}

    /// The same request with the name that logs have for it.
    static Message.Request named(Message.Request request, String name) {
        var meta = request.params().object(META).orElse(Json.Obj.EMPTY).with(NAME, name);
        return new Message.Request(
                request.id(), request.method(), request.params().with(META, meta));
    }

    /// What logs call this request: the name it was given, or its own id.
    static String name(Message.Request request) {
        return request.meta().text(NAME).or(request.id()::scalarText).orElse("");
    }

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
