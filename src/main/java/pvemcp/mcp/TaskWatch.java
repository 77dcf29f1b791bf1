package pvemcp.mcp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import pvemcp.json.Json;

/// Looks at the tasks of one subscription and tells of each that is not as it was, until it has ended. PVE tells
/// nobody, so somebody has to ask: often at first, and less and less while nothing happens.
final class TaskWatch {
    private static final Duration SHORTEST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final List<String> tasks;
    private final Function<String, Json.Obj> look;
    private final Consumer<Json.Obj> tell;
    private final Consumer<RuntimeException> bug;
    private final Map<String, Json.Obj> told = new HashMap<>();
    private volatile boolean stopped;
    private final Thread thread = Thread.ofVirtual().name("task-watch").unstarted(this::run);

    /// @param look what `tasks/get` answers
    /// @param tell is told how each stands when the watch begins, too
    /// @param bug is told of a defect, with which the watch ends
    TaskWatch(
            List<String> tasks,
            Function<String, Json.Obj> look,
            Consumer<Json.Obj> tell,
            Consumer<RuntimeException> bug) {
        this.bug = bug;
        this.tasks = new ArrayList<>(tasks);
        this.look = look;
        this.tell = tell;
    }

    void start() {
        thread.start();
    }

    /// Returns at once; what is told after this must not matter.
    void stop() {
        stopped = true;
        thread.interrupt();
    }

    private void run() {
        try {
            for (var pause = SHORTEST; !tasks.isEmpty(); pause = longer(pause)) {
                if (lookAround()) {
                    pause = SHORTEST;
                }
                Thread.sleep(pause);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // A look that was called off fails in many ways.
            if (!stopped) {
                bug.accept(e);
            }
        }
    }

    private static Duration longer(Duration pause) {
        var next = pause.multipliedBy(3).dividedBy(2);
        return next.compareTo(LONGEST) < 0 ? next : LONGEST;
    }

    /// Whether something has changed.
    private boolean lookAround() throws InterruptedException {
        boolean changed = false;
        for (var task : List.copyOf(tasks)) {
            var now = look.apply(task);
            if (stopped) {
                throw new InterruptedException();
            }
            var lasting = now.without("lastUpdatedAt");
            if (!lasting.equals(told.put(task, lasting))) {
                changed = true;
                tell.accept(now);
            }
            if (Tasks.isOver(now)) {
                tasks.remove(task);
            }
        }
        return changed;
    }
}
