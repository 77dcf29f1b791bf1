package pvemcp.mcp;

import java.util.Map;
import java.util.Optional;
import pvemcp.dispatch.Caller;
import pvemcp.json.Json;

/// One request from its arrival to its answer, and the way back to who sent it.
///
/// After the answer, or once the client has taken the request back, nothing more is sent for it. Safe for several
/// threads.
final class Exchange {
    /// A request that stays open after its handler has returned.
    interface Open {
        /// From here on, what happens is to be told.
        void opened();

        /// The client does not want it any more: nothing further is sent.
        void cancelled();

        /// The server ends it, and answers.
        void closing();
    }

    private final Message.Request request;
    private final Outbox outbox;
    private final Session session;

    // Guarded by this: so that nothing follows the answer, and a cancelled request is not answered.
    private boolean over;
    private boolean cancelled;
    private Thread worker;
    private Optional<Open> open = Optional.empty();
    private LogLevel threshold;
    private long hundredths = -1;

    Exchange(Message.Request request, Outbox outbox, Session session) {
        this.request = request;
        this.outbox = outbox;
        this.session = session;
    }

    Json id() {
        return request.id();
    }

    String method() {
        return request.method();
    }

    Json.Obj params() {
        return request.params();
    }

    Session session() {
        return session;
    }

    Outbox outbox() {
        return outbox;
    }

    /// The request's `_meta`; empty where it has none.
    Json.Obj meta() {
        return request.meta();
    }

    /// Says who works on it, so that a cancellation can interrupt them. False: it is over already.
    synchronized boolean begin() {
        if (!over) {
            worker = Thread.currentThread();
        }
        return !over;
    }

    /// The worker turns to something else: an interrupt that comes later is not meant for it.
    synchronized void end() {
        worker = null;
        if (cancelled) {
            Thread.interrupted();
        }
    }

    /// Sends log messages from this severity on; without it none are.
    synchronized void logFrom(LogLevel level) {
        threshold = level;
    }

    void answer(Json.Obj result) {
        finish(new Message.Result(id(), result));
    }

    void answer(String result) {
        finish(new Message.Prepared(id(), result));
    }

    void fail(RpcError error) {
        finish(new Message.Failure(id(), error));
    }

    private synchronized void finish(Message message) {
        if (over) {
            return;
        }
        over = true;
        session.done(this);
        outbox.send(message);
    }

    /// The client has taken the request back, or has gone: stops the work and answers nothing.
    synchronized void cancel() {
        if (over) {
            return;
        }
        over = true;
        cancelled = true;
        session.done(this);
        open.ifPresent(Open::cancelled);
        if (worker != null) {
            worker.interrupt();
        }
        outbox.over();
    }

    /// The server closes: an open request ends with its answer, a running one without.
    synchronized void close() {
        if (!over && open.isPresent()) {
            open.get().closing();
        } else {
            cancel();
        }
    }

    /// The handler will return without an answer. Whatever others send for the request waits until `first` is sent,
    /// and nothing that happens after `first` is missed.
    synchronized void stayOpen(Open request, String first, Json.Obj params) {
        if (over) {
            return;
        }
        open = Optional.of(request);
        request.opened();
        notify(first, params);
    }

    synchronized boolean cancelled() {
        return cancelled;
    }

    synchronized void notify(String method, Json.Obj params) {
        if (!over) {
            outbox.send(new Message.Notification(method, params));
        }
    }

    /// Sends a request of our own to the client, on the way this one came.
    synchronized void ask(Json id, String method, Json.Obj params) {
        if (!over) {
            outbox.send(new Message.Request(id, method, params));
        }
    }

    synchronized void log(LogLevel level, Json data) {
        if (threshold != null && level.compareTo(threshold) >= 0) {
            notify("notifications/message", Json.obj("level", level.toString(), "logger", "pve-mcp", "data", data));
        }
    }

    /// Per cent with two decimals. The protocol wants each number to be larger than the one before, also where all
    /// that is new is the message; what goes beyond 100 that way has no total.
    private synchronized void progress(double fraction, String message) {
        if (open.isPresent()) {
            return; // What stays open has no end to get nearer to.
        }
        var token = meta().members().get("progressToken");
        if (token == null || !Message.isId(token)) {
            return;
        }
        long told = fraction < 0 ? 0 : Math.round(Math.min(fraction, 1) * 10_000);
        // Where nobody can know how far it is, each step counts one.
        long least = fraction < 0 ? (hundredths / 100 + 1) * 100 : hundredths + 1;
        hundredths = Math.max(told, least);
        var params = Json.obj("progressToken", token, "progress", Json.num(hundredths / 100.0));
        if (fraction >= 0 && hundredths <= 10_000) {
            params = params.with("total", 100);
        }
        notify("notifications/progress", message.isEmpty() ? params : params.with("message", message));
    }

    /// The caller, as the road to the tools sees them.
    ///
    /// @param approval the ticket that a person has said yes to
    Caller by(Client client, Optional<String> approval) {
        return new By(this, session.principal(), client.name(), client.canAsk(), approval);
    }

    private record By(Exchange exchange, String principal, String client, boolean canAsk, Optional<String> approval)
            implements Caller {
        @Override
        public void progress(double fraction, String message) {
            exchange.progress(fraction, message);
        }

        @Override
        public boolean cancelled() {
            return exchange.cancelled();
        }

        @Override
        public Map<String, String> trace() {
            return TraceContext.of(exchange.request);
        }

        @Override
        public String request() {
            return TraceContext.name(exchange.request);
        }
    }
}
