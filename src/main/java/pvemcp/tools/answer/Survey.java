package pvemcp.tools.answer;

import pvemcp.tool.Call;
import pvemcp.tool.Everywhere;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Report;

/// A report on a whole cluster; where the call names none of several, one report on all of them.
interface Survey extends Call<Report>, Everywhere {
    /// On the one cluster of this context.
    Report report(ToolContext ctx);

    @Override
    default Report run(ToolContext ctx) {
        return Report.of(ctx.everywhere(this::report));
    }
}
