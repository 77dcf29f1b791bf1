package pvemcp.sim.task;

import java.time.Duration;
import java.util.List;

/// A part of a task's work.
///
/// @param takes how long it lasts
/// @param says the lines it writes, spread evenly over that time, the first at its start
/// @param effect what is true at its end; a [pvemcp.sim.SimError] from it ends the task with that text
public record Step(Duration takes, List<String> says, Effect effect) {
    /// What a step does to the world at its end.
    @FunctionalInterface
    public interface Effect {
        void run(Work work);
    }

    public Step {
        says = List.copyOf(says);
    }

    /// A step that only takes its time and says something.
    public static Step say(Duration takes, String... says) {
        return new Step(takes, List.of(says), _ -> {});
    }

    /// A step that does something after its time.
    public static Step act(Duration takes, Effect effect) {
        return new Step(takes, List.of(), effect);
    }

    /// A step that does something at once.
    public static Step act(Effect effect) {
        return act(Duration.ZERO, effect);
    }
}
