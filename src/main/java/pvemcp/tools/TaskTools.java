package pvemcp.tools;

import static pvemcp.tool.Tool.operate;
import static pvemcp.tool.Tool.read;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Upid;
import pvemcp.tool.Aim;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// What PVE is doing and has done: its tasks.
public final class TaskTools {
    public static final Toolset TASKS = Toolset.of(
            "tasks",
            "Tasks: what PVE is doing and has done",
            read("pve_task_list", """
                    List recent tasks, newest first: what ran, for whom, how it ended. Of one node or guest it goes \
                    back further.""", TaskList.class),
            read("pve_task_get", """
                    Show one task: its state, the verdict, and the end of its log.""", TaskGet.class),
            read("pve_task_wait", """
                    Wait until a task is over and report how it ended, at most 45 s a call.""", TaskWait.class),
            operate("pve_task_stop", """
                    Stop a running task. Undoes nothing: what it locked may stay locked.""", TaskStop.class));

    private TaskTools() {}

    /// @param status `running`, or how it ended in PVE's words
    record TaskRow(
            Instant started,
            String type,
            String id,
            String node,
            String user,
            String status,
            Optional<Duration> took,
            String task) {
        static TaskRow from(Fields f) {
            var start = f.moment("starttime").orElse(Instant.EPOCH);
            var end = f.moment("endtime");
            var status = f.text("status");
            return new TaskRow(
                    start,
                    f.text("type"),
                    Clean.name(f.text("id")),
                    f.text("node"),
                    Clean.name(f.text("user")),
                    Clean.name(end.isEmpty() && status.isEmpty() ? "running" : status),
                    end.map(moment -> Duration.between(start, moment)),
                    f.text("upid"));
        }

        boolean isRunning() {
            return status.equals("running");
        }

        boolean hasFailed() {
            return !isRunning() && !status.equals("OK") && !status.startsWith("WARNINGS");
        }

        String verdict() {
            return isRunning() ? "running" : hasFailed() ? "failed" : status.equals("OK") ? "ok" : "warnings";
        }
    }

    record TaskList(
            @Doc(value = "Only of this node", kind = Kind.NODE)
            Optional<String> node,

            @Doc("Only of this guest: id, name or node/id") Optional<GuestRef> guest,

            @Doc("Only of this type, such as vzdump or qmstart")
            Optional<String> type,

            @Doc("Only those still running") boolean running,
            @Doc("Only those that failed") boolean failed,
            Window window)
            implements Call<Page> {
        // PVE's own limit is 50; further back than this nobody pages.
        private static final int DEEP = 1000;

        @Override
        public Page run(ToolContext ctx) {
            var rows = fetch(ctx).stream()
                    .map(TaskRow::from)
                    .filter(row -> type.map(row.type()::equals).orElse(true))
                    .filter(row -> !running || row.isRunning())
                    .filter(row -> !failed || row.hasFailed())
                    .sorted(Comparator.comparing(TaskRow::started).reversed().thenComparing(TaskRow::task))
                    .toList();
            return Page.of("tasks", TaskRow.class, rows, this)
                    .counting("verdict", TaskRow::verdict)
                    .sortedBy("start, newest first")
                    .brief("started", "type", "id", "node", "status", "took", "task")
                    .page(window, TaskRow::task);
        }

        private List<Fields> fetch(ToolContext ctx) {
            if (guest.isEmpty() && node.isEmpty()) {
                return Fetch.list(ctx, "/cluster/tasks");
            }
            var row = guest.map(ref -> Inventory.guest(ctx.pve(), ref));
            var at = node.or(() -> row.map(GuestRow::node)).orElseThrow();
            // Without `source` the running ones are left out (PVE::API2::Tasks).
            var params = Json.obj("source", running ? "active" : "all", "limit", DEEP);
            if (row.isPresent()) {
                params = params.with("vmid", row.get().id());
            }
            if (failed) {
                params = params.with("errors", 1);
            }
            return Fetch.list(ctx, ApiPath.of("/nodes/{node}/tasks", at), params);
        }
    }

    record TaskGet(
            @Doc Upid task,

            @Doc(value = "Lines from the end of the log", or = "20", min = 0, max = 500)
            int lines) implements Call<TaskGet.TaskFacts>, Aim.OnTask {
        record TaskFacts(
                String task,
                String type,
                String id,
                String node,
                String user,
                Instant started,
                String verdict,
                String exit,
                List<View> log) {}

        @Override
        public TaskFacts run(ToolContext ctx) {
            var handle = ctx.pve().task(task);
            var status = handle.status();
            var exit = status.exit();
            var verdict = status.running()
                    ? "running"
                    : exit.equals("OK") ? "ok" : exit.startsWith("WARNINGS") ? "ok, with warnings" : "failed";
            return new TaskFacts(
                    task.toString(),
                    task.type(),
                    task.id(),
                    task.node(),
                    task.user(),
                    task.started(),
                    verdict,
                    Clean.line(exit),
                    lines == 0 ? List.of() : Outcome.quoted("task log", handle.tail(lines)));
        }
    }

    record TaskWait(
            @Doc Upid task,
            @Doc(value = "How long to wait", or = "45s") Duration timeout) implements Call<Outcome>, Aim.OnTask {
        @Override
        public Outcome run(ToolContext ctx) {
            return Outcome.of(ctx, Json.str(task.toString()), timeout);
        }
    }

    record TaskStop(@Doc Upid task) implements Call<TaskStop.StopFacts>, Aim.OnTask {
        record StopFacts(String outcome, String task, String exit) {}

        @Override
        public StopFacts run(ToolContext ctx) {
            var handle = ctx.pve().task(task);
            if (!handle.status().running()) {
                return new StopFacts(
                        "it was over already", task.toString(), handle.status().exit());
            }
            handle.stop();
            return new StopFacts("stopped", task.toString(), exit(ctx));
        }

        // PVE only sends the signal; a worker may take a moment to end.
        private String exit(ToolContext ctx) {
            try {
                var report = ctx.pve().task(task).await(Duration.ofSeconds(10), ctx);
                return report instanceof pvemcp.pve.TaskReport.Going ? "still ending" : "OK";
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
