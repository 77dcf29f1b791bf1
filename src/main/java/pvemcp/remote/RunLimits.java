package pvemcp.remote;

import java.time.Duration;

/// How long a command may take, and how many bytes of each of its two outputs are kept.
public record RunLimits(Duration time, int bytes) {
    public RunLimits {
        if (time.isNegative() || time.isZero() || bytes < 1) {
            throw new IllegalArgumentException("a command needs some time and some room for its output");
        }
    }
}
