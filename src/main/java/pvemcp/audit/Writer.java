package pvemcp.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        boolean isThere = ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(Writer::of)
                .filter(this::equals)
                .isPresent();
        return isThere && !isZombie();
    }

    /// Whether it has ended, and whoever started it has not taken note. Linux alone tells; see proc_pid_stat(5).
    private boolean isZombie() {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public String toString() {
        return pid + " " + since;
    }
}
