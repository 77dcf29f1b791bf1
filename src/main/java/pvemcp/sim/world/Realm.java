package pvemcp.sim.world;

import pvemcp.json.Json;

/// Where users come from: `pam`, `pve`, or a directory service that the simulator only keeps the settings of.
///
/// @param settings everything but the type and the comment, as the API takes it
public record Realm(String id, String type, String comment, Json.Obj settings) {
    public Realm(String id, String type, String comment) {
        this(id, type, comment, Json.Obj.EMPTY);
    }
}
