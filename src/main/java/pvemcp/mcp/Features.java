package pvemcp.mcp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Unreadable;
import pvemcp.dispatch.Work;
import pvemcp.json.Json;
import pvemcp.text.Nearest;
import pvemcp.tool.Prompt;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;

/// What both eras offer in the same way: the dispatcher's tools, resources, prompts and completions, each as the
/// result of a request less what only its era adds. Safe for several threads.
class Features {
    /// MCP, completion: at most so many values in an answer.
    private static final int MOST_COMPLETIONS = 100;

    /// How often a call may come back held, because its target has changed while the person was thinking.
    private static final int MOST_ROUNDS = 3;

    /// Names at most, in place of one that there is none of.
    private static final int MOST_ALIKE = 8;

    /// The key of our one question.
    private static final String QUESTION = "approval";

    private final Dispatcher dispatcher;
    private final Lists lists;

    Features(Dispatcher dispatcher, Lists lists) {
        this.dispatcher = dispatcher;
        this.lists = lists;
    }

    /// `tools/call`: calls the tool, and where policy holds the call, asks the user.
    Json.Obj call(Exchange exchange, Client client) {
        var params = exchange.params();
        var tool = tool(text(params, "name"));
        var arguments = object(params, "arguments");
        var result = result(tool, arguments, exchange, client);
        if (result instanceof ToolResult.Done done
                && done.going().isPresent()
                && client.revision().modern()
                && Tasks.known(client.capabilities())) {
            var id = done.going().get();
            var work = dispatcher.work(id, exchange.by(client, Optional.empty()));
            if (work.isPresent()) {
                return Tasks.created(id, work.get());
            }
        }
        var answer = Results.of(result, lists.definition(tool, client.revision()));
        return client.showsApps()
                        && dispatcher.app().filter(app -> app.reads(tool)).isPresent()
                ? Apps.shown(answer, tool, result)
                : answer;
    }

    /// Whether calls may be answered by tasks.
    boolean hasTasks() {
        return dispatcher.followsWork();
    }

    /// Whether this client has such a task, as far as its name tells.
    boolean knowsTask(String id, Exchange exchange, Client client) {
        return dispatcher.knowsWork(id, exchange.by(client, Optional.empty()));
    }

    /// A task as `tasks/get` and `notifications/tasks` show it.
    Json.Obj task(String id, Exchange exchange, Client client) {
        var work = dispatcher.work(id, exchange.by(client, Optional.empty())).orElseThrow(() -> Tasks.unknown(id));
        var result = work.end()
                .map(end -> Results.of(end.result(), lists.definition(end.tool(), client.revision()))
                        .with("resultType", "complete"));
        return Tasks.detailed(id, work, result);
    }

    /// `tasks/cancel`. What comes of it is seen in the task.
    void cancelTask(Exchange exchange, Client client) {
        var id = text(exchange.params(), "taskId");
        var caller = exchange.by(client, Optional.empty());
        var work = dispatcher.work(id, caller).orElseThrow(() -> Tasks.unknown(id));
        if (work.state() == Work.State.GOING) {
            dispatcher.stopWork(id, caller);
        }
    }

    /// `tasks/update`. No task of ours waits for an answer.
    void updateTask(Exchange exchange, Client client) {
        var id = text(exchange.params(), "taskId");
        if (dispatcher.work(id, exchange.by(client, Optional.empty())).isEmpty()) {
            throw Tasks.unknown(id);
        }
    }

    private ToolResult result(Tool<?> tool, Json.Obj arguments, Exchange exchange, Client client) {
        var no = client.showsApps() ? Apps.declined(arguments) : Optional.<String>empty();
        if (no.isPresent()) {
            return declined(no.get(), Approval.declined());
        }
        var approval = Optional.<String>empty();
        // The state alone is no yes, and a yes without the state belongs to no call.
        if (client.brought().state().isPresent()) {
            var ticket = client.brought().state().get();
            switch (answer(client.brought().answers())) {
                case Approval.Answer.Yes yes -> approval = Optional.of(yes.with(ticket));
                case Approval.Answer.No _ -> {
                    return declined(ticket, Approval.declined());
                }
                case Approval.Answer.Dismissed _ -> {
                    return declined(ticket, Approval.dismissed());
                }
                case Approval.Answer.Unclear _ -> {} // The call is held again, and the question put again.
            }
        }
        var result = call(tool, arguments, exchange, client, approval);
        for (int round = 0; round < MOST_ROUNDS && client.canAsk(); round++) {
            if (!(result instanceof ToolResult.Held held)) {
                break;
            }
            var question = Approval.question(held, client.revision());
            var questions = Json.obj(QUESTION, Json.obj("method", "elicitation/create", "params", question));
            var ticket = held.ticket().text();
            result = switch (answer(client.ask(questions, ticket))) {
                case Approval.Answer.Yes yes -> call(tool, arguments, exchange, client, Optional.of(yes.with(ticket)));
                case Approval.Answer.No _ -> declined(ticket, Approval.declined());
                case Approval.Answer.Dismissed _ -> declined(ticket, Approval.dismissed());
                case Approval.Answer.Unclear _ -> declined(ticket, Approval.unanswered());
            };
        }
        return result;
    }

