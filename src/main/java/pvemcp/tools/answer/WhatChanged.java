package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.TaskList.TaskRow;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;
import pvemcp.view.Units;

/// Who did what lately.
record WhatChanged(
        @Doc(value = "How far back, such as 24h or 7d", or = "24h", obvious = true)
        Duration since) implements Survey {
    // Looking at something is a task, too.
    private static final Set<String> LOOKS =
            Set.of("vncproxy", "vncshell", "spiceproxy", "spiceshell", "termproxy", "aptupdate");

    @Override
    public Report report(ToolContext ctx) {
        var probe = new Probe(ctx);
        var changes = tasks(ctx, probe).stream()
                .filter(task -> !LOOKS.contains(task.upid().type()))
                .sorted(Comparator.comparing((TaskRow task) -> task.upid().started())
                        .reversed())
                .toList();
        return Report.that(conclusion(changes))
                .table("tasks, newest first", "when|type|on|node|user|ended", changes, WhatChanged::cells)
                .nextIf(
                        changes.stream().anyMatch(task -> !task.running() && !task.succeeded()),
                        "why some failed: pve_failed_tasks")
                .next(
                        "changes without a task (rights, firewall, options) stand in no task: pve_api_read GET /cluster/log")
                .with(probe);
    }

    /// Of all nodes. What ran on one that is down stands on its own disk alone.
    private List<TaskRow> tasks(ToolContext ctx, Probe probe) {
        var tasks = new ArrayList<TaskRow>();
        var from = ctx.clock().instant().minus(since).getEpochSecond();
        for (var node : ctx.pve().nodes()) {
            probe.look("tasks of " + node.name(), () -> {
                        if (!node.online()) {
                            throw new PveException(new PveFault.Unreachable(node.name(), node.status()));
                        }
                        return ctx.pve()
                                .node(node.name())
                                .tasks(Json.obj("since", from), 500)
                                .tasks();
                    })
                    .ifPresent(tasks::addAll);
        }
        return tasks;
    }

    private String conclusion(List<TaskRow> changes) {
        if (changes.isEmpty()) {
            return "no task changed anything in the last " + Units.duration(since);
        }
        var users = changes.stream()
                .map(task -> task.upid().user())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return "%s in the last %s, by %s".formatted(Units.some(changes.size(), "tasks"), Units.duration(since), users);
    }

    private static List<String> cells(TaskRow task) {
        var upid = task.upid();
        return row(
                upid.started(),
                upid.type(),
                upid.id(),
                upid.node(),
                upid.user(),
                task.running() ? "running" : task.exit());
    }
}
