package pvemcp.tools.smoke;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.TaskReport;
import pvemcp.pve.Verb;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Reasons;
import pvemcp.view.Clean;

/// Removes what smoke tests have made: only what is written down as made, and of that only what still bears the mark
/// of its run. An id that somebody else's guest has by now is left alone.
final class SmokeCleanup {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final ToolContext ctx;
    private final SmokeRecord record;

    SmokeCleanup(ToolContext ctx) {
        this.ctx = ctx;
        this.record = SmokeRecord.of(ctx);
    }

    /// @param left how many are still there
    record Result(String verdict, int left, List<Line> found, String next) {}

    record Line(String what, String name, String node, String outcome) {}

    Result run(boolean apply) {
        var lines = new ArrayList<Line>();
        int left = 0;
        for (var made : record.left()) {
            ctx.checkCancelled();
            ctx.progress(-1, spoken(made));
            String outcome;
            try {
                outcome = apply ? remove(made) : look(made);
            } catch (PveException e) {
                outcome = "failed: " + Reasons.of(e.fault());
            }
            left += outcome.startsWith("would") || outcome.startsWith("failed") ? 1 : 0;
            lines.add(new Line(spoken(made), made.name(), made.node(), outcome));
        }
        var verdict = lines.isEmpty()
                ? "nothing is left of smoke tests"
                : apply ? "%d of %d removed".formatted(lines.size() - left, lines.size()) : left + " would be removed";
        return new Result(verdict, left, lines, left > 0 && !apply ? "pve_smoke_cleanup apply=true" : "");
    }

    private static String spoken(SmokeRecord.Made made) {
        return made.what().equals("backup")
                ? "backups of %d on %s".formatted(made.vmid(), made.storage())
                : "%s %d".formatted(made.kind().equals("lxc") ? "container" : "VM", made.vmid());
    }

    private String look(SmokeRecord.Made made) {
        if (made.what().equals("backup")) {
            var archives = archives(made);
            return archives.isEmpty() ? "gone already" : "would delete " + String.join(", ", archives);
        }
        return switch (state(made)) {
            case GONE -> "gone already";
            case ANOTHERS -> "left alone: another guest has this id";
            case OURS -> "would be deleted";
        };
    }

    /// What became of it, in words. What has come to an end is written down.
    ///
    /// @throws PveException where PVE refuses; it is then still written down as there
    String remove(SmokeRecord.Made made) {
        var outcome = made.what().equals("backup") ? removeBackups(made) : removeGuest(made);
        record.isGone(made, ctx);
        return outcome;
    }

    private enum State {
        GONE,
        ANOTHERS,
        OURS
    }

    /// Asked for by its id: a list would also lack what this token may not see.
    private State state(SmokeRecord.Made made) {
        try {
            var config = ctx.pve().fields(path(made, "/config"));
            return config.text("description").contains(made.mark()) ? State.OURS : State.ANOTHERS;
        } catch (PveException e) {
            if (e.fault() instanceof PveFault.Missing) {
                return State.GONE;
            }
            throw e;
        }
    }

    private static String path(SmokeRecord.Made made, String below) {
        return ApiPath.of("/nodes/{node}/{kind}/{vmid}", made.node(), made.kind(), made.vmid()) + below;
    }

    private String removeGuest(SmokeRecord.Made made) {
        return switch (state(made)) {
            case GONE -> "gone already";
            case ANOTHERS -> "left alone: another guest has this id";
            case OURS -> {
                var status = ctx.pve().fields(path(made, "/status/current"));
                if (!status.text("status").equals("stopped")) {
                    await(Verb.POST, path(made, "/status/stop"), Json.Obj.EMPTY);
                }
                await(Verb.DELETE, path(made, ""), Json.obj("purge", 1));
                yield "deleted";
            }
        };
    }

    private String removeBackups(SmokeRecord.Made made) {
        var archives = archives(made);
        for (var archive : archives) {
            var path = ApiPath.of(
                    "/nodes/{node}/storage/{storage}/content/{volume}", made.node(), made.storage(), archive);
            await(Verb.DELETE, path, Json.Obj.EMPTY);
        }
        return archives.isEmpty() ? "gone already" : "deleted " + Clean.line(String.join(", ", archives));
    }

    /// The volume ids of the backups this run has made.
    List<String> archives(SmokeRecord.Made made) {
        return ctx
                .pve()
                .node(made.node())
                .storage(made.storage())
                .content(Json.obj("content", "backup", "vmid", made.vmid()))
                .stream()
                .filter(volume -> volume.notes().contains(made.mark()))
                .map(volume -> volume.volid())
                .toList();
    }

    private void await(Verb verb, String path, Json.Obj params) {
        var task = ctx.pve().startedBy(ctx.pve().data(verb, path, params));
        if (task.isPresent() && task.get().await(LONGEST, ctx) instanceof TaskReport.Going going) {
            throw new PveException(
                    new PveFault.Unexpected(200, "it was still running after %s: %s".formatted(LONGEST, going.task())));
        }
    }
}
