package pvemcp.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import pvemcp.dispatch.Caller;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Forwarding;
import pvemcp.pve.PveException;

/// A dispatcher for somebody who has pressed Tab and waits: of the names that only a cluster knows there are none
/// where it takes long to tell them.
final class Hurried extends Forwarding {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    Hurried(Dispatcher dispatcher) {
        super(dispatcher);
    }

    @Override
    public List<String> complete(String kind, String typed, Caller caller) {
        var found = new AtomicReference<List<String>>(List.of());
        var looking = Thread.ofVirtual().name("pve-mcp-tab").start(() -> {
            try {
                found.set(inner.complete(kind, typed, caller));
            } catch (PveException | CancellationException _) {
                // It cannot be asked, or nobody waits any more.
            }
        });
        try {
            if (!looking.join(PATIENCE)) {
                looking.interrupt();
            }
        } catch (InterruptedException _) {
            looking.interrupt();
            Thread.currentThread().interrupt();
        }
        return found.get();
    }
}
