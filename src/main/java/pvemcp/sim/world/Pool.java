package pvemcp.sim.world;

import java.util.TreeSet;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// A named set of guests and storages that rights can be given on. Mutable; the simulator's lock guards it.
public final class Pool implements HasFields {
    static final Form<Pool> FORM = Form.thing(fields -> new Pool(fields.text("id", "")));

    private final String id;
    public String comment = "";
    public final TreeSet<Integer> guests = new TreeSet<>();
    public final TreeSet<String> storages = new TreeSet<>();

    public Pool(String id) {
        this.id = id;
    }

    /// The name; with slashes where it is nested.
    public String id() {
        return id;
    }

    @Override
    public void fields(Fields fields) {
        fields.fixed("id", id);
        comment = fields.text("comment", comment);
        fields.all("guests", guests, Form.NUMBER);
        fields.texts("storages", storages);
    }
}
