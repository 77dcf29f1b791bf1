package pvemcp.pve;

import pvemcp.json.Json;

/// The way a request travels to one cluster and its answer back. Implementations are safe for use by several threads.
public interface Transport {
    /// Sends one request and gives back the whole envelope of the answer: `data`, and `total` or `changes` where PVE
    /// adds them.
    ///
    /// @param path below `/api2/json`, each segment already percent-encoded, such as `/nodes/pve1/qemu/101/config`
    /// @param params strings, numbers, booleans (sent as 1 and 0), arrays of those (sent as repeated keys); `null`
    ///     members are left out
    /// @throws PveException with a [PveFault] for every way it can go wrong
    Json.Obj send(Verb verb, String path, Json.Obj params);

    /// Opens a connection ahead of the first request. Returns at once; that it failed is seen by that request.
    default void prewarm() {}

    /// The `data` of the answer; JSON `null` where there is none.
    default Json data(Verb verb, String path, Json.Obj params) {
        return send(verb, path, params).get("data").orElse(Json.Null.NULL);
    }
}
