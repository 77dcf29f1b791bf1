package pvemcp.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import pvemcp.dispatch.Dispatcher;
import pvemcp.pve.Transport;

/// Traces of calls and of the requests they make, sent to an OpenTelemetry collector. Set up by the variables every
/// such program has (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER` and so on,
/// <https://opentelemetry.io/docs/languages/sdk-configuration/>), and not even loaded where none of them names a
/// collector. A collector that does not answer holds up nothing. Safe for use by several threads.
public final class Tracing implements AutoCloseable {
    private static final long SECONDS_TO_SEND_THE_LAST = 5;

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;
    private final TextMapPropagator propagator;

    // A call that asks several clusters at once does so on threads of its own, which are part of it.
    private static final InheritableThreadLocal<Context> CURRENT = new InheritableThreadLocal<>();

    private Tracing(OpenTelemetrySdk sdk, String version) {
        this.sdk = sdk;
        this.tracer = sdk.getTracer("pve-mcp", version);
        this.propagator = sdk.getPropagators().getTextMapPropagator();
    }

    /// @param env the variables of the process
    /// @param version of this program
    public static Tracing start(Map<String, String> env, String version) {
        var properties = new HashMap<String, String>();
        properties.put("otel.service.name", "pve-mcp");
        // What is counted stands at /metrics, and logs go to stderr.
        properties.put("otel.metrics.exporter", "none");
        properties.put("otel.logs.exporter", "none");
        properties.put("otel.exporter.otlp.protocol", "http/protobuf");
        env.forEach((name, value) -> {
            if (name.startsWith("OTEL_") && !value.isBlank()) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        var sdk = AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesCustomizer(_ -> properties)
                .disableShutdownHook()
                .build()
                .getOpenTelemetrySdk();
        return new Tracing(sdk, version);
    }

    /// The same dispatcher, with a span for each call.
    public Dispatcher around(Dispatcher dispatcher) {
        return new TracedCalls(dispatcher, this);
    }

    /// The same way, with a span for each request.
    ///
    /// @param cluster its name; `backup.NAME` for a backup server
    public Transport around(Transport wire, String cluster) {
        return new TracedRequests(wire, cluster, this);
    }

    /// A span of its own, or one that goes on with the trace of whoever asked.
    ///
    /// @param trace `traceparent` and `tracestate` as they came (W3C Trace Context)
    SpanBuilder call(String name, Map<String, String> trace) {
        var parent = propagator.extract(Context.root(), trace, Getter.INSTANCE);
        return tracer.spanBuilder(name).setParent(parent);
    }

    /// A span of the call that this thread works for.
    SpanBuilder request(String name) {
        var parent = CURRENT.get();
        return tracer.spanBuilder(name).setParent(parent == null ? Context.root() : parent);
    }

    /// Does something within a span, which ends with it.
    <T> T within(Span span, Supplier<T> work) {
        var before = CURRENT.get();
        CURRENT.set(Context.root().with(span));
        try {
            return work.get();
        } catch (RuntimeException e) {
            span.setStatus(StatusCode.ERROR);
            throw e;
        } finally {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
            span.end();
        }
    }

    /// Sends what has not been sent yet, for five seconds at most.
    @Override
    public void close() {
        sdk.shutdown().join(SECONDS_TO_SEND_THE_LAST, TimeUnit.SECONDS);
    }
}
