package pvemcp.sim.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.SimTask;
import pvemcp.sim.task.Upids;

/// `/nodes/{node}/tasks` and `/cluster/tasks` (PVE::API2::Tasks, PVE::API2::Cluster)
final class TasksApi {
    private static final int LIST_LIMIT = 50;
    private static final int LOG_LIMIT = 50;
    /// How many finished tasks a node tells the others of (PVE::RESTEnvironment::active_workers).
    private static final int BROADCAST = 25;

    private TasksApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/nodes/{node}/tasks", TasksApi::list)
                .on(Verb.GET, "/nodes/{node}/tasks/{upid}", TasksApi::index)
                .on(Verb.GET, "/nodes/{node}/tasks/{upid}/status", TasksApi::status)
                .on(Verb.GET, "/nodes/{node}/tasks/{upid}/log", TasksApi::log)
                .on(Verb.DELETE, "/nodes/{node}/tasks/{upid}", TasksApi::stop)
                .on(Verb.GET, "/cluster/tasks", TasksApi::ofCluster);
    }

    /// A token's tasks are its own and its user's; a user's are not his tokens'.
    private static boolean isOwn(Request request, String user) {
        return user.equals(request.authId()) || user.startsWith(request.authId() + "!");
    }

    private static Json list(Request request) {
        var node = request.node().name();
        boolean auditor = request.may("/nodes/" + node, "Sys.Audit");
        var source = request.text("source", "archive");
        var rows = new ArrayList<Json>();
        var tasks = request.tasks().all().stream()
                .filter(task -> task.node().equals(node))
                .toList();
        if (!source.equals("archive")) {
            tasks.reversed().stream()
                    .filter(SimTask::isRunning)
                    .filter(task -> listed(request, task, auditor))
                    .forEach(task -> rows.add(active(task)));
        }
        if (!source.equals("active")) {
            tasks.stream()
                    .filter(task -> !task.isRunning())
                    .sorted(Comparator.comparing((SimTask task) -> task.ended().orElseThrow())
                            .reversed())
                    .filter(task -> listed(request, task, auditor))
                    .forEach(task -> rows.add(archived(task)));
        }
        if (!rows.isEmpty()) {
            request.beside("total", Json.num(rows.size()));
        }
        int start = (int) Math.min(rows.size(), request.whole("start", 0));
        int end = (int) Math.min(rows.size(), start + request.whole("limit", LIST_LIMIT));
        return new Json.Arr(rows.subList(start, end));
    }

    private static boolean listed(Request request, SimTask task, boolean auditor) {
        if (!auditor && !isOwn(request, task.user())) {
            return false;
        }
        long started = task.started().getEpochSecond();
        var status = task.exitStatus().orElse("RUNNING");
        var kinds = request.list("statusfilter");
        return task.user()
                        .toLowerCase(Locale.ROOT)
                        .contains(request.text("userfilter", "").toLowerCase(Locale.ROOT))
                && request.find("typefilter").stream().allMatch(task.type()::equals)
                && request.find("vmid").stream().allMatch(task.id()::equals)
                && !(request.flag("errors") && !Set.of("error", "unknown").contains(kind(status)))
                && (kinds.isEmpty() || kinds.contains(kind(status)))
                && started >= request.whole("since", 0)
                && started <= request.whole("until", Long.MAX_VALUE);
    }

    /// PVE::UPID::normalize_status
    private static String kind(String status) {
        if (status.equals("OK")) {
            return "ok";
        }
        return status.startsWith("WARNINGS: ") ? "warning" : status.equals("unexpected status") ? "unknown" : "error";
    }

    /// Who and what, with the token apart from its user.
    private static Rows describe(SimTask task) {
        var user = task.user().split("!", 2);
        return Rows.of(
                        "upid", task.upid(),
                        "node", task.node(),
                        "starttime", task.started().getEpochSecond(),
                        "type", task.type(),
                        "id", task.id(),
                        "user", user[0])
                .putIf(user.length == 2, "tokenid", user[user.length - 1]);
    }

    /// A running task's row, which PVE reads from another file: with the token in the user.
    private static Json active(SimTask task) {
        return Json.obj(
                "upid", task.upid(),
                "node", task.node(),
                "pid", task.pid(),
                "pstart", task.pstart(),
                "starttime", task.started().getEpochSecond(),
                "type", task.type(),
                "id", task.id(),
                "user", task.user(),
                "status", "RUNNING",
                "saved", "0");
    }

    private static Json archived(SimTask task) {
        return describe(task)
                .put("pid", task.pid())
                .put("pstart", task.pstart())
                .put("endtime", task.ended().orElseThrow().getEpochSecond())
                .put("status", task.exitStatus().orElseThrow())
                .json();
    }

    private static Json ofCluster(Request request) {
        boolean auditor = request.may("/", "Sys.Audit");
        var rows = new ArrayList<Json>();
        for (var node : request.cluster().nodes.keySet()) {
            var tasks = request.tasks().all().stream()
                    .filter(task -> task.node().equals(node))
                    .toList()
                    .reversed();
            tasks.stream()
                    .filter(SimTask::isRunning)
                    .filter(task -> auditor || isOwn(request, task.user()))
                    .forEach(task -> rows.add(describe(task)
                            .put("pid", task.pid())
                            .put("saved", "0")
                            .json()));
            tasks.stream()
                    .filter(task -> !task.isRunning())
                    .limit(BROADCAST)
                    .filter(task -> auditor || isOwn(request, task.user()))
                    .forEach(task -> rows.add(describe(task)
                            .put("endtime", task.ended().orElseThrow().getEpochSecond())
                            .put("status", task.exitStatus().orElseThrow())
                            .put("saved", "1")
                            .json()));
        }
        return new Json.Arr(rows);
    }

    /// The task's owner may always look; others need a privilege on the node.
    private static void requireRight(Request request, String privilege) {
        var user = Upids.user(request.text("upid"))
                .orElseThrow(() -> SimError.invalid("upid", "unable to parse worker upid"));
        if (!isOwn(request, user)) {
            request.require("/nodes/" + request.node().name(), privilege);
        }
    }

    private static SimTask task(Request request) {
        return request.tasks()
                .find(request.text("upid"))
                .filter(task -> task.node().equals(request.node().name()))
                .orElseThrow(() -> SimError.invalid("upid", "no such task"));
    }

    private static Json index(Request request) {
        return Json.arr(Json.obj("name", "log"), Json.obj("name", "status"));
    }

    private static Json status(Request request) {
        requireRight(request, "Sys.Audit");
        var task = task(request);
        return describe(task)
                .put("pid", task.pid())
                .put("pstart", task.pstart())
                .put("status", task.isRunning() ? "running" : "stopped")
                .putIf("exitstatus", task.exitStatus())
                .json();
    }

    private static Json log(Request request) {
        requireRight(request, "Sys.Audit");
        var found = request.tasks()
                .find(request.text("upid"))
                .filter(task -> task.node().equals(request.node().name()));
        var lines = found.map(task -> task.log(request.cluster().now())).orElse(List.of());
        if (request.flag("download")) {
            if (request.has("start") || request.has("limit")) {
                throw new SimError("'download' cannot be used together with 'start' or 'limit' parameters");
            }
            var text = lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
            return request.answerRaw(new Request.Raw(
                    "text/plain",
                    Map.of("Content-Disposition", "attachment; filename=task-%s.log".formatted(request.text("upid"))),
                    text.getBytes(StandardCharsets.UTF_8)));
        }
        if (found.isEmpty()) {
            return Excerpt.of(request, List.of("unable to open file - No such file or directory"), LOG_LIMIT);
        }
        return Excerpt.of(request, lines.isEmpty() ? List.of("no content") : lines, LOG_LIMIT);
    }

    private static Json stop(Request request) {
        requireRight(request, "Sys.Modify");
        request.tasks().stop(task(request));
        return Json.Null.NULL;
    }
}
