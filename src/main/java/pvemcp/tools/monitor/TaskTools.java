package pvemcp.tools.monitor;

import static pvemcp.tool.Tool.operate;
import static pvemcp.tool.Tool.read;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.TaskList.TaskRow;
import pvemcp.pve.TaskReport;
import pvemcp.pve.Upid;
import pvemcp.tool.Aim.OnTask;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Everywhere;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tool.Unfinished;
import pvemcp.tools.common.Gathered;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Page;
import pvemcp.tools.common.Window;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// What PVE is doing and has done: its tasks.
public final class TaskTools {
    public static final Toolset TASKS = Toolset.of(
            "tasks",
            "Tasks: what PVE is doing and has done",
            read("pve_task_list", """
                    List recent tasks, newest first. Of one node or guest it goes back further.""", ListTasks.class),
            read("pve_task_get", """
                    Show one task: its state, the verdict, and the end of its log.""", TaskGet.class),
            read("pve_task_wait", """
                    Wait until a task is over, at most 45 s a call.""", TaskWait.class).structured(Outcome.class),
            operate("pve_task_stop", """
                    Stop a running task. Undoes nothing: what it locked may stay locked.""", TaskStop.class));

    private TaskTools() {}

    enum Verdict {
        RUNNING,
        OK,
        WARNINGS,
        FAILED,
        /// Its worker was killed or its node went down: how it ended nobody wrote down (PVE::UPID, upid_read_status).
        UNKNOWN;

        static Verdict of(boolean running, String exit) {
            if (running) {
                return RUNNING;
            }
            if (exit.equals("unexpected status") || exit.startsWith("unable to ")) {
                return UNKNOWN;
            }
            return exit.equals("OK") ? OK : exit.startsWith("WARNINGS: ") ? WARNINGS : FAILED;
        }
    }

    /// @param exit how it ended in PVE's words; empty while it runs
    record TaskLine(
            Instant started,
            String type,
            String id,
            String node,
            String user,
            Verdict verdict,
            String exit,
            Optional<Duration> took,
            String task) {
        static TaskLine of(TaskRow row) {
            var upid = row.upid();
            return new TaskLine(
                    upid.started(),
                    upid.type(),
                    Clean.name(upid.id()),
                    upid.node(),
                    Clean.name(upid.user()),
                    Verdict.of(row.running(), row.exit()),
                    Clean.name(row.exit()),
                    row.ended().map(end -> Duration.between(upid.started(), end)),
                    upid.toString());
        }
    }

