package pvemcp.sim.world;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// A guest's firewall file. Mutable; the simulator's lock guards it.
public final class GuestFirewall implements HasFields {
    static final Form<GuestFirewall> FORM = Form.thing(_ -> new GuestFirewall());

    public final SequencedMap<String, String> options = new TreeMap<>();
    /// The first one counts first; each by its parameters as text.
    public final List<SequencedMap<String, String>> rules = new ArrayList<>();
    /// Name to address and comment.
    public final SequencedMap<String, SequencedMap<String, String>> aliases = new TreeMap<>();
    /// Name to entries by address; the set's own comment is under the empty address.
    public final SequencedMap<String, SequencedMap<String, SequencedMap<String, String>>> sets = new TreeMap<>();

    /// Becomes the same as another one, of which it is independent then.
    public void copy(GuestFirewall other) {
        options.clear();
        options.putAll(other.options);
        rules.clear();
        other.rules.forEach(rule -> rules.add(new LinkedHashMap<>(rule)));
        aliases.clear();
        other.aliases.forEach((name, alias) -> aliases.put(name, new LinkedHashMap<>(alias)));
        sets.clear();
        other.sets.forEach((name, entries) -> {
            var copied = new TreeMap<String, SequencedMap<String, String>>();
            entries.forEach((address, entry) -> copied.put(address, new LinkedHashMap<>(entry)));
            sets.put(name, copied);
        });
    }

    @Override
    public void fields(Fields fields) {
        fields.texts("options", options);
        fields.all("rules", rules, Form.TEXTS);
        fields.map("aliases", aliases, Form.TEXTS);
        fields.map("sets", sets, Form.TEXTS.sorted());
    }
}
