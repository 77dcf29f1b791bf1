package pvemcp.pve;

import java.io.OutputStream;
import java.util.function.LongConsumer;
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

    /// Sends a POST that carries a file; once, whatever comes of it. Its time is not limited while bytes go out.
    ///
    /// @param params sent in the query: in the body PVE takes them in one order only (PVE::APIServer::AnyEvent,
    ///     file_upload_multipart)
    /// @return the whole envelope of the answer
    /// @throws java.io.UncheckedIOException where the file cannot be read
    /// @throws PveException as [#send]; unless it has [PveFault.Ambiguous], PVE has done nothing
    default Json.Obj upload(String path, Json.Obj params, Upload file) {
        throw new UnsupportedOperationException("no files go this way");
    }

    /// Makes a GET whose answer is a file, and writes it to a stream. Its time is not limited while bytes come in.
    ///
    /// @param received told about once a second how many bytes have come; what it throws ends it
    /// @throws java.io.UncheckedIOException where the stream takes no more
    default Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
        throw new UnsupportedOperationException("no files come this way");
    }

    /// Opens a way to something behind PVE, such as `…/vncwebsocket`. It is asked for on the endpoint that answered
    /// last, since the ticket for it is only good there.
    default Tunnel tunnel(String path, Json.Obj params) {
        throw new UnsupportedOperationException("no tunnels go this way");
    }

    /// Opens a connection ahead of the first request. Returns at once; that it failed is seen by that request.
    default void prewarm() {}

    /// Whether it may be used before a call wants it.
    default boolean opensEarly() {
        return true;
    }

    /// The `data` of the answer; JSON `null` where there is none.
    default Json data(Verb verb, String path, Json.Obj params) {
        return send(verb, path, params).get("data").orElse(Json.Null.NULL);
    }
}
