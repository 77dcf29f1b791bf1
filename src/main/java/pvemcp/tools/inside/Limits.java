package pvemcp.tools.inside;

import java.time.Duration;
import pvemcp.remote.RunLimits;

/// How long a command inside a guest may take, and how much it may say.
final class Limits {
    /// For the commands that read and write files.
    static final RunLimits FILES = new RunLimits(Duration.ofSeconds(30), 4 << 20);

    /// Clients give a call about a minute.
    static final Duration LONGEST = Duration.ofSeconds(50);

    private Limits() {}
}
