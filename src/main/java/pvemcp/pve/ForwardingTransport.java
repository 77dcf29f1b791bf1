package pvemcp.pve;

import java.io.OutputStream;
import java.util.function.LongConsumer;
import pvemcp.json.Json;

/// A transport before another, which does everything. What looks at the requests that pass overrides those it looks
/// at, and leaves nothing out by forgetting it.
///
/// Not for what holds requests back, such as [ReadOnly]: there, what was forgotten must not pass.
public abstract class ForwardingTransport implements Transport {
    protected final Transport wire;

    protected ForwardingTransport(Transport wire) {
        this.wire = wire;
    }

    @Override
    public Json.Obj send(Verb verb, String path, Json.Obj params) {
        return wire.send(verb, path, params);
    }

    @Override
    public Json.Obj upload(String path, Json.Obj params, Upload file) {
        return wire.upload(path, params, file);
    }

    @Override
    public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
        return wire.download(path, params, to, received);
    }

    @Override
    public Tunnel tunnel(String path, Json.Obj params) {
        return wire.tunnel(path, params);
    }

    @Override
    public void prewarm() {
        wire.prewarm();
    }

    @Override
    public boolean opensEarly() {
        return wire.opensEarly();
    }
}
