package pvemcp.dispatch;

import pvemcp.json.Json;

/// What became of a write whose answer was lost. Each says what it was seen by.
sealed interface Aftermath {
    String evidence();

    /// It was carried out.
    ///
    /// @param answer what PVE would have answered: the task it started, or nothing
    record Done(Json.Obj answer, String evidence) implements Aftermath {}

    /// It was not: where it would show, it does not.
    record NotDone(String evidence) implements Aftermath {}

    /// It cannot be told.
    record Unknown(String evidence) implements Aftermath {}

    /// How the audit log calls it.
    default String word() {
        return switch (this) {
            case Done _ -> "done";
            case NotDone _ -> "not done";
            case Unknown _ -> "unknown";
        };
    }
}
