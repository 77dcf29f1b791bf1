package pvemcp.mcp;

import java.util.Optional;
import pvemcp.json.Json;

/// One JSON-RPC 2.0 message, in either direction.
///
/// An `id` is a string or a whole number and is given back exactly as it was written. `null` stands as the id only in
/// an error about something whose id could not be read.
sealed interface Message {
    record Request(Json id, String method, Json.Obj params) implements Message {
        /// The request's `_meta`; empty where it has none.
        Json.Obj meta() {
            return params.members().get("_meta") instanceof Json.Obj meta ? meta : Json.Obj.EMPTY;
        }
    }

    record Notification(String method, Json.Obj params) implements Message {}

    record Result(Json id, Json.Obj result) implements Message {}

    /// A result that is JSON text already; such as a list that is rendered once and sent often.
    record Prepared(Json id, String result) implements Message {}

    record Failure(Json id, RpcError error) implements Message {}

    /// The message as one line of JSON, without the line's end.
    default String text() {
        if (this instanceof Prepared prepared) {
            return "{\"jsonrpc\":\"2.0\",\"id\":" + prepared.id().write() + ",\"result\":" + prepared.result() + "}";
        }
        return json().write();
    }

    private Json.Obj json() {
        if (this instanceof Result result) {
            return Json.obj("jsonrpc", "2.0", "id", result.id(), "result", result.result());
        }
        if (this instanceof Failure failure) {
            return Json.obj(
                    "jsonrpc",
                    "2.0",
                    "id",
                    failure.id(),
                    "error",
                    failure.error().json());
        }
        if (this instanceof Notification notification) {
            var message = Json.obj("jsonrpc", "2.0", "method", notification.method());
            return notification.params().isEmpty() ? message : message.with("params", notification.params());
        }
        if (this instanceof Request request) {
            return Json.obj(
                    "jsonrpc", "2.0", "id", request.id(), "method", request.method(), "params", request.params());
        }
        throw new IllegalStateException("a prepared result is text, not a tree");
    }

    /// Reads what a peer has sent; [Malformed] where it is JSON but no message.
    static Message read(Json json) throws Malformed {
        if (json instanceof Json.Arr) {
            throw new Malformed(Json.Null.NULL, "Batches are not supported: send one message at a time");
        }
        if (!(json instanceof Json.Obj message)) {
            throw new Malformed(Json.Null.NULL, "A message is a JSON object");
        }
        var id = id(message);
        if (!message.text("jsonrpc").equals(Optional.of("2.0"))) {
            throw new Malformed(id, "'jsonrpc' must be \"2.0\"");
        }
        boolean hasId = message.has("id");
        if (hasId && id == Json.Null.NULL && !message.has("error")) {
            throw new Malformed(id, "'id' must be a string or a whole number");
        }
        if (message.has("method")) {
            if (!(message.get("method").orElseThrow() instanceof Json.Str(var method))) {
                throw new Malformed(id, "'method' must be a string");
            }
            var params = params(message, id);
            return hasId ? new Request(id, method, params) : new Notification(method, params);
        }
        if (hasId && message.object("result").isPresent()) {
            return new Result(id, message.object("result").get());
        }
        if (hasId && message.object("error").isPresent()) {
            var error = message.object("error").get();
            int code = error.whole("code").orElse((long) RpcError.INTERNAL).intValue();
            return new Failure(id, new RpcError(code, error.text("message").orElse("")));
        }
        throw new Malformed(id, "A message has a 'method', or an 'id' with a 'result' or an 'error'");
    }

    private static Json.Obj params(Json.Obj message, Json id) throws Malformed {
        var params = message.members().get("params");
        if (params == null) {
            return Json.Obj.EMPTY;
        }
        if (params instanceof Json.Obj object) {
            return object;
        }
        throw new Malformed(id, "'params' must be an object");
    }

    private static Json id(Json.Obj message) {
        var id = message.members().get("id");
        return id != null && isId(id) ? id : Json.Null.NULL;
    }

    /// Whether this may stand as an id, or as a progress token: a string or a whole number.
    static boolean isId(Json json) {
        return json instanceof Json.Str || (json instanceof Json.Num(var literal) && isWhole(literal));
    }

    /// The id as a key: 1 and "1" are two.
    static String key(Json id) {
        return id instanceof Json.Str(var text) ? '"' + text : id.scalarText().orElse("");
    }

    private static boolean isWhole(String literal) {
        int start = literal.startsWith("-") ? 1 : 0;
        for (int i = start; i < literal.length(); i++) {
            if (literal.charAt(i) < '0' || literal.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /// JSON that is not a JSON-RPC message.
    final class Malformed extends Exception {
        private final transient Failure answer;

        Malformed(Json id, String message) {
            super(message);
            answer = new Failure(id, new RpcError(RpcError.INVALID_REQUEST, message));
        }

        /// What the sender is told.
        Failure answer() {
            return answer;
        }
    }
}
