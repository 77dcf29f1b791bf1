package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.pve.TaskList.TaskRow;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;
import pvemcp.view.Units;

/// What failed lately, by cause.
record FailedTasks(
        @Doc(value = "How far back, such as 24h or 7d", or = "24h", obvious = true)
        Duration since) implements Survey {
    private static final int MOST_LOGS = 8;
    // PVE::VZDump and PVE::RESTEnvironment mark what ended a task so.
    private static final Pattern ERROR = Pattern.compile("^(?:TASK )?ERROR: ");
    private static final Pattern DECISIVE = Pattern.compile(
            "error|fail|unable|cannot|can't|denied|no space|timeout|not exist|abort", Pattern.CASE_INSENSITIVE);

    @Override
    public Report report(ToolContext ctx) {
        var probe = new Probe(ctx);
        var groups = new LinkedHashMap<String, List<TaskRow>>();
        int count = 0;
        var from = ctx.clock().instant().minus(since).getEpochSecond();
        for (var node : ctx.pve().nodes().stream().filter(NodeRow::online).toList()) {
            var tasks = probe.look(
                            "tasks of " + node.name(),
                            () -> ctx.pve()
                                    .node(node.name())
                                    .tasks(Json.obj("errors", 1, "since", from), 500)
                                    .tasks())
                    .orElse(List.of());
            for (var task : tasks) {
                if (!task.running() && !task.succeeded()) {
                    count++;
                    groups.computeIfAbsent(cause(task), _ -> new ArrayList<>()).add(task);
                }
            }
        }
        var causes = groups.values().stream()
                .sorted(Comparator.comparingInt((List<TaskRow> tasks) -> tasks.size())
                        .reversed())
                .toList();
        var report = Report.that(
                        count == 0
                                ? "no task failed in the last " + Units.duration(since)
                                : "%s failed in the last %s, of %s"
                                        .formatted(
                                                Units.some(count, "tasks"),
                                                Units.duration(since),
                                                Units.some(causes.size(), "causes")))
                .table(
                        "causes",
                        "times|type|on|last|ended with",
                        causes.stream()
                                .map(tasks -> {
                                    var last = tasks.getFirst();
                                    return row(
                                            tasks.size(),
                                            last.upid().type(),
                                            tasks.stream()
                                                    .map(task -> task.upid().id())
                                                    .filter(id -> !id.isEmpty())
                                                    .distinct()
                                                    .limit(6)
                                                    .collect(Collectors.joining(" ")),
                                            last.upid().started(),
                                            last.exit());
                                })
                                .toList());
        for (var tasks : causes.stream().limit(MOST_LOGS).toList()) {
            var last = tasks.getFirst();
            probe.look(
                            "log of " + last.upid(),
                            () -> ctx.pve().task(last.upid()).tail(100))
                    .ifPresent(lines -> report.quote(
                            "%s %s"
                                    .formatted(last.upid().type(), last.upid().id())
                                    .strip(),
                            decisive(lines)));
            report.next("whole log: pve_task_get task=" + last.upid());
        }
        return report.with(probe);
    }

    /// The last lines that say what went wrong.
    static List<String> decisive(List<String> lines) {
        var from = matching(lines, ERROR);
        if (from.isEmpty()) {
            from = matching(lines, DECISIVE);
        }
        if (from.isEmpty()) {
            from = lines;
        }
        return from.subList(Math.max(0, from.size() - 3), from.size());
    }

    private static List<String> matching(List<String> lines, Pattern pattern) {
        return lines.stream()
                .filter(line -> pattern.matcher(line).find())
                .distinct()
                .toList();
    }

    /// The same type and the same words, whatever the numbers.
    private static String cause(TaskRow task) {
        return task.upid().type() + " " + task.exit().replaceAll("\\d+", "N");
    }
}
