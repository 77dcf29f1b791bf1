package pvemcp.sim.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import pvemcp.sim.task.Step;

/// Step lists, built line by line.
final class Timed {
    private final List<Step> steps = new ArrayList<>();

    private Timed() {}

    /// What a worker does before anything else: a tenth of a second later it looks whether it may.
    static Timed after(Step.Effect check) {
        return new Timed().then(100, check);
    }

    static Timed begin() {
        return new Timed();
    }

    Timed then(long millis, Step.Effect effect) {
        steps.add(Step.act(Duration.ofMillis(millis), effect));
        return this;
    }

    Timed say(long millis, String... lines) {
        steps.add(Step.say(Duration.ofMillis(millis), lines));
        return this;
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }
}
