package pvemcp.sim.world;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// A job that copies a guest's disks to another node time and again (PVE::ReplicationConfig, PVE::ReplicationState).
/// Mutable; the simulator's lock guards it.
public final class Replication {
    private final String id;
    private final int vmid;
    private final String target;
    /// The other parameters as text: `schedule`, `rate`, `comment`, `disable`, `remove_job`.
    public final SequencedMap<String, String> options = new TreeMap<>();

    public Optional<Instant> lastTry = Optional.empty();
    public Optional<Instant> lastSync = Optional.empty();
    public Instant next;
    public int failures;
    /// Why the last run failed; empty where it did not.
    public String error = "";

    public final List<String> log = new ArrayList<>();

    /// @param id `<vmid>-<number>`
    public Replication(String id, String target, Instant next) {
        this.id = id;
        this.vmid = Integer.parseInt(id.substring(0, id.indexOf('-')));
        this.target = target;
        this.next = next;
    }

    public String id() {
        return id;
    }

    public int vmid() {
        return vmid;
    }

    public int number() {
        return Integer.parseInt(id.substring(id.indexOf('-') + 1));
    }

    public String target() {
        return target;
    }

    public boolean isEnabled() {
        return !"1".equals(options.get("disable"));
    }
}
