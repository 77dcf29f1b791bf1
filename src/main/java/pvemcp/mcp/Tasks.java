package pvemcp.mcp;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import pvemcp.dispatch.Work;
import pvemcp.json.Json;

/// The extension `io.modelcontextprotocol/tasks` (SEP-2663): a call whose work goes on is answered by a task, which
/// the client asks for until it has ended.
final class Tasks {
    static final String EXTENSION = "io.modelcontextprotocol/tasks";

    /// Looking at a task is two requests to PVE.
    private static final Duration SHORTEST_POLL = Duration.ofSeconds(2);

    private static final Duration LONGEST_POLL = Duration.ofSeconds(30);

    private Tasks() {}

    /// Whether a client with these capabilities knows what to do with a task.
    static boolean known(Json.Obj capabilities) {
        return capabilities.members().get("extensions") instanceof Json.Obj extensions
                && extensions.members().get(EXTENSION) instanceof Json.Obj;
    }

    /// Refuses a request about tasks of a client that does not say it knows them.
    static void require(Json.Obj capabilities) {
        if (!known(capabilities)) {
            var needed = Json.obj("extensions", Json.obj(EXTENSION, Json.Obj.EMPTY));
            throw new RpcException(new RpcError(
                    RpcError.MISSING_CLIENT_CAPABILITY,
                    "This needs a client with the extension " + EXTENSION,
                    Json.obj("requiredCapabilities", needed)));
        }
    }

    static RpcException unknown(String id) {
        return RpcException.invalidParams("Unknown task: " + Text.brief(id));
    }

    /// The result of a call whose work goes on.
    static Json.Obj created(String id, Work work) {
        return task(id, work).with("resultType", "task");
    }

    /// The result of `tasks/get`.
    ///
    /// @param result of the call, where the work has ended
    static Json.Obj detailed(String id, Work work, Optional<Json.Obj> result) {
        var task = task(id, work);
        return result.isPresent() ? task.with("result", result.get()) : task;
    }

    /// Whether nothing more will come of it.
    static boolean isOver(Json.Obj task) {
        var status = task.text("status").orElse("");
        return !status.equals("working") && !status.equals("input_required");
    }

    /// What has gone on for long will not end this moment: a tenth of its time may pass until somebody asks again.
    private static Duration poll(Work work) {
        var tenth = Duration.between(work.began(), work.seen()).dividedBy(10);
        if (tenth.compareTo(SHORTEST_POLL) < 0) {
            return SHORTEST_POLL;
        }
        return tenth.compareTo(LONGEST_POLL) > 0 ? LONGEST_POLL : tenth;
    }

    private static Json.Obj task(String id, Work work) {
        var status = switch (work.state()) {
            case GOING -> "working";
            case ENDED -> "completed";
            case STOPPED -> "cancelled";
        };
        var task = Json.obj("taskId", id, "status", status);
        if (!work.message().isEmpty()) {
            task = task.with("statusMessage", work.message());
        }
        // PVE forgets a task when its log is rotated away, after a thousand others or so: no time can be promised.
        return task.with(
                        "createdAt", work.began().truncatedTo(ChronoUnit.MILLIS).toString())
                .with(
                        "lastUpdatedAt",
                        work.seen().truncatedTo(ChronoUnit.MILLIS).toString())
                .with("ttlMs", Json.Null.NULL)
                .with("pollIntervalMs", poll(work).toMillis());
    }
}
