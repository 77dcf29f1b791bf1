package pvemcp.mcp;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import pvemcp.json.Json;
import pvemcp.mcp.Lists.Kind;
import pvemcp.tool.ToolResult;

/// The revisions from 2024-11-05 to 2025-11-25: a handshake first, whose outcome holds for the session.
final class Legacy implements Era, Hub.Listener, AutoCloseable {
    /// How long a person may think. Clients have shorter limits, and cancel.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /// How often a call may come back held, because its target has changed while the person was thinking.
    private static final int MOST_ROUNDS = 3;

    private final McpServer server;
    private final Session session;
    private final Set<String> watched = ConcurrentHashMap.newKeySet();
    private volatile Optional<Handshake> handshake = Optional.empty();
    private volatile LogLevel logLevel = LogLevel.WARNING;

    /// What the client said of itself, and what both agreed on.
    private record Handshake(Revision revision, String client, boolean canAsk) {}

    Legacy(McpServer server, Session session) {
        this.server = server;
        this.session = session;
    }

    @Override
    public boolean answersAtOnce(String method) {
        return switch (method) {
            case "tools/call", "resources/read", "prompts/get", "completion/complete" -> false;
            default -> true;
        };
    }

    @Override
    public void handle(Exchange exchange) {
        switch (exchange.method()) {
            case "initialize" -> exchange.answer(initialize(exchange.params()));
            case "ping" -> exchange.answer(Json.Obj.EMPTY);
            default -> handle(exchange, agreed(exchange.method()));
        }
    }

    /// The revision of the last handshake.
    Optional<Revision> agreed() {
        return handshake.map(Handshake::revision);
    }

    private Handshake agreed(String method) {
        return handshake.orElseThrow(() -> RpcException.invalidParams("Before " + Text.brief(method)
                + ", send 'initialize', or name the protocol version in params._meta as from 2026-07-28 on"));
    }

    private void handle(Exchange exchange, Handshake agreed) {
        exchange.logFrom(logLevel);
        var params = exchange.params();
        switch (exchange.method()) {
            case "tools/list" -> list(exchange, Kind.TOOLS, agreed);
            case "tools/call" -> exchange.answer(call(exchange, agreed));
            case "resources/list" -> list(exchange, Kind.RESOURCES, agreed);
            case "resources/templates/list" -> list(exchange, Kind.TEMPLATES, agreed);
            case "resources/read" -> {
                var caller = exchange.by(agreed.client(), agreed.canAsk(), Optional.empty());
                var contents = server.features().read(params, caller, RpcError.RESOURCE_NOT_FOUND);
                exchange.answer(Json.obj("contents", contents));
            }
            case "resources/subscribe" -> exchange.answer(watch(exchange, true));
            case "resources/unsubscribe" -> exchange.answer(watch(exchange, false));
            case "prompts/list" -> list(exchange, Kind.PROMPTS, agreed);
            case "prompts/get" -> exchange.answer(server.features().prompt(params));
            case "completion/complete" -> {
                var caller = exchange.by(agreed.client(), agreed.canAsk(), Optional.empty());
                exchange.answer(server.features().completion(params, caller));
            }
            case "logging/setLevel" -> exchange.answer(setLevel(params));
            default -> throw RpcException.unknownMethod(exchange.method());
        }
    }

    /// The client's revision where it is spoken here, and the newest of this era where it is not.
    ///
    /// A second handshake replaces the first: a proxy may put one client after the other on the same connection.
    private Json.Obj initialize(Json.Obj params) {
        var wanted = Features.text(params, "protocolVersion");
        var revision = Revision.of(wanted).filter(known -> !known.modern()).orElse(Revision.LATEST_LEGACY);
        var client = clientName(Features.object(params, "clientInfo"));
        boolean canAsk =
                revision.since(Revision.V2025_06_18) && Approval.possible(Features.object(params, "capabilities"));
        watched.clear();
        handshake = Optional.of(new Handshake(revision, client, canAsk));
        server.hub().remove(this);
        return Json.obj(
                "protocolVersion",
                revision.toString(),
                "capabilities",
                capabilities(revision),
                "serverInfo",
                server.about().json(revision),
                "instructions",
                server.dispatcher().instructions());
    }

    /// The client has read the outcome of the handshake. Before that it is told nothing it did not ask for.
    void initialized() {
        if (handshake.isPresent() && !server.hub().emits().nothing()) {
            server.hub().remove(this);
            server.hub().add(this);
        }
    }

    private Json.Obj capabilities(Revision revision) {
        var capabilities = server.capabilities();
        // The capability has a name only since then; the method is older.
        return revision.since(Revision.V2025_03_26) ? capabilities : capabilities.without("completions");
    }

    /// Name and version, for the log and the ledger. The client wrote them, so they prove nothing.
    static String clientName(Json.Obj info) {
        return Text.brief(
                info.text("name").orElse("") + " " + info.text("version").orElse(""));
    }

    private void list(Exchange exchange, Kind kind, Handshake agreed) {
        exchange.answer(server.lists().page(kind, agreed.revision(), agreed.canAsk(), exchange.params()));
    }

    private Json.Obj call(Exchange exchange, Handshake agreed) {
        var call = server.features().toolCall(exchange.params());
        var approval = Optional.<String>empty();
        var result = server.features().call(call, exchange, exchange.by(agreed.client(), agreed.canAsk(), approval));
        for (int round = 0; round < MOST_ROUNDS && agreed.canAsk(); round++) {
            if (!(result instanceof ToolResult.Held held)) {
                break;
            }
            result = switch (ask(exchange, held, agreed)) {
                case YES -> {
                    approval = Optional.of(held.ticket().text());
                    yield server.features().call(call, exchange, exchange.by(agreed.client(), true, approval));
                }
                case NO -> Approval.declined();
                case DISMISSED -> Approval.dismissed();
                case UNCLEAR -> Approval.unanswered();
            };
        }
        return Results.of(result, server.lists().definition(call.tool(), agreed.revision()));
    }

    private Approval.Answer ask(Exchange exchange, ToolResult.Held held, Handshake agreed) {
        var question = Approval.question(held, agreed.revision());
        var answer = session.ask(exchange, "elicitation/create", question, PATIENCE);
        return answer.map(Approval::read).orElse(Approval.Answer.UNCLEAR);
    }

    private Json.Obj watch(Exchange exchange, boolean on) {
        if (!server.hub().emits().updates()) {
            throw RpcException.unknownMethod(exchange.method());
        }
        var uri = Features.text(exchange.params(), "uri");
        if (on) {
            watched.add(uri);
        } else {
            watched.remove(uri);
        }
        return Json.Obj.EMPTY;
    }

    private Json.Obj setLevel(Json.Obj params) {
        var name = Features.text(params, "level");
        logLevel = LogLevel.of(name)
                .orElseThrow(() -> RpcException.invalidParams(
                        "'level' must be one of debug, info, notice, warning, error, critical, alert, emergency"));
        return Json.Obj.EMPTY;
    }

    @Override
    public void changed(Hub.Topic topic, String uri) {
        if (topic != Hub.Topic.UPDATE) {
            session.unsolicited().send(new Message.Notification(topic.method(), Json.Obj.EMPTY));
        } else if (watched.contains(uri)) {
            session.unsolicited().send(new Message.Notification(topic.method(), Json.obj("uri", uri)));
        }
    }

    @Override
    public void close() {
        server.hub().remove(this);
    }
}
