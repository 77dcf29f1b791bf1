package pvemcp.sim.world;

import java.time.Instant;
import java.util.Collections;
import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.sim.state.Form;

/// A guest's snapshot: the configuration it had, and when. Mutable in what one may edit; the simulator's lock guards
/// it.
public final class Snapshot {
    static final Form<Snapshot> FORM = Form.value(
            new Snapshot("", Instant.EPOCH, new TreeMap<>(), "", "", ""),
            (fields, snapshot) -> new Snapshot(
                    fields.text("name", snapshot.name),
                    fields.moment("taken", snapshot.taken),
                    fields.value("config", snapshot.config, Form.TEXTS),
                    fields.text("parent", snapshot.parent),
                    fields.text("description", snapshot.description),
                    fields.text("vmstate", snapshot.vmstate)));

    private final String name;
    private final Instant taken;
    private final SequencedMap<String, String> config;
    /// The snapshot it was taken on top of; empty where there is none.
    public String parent;

    public String description;
    /// The volume with the saved memory; empty where none was saved.
    public final String vmstate;

    public Snapshot(
            String name,
            Instant taken,
            SequencedMap<String, String> config,
            String parent,
            String description,
            String vmstate) {
        this.name = name;
        this.taken = taken;
        this.config = Collections.unmodifiableSequencedMap(new TreeMap<>(config));
        this.parent = parent;
        this.description = description;
        this.vmstate = vmstate;
    }

    public String name() {
        return name;
    }

    public Instant taken() {
        return taken;
    }

    /// What the guest's configuration was, without the members above.
    public SequencedMap<String, String> config() {
        return config;
    }
}
