package pvemcp.sim.world;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// A job that copies a guest's disks to another node time and again (PVE::ReplicationConfig, PVE::ReplicationState).
/// Mutable; the simulator's lock guards it.
public final class Replication implements HasFields {
    static final Form<Replication> FORM = Form.thing(fields ->
            new Replication(fields.text("id", ""), fields.text("target", ""), fields.moment("next", Instant.EPOCH)));

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

    @Override
    public void fields(Fields fields) {
        fields.fixed("id", id);
        fields.fixed("target", target);
        fields.texts("options", options);
        lastTry = fields.maybe("lastTry", lastTry, Form.MOMENT);
        lastSync = fields.maybe("lastSync", lastSync, Form.MOMENT);
        next = fields.moment("next", next);
        failures = fields.number("failures", failures);
        error = fields.text("error", error);
        fields.texts("log", log);
    }
}
