package pvemcp.pve;

import java.time.Duration;

/// How the client lets time pass between two requests. Tests and the simulator move it by hand.
public interface Waiting {
    /// Real time: sleeps, and reads the JVM's monotonic clock.
    Waiting REAL = new Waiting() {
        @Override
        public void pause(Duration time) throws InterruptedException {
            Thread.sleep(time);
        }

        @Override
        public Duration elapsed() {
            return Duration.ofNanos(System.nanoTime());
        }
    };

    /// Comes back after `time`, or with an `InterruptedException` when the thread is told to stop.
    void pause(Duration time) throws InterruptedException;

    /// The time since some fixed moment. Only the difference of two readings means anything; it never runs
    /// backwards.
    Duration elapsed();
}
