package pvemcp.mcp;

import java.time.Duration;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.mcp.Lists.Kind;

/// Revision 2026-07-28: no handshake, no session. Each request says in its `_meta` who asks and what they can do, and
/// is served by that alone. Safe for several threads.
final class Modern implements Era {
    private static final Revision REVISION = Revision.V2026_07_28;

    private static final String PREFIX = "io.modelcontextprotocol/";
    static final String VERSION = PREFIX + "protocolVersion";
    private static final String CAPABILITIES = PREFIX + "clientCapabilities";
    private static final String CLIENT = PREFIX + "clientInfo";
    private static final String LOG_LEVEL = PREFIX + "logLevel";
    private static final String SERVER = PREFIX + "serverInfo";

    /// Lists and the server's description change with its configuration, which means with a new process.
    static final Duration LIST_TTL = Duration.ofMinutes(5);

    private final McpServer server;

    Modern(McpServer server) {
        this.server = server;
    }

    /// Whether a request is of this era, by what it carries.
    static boolean marks(Message.Request request) {
        return request.method().equals("server/discover") || request.meta().has(VERSION);
    }

    /// Adds what every result has.
    static Json.Obj complete(Json.Obj result, About about) {
        var typed = result.has("resultType") ? result : result.with("resultType", "complete");
        var meta = typed.object("_meta").orElse(Json.Obj.EMPTY);
        return typed.with("_meta", meta.with(SERVER, about.brief()));
    }

    /// Adds how long the result may be kept. Never for others than whoever asked: what a caller sees may come to
    /// depend on who they are.
    static Json.Obj cacheable(Json.Obj result, Duration ttl) {
        return result.with("ttlMs", ttl.toMillis()).with("cacheScope", "private");
    }

    @Override
    public boolean answersAtOnce(String method) {
        return switch (method) {
            case "tools/call", "resources/read", "prompts/get", "completion/complete" -> false;
            case "tasks/get", "tasks/update", "tasks/cancel" -> false;
            default -> true;
        };
    }

    /// Who asks, from this very request.
    private record Asking(String name, Json.Obj capabilities, Brought brought) implements Client {
        @Override
        public Revision revision() {
            return REVISION;
        }

        @Override
        public Json.Obj ask(Json.Obj questions, String state) {
            for (var question : questions.members().values()) {
                requireAble(((Json.Obj) question).text("method").orElseThrow());
            }
            throw new InputRequired(questions, state);
        }

        private void requireAble(String method) {
            var needed = switch (method) {
                case "elicitation/create" -> "elicitation";
                case "sampling/createMessage" -> "sampling";
                case "roots/list" -> "roots";
                default -> throw new IllegalArgumentException(method + " is nothing to ask a client");
            };
            boolean able = needed.equals("elicitation")
                    ? Approval.possible(capabilities)
                    : capabilities.members().get(needed) instanceof Json.Obj;
            if (!able) {
                var data = Json.obj("requiredCapabilities", Json.obj(needed, Json.Obj.EMPTY));
                throw new RpcException(new RpcError(
                        RpcError.MISSING_CLIENT_CAPABILITY,
                        "This needs a client with the capability '" + needed + "'",
                        data));
            }
        }
    }

    @Override
    public void handle(Exchange exchange) {
        var asking = asking(exchange);
        try {
            handle(exchange, asking);
        } catch (InputRequired e) {
            exchange.answer(complete(e.result()).with("resultType", "input_required"));
        }
    }

