package pvemcp.lab;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// How a connection is met, before any of HTTP is said: the faults below it.
public enum Meeting {
    WELL {
        @Override
        boolean lets(Socket connection, FaultProxy proxy) {
            return true;
        }
    },
    /// Taken and ended at once.
    CLOSED {
        @Override
        boolean lets(Socket connection, FaultProxy proxy) {
            return false;
        }
    },
    /// Taken and torn down at once (RST).
    RESET {
        @Override
        boolean lets(Socket connection, FaultProxy proxy) throws IOException {
            connection.setSoLinger(true, 0);
            return false;
        }
    },
    /// Ended in the middle of the handshake: the client's first words are heard, and nothing is said.
    HALF_GREETED {
        @Override
        boolean lets(Socket connection, FaultProxy proxy) throws IOException {
            connection.getInputStream().readNBytes(64);
            return false;
        }
    },
    /// Our side of it is ended (FIN) while the client's stays open.
    HALF_CLOSED {
        @Override
        boolean lets(Socket connection, FaultProxy proxy) throws IOException {
            connection.shutdownOutput();
            while (connection.getInputStream().read() >= 0) {
                // Whatever it says.
            }
            return false;
        }
    },
    /// Answered in another language than TLS.
    BABBLED {
        @Override
        boolean lets(Socket connection, FaultProxy proxy) throws IOException {
            connection.getOutputStream().write("SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII));
            return false;
        }
    },
    /// Taken, and never a word said.
    SILENT {
        @Override
        boolean lets(Socket connection, FaultProxy proxy) throws InterruptedException {
            while (proxy.rests(Duration.ofMinutes(1))) {
                // Until the test is over.
            }
            return false;
        }
    },
    /// Greeted after a while.
    SLOW {
        @Override
        boolean lets(Socket connection, FaultProxy proxy) throws InterruptedException {
            return proxy.rests(Duration.ofMillis(30));
        }
    };

    /// @return whether the connection goes on as it should
    abstract boolean lets(Socket connection, FaultProxy proxy) throws IOException, InterruptedException;
}
