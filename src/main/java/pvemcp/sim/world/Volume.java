package pvemcp.sim.world;

import java.time.Instant;
import java.util.function.Function;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// Something a storage keeps: a guest's disk, an ISO, a container template, a backup. Mutable; the simulator's lock
/// guards it.
public final class Volume implements HasFields {
    private final VolumeName name;
    /// Bytes as the guest sees it, or the length of the file.
    public long size;

    /// Bytes it takes up.
    public long used;

    public final Instant created;
    public String notes = "";
    public boolean isProtected;
    /// The volume it is a linked clone of; empty where there is none.
    public String parent = "";
    /// Of a backup: the configuration that is in it, as the text of the configuration file.
    public String archivedConfig = "";
    /// Of a backup on a backup server: what the last verification said; empty where there was none.
    public String verification = "";

    public Volume(VolumeName name, long size, long used, Instant created) {
        this.name = name;
        this.size = size;
        this.used = used;
        this.created = created;
    }

    public VolumeName name() {
        return name;
    }

    /// @param parse reads a name as the storage has it
    static Form<Volume> form(Function<String, VolumeName> parse) {
        return Form.thing(fields ->
                new Volume(parse.apply(fields.text("name", "")), 0, 0, fields.moment("created", Instant.EPOCH)));
    }

    @Override
    public void fields(Fields fields) {
        fields.fixed("name", name.text());
        fields.moment("created", created);
        size = fields.whole("size", size);
        used = fields.whole("used", used);
        notes = fields.text("notes", notes);
        isProtected = fields.flag("protected", isProtected);
        parent = fields.text("parent", parent);
        archivedConfig = fields.text("archivedConfig", archivedConfig);
        verification = fields.text("verification", verification);
    }
}
