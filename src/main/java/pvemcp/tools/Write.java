package pvemcp.tools;

import java.time.Duration;
import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Aim.OnPath;
import pvemcp.tool.Call;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;

/// A call that is one write of PVE's API. What it touches, how much it can do and what is sent come from the same
/// path and parameters, so that nothing else is judged than what happens.
interface Write extends Call<Outcome>, OnPath, Tiered {
    @Override
    default Tier tier(ApiSchema schema) {
        return new ApiTools.Request(path(), params()).tier(verb(), schema);
    }

    /// Empty unless something is sent besides the path.
    @Override
    default Json.Obj params() {
        return Json.Obj.EMPTY;
    }

    @Override
    default Outcome run(ToolContext ctx) {
        return send(ctx, params());
    }

    /// Sends it with these parameters and follows the task, if one comes of it.
    default Outcome send(ToolContext ctx, Json.Obj params) {
        return ctx.pve()
                .startedBy(ctx.pve().data(verb(), path(), params))
                .map(task -> Outcome.of(ctx, task, Duration.ofSeconds(45)))
                .orElse(Outcome.DONE);
    }
}
