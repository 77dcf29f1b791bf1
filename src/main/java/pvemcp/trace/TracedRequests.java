package pvemcp.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.io.OutputStream;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import pvemcp.json.Json;
import pvemcp.pve.ForwardingTransport;
import pvemcp.pve.PveException;
import pvemcp.pve.Received;
import pvemcp.pve.Transport;
import pvemcp.pve.Tunnel;
import pvemcp.pve.Upload;
import pvemcp.pve.Verb;

/// A way to a cluster whose requests are traced: verb and path, never parameters, which may be secrets.
final class TracedRequests extends ForwardingTransport {
    private final String cluster;
    private final Tracing tracing;

    TracedRequests(Transport wire, String cluster, Tracing tracing) {
        super(wire);
        this.cluster = cluster;
        this.tracing = tracing;
    }

    @Override
    public Json.Obj send(Verb verb, String path, Json.Obj params) {
        return traced(verb, path, () -> wire.send(verb, path, params));
    }

    @Override
    public Json.Obj upload(String path, Json.Obj params, Upload file) {
        return traced(Verb.POST, path, () -> wire.upload(path, params, file));
    }

    @Override
    public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
        return traced(Verb.GET, path, () -> wire.download(path, params, to, received));
    }

    @Override
    public Tunnel tunnel(String path, Json.Obj params) {
        return traced(Verb.GET, path, () -> wire.tunnel(path, params));
    }

    private <T> T traced(Verb verb, String path, Supplier<T> exchange) {
        var span = tracing.request(verb.name())
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute("http.request.method", verb.name())
                .setAttribute("url.path", "/api2/json" + path)
                .setAttribute("pve_mcp.cluster", cluster)
                .startSpan();
        return tracing.within(span, () -> explained(span, exchange));
    }

    private static <T> T explained(Span span, Supplier<T> exchange) {
        try {
            return exchange.get();
        } catch (PveException e) {
            span.setAttribute("error.type", e.fault().getClass().getSimpleName());
            throw e;
        }
    }
}
