package pvemcp.dispatch;

import java.time.Clock;
import pvemcp.pve.Pve;
import pvemcp.pve.Transport;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.ToolContext;

/// What one call may use: the cluster through the wire it was given, and the way back to its caller.
record Context(Cluster cluster, Transport wire, Clock clock, Caller caller) implements ToolContext {
    @Override
    public Pve pve() {
        return cluster.client().apply(wire);
    }

    @Override
    public ApiSchema schema() {
        return cluster.schema().get();
    }

    @Override
    public void progress(double fraction, String message) {
        caller.progress(fraction, message);
    }

    @Override
    public void checkCancelled() {
        if (caller.cancelled()) {
            throw new Cancelled("the caller took the call back");
        }
    }
}
