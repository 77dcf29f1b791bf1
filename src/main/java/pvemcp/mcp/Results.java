package pvemcp.mcp;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.tool.Outputs;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolResult;
import pvemcp.view.Markdown;
import pvemcp.view.View;

/// How a tool call ended, as the result of `tools/call`.
///
/// A failure and a refusal are results with `isError`, in a fixed form of a line each, so that the model can act on
/// them; JSON-RPC errors never reach it in most clients.
final class Results {
    /// A preview is read by a person, in a dialog.
    private static final int MOST_REQUESTS = 20;

    private Results() {}

    /// @param tool the tool's definition as this client's revision has it
    static Json.Obj of(ToolResult result, Json.Obj tool) {
        boolean structured = tool.has("outputSchema");
        return switch (result) {
            case ToolResult.Done(var view, var data, var _) -> {
                var content = Json.obj("content", content(view));
                if (!structured || !(data instanceof Json.Obj object)) {
                    yield content;
                }
                var schema = tool.object("outputSchema").orElse(Json.Obj.EMPTY);
                yield content.with("structuredContent", Outputs.fitted(object, schema));
            }
            // A client that holds an answer to its schema accepts another only as an error.
            case ToolResult.Held held -> text(heldText(held), structured);
            case ToolResult.Refused(var rule, var why, var remedy) ->
                text(lines("refused by " + rule + ": " + why, "remedy: ", remedy), true);
            case ToolResult.Failed(var code, var what, var hint) ->
                text(lines("error " + code + ": " + what, "hint: ", hint), true);
        };
    }

    private static String lines(String first, String label, String second) {
        return second.isBlank() ? first : first + "\n" + label + second;
    }

    private static Json.Obj text(String text, boolean error) {
        var result = Json.obj("content", Json.arr(Json.obj("type", "text", "text", text)));
        return error ? result.with("isError", Json.bool(true)) : result;
    }

    private static Json.Arr content(View view) {
        var parts = new ArrayList<Json>();
        var text = Markdown.render(view);
        if (!text.isEmpty()) {
            parts.add(Json.obj("type", "text", "text", text));
        }
        addImages(view, parts);
        return new Json.Arr(parts);
    }

    private static void addImages(View view, List<Json> parts) {
        if (view instanceof View.Image image) {
            var data = Base64.getEncoder().encodeToString(image.bytes());
            parts.add(Json.obj("type", "image", "data", data, "mimeType", image.mimeType()));
        } else if (view instanceof View.Stack stack) {
            for (var part : stack.parts()) {
                addImages(part, parts);
            }
        }
    }

    /// For a client that cannot ask its user: the model has to, and comes back with the ticket.
    private static String heldText(ToolResult.Held held) {
        return "held, nothing was changed. This call needs the user's yes:\n"
                + preview(held)
                + "\nShow this to the user. "
                + held.again().sentence();
    }

    /// What would be done, in the words a person decides by.
    static String preview(ToolResult.Held held) {
        var preview = held.preview();
        var text = new StringBuilder(preview.summary());
        for (var warning : preview.warnings()) {
            text.append("\nNote: ").append(warning);
        }
        addRequests(preview, text);
        return text.toString();
    }

    private static void addRequests(Preview preview, StringBuilder text) {
        var requests = preview.requests();
        for (var request : requests.subList(0, Math.min(MOST_REQUESTS, requests.size()))) {
            text.append("\n- ").append(request);
        }
        if (requests.size() > MOST_REQUESTS) {
            text.append("\n- and ").append(requests.size() - MOST_REQUESTS).append(" more");
        }
    }
}
