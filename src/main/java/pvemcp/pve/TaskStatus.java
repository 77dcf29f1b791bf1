package pvemcp.pve;

import pvemcp.json.Json;

/// Where a task stands.
///
/// @param exit how it ended in PVE's words: `OK`, `WARNINGS: n`, or what went wrong; empty while it runs
/// @param rest what else PVE says of it
public record TaskStatus(Upid upid, boolean running, String exit, Json.Obj rest) {
    static TaskStatus from(Fields f) {
        var upid = Upid.tryParse(f.text("upid"))
                .orElseThrow(() -> new PveException(new PveFault.Unexpected(200, "PVE answered without a task")));
        return new TaskStatus(upid, f.text("status").equals("running"), f.text("exitstatus"), f.rest());
    }
}
