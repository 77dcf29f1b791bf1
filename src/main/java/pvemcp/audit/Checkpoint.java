package pvemcp.audit;

import java.time.Duration;

/// A line that signs all lines before it: through the hash of the last, each of them.
final class Checkpoint {
    /// A checkpoint is due after so many lines, or this long after the first line it would cover; and at the end of
    /// a process and of a file.
    static final int LINES = 256;

    static final Duration AGE = Duration.ofSeconds(60);

    private Checkpoint() {}

    /// What is signed.
    static String statement(long seq, String previous) {
        return "pve-mcp audit checkpoint\n%d\n%s\n".formatted(seq, previous);
    }
}
