package pvemcp.pve;

import java.io.OutputStream;
import java.util.function.LongConsumer;
import pvemcp.json.Json;

/// A transport that lets nothing but GET through. It keeps a call that claims to read honest, and is all of
/// read-only mode. Not every GET is harmless (see [Effects]); which may be made is for the policy to say.
public final class ReadOnly implements Transport {
    private final Transport next;

    public ReadOnly(Transport next) {
        this.next = next;
    }

    /// @throws IllegalStateException for anything but GET: it is a bug in the caller, which declared itself a reader
    @Override
    public Json.Obj send(Verb verb, String path, Json.Obj params) {
        if (verb != Verb.GET) {
            throw new IllegalStateException(
                    "a call that was declared as reading tried %s %s: nothing was sent".formatted(verb, path));
        }
        return next.send(verb, path, params);
    }

    /// @throws IllegalStateException always
    @Override
    public Json.Obj upload(String path, Json.Obj params, Upload file) {
        return send(Verb.POST, path, params);
    }

    /// @throws IllegalStateException always: what is inside a backup may be secret
    @Override
    public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
        throw new IllegalStateException("a call that was declared as reading tried to download " + path);
    }

    /// @throws IllegalStateException always: what is at the other end can be acted upon
    @Override
    public Tunnel tunnel(String path, Json.Obj params) {
        throw new IllegalStateException("a call that was declared as reading tried to open " + path);
    }
}
