package pvemcp.sim.task;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import pvemcp.sim.SimError;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.HasFields;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.PastTask;

/// The tasks of the cluster. A task is data: steps that take their time, say something and then have an effect; the
/// clock does the rest. The simulator's lock guards it.
public final class SimTasks implements HasFields {
    private final SimTime time;
    private final SequencedMap<String, SimTask> tasks = new LinkedHashMap<>();
    private final Map<String, Deque<Failure>> ordered = new HashMap<>();
    private long nextPid = 1200;

    /// How the next task of a type is to end.
    private record Failure(String text, int afterSteps) {}

    public SimTasks(SimTime time) {
        this.time = time;
    }

    /// Starts a task and returns its UPID at once.
    ///
    /// @param type PVE's worker type, such as `qmstart`
    /// @param id what it works on, often a vmid; may be empty
    /// @param user `user@realm`, with `!token` where a token asks
    public String start(String node, String type, String id, String user, List<Step> steps) {
        var now = time.now();
        nextPid += 1 + (nextPid * 7 + now.getEpochSecond()) % 97;
        long pstart = now.toEpochMilli() / 10 % 0xFFFFFFFL;
        var task = new SimTask(node, nextPid, pstart, now, type, Upids.field(id), user);
        tasks.put(task.upid(), task);
        var plan = new ArrayDeque<>(steps);
        var failures = ordered.getOrDefault(type, new ArrayDeque<>());
        if (!failures.isEmpty()) {
            fail(plan, failures.poll());
        }
        proceed(task, plan);
        return task.upid();
    }

    /// Takes over what was done before the simulation began.
    public void recall(Collection<PastTask> history) {
        history.stream().sorted(Comparator.comparing(PastTask::started)).forEach(past -> {
            nextPid += 613;
            var began = past.started();
            long pstart = began.toEpochMilli() / 10 % 0xFFFFFFFL;
            var task =
                    new SimTask(past.node(), nextPid, pstart, began, past.type(), Upids.field(past.id()), past.user());
            past.log().forEach(line -> task.say(began, line));
            task.end(began.plus(past.took()), past.exitStatus());
            tasks.put(task.upid(), task);
        });
    }

    /// Has the next task of that type fail with that text, after its first steps.
    public void failNext(String type, String text, int afterSteps) {
        ordered.computeIfAbsent(type, _ -> new ArrayDeque<>()).add(new Failure(text, afterSteps));
    }

    private static void fail(Deque<Step> plan, Failure failure) {
        var kept = new ArrayList<>(plan).subList(0, Math.min(failure.afterSteps(), plan.size()));
        var shortened = new ArrayList<>(kept);
        shortened.add(Step.act(_ -> {
            throw new SimError(failure.text());
        }));
        plan.clear();
        plan.addAll(shortened);
    }

    private void proceed(SimTask task, Deque<Step> plan) {
        if (!task.isRunning()) {
            return;
        }
        var step = plan.poll();
        if (step == null) {
            task.end(time.now(), task.warnings == 0 ? "OK" : "WARNINGS: " + task.warnings);
            return;
        }
        var from = time.now();
        for (int i = 0; i < step.says().size(); i++) {
            var at =
                    from.plus(step.takes().multipliedBy(i).dividedBy(step.says().size()));
            task.say(at, step.says().get(i));
        }
        time.after(step.takes(), () -> finish(task, step, plan));
    }

    private void finish(SimTask task, Step step, Deque<Step> plan) {
        if (!task.isRunning()) {
            return;
        }
        try {
            step.effect().run(new TaskWork(task, plan));
        } catch (SimError refused) {
            task.end(time.now(), refused.getMessage());
            return;
        }
        proceed(task, plan);
    }

    private final class TaskWork implements Work {
        private final SimTask task;
        private final Deque<Step> plan;

        TaskWork(SimTask task, Deque<Step> plan) {
            this.task = task;
            this.plan = plan;
        }

        @Override
        public void say(String line) {
            task.say(time.now(), line);
        }

        @Override
        public void warn(String line) {
            task.warnings++;
            task.say(time.now(), "WARN: " + line);
        }

        @Override
        public void next(List<Step> steps) {
            steps.reversed().forEach(plan::addFirst);
        }
    }

    /// Ends a running task as a signal would; one that is over stays as it is.
    public void stop(SimTask task) {
        if (task.isRunning()) {
            task.end(time.now(), "received interrupt");
        }
    }

    /// Ends all running tasks of a node that is gone: their logs have no last line (PVE::UPID::read_status).
    public void abandon(String node) {
        tasks.values().stream()
                .filter(task -> task.isRunning() && task.node().equals(node))
                .forEach(task -> task.abandon(time.now()));
    }

    public Optional<SimTask> find(String upid) {
        return Optional.ofNullable(tasks.get(upid));
    }

    /// All tasks, oldest first.
    public Collection<SimTask> all() {
        return tasks.values();
    }

    @Override
    public void fields(Fields fields) {
        nextPid = fields.whole("nextPid", nextPid);
        fields.map("tasks", tasks, SimTask.FORM);
    }
}
