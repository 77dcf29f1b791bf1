package pvemcp.dispatch;

import java.util.Map;
import java.util.Optional;

/// A caller in the place of another, who is asked and told everything. What stands between overrides what it changes,
/// and leaves nothing out by forgetting it.
public abstract class ForwardingCaller implements Caller {
    protected final Caller caller;

    protected ForwardingCaller(Caller caller) {
        this.caller = caller;
    }

    @Override
    public String principal() {
        return caller.principal();
    }

    @Override
    public String client() {
        return caller.client();
    }

    @Override
    public boolean canAsk() {
        return caller.canAsk();
    }

    @Override
    public boolean isPerson() {
        return caller.isPerson();
    }

    @Override
    public Map<String, String> trace() {
        return caller.trace();
    }

    @Override
    public String request() {
        return caller.request();
    }

    @Override
    public Optional<String> approval() {
        return caller.approval();
    }

    @Override
    public void progress(double fraction, String message) {
        caller.progress(fraction, message);
    }

    @Override
    public boolean cancelled() {
        return caller.cancelled();
    }
}
