package pvemcp.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.HashMap;
import java.util.Map;
import pvemcp.dispatch.Caller;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Forwarding;
import pvemcp.dispatch.ForwardingCaller;
import pvemcp.json.Json;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;

/// A dispatcher whose calls are traced: which tool, for whom and how it ended, never its arguments. The names are
/// those of OpenTelemetry's conventions for MCP and for tools, as far as there are any.
final class TracedCalls extends Forwarding {
    private final Tracing tracing;

    TracedCalls(Dispatcher inner, Tracing tracing) {
        super(inner);
        this.tracing = tracing;
    }

    @Override
    public ToolResult call(Tool<?> tool, Json.Obj arguments, Caller caller) {
        var span = tracing.call("tools/call " + tool.name(), caller.trace())
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("mcp.method.name", "tools/call")
                .setAttribute("gen_ai.operation.name", "execute_tool")
                .setAttribute("gen_ai.tool.name", tool.name())
                .setAttribute("enduser.id", caller.principal())
                .startSpan();
        return tracing.within(span, () -> {
            var result = super.call(tool, arguments, new Traced(caller, span.getSpanContext()));
            tell(span, result);
            return result;
        });
    }

    /// Who calls, in the trace that the call is part of now.
    private static final class Traced extends ForwardingCaller {
        private final SpanContext span;

        Traced(Caller caller, SpanContext span) {
            super(caller);
            this.span = span;
        }

        @Override
        public Map<String, String> trace() {
            var trace = new HashMap<>(super.trace());
            trace.put(
                    "traceparent",
                    "00-%s-%s-%s"
                            .formatted(
                                    span.getTraceId(),
                                    span.getSpanId(),
                                    span.getTraceFlags().asHex()));
            return trace;
        }
    }

    private static void tell(Span span, ToolResult result) {
        switch (result) {
            case ToolResult.Done _ -> span.setAttribute("pve_mcp.outcome", "done");
            case ToolResult.Held _ -> span.setAttribute("pve_mcp.outcome", "held");
            case ToolResult.Refused refused ->
                span.setAttribute("pve_mcp.outcome", "refused").setAttribute("pve_mcp.rule", refused.rule());
            case ToolResult.Failed failed ->
                span.setAttribute("pve_mcp.outcome", "failed")
                        .setAttribute("error.type", failed.code())
                        .setStatus(StatusCode.ERROR);
        }
    }
}
