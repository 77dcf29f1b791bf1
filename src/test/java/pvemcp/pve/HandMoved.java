package pvemcp.pve;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Time that passes only when somebody waits, or when a test says so.
final class HandMoved implements Waiting {
    private Duration elapsed = Duration.ZERO;
    private final List<Duration> pauses = new ArrayList<>();
    private final Consumer<Duration> also;

    HandMoved() {
        this(_ -> {});
    }

    /// @param also what else moves while somebody waits
    HandMoved(Consumer<Duration> also) {
        this.also = also;
    }

    @Override
    public void pause(Duration time) {
        synchronized (this) {
            pauses.add(time);
            elapsed = elapsed.plus(time);
        }
        also.accept(time);
    }

    @Override
    public synchronized Duration elapsed() {
        return elapsed;
    }

    synchronized void pass(Duration time) {
        elapsed = elapsed.plus(time);
    }

    synchronized List<Duration> pauses() {
        return List.copyOf(pauses);
    }
}
