package pvemcp.mcp;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The threads that are writing to clients: one whose client does not read is given up after a while. Safe for
/// several threads.
final class Writers {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<Thread, Long> since = new ConcurrentHashMap<>();

    void begin() {
        since.put(Thread.currentThread(), System.nanoTime());
    }

    void end() {
        since.remove(Thread.currentThread());
    }

    /// An interrupt closes the channel that the thread is blocked in.
    void giveUpStuck() {
        long now = System.nanoTime();
        for (var thread : since.keySet()) {
            since.computeIfPresent(thread, (writer, began) -> {
                if (now - began > PATIENCE.toNanos()) {
                    writer.interrupt();
                }
                return began;
            });
        }
    }
}
