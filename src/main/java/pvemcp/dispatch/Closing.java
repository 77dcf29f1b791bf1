package pvemcp.dispatch;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import pvemcp.audit.Entry;
import pvemcp.audit.Journal;
import pvemcp.audit.Unended;
import pvemcp.gate.Commons;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Upid;

/// Writes an end to calls whose process died on the way, by what the cluster knows of them now: their tasks, or what
/// they were about to replace. Changes nothing on the cluster.
///
/// A call that is under way, or whose task is, is left alone.
final class Closing {
    /// For how long nobody else writes the end that one server is about to write.
    private static final Duration CLAIM = Duration.ofMinutes(5);

    private final Journal log;
    private final Commons commons;
    private final Clock clock;
    private final Map<String, Cluster> clusters;
    private final Function<Cluster, Context> looking;

    /// @param looking makes what only reads on a cluster
    Closing(Stores stores, Map<String, Cluster> clusters, Clock clock, Function<Cluster, Context> looking) {
        this.log = stores.journal();
        this.commons = stores.commons();
        this.clusters = clusters;
        this.clock = clock;
        this.looking = looking;
    }

    /// @param found `found done`, `found failed`, `found not done` or `unknown`
    private record End(String found, String evidence, Optional<Upid> task) {
        End(String found, String evidence) {
            this(found, evidence, Optional.empty());
        }
    }

    /// Of all that the ledger has.
    List<Dispatcher.Closed> all() throws IOException {
        return close(log.ledger()::forEach);
    }

    /// Of what was begun lately.
    List<Dispatcher.Closed> lately() throws IOException {
        return close(log.ledger()::forEachLately);
    }

    private interface Reading {
        void forEach(Consumer<Entry> reader) throws IOException;
    }

    private List<Dispatcher.Closed> close(Reading reading) throws IOException {
        var search = new Unended.Search();
        var known = new HashSet<String>();
        reading.forEach(entry -> {
            search.accept(entry);
            if (entry.event().equals("task")) {
                entry.fields().text("task").ifPresent(known::add);
            }
        });
        var closed = new ArrayList<Dispatcher.Closed>();
        for (var call : search.found()) {
            var cluster = clusters.get(call.begin().call().text("cluster").orElse(""));
            if (cluster != null && !log.ledger().isUnderWay(call)) {
                var end = end(call, looking.apply(cluster), known, isOurs(call, cluster));
                if (end.isPresent() && isMine(call)) {
                    closed.add(write(call, end.get()));
                }
            }
        }
        return closed;
    }

    /// Several servers may look at once, and one end is enough.
    private boolean isMine(Unended call) throws IOException {
        var claim = "end-" + call.begin().hash();
        return commons.mark(claim, "closed", clock.instant().plus(CLAIM)).isEmpty();
    }

    private Dispatcher.Closed write(Unended call, End end) throws IOException {
        var line = Json.obj("event", "end", "begin", Json.num(call.begin().seq()))
                .with("call", call.begin().call())
                .with("result", end.found())
                .with("evidence", end.evidence());
        var tasks = new ArrayList<>(call.tasks());
        end.task().map(Upid::toString).ifPresent(tasks::add);
        log.record(tasks.isEmpty() ? line : line.with("tasks", Json.strings(tasks)));
        return new Dispatcher.Closed(
                call.begin().seq(), call.begin().call().text("tool").orElse("?"), end.found(), end.evidence());
    }

    /// Whether it was made with the credentials that are used now. Others may not be shown its traces.
    private static boolean isOurs(Unended call, Cluster cluster) {
        return call.begin().call().text("as").orElse(cluster.identity()).equals(cluster.identity());
    }

    /// Empty where it is to be left open: it goes on, or nobody can be asked at the moment.
    private static Optional<End> end(Unended call, Context ctx, Set<String> known, boolean ours) {
        if (!ours && call.tasks().isEmpty()) {
            return Optional.empty();
        }
        try {
            return call.tasks().isEmpty() ? byTraces(call, ctx, known) : byTasks(call, ctx);
        } catch (PveException e) {
            return !ours || e.fault() instanceof PveFault.Unreachable
                    ? Optional.empty()
                    : Optional.of(new End(
                            "unknown", Explain.fault(e.fault(), ctx.identity()).what()));
        }
    }

    private static Optional<End> byTasks(Unended call, Context ctx) {
        for (var text : call.tasks()) {
            var task = ctx.pve().task(Upid.parse(text));
            var status = task.status();
            if (status.running()) {
                return Optional.empty();
            }
            if (!wentWell(status.exit())) {
                return Optional.of(new End("found failed", "its task %s ended: %s".formatted(text, status.exit())));
            }
        }
        return Optional.of(new End("found done", "all tasks it is known to have started ended well"));
    }

    private static boolean wentWell(String exit) {
        return exit.equals("OK") || exit.startsWith("WARNINGS: ");
    }

    private static Optional<End> byTraces(Unended call, Context ctx, Set<String> known) {
        var trace = new TaskTrace(ctx.pve(), ctx.identity(), ctx.clock(), known);
        for (var guest : guests(call)) {
            var place = guest.split("/", 2);
            var wanted = new TaskTrace.Wanted(place[0], Set.of(), Set.of(place[1]), call.since());
            switch (trace.find(wanted)) {
                case TaskTrace.Found.One(var row) -> {
                    return row.running() ? Optional.empty() : Optional.of(ofTask(row.upid(), row.exit()));
                }
                case TaskTrace.Found.Several several -> {
                    return Optional.of(new End("unknown", "it may have started one of " + several));
                }
                case TaskTrace.Found.Unreadable _ -> {
                    return Optional.empty();
                }
                case TaskTrace.Found.None _ -> {} // The next guest may have one.
            }
        }
        return Optional.of(byPrior(call, ctx));
    }

    private static End ofTask(Upid task, String exit) {
        return wentWell(exit)
                ? new End("found done", "it started the task %s, which ended well".formatted(task), Optional.of(task))
                : new End(
                        "found failed",
                        "it started the task %s, which ended: %s".formatted(task, exit),
                        Optional.of(task));
    }

    private static End byPrior(Unended call, Context ctx) {
        var prior = call.traces().stream()
                .filter(line -> line.event().equals("prior"))
                .findFirst();
        if (prior.isEmpty()) {
            return new End("unknown", "it is known to have started no task, and not what it was about to replace");
        }
        var fields = prior.get().fields();
        var part =
                Part.named(fields.text("kind").orElse(""), fields.text("path").orElse(""));
        var was = fields.object("was").orElse(Json.Obj.EMPTY);
        boolean stands =
                part.isPresent() && part.get().look(ctx.wire(), ctx.schema()).equals(was);
        return stands
                ? new End("found not done", "it started no task, and what it was about to replace stands")
                : new End("unknown", "what it was about to replace has changed since, by it or by others");
    }

    /// As `node/vmid`.
    private static List<String> guests(Unended call) {
        return call.begin().fields().array("guests").orElse(Json.Arr.EMPTY).items().stream()
                .flatMap(item -> item.scalarText().stream())
                .filter(text -> text.matches("[^/]+/[0-9]+"))
                .toList();
    }
}