    record ListTasks(
            @Doc(value = "Only of this node", kind = Kind.NODE, obvious = true)
            Optional<String> node,

            @Doc(value = "Only of this guest: id, name or node/id", obvious = true)
            Optional<GuestRef> guest,

            @Doc(
                    value = "Such as vzdump",
                    usual = {
                        "vzdump",
                        "qmstart",
                        "qmshutdown",
                        "qmstop",
                        "qmclone",
                        "qmigrate",
                        "qmsnapshot",
                        "qmrestore",
                        "vzstart",
                        "vzshutdown",
                        "vzstop",
                        "vzmigrate",
                        "imgcopy",
                        "download",
                        "aptupdate"
                    },
                    obvious = true)
            Optional<String> type,

            @Doc(value = "Only those still running", obvious = true)
            boolean running,

            @Doc(value = "Only those that failed", obvious = true)
            boolean failed,

            Window window)
            implements Call<Page>, Everywhere {
        // PVE's own default is 50; further back than this nobody pages.
        private static final int DEEP = 1000;

        @Override
        public Page run(ToolContext ctx) {
            var newest = Comparator.comparing(TaskLine::started).reversed().thenComparing(TaskLine::task);
            var rows = Gathered.of(ctx, this::rows).sorted(newest);
            return Page.of("tasks", TaskLine.class, rows, this)
                    .counting("verdict", TaskLine::verdict)
                    .sortedBy("start, newest first")
                    .brief("started", "type", "id", "node", "exit", "took", "task")
                    .page(window, TaskLine::task);
        }

        private List<TaskLine> rows(ToolContext ctx) {
            return fetch(ctx).stream()
                    .map(TaskLine::of)
                    .filter(row -> type.map(row.type()::equals).orElse(true))
                    .filter(row -> !running || row.verdict() == Verdict.RUNNING)
                    .filter(row -> !failed || row.verdict() == Verdict.FAILED)
                    .toList();
        }

        private List<TaskRow> fetch(ToolContext ctx) {
            if (guest.isEmpty() && node.isEmpty()) {
                return ctx.pve().tasks().tasks();
            }
            // Of several clusters, one that has no such node has no such tasks.
            boolean here = node.isEmpty()
                    || !ctx.oneOfSeveral()
                    || ctx.pve().nodes().stream().anyMatch(row -> row.name().equals(node.get()));
            if (!here) {
                throw new PveException(
                        new PveFault.Missing("node " + node.get(), "no node '%s'".formatted(node.get())));
            }
            var found = guest.map(ctx.pve()::guest);
            var at = node.or(() -> found.map(Guest::node)).orElseThrow();
            var filter = running ? Json.obj("source", "active") : Json.Obj.EMPTY;
            if (found.isPresent()) {
                filter = filter.with("vmid", found.get().vmid());
            }
            if (failed) {
                filter = filter.with("errors", 1);
            }
            return ctx.pve().node(at).tasks(filter, DEEP).tasks();
        }
    }

    public record TaskGet(
            @Doc Upid task,

            @Doc(value = "Lines from the end of the log", or = "20", min = 0, max = 500, obvious = true)
            int lines)
            implements Call<TaskGet.TaskFacts>, OnTask {
        record TaskFacts(
                String task,
                String type,
                String id,
                String node,
                String user,
                Instant started,
                Verdict verdict,
                String exit,
                List<View> log) {}

        @Override
        public TaskFacts run(ToolContext ctx) {
            var handle = ctx.pve().task(task);
            var status = handle.status();
            return new TaskFacts(
                    task.toString(),
                    task.type(),
                    task.id(),
                    task.node(),
                    task.user(),
                    task.started(),
                    Verdict.of(status.running(), status.exit()),
                    Clean.line(status.exit()),
                    lines == 0 ? List.of() : Outcome.quoted("task log", handle.tail(lines)));
        }
    }

    record TaskWait(
            @Doc Upid task,

            @Doc(value = "How long to wait", or = "45s", obvious = true)
            Duration timeout) implements Call<Outcome>, OnTask, Unfinished.Follows {
        @Override
        public Outcome run(ToolContext ctx) {
            return Outcome.of(ctx, ctx.pve().task(task), timeout);
        }
    }

    record TaskStop(@Doc Upid task) implements Call<TaskStop.StopFacts>, OnTask, Unfinished.Stops {
        record StopFacts(String outcome, String task, String exit) {}

        @Override
        public StopFacts run(ToolContext ctx) {
            var handle = ctx.pve().task(task);
            var before = handle.status();
            if (!before.running()) {
                return new StopFacts("it was over already", task.toString(), Clean.line(before.exit()));
            }
            handle.stop();
            return new StopFacts("stopped", task.toString(), ending(ctx));
        }

        // PVE only sends the signal; a worker may take a moment to end, and ends as failed.
        private String ending(ToolContext ctx) {
            try {
                var report = ctx.pve().task(task).await(Duration.ofSeconds(10), ctx);
                return report instanceof TaskReport.Going ? "still ending" : "OK";
            } catch (PveException e) {
                return switch (e.fault()) {
                    case PveFault.TaskFailed failed -> Clean.line(failed.exit());
                    case PveFault.TaskVanished vanished -> Clean.line(vanished.why());
                    default -> throw e;
                };
            }
        }
    }
}
