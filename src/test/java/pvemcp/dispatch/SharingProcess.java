package pvemcp.dispatch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.gate.Commons;
import pvemcp.tool.Tier;

/// A process of its own that counts calls and uses tickets, and says on its output which of them counted.
final class SharingProcess {
    static final int LIMIT = 300;
    static final int TICKETS = 200;

    private SharingProcess() {}

    /// @param args the state directory
    public static void main(String[] args) throws IOException {
        var clock = Clock.systemUTC();
        var shared = new SharedFiles(Path.of(args[0]), clock);
        System.out.println("ready");
        for (int i = 0; i < TICKETS; i++) {
            var until = clock.instant().plus(Duration.ofMinutes(2));
            if (shared.mark("ticket-" + i, "used", until).isEmpty()) {
                System.out.println("ticket " + i);
            }
        }
        for (int i = 0; i < LIMIT; i++) {
            var now = clock.instant();
            var call = new Commons.Done(now, Tier.CHANGE, Set.of(Integer.toString(i)));
            var over = shared.count("test", now.minus(Duration.ofHours(1)), call, SharingProcess::over);
            if (over.isEmpty()) {
                System.out.println("counted");
            }
        }
        System.out.println("end");
    }

    static Optional<String> over(List<Commons.Done> before) {
        return before.size() >= LIMIT ? Optional.of("spent") : Optional.empty();
    }
}
