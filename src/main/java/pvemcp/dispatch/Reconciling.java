package pvemcp.dispatch;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import pvemcp.audit.Journal;
import pvemcp.json.Json;
import pvemcp.pve.ForwardingTransport;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Upload;
import pvemcp.pve.Verb;
import pvemcp.tool.Operations;

/// The wire of a call that writes, which finds out what became of a write whose answer was lost: by the task it
/// started, or by how things are now. Nothing is ever sent again. What cannot be found out stays in doubt.
final class Reconciling extends ForwardingTransport {
    /// PVE waits 10 s for a lock before it does what it was asked for, or gives up (PVE::Tools::lock_file, cfs_lock).
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private final Remembering remembering;
    private final Context ctx;
    private final Journal log;
    private final BiConsumer<Wires.Sent, Aftermath> told;

    /// @param ctx what may only read there, and its caller, who is told and can break it off
    /// @param told what was found out
    Reconciling(Remembering wire, Context ctx, Journal log, BiConsumer<Wires.Sent, Aftermath> told) {
        super(wire);
        this.remembering = wire;
        this.ctx = ctx;
        this.log = log;
        this.told = told;
    }

    @Override
    public Json.Obj send(Verb verb, String path, Json.Obj params) {
        return verb == Verb.GET
                ? wire.send(verb, path, params)
                : heard(new Wires.Sent(verb, path, params), () -> wire.send(verb, path, params));
    }

    @Override
    public Json.Obj upload(String path, Json.Obj params, Upload file) {
        var sent = new Wires.Sent(Verb.POST, path, params.with("filename", file.name()));
        return heard(sent, () -> wire.upload(path, params, file));
    }

    private Json.Obj heard(Wires.Sent request, Supplier<Json.Obj> exchange) {
        var from = ctx.clock().instant();
        try {
            return exchange.get();
        } catch (PveException e) {
            // Who has called the request off does not wait for what became of it.
            if (e.fault() instanceof PveFault.Ambiguous lost
                    && !Thread.currentThread().isInterrupted()) {
                return after(request, from, lost);
            }
            throw e;
        }
    }

    private Json.Obj after(Wires.Sent request, Instant from, PveFault.Ambiguous lost) {
        ctx.progress(-1, "the answer to %s was lost, looking for what came of it".formatted(request));
        var found = new Search(request, from).found();
        told.accept(request, found);
        return switch (found) {
            case Aftermath.Done done -> done.answer();
            case Aftermath.NotDone(var evidence) ->
                throw new PveException(new PveFault.NotDone(lost.verb(), lost.path(), lost.why() + "; " + evidence));
            case Aftermath.Unknown(var evidence) ->
                throw new PveException(new PveFault.Ambiguous(lost.verb(), lost.path(), lost.why() + "; " + evidence));
        };
    }

    /// The search for one request.
    private final class Search {
        private final Wires.Sent request;
        private final Optional<Remembering.Seen> before = remembering.replaced();
        private final boolean startsTask;
        private final boolean answersNothing;
        private final TaskTrace.Wanted wanted;
        private final TaskTrace tasks;
        private Aftermath seen = new Aftermath.Unknown("nobody has looked");
        private boolean settled;

        Search(Wires.Sent request, Instant from) {
            this.request = request;
            var match = Operations.match(ctx.schema(), request.verb(), request.path());
            var facts = match.map(found -> found.operation().facts()).orElse(Json.Obj.EMPTY);
            var types = new LinkedHashSet<String>(types(facts, request.path()));
            startsTask = !types.isEmpty();
            answersNothing = facts.object("returns")
                    .flatMap(returns -> returns.text("type"))
                    .filter(type -> !type.equals("null"))
                    .isEmpty();
            var ids = new HashSet<String>();
            match.ifPresent(found -> ids.addAll(found.variables().values()));
            request.params()
                    .members()
                    .values()
                    .forEach(value -> value.scalarText().ifPresent(ids::add));
            var node = match.map(found -> found.variables().getOrDefault("node", ""))
                    .orElse("");
            wanted = new TaskTrace.Wanted(node, types, Set.copyOf(ids), from);
            tasks = new TaskTrace(ctx.pve(), ctx.identity(), ctx.clock(), known());
        }

        /// PVE::API2::Qemu and PVE::API2::LXC choose the type of these while they run, so their source does not list
        /// it.
        private static List<String> types(Json.Obj facts, String path) {
            if (path.matches("/nodes/[^/]+/qemu")) {
                return List.of("qmcreate", "qmrestore");
            }
            if (path.matches("/nodes/[^/]+/lxc")) {
                return List.of("vzcreate", "vzrestore");
            }
            if (path.matches("/nodes/[^/]+/qemu/[0-9]+/status/suspend")) {
                return List.of("qmsuspend", "qmpause");
            }
            return facts.array("task").orElse(Json.Arr.EMPTY).items().stream()
                    .flatMap(type -> type.scalarText().stream())
                    .toList();
        }

        Aftermath found() {
            ctx.pve().await(PATIENCE, ctx, () -> {
                seen = look();
                return settled || seen instanceof Aftermath.Done;
            });
            return seen;
        }

        private Aftermath look() {
            return startsTask ? byTask() : byState();
        }

        private Aftermath byTask() {
            return switch (tasks.find(wanted)) {
                case TaskTrace.Found.One(var row) ->
                    new Aftermath.Done(Json.obj("data", row.upid().toString()), "it started the task " + row.upid());
                case TaskTrace.Found.Several several -> new Aftermath.Unknown("it may have started one of " + several);
                case TaskTrace.Found.Unreadable(var why) -> new Aftermath.Unknown("the tasks cannot be seen, " + why);
                case TaskTrace.Found.None _ ->
                    stands()
                            ? new Aftermath.NotDone("it has started no task in %d s".formatted(PATIENCE.toSeconds()))
                            : new Aftermath.Unknown("it has started no task, but something has changed since");
            };
        }

        private boolean stands() {
            if (before.isEmpty()) {
                return true;
            }
            try {
                return new StateTrace(ctx.wire(), ctx.schema()).look(request, before) == StateTrace.State.AS_BEFORE;
            } catch (PveException _) {
                return false;
            }
        }

        private Aftermath byState() {
            try {
                return switch (new StateTrace(ctx.wire(), ctx.schema()).look(request, before)) {
                    case AS_WANTED ->
                        answersNothing
                                ? new Aftermath.Done(Json.obj("data", Json.Null.NULL), "it is as was asked for")
                                : new Aftermath.Unknown("it is as was asked for, but what PVE said to that is lost");
                    case AS_BEFORE ->
                        new Aftermath.NotDone("%d s later all is as it was".formatted(PATIENCE.toSeconds()));
                    case OTHERWISE -> new Aftermath.Unknown("something has changed since, and not as was asked for");
                    case UNKNOWN -> {
                        settled = true;
                        yield new Aftermath.Unknown("nothing that can be read tells");
                    }
                };
            } catch (PveException e) {
                return new Aftermath.Unknown("its state cannot be seen, "
                        + Explain.fault(e.fault(), ctx.identity()).what());
            }
        }

        /// Tasks that have been answered for are not what is looked for.
        private Set<String> known() {
            var known = new HashSet<String>();
            try {
                log.ledger().forEachLately(entry -> {
                    if (entry.event().equals("task")) {
                        entry.fields().text("task").ifPresent(known::add);
                    }
                });
            } catch (IOException _) {
                // Without it there may be several that fit, which is said.
            }
            return known;
        }
    }
}
