package pvemcp.audit;

import java.time.Instant;
import java.util.Optional;

/// The process that has begun a call. Its number is given to another one day, so it counts with the time it began.
///
/// @param since in seconds since 1970; 0 where the system does not tell
public record Writer(long pid, long since) {
    /// This process.
    public static Writer current() {
        return of(ProcessHandle.current());
    }

    private static Writer of(ProcessHandle process) {
        return new Writer(
                process.pid(),
                process.info().startInstant().map(Instant::getEpochSecond).orElse(0L));
    }

    static Optional<Writer> parse(String text) {
        return text.matches("[0-9]{1,18} [0-9]{1,18}")
                ? Optional.of(new Writer(
                        Long.parseLong(text.substring(0, text.indexOf(' '))),
                        Long.parseLong(text.substring(text.indexOf(' ') + 1))))
                : Optional.empty();
    }

    /// Whether it still runs on this machine.
    boolean lives() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(Writer::of)
                .filter(this::equals)
                .isPresent();
    }

    @Override
    public String toString() {
        return pid + " " + since;
    }
}
