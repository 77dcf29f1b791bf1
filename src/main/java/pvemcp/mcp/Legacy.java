package pvemcp.mcp;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import pvemcp.json.Json;
import pvemcp.mcp.Lists.Kind;

/// The revisions from 2024-11-05 to 2025-11-25: a handshake first, whose outcome holds for the session.
final class Legacy implements Era, Hub.Listener, AutoCloseable {
    /// How long a person may think. Clients have shorter limits, and cancel.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final McpServer server;
    private final Session session;
    private final Set<String> watched = ConcurrentHashMap.newKeySet();
    private volatile Optional<Handshake> handshake = Optional.empty();
    private volatile LogLevel logLevel = LogLevel.WARNING;

    /// What the client said of itself, and what both agreed on.
    private record Handshake(Revision revision, String client, Json.Obj capabilities) {}

    /// The client of the handshake as the sender of one request.
    private record Asking(Handshake agreed, Exchange exchange) implements Client {
        @Override
        public Revision revision() {
            return agreed.revision();
        }

        @Override
        public String name() {
            return agreed.client();
        }

        @Override
        public Json.Obj capabilities() {
            return agreed.capabilities();
        }

        @Override
        public Json.Obj ask(Json.Obj questions, String state) {
            var answers = new LinkedHashMap<String, Json>();
            for (var entry : questions.members().entrySet()) {
                var question = (Json.Obj) entry.getValue();
                var method = question.text("method").orElseThrow();
                exchange.session()
                        .ask(exchange, method, Features.object(question, "params"), PATIENCE)
                        .ifPresent(answer -> answers.put(entry.getKey(), answer));
            }
            return new Json.Obj(answers);
        }
    }

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
        var asking = new Asking(agreed, exchange);
        var features = server.features();
        switch (exchange.method()) {
            case "tools/list" -> list(exchange, Kind.TOOLS, asking);
            case "tools/call" -> exchange.answer(features.call(exchange, asking));
            case "resources/list" -> list(exchange, Kind.RESOURCES, asking);
            case "resources/templates/list" -> list(exchange, Kind.TEMPLATES, asking);
            case "resources/read" -> exchange.answer(features.read(exchange, asking));
            case "resources/subscribe" -> exchange.answer(watch(exchange, true));
            case "resources/unsubscribe" -> exchange.answer(watch(exchange, false));
            case "prompts/list" -> list(exchange, Kind.PROMPTS, asking);
            case "prompts/get" -> exchange.answer(features.prompt(exchange, asking));
            case "completion/complete" -> exchange.answer(features.completion(exchange, asking));
            case "logging/setLevel" -> exchange.answer(setLevel(exchange.params()));
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
        watched.clear();
        handshake = Optional.of(new Handshake(revision, client, Features.object(params, "capabilities")));
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
        return Text.brief(info.text("name").orElse("") + " "
                        + info.text("version").orElse(""))
                .strip();
    }

    private void list(Exchange exchange, Kind kind, Asking asking) {
        exchange.answer(server.lists().page(kind, asking, exchange.params()));
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
