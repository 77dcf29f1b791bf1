package pvemcp.dispatch;

import java.util.Map;
import java.util.Optional;

/// Who makes a call, and the way back to them while it runs. One per call.
public interface Caller {
    /// Whose authority it is: `stdio`, `terminal`, or the subject of a token.
    String principal();

    /// The client's name and version as it gave them; empty where it gave none.
    String client();

    /// Whether a person can be asked through this client.
    boolean canAsk();

    /// Whether a person makes each call by hand, so that none has to be kept from doing too much.
    default boolean isPerson() {
        return false;
    }

    /// The trace that the call goes on with, `traceparent` and `tracestate` as they came (W3C Trace Context); empty
    /// where none came.
    default Map<String, String> trace() {
        return Map.of();
    }

    /// What the request that brought the call is known by in logs; empty where nothing names it.
    default String request() {
        return "";
    }

    /// The ticket that a person has said yes to, on the second go of a held call.
    Optional<String> approval();

    /// See [pvemcp.tool.ToolContext#progress].
    void progress(double fraction, String message);

    boolean cancelled();
}
