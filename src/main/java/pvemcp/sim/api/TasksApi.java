package pvemcp.sim.api;

import java.util.LinkedHashMap;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.SimTask;

/// `/nodes/{node}/tasks` (PVE::API2::Tasks)
final class TasksApi {
    private TasksApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/nodes/{node}/tasks/{upid}/status", TasksApi::status)
                .on(Verb.GET, "/nodes/{node}/tasks/{upid}/log", TasksApi::log)
                .on(Verb.DELETE, "/nodes/{node}/tasks/{upid}", TasksApi::stop);
    }

    private static SimTask task(Request request) {
        var task = request.tasks().find(request.text("upid"));
        if (task.isEmpty() || !task.get().node().equals(request.node().name())) {
            throw SimError.invalid("upid", "no such task");
        }
        return task.get();
    }

    private static Json status(Request request) {
        var task = task(request);
        var answer = new LinkedHashMap<String, Json>();
        answer.put("upid", Json.str(task.upid()));
        answer.put("node", Json.str(task.node()));
        answer.put("pid", Json.num(task.pid()));
        answer.put("pstart", Json.num(task.pstart()));
        answer.put("starttime", Json.num(task.started().getEpochSecond()));
        answer.put("type", Json.str(task.type()));
        answer.put("id", Json.str(task.id()));
        var user = task.user().split("!", 2);
        answer.put("user", Json.str(user[0]));
        if (user.length == 2) {
            answer.put("tokenid", Json.str(user[1]));
        }
        answer.put("status", Json.str(task.isRunning() ? "running" : "stopped"));
        task.exitStatus().ifPresent(status -> answer.put("exitstatus", Json.str(status)));
        return new Json.Obj(answer);
    }

    private static Json log(Request request) {
        var lines = task(request).log(request.cluster().now());
        var rows = new java.util.ArrayList<Json>();
        for (int i = 0; i < lines.size(); i++) {
            rows.add(Json.obj("n", i + 1, "t", lines.get(i)));
        }
        request.beside("total", Json.num(lines.size()));
        return new Json.Arr(rows);
    }

    private static Json stop(Request request) {
        request.tasks().stop(task(request));
        return Json.Null.NULL;
    }
}
