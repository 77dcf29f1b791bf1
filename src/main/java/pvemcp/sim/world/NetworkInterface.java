package pvemcp.sim.world;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import pvemcp.json.Json;
import pvemcp.sim.state.Form;

/// A network interface of a host, as `/etc/network/interfaces` describes it. Immutable.
///
/// @param settings as the API shows them, such as `type`, `cidr`, `bridge_ports`
/// @param active whether it is up now
public record NetworkInterface(String name, SequencedMap<String, Json> settings, boolean active) {
    static final Form<NetworkInterface> FORM = Form.value(
            of("", Map.of()),
            (fields, device) -> new NetworkInterface(
                    fields.text("name", device.name),
                    fields.value("settings", new Json.Obj(device.settings), Form.OBJECT)
                            .members(),
                    fields.flag("active", device.active)));

    public NetworkInterface {
        settings = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(settings));
    }

    /// From settings as text or numbers.
    static NetworkInterface of(String name, Map<String, ?> settings) {
        return new NetworkInterface(name, ((Json.Obj) Json.of(settings)).members(), true);
    }

    public String type() {
        return settings.getOrDefault("type", Json.str("unknown")).scalarText().orElse("unknown");
    }
}