    private void handle(Exchange exchange, Asking asking) {
        var features = server.features();
        switch (exchange.method()) {
            case "server/discover" -> exchange.answer(discover());
            case "tools/list" -> list(exchange, Kind.TOOLS, asking);
            case "tools/call" -> exchange.answer(complete(features.call(exchange, asking)));
            case "resources/list" -> list(exchange, Kind.RESOURCES, asking);
            case "resources/templates/list" -> list(exchange, Kind.TEMPLATES, asking);
            case "resources/read" ->
                exchange.answer(cacheable(complete(features.read(exchange, asking)), Duration.ZERO));
            case "prompts/list" -> list(exchange, Kind.PROMPTS, asking);
            case "prompts/get" -> exchange.answer(complete(features.prompt(exchange, asking)));
            case "completion/complete" -> exchange.answer(complete(features.completion(exchange, asking)));
            case "tasks/get" -> {
                requireTasks(exchange, asking);
                var id = Features.text(exchange.params(), "taskId");
                exchange.answer(complete(features.task(id, exchange, asking)));
            }
            case "tasks/update" -> {
                requireTasks(exchange, asking);
                features.updateTask(exchange, asking);
                exchange.answer(complete(Json.Obj.EMPTY));
            }
            case "tasks/cancel" -> {
                requireTasks(exchange, asking);
                features.cancelTask(exchange, asking);
                exchange.answer(complete(Json.Obj.EMPTY));
            }
            case "subscriptions/listen" -> Subscription.open(exchange, server, asking);
            default -> throw RpcException.unknownMethod(exchange.method());
        }
    }

    private void requireTasks(Exchange exchange, Asking asking) {
        if (!server.features().hasTasks()) {
            throw RpcException.unknownMethod(exchange.method());
        }
        Tasks.require(asking.capabilities());
    }

    static RpcException unsupported(String version) {
        var data = Json.obj("supported", Revision.supported(), "requested", Text.brief(version));
        return new RpcException(new RpcError(RpcError.UNSUPPORTED_VERSION, "Unsupported protocol version", data));
    }

    /// Checks that the `_meta` of a request has what every request must have.
    ///
    /// @return what the client can do
    static Json.Obj check(Json.Obj meta) {
        var version = Features.text(meta, VERSION);
        if (!version.equals(REVISION.toString())) {
            throw unsupported(version);
        }
        if (!(meta.members().get(CAPABILITIES) instanceof Json.Obj capabilities)) {
            throw RpcException.invalidParams("'" + CAPABILITIES + "' must be an object in params._meta");
        }
        return capabilities;
    }

    private static Asking asking(Exchange exchange) {
        var meta = exchange.meta();
        var capabilities = check(meta);
        if (meta.has(LOG_LEVEL)) {
            var level = LogLevel.of(Features.text(meta, LOG_LEVEL));
            exchange.logFrom(level.orElseThrow(() -> RpcException.invalidParams("'" + LOG_LEVEL
                    + "' must be one of debug, info, notice, warning, error, critical, alert, emergency")));
        }
        var name = Legacy.clientName(Features.object(meta, CLIENT));
        return new Asking(name, capabilities, brought(exchange.params()));
    }

    private static Client.Brought brought(Json.Obj params) {
        var answers = Features.object(params, "inputResponses");
        for (var answer : answers.members().entrySet()) {
            if (!(answer.getValue() instanceof Json.Obj)) {
                throw RpcException.invalidParams(
                        "'inputResponses." + Text.brief(answer.getKey()) + "' must be an object");
            }
        }
        var state = params.has("requestState")
                ? Optional.of(Features.text(params, "requestState"))
                : Optional.<String>empty();
        return new Client.Brought(state, answers);
    }

    private Json.Obj complete(Json.Obj result) {
        return complete(result, server.about());
    }

    private Json.Obj discover() {
        var result = Json.obj(
                "supportedVersions",
                Revision.supported(),
                "capabilities",
                capabilities(),
                "instructions",
                server.dispatcher().instructions());
        var whole = Json.obj(SERVER, server.about().json(REVISION));
        return cacheable(complete(result).with("_meta", whole), LIST_TTL);
    }

    private Json.Obj capabilities() {
        var extensions = Json.Obj.EMPTY;
        if (server.features().hasTasks()) {
            extensions = extensions.with(Tasks.EXTENSION, Json.Obj.EMPTY);
        }
        if (server.dispatcher().app().isPresent()) {
            extensions = extensions.with(Apps.EXTENSION, Json.Obj.EMPTY);
        }
        return extensions.isEmpty()
                ? server.capabilities()
                : server.capabilities().with("extensions", extensions);
    }

    private void list(Exchange exchange, Kind kind, Asking asking) {
        exchange.answer(server.lists().page(kind, asking, exchange.params()));
    }
}
