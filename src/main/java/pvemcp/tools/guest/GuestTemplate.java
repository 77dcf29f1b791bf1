package pvemcp.tools.guest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Outcome;
import pvemcp.view.Clean;

/// The end of a guest as one that runs: from now on it is only copied.
record GuestTemplate(
        @Doc GuestRef guest,

        @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
        Duration timeout) implements Call<Outcome>, OnGuest, Planned {
    @Override
    public Preview preview(ToolContext ctx) {
        var found = ctx.pve().guest(guest);
        return new Preview(
                Clean.oneLine("turn %s into a template".formatted(found)),
                List.of(),
                List.of("there is no way back: a template can only be cloned, never started"));
    }

    @Override
    public Outcome run(ToolContext ctx) {
        var found = ctx.pve().guest(guest);
        var problems = new ArrayList<String>();
        if (found.template()) {
            problems.add("argument 'guest': %s is a template already".formatted(found));
        }
        if (found.row().status().equals("running")) {
            problems.add("argument 'guest': %s runs; shut it down first (pve_guest_power)".formatted(found));
        }
        if (!problems.isEmpty()) {
            throw new BadArguments(problems);
        }
        var task = ctx.pve().startedBy(found.send(Verb.POST, "/template", Json.Obj.EMPTY));
        if (task.isPresent()) {
            return Outcome.of(ctx, task.get(), timeout);
        }
        // For a container PVE tells nothing of the task it starts (PVE::API2::LXC, template).
        boolean done = ctx.pve()
                .await(
                        timeout,
                        ctx,
                        () -> ctx.pve()
                                .guest(new GuestRef(found.node() + "/" + found.vmid()))
                                .template());
        return done
                ? Outcome.DONE
                : new Outcome(
                        "still running", "", Optional.of(timeout), List.of(), "pve_task_list guest=" + found.vmid());
    }
}
