package pvemcp.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports for programs that have to be told one.
public final class Ports {
    // Systems take those of clients, and those that are asked for as 0, from 32768 on (Linux, ip_local_port_range) or
    // above: what is free below stays so until it is used.
    private static final int FIRST = 15_000;
    private static final int LAST = 32_767;
    private static final int TRIES = 100;

    private Ports() {}

    /// One on the loopback interface where nobody listens.
    public static int free() throws IOException {
        for (int i = 1; ; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
            try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException e) {
                if (i == TRIES) {
                    throw e;
                }
            }
        }
    }
}
