package pvemcp.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import pvemcp.sim.http.BackupFront;

/// The simulated Proxmox Backup Server beside a cluster, on a port of its own. What the cluster's storages show of it
/// is what it has. Thread-safe.
public final class BackupSim implements AutoCloseable {
    private final Credentials token;
    private final BackupFront front;

    /// @param options whose port is its own
    /// @param certificate to answer with, as PKCS #12; empty for a new one
    BackupSim(SimOptions options, ReentrantLock lock, State world, byte[] certificate) {
        var cluster = world.cluster;
        // Made of what is kept with the cluster, so that it is the same as long as that is.
        var secret = "beside " + world.token().secret();
        token = new Credentials(
                "mcp@pbs!sim",
                UUID.nameUUIDFromBytes(secret.getBytes(StandardCharsets.UTF_8)).toString());
        try {
            front = new BackupFront(options, lock, cluster, token, certificate);
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

    /// The certificate with its key, to be kept.
    byte[] pkcs12() throws IOException {
        return front.pkcs12();
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
