package pvemcp.pve;

import pvemcp.json.Json;

/// One cluster. Handles make no request until a verb is called on them. Safe for use by several threads.
public final class Pve {
    private final Transport wire;

    public Pve(Transport wire) {
        this.wire = wire;
    }

    /// The generic door: any request, its whole envelope.
    public Json.Obj send(Verb verb, String path, Json.Obj params) {
        return wire.send(verb, path, params);
    }
}
