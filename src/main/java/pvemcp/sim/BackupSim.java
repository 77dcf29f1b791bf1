package pvemcp.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import pvemcp.sim.http.BackupFront;
import pvemcp.sim.world.Cluster;

/// The simulated Proxmox Backup Server beside a cluster, on a port of its own. What the cluster's storages show of it
/// is what it has. Thread-safe.
public final class BackupSim implements AutoCloseable {
    private final Credentials token;
    private final BackupFront front;

    BackupSim(SimOptions options, ReentrantLock lock, Cluster cluster) {
        var random = new Random(options.seed());
        token = new Credentials("mcp@pbs!sim", new UUID(random.nextLong(), random.nextLong()).toString());
        try {
            front = new BackupFront(options, lock, cluster, token);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // As with a real one that signs its own certificate: storages have it pinned.
        cluster.storages.values().stream()
                .filter(cluster.backupServer::isServerOf)
                .forEach(storage -> storage.options.put("fingerprint", front.fingerprint()));
    }

    /// `https://127.0.0.1:port`
    public String url() {
        return front.url();
    }

    /// SHA-256 of its certificate, `AA:BB:…`, to pin.
    public String fingerprint() {
        return front.fingerprint();
    }

    /// An API token of its own that is ready for use.
    public Credentials token() {
        return token;
    }

    @Override
    public void close() {
        front.close();
    }
}
