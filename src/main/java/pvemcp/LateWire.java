package pvemcp;

import java.io.OutputStream;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import pvemcp.json.Json;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.Received;
import pvemcp.pve.Transport;
import pvemcp.pve.Tunnel;
import pvemcp.pve.Upload;
import pvemcp.pve.Verb;

/// A transport that is made when the first request is sent: the handshake waits for no library, no secret and no
/// cluster. Where making it fails, the next request tries again. Thread-safe.
///
/// A first call finds it open where it may be made early, as soon as calls are to be expected.
final class LateWire implements Transport, AutoCloseable {
    private final Supplier<HttpTransport> make;
    private final boolean early;
    private Optional<HttpTransport> made = Optional.empty(); // guarded by this

    LateWire(Supplier<HttpTransport> make) {
        this(make, true);
    }

    /// @param early whether [#prewarm] opens it
    LateWire(Supplier<HttpTransport> make, boolean early) {
        this.make = make;
        this.early = early;
    }

    @Override
    public Json.Obj send(Verb verb, String path, Json.Obj params) {
        return wire().send(verb, path, params);
    }

    @Override
    public Json.Obj upload(String path, Json.Obj params, Upload file) {
        return wire().upload(path, params, file);
    }

    @Override
    public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
        return wire().download(path, params, to, received);
    }

    @Override
    public Tunnel tunnel(String path, Json.Obj params) {
        return wire().tunnel(path, params);
    }

    @Override
    public void prewarm() {
        if (!early) {
            return;
        }
        // Making the wire reads secrets and loads libraries, which nobody waits for here.
        Thread.ofVirtual().name("pve-prewarm").start(() -> {
            try {
                wire().prewarm();
            } catch (RuntimeException _) {
                // The first request meets the same, and tells.
            }
        });
    }

    @Override
    public boolean opensEarly() {
        return early;
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
