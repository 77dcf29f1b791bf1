package pvemcp.mcp;

import java.time.Duration;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.mcp.Lists.Kind;
import pvemcp.tool.ToolResult;

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

    /// The key of our one question in `inputRequests` and `inputResponses`.
    private static final String QUESTION = "approval";

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
        return result.with("resultType", "complete").with("_meta", Json.obj(SERVER, about.brief()));
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
            default -> true;
        };
    }

    /// Who asks, from the `_meta` of this very request.
    private record Asking(String client, boolean canAsk) {}

    @Override
    public void handle(Exchange exchange) {
        var asking = asking(exchange);
        var params = exchange.params();
        switch (exchange.method()) {
            case "server/discover" -> exchange.answer(discover());
            case "tools/list" -> list(exchange, Kind.TOOLS, asking);
            case "tools/call" -> exchange.answer(call(exchange, asking));
            case "resources/list" -> list(exchange, Kind.RESOURCES, asking);
            case "resources/templates/list" -> list(exchange, Kind.TEMPLATES, asking);
            case "resources/read" -> {
                var caller = exchange.by(asking.client(), asking.canAsk(), Optional.empty());
                var contents = server.features().read(params, caller, RpcError.INVALID_PARAMS);
                exchange.answer(cacheable(complete(Json.obj("contents", contents)), Duration.ZERO));
            }
            case "prompts/list" -> list(exchange, Kind.PROMPTS, asking);
            case "prompts/get" -> exchange.answer(complete(server.features().prompt(params)));
            case "completion/complete" -> {
                var caller = exchange.by(asking.client(), asking.canAsk(), Optional.empty());
                exchange.answer(complete(server.features().completion(params, caller)));
            }
            case "subscriptions/listen" -> Subscription.open(exchange, server);
            default -> throw RpcException.unknownMethod(exchange.method());
        }
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
        return new Asking(Legacy.clientName(Features.object(meta, CLIENT)), Approval.possible(capabilities));
    }

    private Json.Obj complete(Json.Obj result) {
        return complete(result, server.about());
    }

    private Json.Obj discover() {
        var result = Json.obj(
                "supportedVersions",
                Revision.supported(),
                "capabilities",
                server.capabilities(),
                "instructions",
                server.dispatcher().instructions());
        var whole = Json.obj(SERVER, server.about().json(REVISION));
        return cacheable(complete(result).with("_meta", whole), LIST_TTL);
    }

    private void list(Exchange exchange, Kind kind, Asking asking) {
        exchange.answer(server.lists().page(kind, REVISION, asking.canAsk(), exchange.params()));
    }

    private Json.Obj call(Exchange exchange, Asking asking) {
        var params = exchange.params();
        var call = server.features().toolCall(params);
        var approval = Optional.<String>empty();
        // The state alone is no yes, and a yes without the state belongs to no call.
        if (params.has("requestState")) {
            var ticket = Features.text(params, "requestState");
            var response = Features.object(Features.object(params, "inputResponses"), QUESTION);
            switch (Approval.read(response)) {
                case YES -> approval = Optional.of(ticket);
                case NO -> {
                    return complete(result(call, Approval.declined()));
                }
                case DISMISSED -> {
                    return complete(result(call, Approval.dismissed()));
                }
                case UNCLEAR -> {} // The call is held again, and the question put again.
            }
        }
        var caller = exchange.by(asking.client(), asking.canAsk(), approval);
        var result = server.features().call(call, exchange, caller);
        if (result instanceof ToolResult.Held held && asking.canAsk()) {
            return ask(held);
        }
        return complete(result(call, result));
    }

    private Json.Obj result(Features.ToolCall call, ToolResult result) {
        return Results.of(result, server.lists().definition(call.tool(), REVISION));
    }

    private Json.Obj ask(ToolResult.Held held) {
        var question = Json.obj("method", "elicitation/create", "params", Approval.question(held, REVISION));
        var result = Json.obj(
                "inputRequests",
                Json.obj(QUESTION, question),
                "requestState",
                held.ticket().text());
        return complete(result).with("resultType", "input_required");
    }
}
