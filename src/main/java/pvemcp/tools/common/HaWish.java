package pvemcp.tools.common;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PowerAction;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Task;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// What was asked of HA for one of its guests. The task that asked is over once HA has been told (PVE::API2::Qemu,
/// `hastart` and its kin), and HA begins within ten seconds or so: what counts is what becomes of the guest.
///
/// @param what such as `start`, as in "HA could not start it"
public record HaWish(int vmid, String what, Predicate<GuestRow> granted) {

    /// On or off, as HA sees it: `started` and `stopped` are said once it is so.
    public static HaWish power(int vmid, PowerAction action) {
        boolean on = action == PowerAction.START;
        var states = on ? List.of("started") : List.of("stopped", "disabled");
        return new HaWish(vmid, on ? "start" : "stop", row -> states.contains(row.haState()));
    }

    /// To another node: granted once it is there and no longer on its way.
    public static HaWish move(int vmid, String node) {
        return new HaWish(
                vmid,
                "move",
                row -> row.node().equals(node)
                        && row.lock().isEmpty()
                        && !List.of("migrate", "relocate").contains(row.haState()));
    }

    /// Follows a task of the guest to its end, and where it only told HA, the guest to where it was wanted.
    public static Outcome follow(ToolContext ctx, Task task, Duration timeout, HaWish wish) {
        var outcome = Outcome.of(ctx, task, timeout);
        return task.id().queuesOnly() && !outcome.isGoing()
                ? wish.follow(ctx, task.id().toString(), timeout)
                : outcome;
    }

    /// @param task that told HA; empty where none did
    public Outcome follow(ToolContext ctx, String task, Duration timeout) {
        var limit = Outcome.limited(timeout);
        var seen = new ArrayList<GuestRow>();
        boolean there = ctx.pve().await(limit, ctx, () -> {
            var row = ctx.pve().guest(new GuestRef(Integer.toString(vmid))).row();
            seen.add(row);
            ctx.progress(-1, "HA: %s, on %s".formatted(Clean.name(row.haState()), row.node()));
            return granted.test(row) || row.haState().equals("error");
        });
        var last = seen.getLast();
        if (last.haState().equals("error")) {
            throw new PveException(new PveFault.Unexpected(
                    500,
                    ("HA could not %s %d: its state is 'error' on %s; pve_why tells more,"
                                    + " pve_ha_guest_set state=disabled clears it, state=started tries again")
                            .formatted(what, vmid, last.node())));
        }
        return there
                ? new Outcome("done", task, Optional.empty(), List.of(), "")
                : new Outcome(
                        "still running",
                        task,
                        Optional.of(limit),
                        List.of(),
                        "HA is at it (%s, on %s): pve_guest_get guest=%d shows when it is done"
                                .formatted(Clean.name(last.haState()), last.node(), vmid));
    }
}
