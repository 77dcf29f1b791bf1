package pvemcp.mcp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import pvemcp.json.Json;

/// One client on one connection, whatever that is made of: takes its messages, in order, and sends what there is to
/// say.
///
/// A request with the modern `_meta` is served by itself, whatever came before; anything else needs the handshake of
/// the older revisions, whose outcome belongs to this session. Safe for several threads.
final class Session implements AutoCloseable {
    /// More than any client has under way; less than would hurt.
    private static final int MOST_AT_ONCE = 256;

    private final McpServer server;
    private final String principal;
    private final Outbox unsolicited;
    private final Executor executor;
    private final Legacy legacy;

    // Guarded by underWay, which also tells of each end.
    private final Map<String, Exchange> underWay = new LinkedHashMap<>();
    private int running;
    private boolean closed;

    private final Map<String, CompletableFuture<Optional<Json.Obj>>> questions = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();

    /// @param principal whose authority the client has
    /// @param unsolicited where goes what belongs to no request
    /// @param executor runs the requests that take time; directly, where the caller's thread may wait
    Session(McpServer server, String principal, Outbox unsolicited, Executor executor) {
        this.server = server;
        this.principal = principal;
        this.unsolicited = unsolicited;
        this.executor = executor;
        this.legacy = new Legacy(server, this);
    }

    String principal() {
        return principal;
    }

    Outbox unsolicited() {
        return unsolicited;
    }

    /// What the handshake has agreed on; empty before it.
    Optional<Revision> agreed() {
        return legacy.agreed();
    }

    /// Whether a request of the client is under way.
    boolean busy() {
        synchronized (underWay) {
            return !underWay.isEmpty();
        }
    }

    /// Takes one message. What it calls for is sent to `outbox`, now or later; a request is over when its result or
    /// error has been sent, or when it was cancelled.
    void receive(Json json, Outbox outbox) {
        Message message;
        try {
            message = Message.read(json);
        } catch (Message.Malformed e) {
            outbox.send(e.answer());
            return;
        }
        receive(message, outbox);
    }

    /// The same with a message that has been read.
    void receive(Message message, Outbox outbox) {
        if (message instanceof Message.Request request) {
            serve(request, outbox);
        } else if (message instanceof Message.Notification notification) {
            notice(notification);
        } else if (message instanceof Message.Result result) {
            answered(result.id(), Optional.of(result.result()));
        } else if (message instanceof Message.Failure failure) {
            answered(failure.id(), Optional.empty());
        }
    }

    private void serve(Message.Request request, Outbox outbox) {
        var exchange = new Exchange(request, outbox, this);
        var refusal = admit(exchange);
        if (refusal.isPresent()) {
            outbox.send(new Message.Failure(request.id(), refusal.get()));
            return;
        }
        var era = Modern.marks(request) ? server.modern() : legacy;
        if (era.answersAtOnce(request.method())) {
            run(era, exchange);
            if (request.method().equals("tools/list")) {
                // The answer is out; who asked for the tools is about to use them.
                server.dispatcher().expectCalls();
            }
        } else {
            executor.execute(() -> run(era, exchange));
        }
    }

    private Optional<RpcError> admit(Exchange exchange) {
        synchronized (underWay) {
            if (closed) {
                return Optional.of(new RpcError(RpcError.INTERNAL, "The server is shutting down"));
            }
            if (underWay.size() >= MOST_AT_ONCE) {
                return Optional.of(new RpcError(
                        RpcError.INTERNAL, "Too many requests at once: wait for some of the " + MOST_AT_ONCE));
            }
            if (underWay.putIfAbsent(Message.key(exchange.id()), exchange) != null) {
                return Optional.of(new RpcError(
                        RpcError.INVALID_REQUEST, "A request with this id is still under way: use another id"));
            }
            running++;
            return Optional.empty();
        }
    }

    private void run(Era era, Exchange exchange) {
        try {
            if (exchange.begin()) {
                era.handle(exchange);
            }
        } catch (RpcException e) {
            exchange.fail(e.error());
        } catch (RuntimeException | Error e) {
            if (!exchange.cancelled()) {
                var error = server.bug(exchange, e);
                exchange.log(LogLevel.ERROR, Json.str(error.message()));
                exchange.fail(error);
            }
        } finally {
            exchange.end();
            synchronized (underWay) {
                running--;
                underWay.notifyAll();
            }
        }
    }

    /// The exchange is over.
    void done(Exchange exchange) {
        synchronized (underWay) {
            underWay.remove(Message.key(exchange.id()), exchange);
        }
    }

    private void notice(Message.Notification notification) {
        // Of what a client may notify us of, only these call for something.
        if (notification.method().equals("notifications/cancelled")) {
            var id = notification.params().members().get("requestId");
            if (id != null) {
                cancel(id);
            }
        } else if (notification.method().equals("notifications/initialized")) {
            legacy.initialized();
        }
    }

    /// Stops the request with this id, without an answer; nothing where there is none.
    void cancel(Json id) {
        Exchange exchange;
        synchronized (underWay) {
            exchange = underWay.get(Message.key(id));
        }
        if (exchange != null) {
            exchange.cancel();
        }
    }

    /// Asks the client something on behalf of a request of theirs, and waits for the answer; empty where the client
    /// cannot or does not answer in time, or where one of the two has ended the conversation.
    Optional<Json.Obj> ask(Exchange exchange, String method, Json.Obj params, Duration patience) {
        var id = Json.str("pve-mcp-" + asked.incrementAndGet());
        var answer = new CompletableFuture<Optional<Json.Obj>>();
        questions.put(Message.key(id), answer);
        try {
            synchronized (underWay) {
                if (closed) {
                    return Optional.empty();
                }
            }
            exchange.ask(id, method, params);
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            withdraw(exchange, id);
            return Optional.empty();
        } catch (InterruptedException e) {
            withdraw(exchange, id);
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer is never an exception", e);
        } finally {
            questions.remove(Message.key(id));
        }
    }

    private void withdraw(Exchange exchange, Json id) {
        var params = Json.obj("requestId", id);
        exchange.outbox().send(new Message.Notification("notifications/cancelled", params));
    }

    private void answered(Json id, Optional<Json.Obj> result) {
        var question = questions.get(Message.key(id));
        if (question != null) {
            question.complete(result);
        }
    }

    /// No more comes from the client: answers what can be answered within `grace`, gives up the rest, and closes.
    void drain(Duration grace) {
        synchronized (underWay) {
            closed = true;
        }
        for (var question : questions.values()) {
            question.complete(Optional.empty());
        }
        awaitIdle(grace);
        close();
    }

    private void awaitIdle(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (underWay) {
            try {
                for (long left = limit.toMillis(); running > 0 && left > 0; ) {
                    underWay.wait(left);
                    left = (end - System.nanoTime()) / 1_000_000;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Ends subscriptions with their result, cancels what runs and waits a moment for it to stop.
    @Override
    public void close() {
        List<Exchange> open;
        synchronized (underWay) {
            closed = true;
            open = new ArrayList<>(underWay.values());
        }
        legacy.close();
        for (var exchange : open) {
            exchange.close();
        }
        awaitIdle(Duration.ofMillis(300));
    }
}
