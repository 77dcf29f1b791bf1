package pvemcp.trace;

import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Map;

/// What came with a call, as OpenTelemetry reads it.
enum Getter implements TextMapGetter<Map<String, String>> {
    INSTANCE;

    @Override
    public Iterable<String> keys(Map<String, String> trace) {
        return trace.keySet();
    }

    @Override
    public String get(Map<String, String> trace, String key) {
        return trace.get(key);
    }
}
