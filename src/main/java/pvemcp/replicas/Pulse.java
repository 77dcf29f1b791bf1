package pvemcp.replicas;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;

/// By what servers know of each other that they live: each says so every few seconds in a row of its own. One that
/// has not for a while is taken for dead by the others, and by then sends nothing more that changes anything,
/// because it asks the same database before each request whether it may.
final class Pulse implements AutoCloseable {
    private static final Duration BEAT = Duration.ofSeconds(3);
    private static final int SILENCE_IN_SECONDS = 15;

    private final Database database;
    private final String name;
    private boolean begun; // guarded by this

    // A beat that came after the farewell would keep the dead alive.
    private final Object beating = new Object();
    private boolean over; // guarded by beating

    /// Touches nothing yet.
    Pulse(Database database) {
        this.database = database;
        this.name = "%s %d %s"
                .formatted(
                        host(),
                        ProcessHandle.current().pid(),
                        UUID.randomUUID().toString().substring(0, 8));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("\\s", "");
        } catch (UnknownHostException _) {
            return "?";
        }
    }

    /// Beats from now on.
    ///
    /// @return this server's name
    synchronized String begun() throws IOException {
        if (!begun) {
            beat();
            begun = true;
            Thread.ofVirtual().name("pve-mcp-pulse").start(this::beatOn);
        }
        return name;
    }

    private void beatOn() {
        try {
            do {
                Thread.sleep(BEAT);
            } while (beatIfPossible());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return false once it is over
    private boolean beatIfPossible() {
        synchronized (beating) {
            if (over) {
                return false;
            }
            try {
                beat();
            } catch (IOException _) {
                // Until it is there again; what changes something is refused meanwhile.
            }
            return true;
        }
    }

    private void beat() throws IOException {
        database.transact(connection -> {
            try (var beat = connection.prepareStatement("""
                    INSERT INTO pve_mcp.replica (name, seen) VALUES (?, clock_timestamp())
                    ON CONFLICT (name) DO UPDATE SET seen = excluded.seen""")) {
                beat.setString(1, name);
                beat.executeUpdate();
            }
            try (var old = connection.createStatement()) {
                return old.executeUpdate("DELETE FROM pve_mcp.replica WHERE seen < now() - interval '1 day'");
            }
        });
    }

    /// Whether a server of this name was heard of lately.
    boolean isFelt(String other) throws IOException {
        return database.transact(connection -> {
            try (var seen = connection.prepareStatement(
                    "SELECT 1 FROM pve_mcp.replica WHERE name = ? AND seen > now() - ? * interval '1 second'")) {
                seen.setString(1, other);
                seen.setInt(2, SILENCE_IN_SECONDS);
                try (var row = seen.executeQuery()) {
                    return row.next();
                }
            }
        });
    }

    /// Says that this server has ended, rather than fallen silent.
    @Override
    public synchronized void close() throws IOException {
        synchronized (beating) {
            over = true;
            if (begun) {
                database.transact(connection -> {
                    try (var end = connection.prepareStatement("DELETE FROM pve_mcp.replica WHERE name = ?")) {
                        end.setString(1, name);
                        return end.executeUpdate();
                    }
                });
            }
        }
    }
}
