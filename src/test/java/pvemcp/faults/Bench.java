package pvemcp.faults;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import pvemcp.json.Json;
import pvemcp.lab.Answer;
import pvemcp.lab.FaultProxy;
import pvemcp.lab.FaultProxy.Passed;
import pvemcp.lab.FaultProxy.Seen;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.tool.ToolResult;

/// A server whose way to its simulated cluster leads through a proxy that breaks on purpose. Each call is another
/// caller's, so that no brake is put on.
final class Bench implements AutoCloseable {
    static final String ARCHIVE = "pbs:backup/ct/102/2026-11-20T02:00:00Z";

    private final Lab lab;
    private final FaultProxy proxy;
    private final String task;
    private int turn;

    Bench() {
        lab = Lab.of(Scenes.small()).offering("small.iso").with(cluster -> {
            var local = new Storage("local", StorageType.DIR);
            local.options.put("path", "/var/lib/vz");
            local.options.put("content", "iso,rootdir");
            cluster.storages.put("local", local);
            var pbs = new Storage("pbs", StorageType.PBS);
            cluster.storages.put("pbs", pbs);
            pbs.add("pve1", "backup/ct/102/2026-11-20T02:00:00Z", 1 << 30, 1 << 20, cluster.now()).archivedConfig =
                    "hostname: dns\n";
        });
        proxy = FaultProxy.before(lab.sim());
        var started = (ToolResult.Done) lab.call("pve_guest_power", "guest", "102", "action", "start");
        task = ((Json.Obj) started.data()).text("task").orElseThrow();
    }

    /// A task that has ended well.
    String task() {
        return task;
    }

    /// What must never be told.
    String secret() {
        return lab.sim().token().secret();
    }

    Lab lab() {
        return lab;
    }

    FaultProxy proxy() {
        return proxy;
    }

    /// One call while the first `times` requests that a fault is to hit are answered so, by a client that is new.
    ///
    /// @param patience of the client with a whole exchange
    Went during(int times, Answer answer, Duration patience, CallKind kind) {
        lab.behind(patience, proxy);
        var left = new AtomicInteger(times);
        proxy.answers(request -> kind.isHit(request) && left.getAndDecrement() > 0 ? answer : Answer.passed());
        return make(kind);
    }

    /// One call while nothing is wrong, by the same client.
    Went whole(CallKind kind) {
        proxy.answers(_ -> Answer.passed());
        return make(kind);
    }

    private Went make(CallKind kind) {
        int came = proxy.seen().size();
        int done = proxy.passed().size();
        turn++;
        lab.as("caller " + turn);
        lab.advance(Duration.ofMinutes(1)); // What a lost answer has begun comes to its end.
        var result = kind.make(this, turn);
        var hits = proxy.seen().stream().skip(came).filter(kind::isHit).count();
        var effects = proxy.passed().stream()
                .skip(done)
                .filter(Bench::isEffect)
                .map(Passed::request)
                .toList();
        return new Went(result, (int) hits, effects);
    }

    private static boolean isEffect(Passed passed) {
        return passed.request().isWrite() && passed.answer().isGood();
    }

    /// How a call went.
    ///
    /// @param hits requests that the fault could hit
    /// @param effects writes that the simulator has carried out
    record Went(ToolResult result, int hits, List<Seen> effects) {
        /// What the caller is told: `done`, `going`, `refused`, or the code of a failure.
        String told() {
            return switch (result) {
                case ToolResult.Done done -> done.going().isPresent() ? "going" : "done";
                case ToolResult.Failed failed -> failed.code();
                case ToolResult.Held _ -> "held";
                case ToolResult.Refused _ -> "refused";
            };
        }

        boolean isInDoubt() {
            return Set.of("ambiguous", "task_vanished").contains(told());
        }
    }

    @Override
    public void close() {
        proxy.close();
        lab.close();
    }
}
