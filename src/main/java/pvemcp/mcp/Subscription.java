package pvemcp.mcp;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.mcp.Hub.Topic;

/// One `subscriptions/listen` of 2026-07-28: open until either side ends it, and telling only what was asked for.
final class Subscription implements Hub.Listener, Exchange.Open {
    private static final String ID = "io.modelcontextprotocol/subscriptionId";

    /// Enough for every guest of a large cluster; a bound, because the client chooses.
    private static final int MOST_URIS = 20_000;

    /// Each costs PVE two requests from time to time.
    private static final int MOST_TASKS = 32;

    private final Exchange exchange;
    private final McpServer server;
    private final Set<Topic> topics = new HashSet<>();
    private final Set<String> uris = new LinkedHashSet<>();
    private final Client client;
    private Optional<TaskWatch> watch = Optional.empty();

    private Subscription(Exchange exchange, McpServer server, Client client) {
        this.exchange = exchange;
        this.server = server;
        this.client = client;
    }

    /// Acknowledges what of the wanted notifications will come, before any of them can.
    static void open(Exchange exchange, McpServer server, Client client) {
        if (!exchange.params().has("notifications")) {
            throw RpcException.invalidParams("'notifications' must be an object: what to listen for");
        }
        var subscription = new Subscription(exchange, server, client);
        var honoured = subscription.accept(Features.object(exchange.params(), "notifications"));
        exchange.stayOpen(
                subscription,
                "notifications/subscriptions/acknowledged",
                Json.obj("_meta", subscription.meta(), "notifications", honoured));
    }

    private Json.Obj accept(Json.Obj wanted) {
        var honoured = accept(wanted, "toolsListChanged", Topic.TOOLS, Json.Obj.EMPTY);
        honoured = accept(wanted, "promptsListChanged", Topic.PROMPTS, honoured);
        honoured = accept(wanted, "resourcesListChanged", Topic.RESOURCES, honoured);
        if (Topic.UPDATE.in(server.hub().emits()) && wanted.has("resourceSubscriptions")) {
            topics.add(Topic.UPDATE);
            honoured = honoured.with("resourceSubscriptions", acceptUris(wanted));
        }
        return server.features().hasTasks() && wanted.has("taskIds")
                ? honoured.with("taskIds", acceptTasks(wanted))
                : honoured;
    }

    private Json.Obj accept(Json.Obj wanted, String name, Topic topic, Json.Obj honoured) {
        boolean asked = wanted.has(name) && wanted.get(name).get().equals(Json.bool(true));
        if (!asked || !topic.in(server.hub().emits())) {
            return honoured;
        }
        topics.add(topic);
        return honoured.with(name, Json.bool(true));
    }

    private Json.Arr acceptUris(Json.Obj wanted) {
        for (var uri : texts(wanted, "resourceSubscriptions")) {
            if (uris.size() < MOST_URIS) {
                uris.add(uri);
            }
        }
        return Json.strings(List.copyOf(uris));
    }

    private Json.Arr acceptTasks(Json.Obj wanted) {
        Tasks.require(client.capabilities());
        var tasks = texts(wanted, "taskIds").stream()
                .filter(id -> server.features().knowsTask(id, exchange, client))
                .limit(MOST_TASKS)
                .toList();
        watch = Optional.of(new TaskWatch(tasks, this::task, this::tell, e -> server.bug(exchange, e)));
        return Json.strings(tasks);
    }

    private Json.Obj task(String id) {
        return server.features().task(id, exchange, client);
    }

    private void tell(Json.Obj task) {
        exchange.notify("notifications/tasks", task.with("_meta", meta()));
    }

    /// Each once, in their order.
    private static Set<String> texts(Json.Obj wanted, String name) {
        var list = wanted.array(name)
                .orElseThrow(() -> RpcException.invalidParams("'" + name + "' must be an array of strings"));
        var texts = new LinkedHashSet<String>();
        for (var item : list.items()) {
            if (!(item instanceof Json.Str(var text))) {
                throw RpcException.invalidParams("'" + name + "' must be an array of strings");
            }
            texts.add(text);
        }
        return texts;
    }

    private Json.Obj meta() {
        return Json.obj(ID, exchange.id());
    }

    @Override
    public void changed(Topic topic, String uri) {
        if (!topics.contains(topic)) {
            return;
        }
        if (topic != Topic.UPDATE) {
            exchange.notify(topic.method(), Json.obj("_meta", meta()));
        } else if (uris.contains(uri)) {
            exchange.notify(topic.method(), Json.obj("_meta", meta(), "uri", uri));
        }
    }

    @Override
    public void opened() {
        server.hub().add(this);
        watch.ifPresent(TaskWatch::start);
    }

    @Override
    public void cancelled() {
        server.hub().remove(this);
        watch.ifPresent(TaskWatch::stop);
    }

    @Override
    public void closing() {
        cancelled();
        var result = Modern.complete(Json.Obj.EMPTY, server.about());
        var meta = Features.object(result, "_meta").with(ID, exchange.id());
        exchange.answer(result.with("_meta", meta));
        // The one thing that a server may cancel (basic/patterns/cancellation); where all share a channel, the result
        // alone would not tell a client that has forgotten the request that its stream is over.
        exchange.outbox()
                .send(new Message.Notification(
                        "notifications/cancelled", Json.obj("_meta", meta(), "requestId", exchange.id())));
    }
}
