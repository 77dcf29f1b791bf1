package pvemcp.mcp;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import pvemcp.dispatch.Dispatcher;
import pvemcp.json.Json;
import pvemcp.log.Log;

/// The server as the Model Context Protocol sees it, for any number of clients over any transport: both eras of the
/// protocol over one [Dispatcher]. Safe for several threads.
public final class McpServer {
    private final Dispatcher dispatcher;
    private final About about;
    private final Lists lists;
    private final Features features;
    private final Hub hub;
    private final Modern modern;
    private final Log log;
    private final AtomicInteger bugs = new AtomicInteger();

    /// @param emits what [#changes] will be told of
    public McpServer(Dispatcher dispatcher, About about, Emits emits) {
        this(dispatcher, about, emits, Log.ofWords(System.err));
    }

    /// @param log is told of defects
    public McpServer(Dispatcher dispatcher, About about, Emits emits, Log log) {
        this(dispatcher, about, emits, new Lists(dispatcher, about), log);
    }

    McpServer(Dispatcher dispatcher, About about, Emits emits, Lists lists) {
        this(dispatcher, about, emits, lists, Log.ofWords(System.err));
    }

    private McpServer(Dispatcher dispatcher, About about, Emits emits, Lists lists, Log log) {
        this(dispatcher, about, emits, lists, new Features(dispatcher, lists), log);
    }

    /// @param features in place of those made of the dispatcher
    McpServer(Dispatcher dispatcher, About about, Emits emits, Lists lists, Features features, Log log) {
        this.log = log;
        this.dispatcher = dispatcher;
        this.about = about;
        this.lists = lists;
        this.features = features;
        this.hub = new Hub(emits, lists);
        this.modern = new Modern(this);
        if (emits.tools()) {
            dispatcher.whenToolsChange(hub::toolsChanged);
        }
    }

    /// Where to tell of changes. One that was not announced in [Emits] is an `IllegalStateException`.
    Changes changes() {
        return hub;
    }

    /// See [Session].
    Session open(String principal, Outbox unsolicited, Executor executor) {
        return new Session(this, principal, unsolicited, executor);
    }

    Log log() {
        return log;
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    About about() {
        return about;
    }

    Lists lists() {
        return lists;
    }

    Features features() {
        return features;
    }

    Hub hub() {
        return hub;
    }

    Modern modern() {
        return modern;
    }

    /// What is offered. Notifications of change are, where somebody sends them.
    Json.Obj capabilities() {
        var emits = hub.emits();
        var resources = listChanged(emits.resources());
        if (emits.updates()) {
            resources = resources.with("subscribe", Json.bool(true));
        }
        return Json.obj(
                "tools",
                listChanged(emits.tools()),
                "resources",
                resources,
                "prompts",
                listChanged(emits.prompts()),
                "completions",
                Json.Obj.EMPTY,
                "logging",
                Json.Obj.EMPTY);
    }

    private static Json.Obj listChanged(boolean told) {
        return told ? Json.obj("listChanged", true) : Json.Obj.EMPTY;
    }

    /// Puts a defect of ours into the log, and gives the client a number to find it by and nothing else.
    RpcError bug(Exchange exchange, Throwable defect) {
        var number = "bug-" + bugs.incrementAndGet();
        log.defect(number + " in " + Text.brief(exchange.method()), defect);
        return new RpcError(RpcError.INTERNAL, "Internal error; the log of the server has the details under " + number);
    }
}
