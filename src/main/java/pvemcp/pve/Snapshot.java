package pvemcp.pve;

import java.time.Instant;
import java.util.Optional;
import pvemcp.json.Json;

/// A snapshot of a guest.
///
/// @param parent the snapshot before it; empty for the first
/// @param withMemory whether a VM's memory was saved as well
public record Snapshot(
        String name, String description, Optional<Instant> taken, String parent, boolean withMemory, Json.Obj rest) {
    static Snapshot from(Fields f) {
        return new Snapshot(
                f.text("name"),
                f.text("description").strip(),
                f.moment("snaptime"),
                f.text("parent"),
                f.flag("vmstate"),
                f.rest());
    }
}
