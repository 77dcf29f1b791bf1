package pvemcp.mcp;

import pvemcp.json.Json;
import pvemcp.tool.ToolResult;

/// Asking a person for a yes to a held call, by the protocol's own form.
final class Approval {
    /// What came back.
    sealed interface Answer {
        /// @param typed what was typed along with it; empty where nothing was asked for
        record Yes(String typed) implements Answer {
            /// What the road is told: the ticket, and what was typed behind it.
            String with(String ticket) {
                return typed.isEmpty() ? ticket : ticket + " " + typed;
            }
        }

        record No() implements Answer {}

        /// The person closed the form without choosing.
        record Dismissed() implements Answer {}

        /// Not an answer to the question.
        record Unclear() implements Answer {}
    }

    private static final String FIELD = "approve";

    /// What is destroyed is named: a yes alone is too quickly said.
    private static final String NAME = "name";

    private Approval() {}

    /// Whether a client with these capabilities can show a form. An empty `elicitation` means forms, and is all that
    /// could be said before 2025-11-25.
    static boolean possible(Json.Obj capabilities) {
        return capabilities.members().get("elicitation") instanceof Json.Obj elicitation
                && (elicitation.isEmpty() || elicitation.has("form"));
    }

    /// The `params` of `elicitation/create`.
    static Json.Obj question(ToolResult.Held held, Revision revision) {
        var schema = held.typed().isEmpty() ? form(FIELD, choice()) : form(NAME, name(held.typed()));
        var question = Json.obj("message", Results.preview(held), "requestedSchema", schema);
        return revision.since(Revision.V2025_11_25) ? question.with("mode", "form") : question;
    }

    private static Json.Obj choice() {
        return Json.obj(
                "type",
                "boolean",
                "title",
                "Go ahead",
                "description",
                "Yes, do exactly this; otherwise nothing is done");
    }

    private static Json.Obj name(String typed) {
        return Json.obj(
                "type",
                "string",
                "title",
                "What is destroyed",
                "description",
                "Type '%s' to go ahead; otherwise nothing is done".formatted(typed));
    }

    private static Json.Obj form(String name, Json.Obj field) {
        return Json.obj("type", "object", "properties", Json.obj(name, field), "required", Json.arr(Json.str(name)));
    }

    /// Reads an ElicitResult. Nothing but an accepted form with a `true` or a name in it is a yes; whether it is the
    /// right name is for the road to say.
    static Answer read(Json.Obj result) {
        return switch (result.text("action").orElse("")) {
            case "accept" -> chosen(Features.object(result, "content"));
            case "decline" -> new Answer.No();
            case "cancel" -> new Answer.Dismissed();
            default -> new Answer.Unclear();
        };
    }

    private static Answer chosen(Json.Obj content) {
        if (content.members().get(FIELD) instanceof Json.Bool(var approved)) {
            return approved ? new Answer.Yes("") : new Answer.No();
        }
        if (content.members().get(NAME) instanceof Json.Str(var typed) && !typed.isBlank()) {
            return new Answer.Yes(typed.strip());
        }
        return new Answer.Unclear();
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
