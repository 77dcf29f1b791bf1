package pvemcp.sim.replay;

import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// What came back over the wire; status 0 where the connection closed without an answer.
record Answer(int status, String reason, String text) {
    static final Answer CLOSED = new Answer(0, "", "");

    /// The body as JSON where it is JSON, as a string where it is not.
    Json body() {
        try {
            return text.isEmpty() ? Json.str("") : Json.parse(text);
        } catch (JsonException e) {
            return Json.str(text);
        }
    }

    Json data() {
        return body() instanceof Json.Obj obj ? obj.get("data").orElse(Json.Null.NULL) : Json.Null.NULL;
    }
}
