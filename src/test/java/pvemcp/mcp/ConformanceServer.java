package pvemcp.mcp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import pvemcp.dispatch.Caller;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Judgement;
import pvemcp.json.Json;
import pvemcp.log.Log;
import pvemcp.tool.Call;
import pvemcp.tool.Prompt;
import pvemcp.tool.Resource;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolContext;
import pvemcp.tool.ToolResult;

/// The tools, resources and prompts that the official conformance suite calls for, on our own protocol and transport.
/// What each must do is written in the suite's scenarios.
final class ConformanceServer implements Dispatcher {
    /// A red dot and a silent second: all that is looked at is that they are there.
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

    private static final String WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

    private static final Json.Obj NO_INPUT = Json.obj("type", "object", "properties", Json.Obj.EMPTY);

    private final Map<String, Fixture> tools = new LinkedHashMap<>();
    private final Map<String, Function<Asked, Json.Obj>> prompts = new LinkedHashMap<>();
    private final ConformanceTasks running = new ConformanceTasks();
    private final AtomicReference<Changes> changes = new AtomicReference<>();

    /// @param run makes the result
    private record Fixture(Tool<?> tool, Json.Obj schema, Function<Asked, Json.Obj> run) {}

    /// One call, with what it may use.
    private record Asked(Exchange exchange, Client client, Json.Obj arguments) {
        /// What the client answered to this question, now or with this request.
        Json.Obj answer(String key, String method, Json.Obj params) {
            return answers(Json.obj(key, question(method, params)), "")
                    .object(key)
                    .orElse(Json.Obj.EMPTY);
        }

        Json.Obj answers(Json.Obj questions, String state) {
            var brought = client.brought().answers();
            boolean complete = questions.members().keySet().stream().allMatch(brought::has);
            return complete ? brought : client.ask(questions, state);
        }
    }

    private record Nothing() implements Call<String> {
        @Override
        public String run(ToolContext ctx) {
            return "";
        }
    }

    /// The server as the suite finds it.
    static McpServer server() {
        var fixture = new ConformanceServer();
        var about = new About("pve-mcp-conformance", "Conformance fixture", "1", "What the suite calls for.");
        var lists = new Lists(fixture, about);
        var server = new McpServer(
                fixture, about, Emits.EVERYTHING, lists, fixture.new FixtureFeatures(lists), Log.ofWords(System.err));
        fixture.changes.set(server.changes());
        return server;
    }

    /// Serves until it is stopped, on the port named or any free one.
    public static void main(String[] args) throws IOException, InterruptedException {
        var local = HttpSettings.local().address().getAddress();
        var address = new InetSocketAddress(local, args.length == 0 ? 0 : Integer.parseInt(args[0]));
        try (var http = Http.start(
                new HttpSettings(address, List.of(), List.of(), Optional.empty()),
                Entrance.open(server()),
                new Metrics(),
                Clock.systemUTC())) {
            System.out.println("http://localhost:" + http.port() + "/mcp");
            Thread.currentThread().join();
        }
    }

    private ConformanceServer() {
        contents();
        notifications();
        questions();
        inputRequired();
        tasks();
        messages();
    }

    private void add(String name, Json.Obj schema, Function<Asked, Json.Obj> run) {
        var tool = Tool.read(name, "Fixture " + name + ".", Nothing.class);
        tools.put(name, new Fixture(tool, schema, run));
    }

    // ---- what a tool can answer ----

