package pvemcp.mcp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import pvemcp.dispatch.Caller;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Unreadable;
import pvemcp.json.Json;
import pvemcp.text.Nearest;
import pvemcp.tool.Prompt;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;

/// What both eras offer in the same way: the dispatcher's tools, resources, prompts and completions, asked for by the
/// `params` of a request. Safe for several threads.
final class Features {
    /// MCP, completion: at most so many values in an answer.
    private static final int MOST_COMPLETIONS = 100;

    private final Dispatcher dispatcher;

    Features(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    /// A tool call, as far as the protocol can tell well formed.
    record ToolCall(Tool<?> tool, Json.Obj arguments) {}

    ToolCall toolCall(Json.Obj params) {
        var name = text(params, "name");
        var tool = dispatcher.tool(name);
        if (tool.isEmpty()) {
            throw RpcException.invalidParams("Unknown tool: " + Text.brief(name) + meant(name));
        }
        return new ToolCall(tool.get(), object(params, "arguments"));
    }

    private String meant(String name) {
        return Nearest.hint(
                Text.brief(name), dispatcher.tools().stream().map(Tool::name).toList());
    }

    ToolResult call(ToolCall call, Exchange exchange, Caller caller) {
        var result = dispatcher.call(call.tool(), call.arguments(), caller);
        log(exchange, call.tool(), result);
        return result;
    }

    private static void log(Exchange exchange, Tool<?> tool, ToolResult result) {
        var entry = Json.obj("tool", tool.name());
        switch (result) {
            case ToolResult.Done _ -> exchange.log(LogLevel.DEBUG, entry.with("outcome", "done"));
            case ToolResult.Held _ -> exchange.log(LogLevel.INFO, entry.with("outcome", "held"));
            case ToolResult.Refused refused ->
                exchange.log(LogLevel.INFO, entry.with("outcome", "refused").with("rule", refused.rule()));
            case ToolResult.Failed failed ->
                exchange.log(LogLevel.INFO, entry.with("outcome", "failed").with("code", failed.code()));
        }
    }

    Json.Arr read(Json.Obj params, Caller caller, int codeIfMissing) {
        var uri = text(params, "uri");
        Optional<Dispatcher.Content> content;
        try {
            content = dispatcher.read(uri, caller);
        } catch (Unreadable e) {
            var why = e.why();
            var data = Json.obj("code", why.code(), "hint", why.hint());
            throw new RpcException(new RpcError(RpcError.INTERNAL, why.what(), data));
        }
        if (content.isEmpty()) {
            throw RpcException.noSuchResource(codeIfMissing, uri);
        }
        var found = content.get();
        return Json.arr(Json.obj("uri", found.uri(), "mimeType", found.mimeType(), "text", found.text()));
    }

    Json.Obj prompt(Json.Obj params) {
        var prompt = prompt(text(params, "name"));
        var given = object(params, "arguments");
        var arguments = new LinkedHashMap<String, String>();
        var missing = new ArrayList<String>();
        for (var argument : prompt.arguments()) {
            var value = given.text(argument.name()).filter(text -> !text.isBlank());
            if (value.isPresent()) {
                arguments.put(argument.name(), value.get());
            } else if (argument.required()) {
                missing.add(argument.name());
            }
        }
        if (!missing.isEmpty()) {
            throw RpcException.invalidParams(
                    "Prompt " + prompt.name() + " needs the argument " + String.join(" and ", missing));
        }
        var text = prompt.text().apply(arguments);
        var message = Json.obj("role", "user", "content", Json.obj("type", "text", "text", text));
        return Json.obj("description", prompt.doc(), "messages", Json.arr(message));
    }

    private Prompt prompt(String name) {
        for (var prompt : dispatcher.prompts()) {
            if (prompt.name().equals(name)) {
                return prompt;
            }
        }
        throw RpcException.invalidParams("Unknown prompt: " + Text.brief(name));
    }

    Json.Obj completion(Json.Obj params, Caller caller) {
        var argument = object(params, "argument");
        var kind = kind(object(params, "ref"), text(argument, "name"));
        List<String> values = List.of();
        if (!kind.isEmpty()) {
            values = dispatcher.complete(kind, text(argument, "value"), caller);
        }
        boolean more = values.size() > MOST_COMPLETIONS;
        var shown = Json.strings(more ? values.subList(0, MOST_COMPLETIONS) : values);
        return Json.obj("completion", Json.obj("values", shown, "hasMore", more));
    }

    /// What kind of name completes this argument; empty where it is free text.
    private String kind(Json.Obj ref, String argument) {
        var type = text(ref, "type");
        return switch (type) {
            case "ref/prompt" -> kindOf(prompt(text(ref, "name")), argument);
            case "ref/resource" -> kindOf(text(ref, "uri"), argument);
            default ->
                throw RpcException.invalidParams(
                        "'ref.type' must be ref/prompt or ref/resource, not " + Text.brief(type));
        };
    }

    private static String kindOf(Prompt prompt, String name) {
        for (var argument : prompt.arguments()) {
            if (argument.name().equals(name)) {
                return argument.candidates();
            }
        }
        throw RpcException.invalidParams("Prompt " + prompt.name() + " has no argument " + Text.brief(name));
    }

    /// A template's variable is named after what completes it.
    private String kindOf(String template, String variable) {
        for (var resource : dispatcher.resources()) {
            if (resource.uri().equals(template)) {
                if (template.contains("{" + variable + "}")) {
                    return variable;
                }
                throw RpcException.invalidParams("Template " + template + " has no variable " + Text.brief(variable));
            }
        }
        throw RpcException.invalidParams("Unknown resource template: " + Text.brief(template));
    }

    static String text(Json.Obj params, String name) {
        if (params.members().get(name) instanceof Json.Str(var value)) {
            return value;
        }
        throw RpcException.invalidParams("'" + name + "' must be a string");
    }

    /// The member as an object; empty where it is absent or `null`.
    static Json.Obj object(Json.Obj params, String name) {
        var value = params.members().get(name);
        if (value == null || value == Json.Null.NULL) {
            return Json.Obj.EMPTY;
        }
        if (value instanceof Json.Obj object) {
            return object;
        }
        throw RpcException.invalidParams("'" + name + "' must be an object");
    }
}
