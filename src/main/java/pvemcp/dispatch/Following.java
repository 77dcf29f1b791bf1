package pvemcp.dispatch;

import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.TaskStatus;
import pvemcp.tool.Reserved;
import pvemcp.tool.Tool;
import pvemcp.tool.Unfinished;
import pvemcp.view.Clean;

/// Tells callers of work that outlived their calls, by what the cluster says of its task. How it ended, and the wish
/// to stop it, are calls like any other. Safe for several threads.
final class Following {
    private final Road road;
    private final Map<String, Cluster> clusters;
    private final Handles handles;
    private final BiFunction<Cluster, Caller, Context> look;
    private final Optional<Tool<?>> follows;
    private final Optional<Tool<?>> stops;

    /// @param look makes what only reads on a cluster
    Following(Road road, Map<String, Cluster> clusters, Handles handles, BiFunction<Cluster, Caller, Context> look) {
        this.road = road;
        this.clusters = clusters;
        this.handles = handles;
        this.look = look;
        this.follows = offered(Unfinished.Follows.class);
        this.stops = offered(Unfinished.Stops.class);
    }

    private Optional<Tool<?>> offered(Class<?> kind) {
        for (var tool : road.tools()) {
            if (kind.isAssignableFrom(tool.shape())) {
                return Optional.of(tool);
            }
        }
        return Optional.empty();
    }

    /// Whether there is a tool that tells how work ended.
    boolean isPossible() {
        return follows.isPresent();
    }

    /// See [Dispatcher#knowsWork].
    boolean knows(String name, Caller caller) {
        return mine(name, caller).isPresent();
    }

    /// See [Dispatcher#work].
    Optional<Work> work(String name, Caller caller) {
        return mine(name, caller).map(handle -> {
            var looking = look.apply(clusters.get(handle.cluster()), caller);
            try {
                return work(handle, looking.pve().task(handle.task()).status(), looking, caller);
            } catch (PveException e) {
                return e.fault() instanceof PveFault.Unreachable gone
                        ? going(handle, looking, "not reachable: " + Clean.line(gone.why()))
                        : ended(handle, looking, caller);
            }
        });
    }

    private Work work(Handle handle, TaskStatus status, Context looking, Caller caller) {
        if (status.running()) {
            return going(handle, looking, lastLine(handle, looking));
        }
        // PVE::RESTEnvironment: `received interrupt` of the worker, `interrupted by signal` where it says nothing.
        if (status.exit().contains("interrupt")) {
            var began = handle.task().started();
            var seen = looking.clock().instant();
            return new Work(Work.State.STOPPED, began, seen, Clean.line(status.exit()), Optional.empty());
        }
        return ended(handle, looking, caller);
    }

    private static Work going(Handle handle, Context looking, String message) {
        var began = handle.task().started();
        return new Work(Work.State.GOING, began, looking.clock().instant(), message, Optional.empty());
    }

    private Work ended(Handle handle, Context looking, Caller caller) {
        var tool = follows.orElseThrow();
        var end = new Work.End(tool, road.call(tool, arguments(handle), caller));
        var began = handle.task().started();
        return new Work(Work.State.ENDED, began, looking.clock().instant(), "", Optional.of(end));
    }

    private static String lastLine(Handle handle, Context looking) {
        try {
            var lines = looking.pve().task(handle.task()).tail(1);
            return lines.isEmpty() ? "" : Clean.line(lines.getLast());
        } catch (PveException _) {
            return ""; // That it goes on is known without its log.
        }
    }

    /// See [Dispatcher#stopWork].
    void stop(String name, Caller caller) {
        var handle = mine(name, caller);
        if (handle.isPresent() && stops.isPresent()) {
            // Whatever comes of it is seen in the work itself.
            road.call(stops.get(), arguments(handle.get()), caller);
        }
    }

    private Optional<Handle> mine(String name, Caller caller) {
        return follows.isEmpty()
                ? Optional.empty()
                : handles.parse(name)
                        .filter(handle -> handle.principal().equals(caller.principal())
                                && clusters.containsKey(handle.cluster()));
    }

    private Json.Obj arguments(Handle handle) {
        var task = Json.obj("task", handle.task().toString());
        return clusters.size() == 1 ? task : task.with(Reserved.CLUSTER.name(), Json.str(handle.cluster()));
    }
}