    private void contents() {
        add("test_simple_text", NO_INPUT, _ -> text("This is a simple text response for testing."));
        add("test_image_content", NO_INPUT, _ -> content(image()));
        add(
                "test_audio_content",
                NO_INPUT,
                _ -> content(Json.obj("type", "audio", "data", WAV, "mimeType", "audio/wav")));
        add(
                "test_embedded_resource",
                NO_INPUT,
                _ -> content(
                        embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")));
        add(
                "test_multiple_content_types",
                NO_INPUT,
                _ -> content(
                        part("Multiple content types test:"),
                        image(),
                        embedded(
                                "test://mixed-content-resource",
                                "application/json",
                                "{\"test\":\"data\",\"value\":123}")));
        add(
                "test_error_handling",
                NO_INPUT,
                _ -> text("This tool intentionally returns an error for testing")
                        .with("isError", Json.bool(true)));
        var schema = (Json.Obj) Json.parse("""
                {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
                 "$defs":{"address":{"$anchor":"addressDef","type":"object",
                   "properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
                 "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},
                   "contactMethod":{"type":"string","enum":["phone","email"]},
                   "phone":{"type":"string"},"email":{"type":"string"}},
                 "allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],
                 "if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},
                 "then":{"required":["phone"]},"else":{"required":["email"]},"additionalProperties":false}""");
        add("json_schema_2020_12_tool", schema, _ -> text("ok"));
        var routed = Json.obj("type", "string", "x-mcp-header", "Region");
        add("test_header", Json.obj("type", "object", "properties", Json.obj("region", routed)), _ -> text("ok"));
    }

    // ---- what a tool can tell on the way ----

    private void notifications() {
        add("test_tool_with_logging", NO_INPUT, asked -> {
            for (var message : List.of("Tool execution started", "Tool processing data", "Tool execution completed")) {
                asked.exchange().log(LogLevel.INFO, Json.str(message));
            }
            return text("logged");
        });
        add("test_logging_tool", NO_INPUT, asked -> {
            asked.exchange().log(LogLevel.INFO, Json.str("only for those who want it"));
            return text("logged");
        });
        add("test_tool_with_progress", NO_INPUT, asked -> {
            var caller = asked.exchange().by(asked.client(), Optional.empty());
            caller.progress(0, "");
            caller.progress(0.5, "");
            caller.progress(1, "");
            return text("done");
        });
        add("test_trigger_tool_change", NO_INPUT, _ -> {
            changes.get().toolsChanged();
            return text("told");
        });
        add("test_trigger_prompt_change", NO_INPUT, _ -> {
            changes.get().promptsChanged();
            return text("told");
        });
        add("test_reconnection", NO_INPUT, asked -> {
            asked.exchange().logFrom(LogLevel.DEBUG);
            asked.exchange().log(LogLevel.INFO, Json.str("the connection will break"));
            // Taking over the reading ends the connection that reads; the client comes back for the rest.
            ((Mailbox) asked.exchange().outbox()).startReading();
            return text("still here");
        });
    }

    // ---- what a tool can ask, in either era ----

    private void questions() {
        var prompt = Json.obj("prompt", Json.obj("type", "string"));
        add(
                "test_sampling",
                Json.obj("type", "object", "properties", prompt),
                asked -> text("LLM response: "
                        + asked.answer(
                                        "sample",
                                        "sampling/createMessage",
                                        sample(asked.arguments().text("prompt").orElse("")))
                                .write()));
        add(
                "test_missing_capability",
                NO_INPUT,
                asked -> text(asked.answer("sample", "sampling/createMessage", sample("Anybody there?"))
                        .write()));
        var message = Json.obj("message", Json.obj("type", "string"));
        add("test_elicitation", Json.obj("type", "object", "properties", message), asked -> elicit(asked, """
                {"username":{"type":"string","description":"User's response"},
                 "email":{"type":"string","description":"User's email address"}}"""));
        add("test_streaming_elicitation", NO_INPUT, asked -> elicit(asked, "{\"ok\":{\"type\":\"boolean\"}}"));
        add("test_elicitation_sep1034_defaults", NO_INPUT, asked -> elicit(asked, """
                {"name":{"type":"string","default":"John Doe"},"age":{"type":"integer","default":30},
                 "score":{"type":"number","default":95.5},
                 "status":{"type":"string","enum":["active","inactive","pending"],"default":"active"},
                 "verified":{"type":"boolean","default":true}}"""));
        add("test_elicitation_sep1330_enums", NO_INPUT, asked -> elicit(asked, """
                {"untitledSingle":{"type":"string","enum":["option1","option2","option3"]},
                 "titledSingle":{"type":"string","oneOf":[{"const":"value1","title":"First Option"},
                   {"const":"value2","title":"Second Option"}]},
                 "legacyEnum":{"type":"string","enum":["opt1","opt2"],"enumNames":["Option One","Option Two"]},
                 "untitledMulti":{"type":"array","items":{"type":"string","enum":["option1","option2"]}},
                 "titledMulti":{"type":"array","items":{"anyOf":[{"const":"value1","title":"First Choice"},
                   {"const":"value2","title":"Second Choice"}]}}}"""));
    }

    private static Json.Obj elicit(Asked asked, String properties) {
        var form = form(asked.arguments().text("message").orElse("Please answer"), properties);
        return text("Elicitation completed: "
                + asked.answer("form", "elicitation/create", form).write());
    }

    private static Json.Obj form(String message, String properties) {
        var schema = Json.obj("type", "object", "properties", Json.parse(properties));
        return Json.obj("mode", "form", "message", message, "requestedSchema", schema);
    }

    private static Json.Obj sample(String prompt) {
        var message = Json.obj("role", "user", "content", part(prompt));
        return Json.obj("messages", Json.arr(message), "maxTokens", 100);
    }

    private static Json.Obj question(String method, Json.Obj params) {
        return Json.obj("method", method, "params", params);
    }

    // ---- results that ask for more, of 2026-07-28 ----

    private static final Json.Obj USER_NAME =
            question("elicitation/create", form("What is your name?", "{\"name\":{\"type\":\"string\"}}"));
    private static final Json.Obj CAPITAL =
            question("sampling/createMessage", sample("What is the capital of France?"));
    private static final Json.Obj ROOTS = question("roots/list", Json.Obj.EMPTY);
    private static final Json.Obj CONFIRM =
            question("elicitation/create", form("Please confirm", "{\"ok\":{\"type\":\"boolean\"}}"));

    private void inputRequired() {
        var prefix = "test_input_required_result_";
        add(
                prefix + "elicitation",
                NO_INPUT,
                asked -> text("Hello, "
                        + asked.answers(Json.obj("user_name", USER_NAME), "").write()));
        add(
                prefix + "sampling",
                NO_INPUT,
                asked -> text(
                        asked.answers(Json.obj("capital_question", CAPITAL), "").write()));
        add(
                prefix + "list_roots",
                NO_INPUT,
                asked -> text(asked.answers(Json.obj("client_roots", ROOTS), "").write()));
        add(prefix + "multiple_inputs", NO_INPUT, asked -> {
            var all = Json.obj("user_name", USER_NAME, "greeting", CAPITAL, "client_roots", ROOTS);
            return text(asked.answers(all, seal("all")).write());
        });
        add(prefix + "request_state", NO_INPUT, ConformanceServer::confirmed);
        add(prefix + "tampered_state", NO_INPUT, ConformanceServer::confirmed);
        add(prefix + "multi_round", NO_INPUT, asked -> {
            var state = asked.client().brought().state().map(ConformanceServer::unseal);
            if (state.isEmpty()) {
                asked.client().ask(Json.obj("step1", USER_NAME), seal("one"));
            } else if (state.get().equals("one")) {
                asked.client().ask(Json.obj("step2", CONFIRM), seal("two"));
            }
            return text("all rounds done");
        });
        add(prefix + "capabilities", NO_INPUT, asked -> {
            boolean forms = Approval.possible(asked.client().capabilities());
            return text(asked.answers(Json.obj("question", forms ? USER_NAME : CAPITAL), "")
                    .write());
        });
    }

    private static Json.Obj confirmed(Asked asked) {
        asked.client().brought().state().ifPresent(ConformanceServer::unseal);
        asked.answers(Json.obj("confirm", CONFIRM), seal("confirm"));
        return text("state-ok");
    }

    private static String seal(String state) {
        return state + "." + mac(state);
    }

    private static String unseal(String sealed) {
        int dot = sealed.indexOf('.');
        var state = sealed.substring(0, Math.max(0, dot));
        if (!MessageDigest.isEqual(
                seal(state).getBytes(StandardCharsets.UTF_8), sealed.getBytes(StandardCharsets.UTF_8))) {
            throw RpcException.invalidParams("'requestState' is not what was given out");
        }
        return state;
    }

    private static String mac(String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(new byte[] {1, 2, 3}, "HmacSHA256"));
            return Base64.getUrlEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    // ---- tasks ----

    private void tasks() {
        add(
                "greet",
                NO_INPUT,
                asked -> text("Hello, " + asked.arguments().text("name").orElse("") + "!"));
        add("slow_compute", NO_INPUT, asked -> {
            long seconds = asked.arguments().whole("seconds").orElse(0L);
            return Tasks.known(asked.client().capabilities())
                    ? running.start(asked.client(), _ -> {
                        Thread.sleep(Duration.ofSeconds(seconds));
                        return text("computed");
                    })
                    : text("computed");
        });
        add(
                "failing_job",
                NO_INPUT,
                asked -> running.start(
                        asked.client(), _ -> text("this job always fails").with("isError", Json.bool(true))));
        add(
                "protocol_error_job",
                NO_INPUT,
                asked -> running.start(asked.client(), _ -> {
                    throw new RpcException(new RpcError(RpcError.INTERNAL, "this job always breaks"));
                }));
        add(
                "confirm_delete",
                NO_INPUT,
                asked -> running.start(
                        asked.client(),
                        task -> text(task.ask(Json.obj("confirm", CONFIRM)).write())));
        add(
                "multi_input",
                NO_INPUT,
                asked -> running.start(
                        asked.client(),
                        task -> text(task.ask(Json.obj("first", CONFIRM, "second", USER_NAME))
                                .write())));
        add("test_tool_with_task", NO_INPUT, asked -> {
            var name = asked.answers(Json.obj("user_name", USER_NAME), "");
            return running.start(asked.client(), _ -> text(name.write()));
        });
    }

    // ---- prompts ----

    private void messages() {
        prompts.put("test_simple_prompt", _ -> messages(part("This is a simple prompt for testing.")));
        prompts.put(
                "test_prompt_with_arguments",
                asked -> messages(part("Prompt with arguments: arg1='%s', arg2='%s'"
                        .formatted(
                                asked.arguments().text("arg1").orElse(""),
                                asked.arguments().text("arg2").orElse("")))));
        prompts.put(
                "test_prompt_with_embedded_resource",
                asked -> messages(
                        embedded(
                                asked.arguments().text("resourceUri").orElse(""),
                                "text/plain",
                                "Embedded resource content for testing."),
                        part("Please process the embedded resource above.")));
        prompts.put("test_prompt_with_image", _ -> messages(image(), part("Please analyze the image above.")));
        prompts.put("test_input_required_result_prompt", asked -> {
            var form = form("In which context?", "{\"context\":{\"type\":\"string\"}}");
            return messages(part(
                    asked.answer("user_context", "elicitation/create", form).write()));
        });
    }

    // ---- pieces of answers ----

    private static Json.Obj text(String text) {
        return content(part(text));
    }

    private static Json.Obj content(Json.Obj... parts) {
        return Json.obj("content", Json.arr(parts));
    }

    private static Json.Obj part(String text) {
        return Json.obj("type", "text", "text", text);
    }

    private static Json.Obj image() {
        return Json.obj("type", "image", "data", PNG, "mimeType", "image/png");
    }

    private static Json.Obj embedded(String uri, String type, String text) {
        return Json.obj("type", "resource", "resource", Json.obj("uri", uri, "mimeType", type, "text", text));
    }

    private static Json.Obj messages(Json.Obj... contents) {
        var messages = new ArrayList<Json>();
        for (var content : contents) {
            messages.add(Json.obj("role", "user", "content", content));
        }
        return Json.obj("messages", new Json.Arr(messages));
    }

    /// Everything that has no place in a dispatcher of ours.
    private final class FixtureFeatures extends Features {
        FixtureFeatures(Lists lists) {
            super(ConformanceServer.this, lists);
        }

        @Override
        Json.Obj call(Exchange exchange, Client client) {
            var name = text(exchange.params(), "name");
            if (!tools.containsKey(name)) {
                throw RpcException.invalidParams("Unknown tool: " + name);
            }
            return tools.get(name).run().apply(new Asked(exchange, client, object(exchange.params(), "arguments")));
        }

        @Override
        boolean hasTasks() {
            return true;
        }

        @Override
        boolean knowsTask(String id, Exchange exchange, Client client) {
            return running.has(id);
        }

        @Override
        Json.Obj task(String id, Exchange exchange, Client client) {
            return running.get(id);
        }

        @Override
        void cancelTask(Exchange exchange, Client client) {
            running.cancel(exchange.params());
        }

        @Override
        void updateTask(Exchange exchange, Client client) {
            running.update(exchange.params());
        }

        @Override
        Json.Obj prompt(Exchange exchange, Client client) {
            var prompt = prompts.get(text(exchange.params(), "name"));
            if (prompt == null) {
                throw RpcException.invalidParams("Unknown prompt");
            }
            return prompt.apply(new Asked(exchange, client, object(exchange.params(), "arguments")));
        }

        @Override
        Json.Obj read(Exchange exchange, Client client) {
            if (!text(exchange.params(), "uri").equals("test://static-binary")) {
                return super.read(exchange, client);
            }
            var part = Json.obj("uri", "test://static-binary", "mimeType", "image/png", "blob", PNG);
            return Json.obj("contents", Json.arr(part));
        }
    }

    // ---- the lists ----

    @Override
    public List<Tool<?>> tools() {
        return tools.values().stream().<Tool<?>>map(Fixture::tool).toList();
    }

    @Override
    public Json.Obj describe(Tool<?> tool) {
        var fixture = tools.get(tool.name());
        return Json.obj("name", tool.name(), "description", tool.doc(), "inputSchema", fixture.schema());
    }

    @Override
    public Optional<Tool<?>> tool(String name) {
        return Optional.ofNullable(tools.get(name)).map(Fixture::tool);
    }

    @Override
    public Judgement judge(Tool<?> tool, Json.Obj arguments, Caller caller) {
        throw new UnsupportedOperationException("no policy here");
    }

    @Override
    public ToolResult call(Tool<?> tool, Json.Obj arguments, Caller caller) {
        throw new AssertionError("calls go to the features");
    }

    @Override
    public List<Resource> resources() {
        return List.of(
                resource("test://static-text", "text/plain"),
                resource("test://static-binary", "image/png"),
                resource("test://watched-resource", "text/plain"),
                resource("test://template/{id}/data", "application/json"));
    }

    private static Resource resource(String uri, String type) {
        return new Resource(uri, uri.substring(7), uri.substring(7), "Fixture.", type, (_, _) -> "");
    }

    @Override
    public Optional<Content> read(String uri, Caller caller) {
        if (uri.equals("test://template/123/data")) {
            var text = "{\"id\":\"123\",\"templateTest\":true,\"data\":\"Data for ID: 123\"}";
            return Optional.of(new Content(uri, "application/json", text));
        }
        boolean known = uri.equals("test://static-text") || uri.equals("test://watched-resource");
        return known
                ? Optional.of(new Content(uri, "text/plain", "This is the content of the static text resource."))
                : Optional.empty();
    }

    @Override
    public List<Prompt> prompts() {
        var arguments =
                List.of(Prompt.Argument.needed("arg1", "First", ""), Prompt.Argument.needed("arg2", "Second", ""));
        return prompts.keySet().stream()
                .map(name -> new Prompt(
                        name,
                        name,
                        "Fixture.",
                        name.equals("test_prompt_with_arguments") ? arguments : List.of(),
                        List.of(),
                        ""))
                .toList();
    }

    @Override
    public List<String> complete(String kind, String typed, Caller caller) {
        return List.of();
    }

    @Override
    public String instructions() {
        return "For the conformance suite.";
    }
}
