package pvemcp.systemd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// systemd, where it started this process: what it hands over and wants to hear (systemd.exec(5), sd_listen_fds(3),
/// sd_notify(3)). Where it did not, nothing is handed over and telling it anything does nothing.
///
/// Safe for several threads, but for [#socket()], which is called once.
public final class Supervisor {
    /// The number of the first socket it hands over.
    private static final int FIRST = 3;

    private final String notifySocket;
    private final Optional<Duration> watchdog;
    private final int handed;

    /// @param variable the value of an environment variable, empty for one that is not set
    /// @param pid of this process; what was meant for a parent is not taken
    public Supervisor(UnaryOperator<String> variable, long pid) {
        notifySocket = variable.apply("NOTIFY_SOCKET");
        handed = meant(variable.apply("LISTEN_PID"), pid) ? (int) number(variable.apply("LISTEN_FDS")) : 0;
        var watched = variable.apply("WATCHDOG_PID");
        long micros = watched.isEmpty() || meant(watched, pid) ? number(variable.apply("WATCHDOG_USEC")) : 0;
        watchdog = micros > 0 ? Optional.of(Duration.ofNanos(micros * 1_000)) : Optional.empty();
    }

    private static boolean meant(String pid, long ours) {
        return pid.equals(Long.toString(ours));
    }

    private static long number(String text) {
        try {
            return Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    /// The listening socket that was opened for us; empty where there is none. It takes the place of standard input.
    ///
    /// @throws IOException where what was handed over cannot be used, in words for the owner of the unit
    public Optional<ServerSocketChannel> socket() throws IOException {
        if (handed == 0) {
            return Optional.empty();
        }
        if (handed > 1) {
            throw new IOException(
                    "systemd hands over %d sockets, and one is served: keep one ListenStream= in the socket unit"
                            .formatted(handed));
        }
        // The JDK takes a socket from there alone.
        if (Libc.dup2(FIRST, 0) < 0 || !(System.inheritedChannel() instanceof ServerSocketChannel socket)) {
            throw new IOException(
                    "what systemd hands over is no listening socket: the socket unit needs ListenStream= and Accept=no");
        }
        return Optional.of(socket);
    }

    /// How long it waits for a sign of life before it kills us; empty where it does not.
    public Optional<Duration> watchdog() {
        return watchdog;
    }

    /// Clients can come now.
    ///
    /// @param status for `systemctl status`, one line
    public void ready(String status) throws IOException {
        tell("READY=1\nSTATUS=" + status);
    }

    public void stopping() throws IOException {
        tell("STOPPING=1");
    }

    public void alive() throws IOException {
        tell("WATCHDOG=1");
    }

    private void tell(String state) throws IOException {
        if (!notifySocket.isEmpty() && !Libc.send(notifySocket, state.getBytes(UTF_8))) {
            throw new IOException("systemd cannot be told at " + notifySocket);
        }
    }
}
