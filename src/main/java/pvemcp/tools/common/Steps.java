package pvemcp.tools.common;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Task;
import pvemcp.pve.TaskReport;
import pvemcp.pve.Verb;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// A work of several steps against one limit of time: each is told as progress, and when one fails, what was done
/// before it is part of the failure. For one thread.
public final class Steps {
    private final ToolContext ctx;
    private final Instant end;
    private final int total;
    private final List<String> done = new ArrayList<>();
    private String left = "";
    private String going = "";

    public Steps(ToolContext ctx, Duration limit, int total) {
        this.ctx = ctx;
        this.end = ctx.clock().instant().plus(limit);
        this.total = total;
    }

    /// What to do about what is there already, should a later step fail.
    public void leaving(String what) {
        left = what;
    }

    /// Asks for one thing and follows its task, if it starts one.
    ///
    /// @return whether it is over; else the time is up and [#going()] is the task
    public boolean ask(String step, Verb verb, String path, Json.Obj params) {
        return follow(step, () -> ctx.pve().startedBy(ctx.pve().data(verb, path, params)));
    }

    /// Takes the next step and waits for its task, if it has one.
    ///
    /// @param step as it is named in what was done
    /// @return false where the task goes on beyond the time there was: no further step is to be taken
    /// @throws PveException with [PveFault.Partly] where steps before this one are done and stay so
    public boolean follow(String step, Supplier<Optional<Task>> start) {
        ctx.checkCancelled();
        ctx.progress(done.size() / (double) total, step);
        try {
            var task = start.get();
            if (task.isPresent() && task.get().await(remaining(), ctx) instanceof TaskReport.Going report) {
                going = report.task().toString();
                return false;
            }
            done.add(step);
            return true;
        } catch (PveException e) {
            throw done.isEmpty() ? e : new PveException(new PveFault.Partly(step, e.fault(), done, left), e);
        }
    }

    public Duration remaining() {
        var left = Duration.between(ctx.clock().instant(), end);
        return left.isPositive() ? left : Duration.ZERO;
    }

    public void note(String step) {
        done.add(Clean.line(step));
    }

    public List<String> done() {
        return List.copyOf(done);
    }

    public String going() {
        return going;
    }
}
