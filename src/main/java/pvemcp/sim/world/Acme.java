package pvemcp.sim.world;

import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.json.Json;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// Accounts at certificate authorities, and the ways to prove that a name is ours (acme/*, acme/plugins.cfg).
/// Mutable; the simulator's lock guards it.
public final class Acme implements HasFields {
    /// By name: `directory`, `contact`, `tos`.
    public final SequencedMap<String, Json.Obj> accounts = new TreeMap<>();
    /// By id: `type` and settings, with `data` as it was sent, in Base64.
    public final SequencedMap<String, Json.Obj> plugins = new TreeMap<>();

    Acme() {
        plugins.put("standalone", Json.obj("type", "standalone"));
    }

    @Override
    public void fields(Fields fields) {
        fields.map("accounts", accounts, Form.OBJECT);
        fields.map("plugins", plugins, Form.OBJECT);
    }
}
