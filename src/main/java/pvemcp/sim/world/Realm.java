package pvemcp.sim.world;

import pvemcp.json.Json;
import pvemcp.sim.state.Form;

/// Where users come from: `pam`, `pve`, or a directory service that the simulator only keeps the settings of.
///
/// @param settings everything but the type and the comment, as the API takes it
public record Realm(String id, String type, String comment, Json.Obj settings) {
    static final Form<Realm> FORM = Form.value(
            new Realm("", "", ""),
            (fields, realm) -> new Realm(
                    fields.text("id", realm.id),
                    fields.text("type", realm.type),
                    fields.text("comment", realm.comment),
                    fields.value("settings", realm.settings, Form.OBJECT)));

    public Realm(String id, String type, String comment) {
        this(id, type, comment, Json.Obj.EMPTY);
    }
}
