package pvemcp.sim;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import pvemcp.sim.task.SimTasks;
import pvemcp.sim.world.Cluster;

/// What is to go wrong, on order. Thread-safe.
public final class Faults {
    private final SimTasks tasks;
    private final Consumer<Consumer<Cluster>> world;
    private final Deque<Answer> next = new ArrayDeque<>();
    private Duration slow = Duration.ZERO;
    private boolean otherCertificate;

    /// How the next answer is spoilt.
    public sealed interface Answer {
        /// The connection breaks after so many bytes of it; 0 is before any, when the work has been done all the
        /// same.
        record Cut(int bytes) implements Answer {}

        /// This status instead, with the reason and no body; the work has not been done.
        record Instead(int status, String reason) implements Answer {}

        /// This status instead, but the work has been done: what a proxying node says when its peer is slow.
        record After(int status, String reason) implements Answer {}
    }

    /// @param world changes the world under the simulator's lock
    Faults(SimTasks tasks, Consumer<Consumer<Cluster>> world) {
        this.tasks = tasks;
        this.world = world;
    }

    /// The next task of a type fails: `fail("qmstop").with("timeout")`.
    public TaskFault fail(String type) {
        return new TaskFault(type, 0);
    }

    /// A task that is to fail.
    public final class TaskFault {
        private final String type;
        private final int afterSteps;

        private TaskFault(String type, int afterSteps) {
            this.type = type;
            this.afterSteps = afterSteps;
        }

        /// The steps that still go well.
        public TaskFault afterSteps(int steps) {
            return new TaskFault(type, steps);
        }

        public void with(String exitStatus) {
            world.accept(_ -> tasks.failNext(type, exitStatus, afterSteps));
        }
    }

    /// The node does not answer any more: 595 for all that is sent to it. Its guests run on, unseen.
    public void drop(String node) {
        world.accept(cluster -> cluster.node(node).online = false);
    }

    /// The node answers again.
    public void restore(String node) {
        world.accept(cluster -> cluster.node(node).online = true);
    }

    /// Every answer is held back for so long, on the wall clock.
    public synchronized void slow(Duration delay) {
        slow = delay;
    }

    public synchronized Duration slow() {
        return slow;
    }

    /// Spoils the next answer of an API call; several orders are served in turn.
    public synchronized void spoil(Answer answer) {
        next.add(answer);
    }

    public synchronized Optional<Answer> takeNext() {
        return Optional.ofNullable(next.poll());
    }

    /// From now on new connections meet another certificate.
    public synchronized void changeCertificate() {
        otherCertificate = true;
    }

    public synchronized boolean hasOtherCertificate() {
        return otherCertificate;
    }
}
