package pvemcp;

import java.util.Optional;
import java.util.function.Supplier;
import pvemcp.json.Json;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.Transport;
import pvemcp.pve.Verb;

/// A transport that is made when the first request is sent: the handshake waits for no library, no secret and no
/// cluster. Where making it fails, the next request tries again. Thread-safe.
final class LateWire implements Transport, AutoCloseable {
    private final Supplier<HttpTransport> make;
    private Optional<HttpTransport> made = Optional.empty(); // guarded by this

    LateWire(Supplier<HttpTransport> make) {
        this.make = make;
    }

    @Override
    public Json.Obj send(Verb verb, String path, Json.Obj params) {
        return wire().send(verb, path, params);
    }

    @Override
    public void prewarm() {
        // Making the wire reads secrets and loads libraries, which nobody waits for here.
        Thread.ofVirtual().name("pve-prewarm").start(() -> {
            try {
                wire().prewarm();
            } catch (RuntimeException _) {
                // The first request meets the same, and tells.
            }
        });
    }

    /// See [HttpTransport#page].
    String page(String path) {
        return wire().page(path);
    }

    private synchronized HttpTransport wire() {
        if (made.isEmpty()) {
            made = Optional.of(make.get());
        }
        return made.get();
    }

    @Override
    public synchronized void close() {
        made.ifPresent(HttpTransport::close);
    }
}
