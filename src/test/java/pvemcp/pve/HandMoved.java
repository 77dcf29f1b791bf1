package pvemcp.pve;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Time that passes only when somebody waits, or when a test says so.
final class HandMoved implements Waiting {
    private Duration elapsed = Duration.ZERO;
    private final List<Duration> pauses = new ArrayList<>();

    @Override
    public synchronized void pause(Duration time) {
        pauses.add(time);
        elapsed = elapsed.plus(time);
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