    /// It is final: the ticket of a call that was not agreed to is good for nothing.
    private ToolResult declined(String ticket, ToolResult.Refused end) {
        dispatcher.declined(ticket);
        return end;
    }

    private static Approval.Answer answer(Json.Obj answers) {
        return Approval.read(object(answers, QUESTION));
    }

    private Tool<?> tool(String name) {
        return dispatcher
                .tool(name)
                .orElseThrow(() -> RpcException.invalidParams("Unknown tool: " + Text.brief(name) + meant(name)));
    }

    private String meant(String name) {
        return dispatcher.whyNot(name).map(" is not offered here: "::concat).orElseGet(() -> nearest(Text.brief(name)));
    }

    /// Tools about the same thing: to read `pve_storage_get` as `pve_storage_set` would be a bad guess.
    private String nearest(String name) {
        var names = dispatcher.tools().stream().map(Tool::name).toList();
        int end = name.lastIndexOf('_');
        var alike = names.stream()
                .filter(known -> end > "pve_".length() && known.startsWith(name.substring(0, end + 1)))
                .limit(MOST_ALIKE)
                .toList();
        if (alike.isEmpty() && names.contains("pve_" + name)) {
            return Nearest.hint("pve_" + name, names);
        }
        return alike.isEmpty() ? Nearest.hint(name, names) : " (there is %s)".formatted(String.join(", ", alike));
    }

    private ToolResult call(
            Tool<?> tool, Json.Obj arguments, Exchange exchange, Client client, Optional<String> approval) {
        var result = dispatcher.call(tool, arguments, exchange.by(client, approval));
        log(exchange, tool, result);
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

    /// `resources/read`.
    Json.Obj read(Exchange exchange, Client client) {
        var uri = text(exchange.params(), "uri");
        var app = dispatcher.app().filter(known -> known.uri().equals(uri));
        if (app.isPresent()) {
            return Apps.read(app.get());
        }
        Optional<Dispatcher.Content> content;
        try {
            content = dispatcher.read(uri, exchange.by(client, Optional.empty()));
        } catch (Unreadable e) {
            var why = e.why();
            var data = Json.obj("code", why.code(), "hint", why.hint());
            throw new RpcException(new RpcError(RpcError.INTERNAL, why.what(), data));
        }
        if (content.isEmpty()) {
            throw RpcException.noSuchResource(client.revision(), uri);
        }
        var found = content.get();
        var part = Json.obj("uri", found.uri(), "mimeType", found.mimeType(), "text", found.text());
        return Json.obj("contents", Json.arr(part));
    }

    /// `prompts/get`.
    ///
    /// @param client who asks; the dispatcher's prompts need nothing of them
    Json.Obj prompt(Exchange exchange, Client client) {
        var params = exchange.params();
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
        var text = prompt.text(arguments) + absent(prompt);
        var message = Json.obj("role", "user", "content", Json.obj("type", "text", "text", text));
        return Json.obj("description", prompt.description(), "messages", Json.arr(message));
    }

    /// A playbook may name tools that this server does not offer; who follows it should not look for them.
    private String absent(Prompt prompt) {
        var absent = prompt.tools().stream()
                .filter(name -> dispatcher.tool(name).isEmpty())
                .toList();
        return absent.isEmpty()
                ? ""
                : "\nNot offered here: %s. Where one is needed, say so: its owner decides by surface, toolsets and policy."
                        .formatted(String.join(", ", absent));
    }

    private Prompt prompt(String name) {
        for (var prompt : dispatcher.prompts()) {
            if (prompt.name().equals(name)) {
                return prompt;
            }
        }
        throw RpcException.invalidParams("Unknown prompt: " + Text.brief(name));
    }

    /// `completion/complete`.
    Json.Obj completion(Exchange exchange, Client client) {
        var params = exchange.params();
        var argument = object(params, "argument");
        var kind = kind(object(params, "ref"), text(argument, "name"));
        List<String> values = List.of();
        if (!kind.isEmpty()) {
            var cluster = object(object(params, "context"), "arguments").text("cluster");
            values = dispatcher.complete(kind, text(argument, "value"), cluster, exchange.by(client, Optional.empty()));
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
