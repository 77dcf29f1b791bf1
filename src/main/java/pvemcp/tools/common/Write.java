package pvemcp.tools.common;

import java.time.Duration;
import pvemcp.json.Json;
import pvemcp.tool.Call;
import pvemcp.tool.ToolContext;

/// A call that is one write of PVE's API, with its task if one comes of it.
public interface Write extends Call<Outcome>, Judged {
    @Override
    default Outcome run(ToolContext ctx) {
        return send(ctx, Passwords.filled(ctx, params()));
    }

    /// Sends it with these parameters and follows the task, if one comes of it.
    default Outcome send(ToolContext ctx, Json.Obj params) {
        return ctx.pve()
                .startedBy(ctx.pve().data(verb(), path(), params))
                .map(task -> Outcome.of(ctx, task, Duration.ofSeconds(45)))
                .orElse(Outcome.DONE);
    }
}
