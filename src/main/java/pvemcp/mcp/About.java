package pvemcp.mcp;

import pvemcp.json.Json;

/// What the server says of itself.
///
/// @param name for programs, such as `pve-mcp`
/// @param title for people
public record About(String name, String title, String version, String description) {
    /// What goes with every single result; the rest is told once.
    Json.Obj brief() {
        return Json.obj("name", name, "version", version);
    }

    Json.Obj json(Revision revision) {
        var implementation = brief();
        if (revision.since(Revision.V2025_06_18)) {
            implementation = implementation.with("title", title);
        }
        if (revision.since(Revision.V2025_11_25)) {
            implementation = implementation.with("description", description);
        }
        return implementation;
    }
}
