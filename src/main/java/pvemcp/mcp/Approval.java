package pvemcp.mcp;

import pvemcp.json.Json;
import pvemcp.tool.ToolResult;

/// Asking a person for a yes to a held call, by the protocol's own form.
final class Approval {
    /// What came back.
    enum Answer {
        YES,
        NO,
        /// The person closed the form without choosing.
        DISMISSED,
        /// Not an answer to the question.
        UNCLEAR
    }

    private static final String FIELD = "approve";

    private Approval() {}

    /// Whether a client with these capabilities can show a form. An empty `elicitation` means forms, and is all that
    /// could be said before 2025-11-25.
    static boolean possible(Json.Obj capabilities) {
        return capabilities.members().get("elicitation") instanceof Json.Obj elicitation
                && (elicitation.isEmpty() || elicitation.has("form"));
    }

    /// The `params` of `elicitation/create`.
    static Json.Obj question(ToolResult.Held held, Revision revision) {
        var field = Json.obj(
                "type",
                "boolean",
                "title",
                "Go ahead",
                "description",
                "Yes, do exactly this; otherwise nothing is done");
        var schema =
                Json.obj("type", "object", "properties", Json.obj(FIELD, field), "required", Json.arr(Json.str(FIELD)));
        var question = Json.obj("message", Results.preview(held), "requestedSchema", schema);
        return revision.since(Revision.V2025_11_25) ? question.with("mode", "form") : question;
    }

    /// Reads an ElicitResult. Nothing but an accepted form with a `true` in it is a yes.
    static Answer read(Json.Obj result) {
        return switch (result.text("action").orElse("")) {
            case "accept" -> chosen(Features.object(result, "content"));
            case "decline" -> Answer.NO;
            case "cancel" -> Answer.DISMISSED;
            default -> Answer.UNCLEAR;
        };
    }

    private static Answer chosen(Json.Obj content) {
        if (content.members().get(FIELD) instanceof Json.Bool(var approved)) {
            return approved ? Answer.YES : Answer.NO;
        }
        return Answer.UNCLEAR;
    }

    /// The end of a call that a person did not want.
    static ToolResult.Refused declined() {
        return new ToolResult.Refused(
                "user", "the user was asked and said no; nothing was changed", "ask the user what to do instead");
    }

    /// The end of a call that a person did not answer.
    static ToolResult.Refused dismissed() {
        return new ToolResult.Refused(
                "user",
                "the user closed the question without an answer; nothing was changed",
                "ask the user, and call again if they want it");
    }

    /// The end of a call where the client said it could ask, and brought no answer. The ticket is not shown to the
    /// model: where a person can be asked, nobody else says yes.
    static ToolResult.Refused unanswered() {
        return new ToolResult.Refused(
                "user",
                "this call needs the user's yes, and the client brought no answer; nothing was changed",
                "ask the user to answer the question their client shows, then call again");
    }
}
