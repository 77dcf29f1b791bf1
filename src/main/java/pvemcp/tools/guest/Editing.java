package pvemcp.tools.guest;

import java.time.Duration;
import java.util.List;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.Call;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// A call that changes one guest's configuration and nothing else. It says what to change; the diff, the digest and
/// the reading back are the same for all.
interface Editing extends Call<Edit.Changed>, OnGuest, Planned {
    Duration timeout();

    /// Fills in the change, from what the guest is now.
    void fill(Edit edit, ToolContext ctx);

    @Override
    default Edit.Changed run(ToolContext ctx) {
        var edit = new Edit(ctx.pve().guest(guest()));
        fill(edit, ctx);
        return edit.make(ctx, timeout());
    }

    @Override
    default Preview preview(ToolContext ctx) {
        var edit = new Edit(ctx.pve().guest(guest()));
        fill(edit, ctx);
        return new Preview(
                Clean.oneLine("change %s: %s".formatted(edit.guest(), edit.diff())), List.of(), edit.notes());
    }
}
