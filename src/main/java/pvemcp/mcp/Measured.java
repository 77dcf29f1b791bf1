package pvemcp.mcp;

import pvemcp.dispatch.Caller;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Forwarding;
import pvemcp.json.Json;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;

/// A dispatcher whose calls are counted.
final class Measured extends Forwarding {
    private final Metrics metrics;

    Measured(Dispatcher inner, Metrics metrics) {
        super(inner);
        this.metrics = metrics;
    }

    @Override
    public ToolResult call(Tool<?> tool, Json.Obj arguments, Caller caller) {
        long began = System.nanoTime();
        boolean ended = false;
        try {
            var result = inner.call(tool, arguments, caller);
            ended = true;
            metrics.called(caller.principal(), tool.name(), result, System.nanoTime() - began);
            return result;
        } finally {
            if (!ended) {
                metrics.broke(caller.principal(), tool.name(), System.nanoTime() - began);
            }
        }
    }
}
