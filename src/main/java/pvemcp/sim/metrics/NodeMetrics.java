package pvemcp.sim.metrics;

import java.time.Instant;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Node;

/// What a node uses now: what its guests use, and a little for itself.
public final class NodeMetrics {
    private static final long OWN_MEMORY = 2L << 30;

    private final Cluster cluster;
    private final Node node;
    private final Wave wave;

    public NodeMetrics(Cluster cluster, Node node) {
        this.cluster = cluster;
        this.node = node;
        this.wave = new Wave(node.name().hashCode() * 7919L);
    }

    /// The share of its CPUs, 0 to 1.
    public double cpu(Instant now) {
        double busy = 0;
        for (var guest : cluster.guests.values()) {
            if (isHere(guest)) {
                busy += guest.metrics().cpu(now) * guest.cpus();
            }
        }
        return Math.min(0.99, busy / node.cores + 0.03 * wave.at((double) now.getEpochSecond()));
    }

    /// Bytes.
    public long memory(Instant now) {
        long used = Math.min(OWN_MEMORY, node.memory / 10);
        for (var guest : cluster.guests.values()) {
            if (isHere(guest)) {
                used += guest.metrics().memory(now);
            }
        }
        return Math.min(used, node.memory * 97 / 100);
    }

    /// Bytes.
    public long swap(Instant now) {
        return (long) (node.swap * 0.02 * wave.at((double) now.getEpochSecond()));
    }

    /// Processes that want a CPU, a mean over that many minutes.
    public double load(Instant now, int minutes) {
        double mean = wave.mean((double) now.getEpochSecond(), minutes * 60.0);
        return cpu(now) * node.cores * (0.8 + mean);
    }

    private boolean isHere(Guest guest) {
        return guest.isRunning() && guest.node.equals(node.name());
    }
}
