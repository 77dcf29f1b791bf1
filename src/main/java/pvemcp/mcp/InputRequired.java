package pvemcp.mcp;

import pvemcp.json.Json;

/// Ends a modern request with questions in place of its result.
final class InputRequired extends RuntimeException {
    private final transient Json.Obj result;

    InputRequired(Json.Obj questions, String state) {
        super("input required", null, false, false);
        var asked = Json.obj("inputRequests", questions);
        result = state.isEmpty() ? asked : asked.with("requestState", state);
    }

    /// The result, less what all results have.
    Json.Obj result() {
        return result;
    }
}
