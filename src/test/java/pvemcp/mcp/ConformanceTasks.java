package pvemcp.mcp;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import pvemcp.dispatch.Work;
import pvemcp.json.Json;

/// Tasks in memory, as the conformance suite's scenarios of the Tasks extension call for them.
final class ConformanceTasks {
    /// What a task does; its result is that of the call.
    interface Body {
        Json.Obj run(Task task) throws InterruptedException;
    }

    /// One task. Its fields are guarded by itself.
    static final class Task {
        private final String id = UUID.randomUUID().toString();
        private final Instant began = Instant.now();
        private final SequencedMap<String, Json> open = new LinkedHashMap<>();
        private final SequencedMap<String, Json> answers = new LinkedHashMap<>();
        private String status = "working";
        private Json.Obj end = Json.Obj.EMPTY;
        private Thread thread;

        String id() {
            return id;
        }

        /// Waits for all of these to be answered.
        synchronized Json.Obj ask(Json.Obj questions) throws InterruptedException {
            open.putAll(questions.members());
            status = "input_required";
            while (!open.isEmpty()) {
                wait();
            }
            status = "working";
            return new Json.Obj(answers);
        }

        private synchronized void answer(Json.Obj given) {
            given.members().forEach((key, answer) -> {
                if (open.remove(key) != null) {
                    answers.put(key, answer);
                }
            });
            notifyAll();
        }

        private synchronized void ended(String how, Json.Obj with) {
            if (!status.equals("cancelled")) {
                status = how;
                end = with;
            }
        }

        private synchronized void cancel() {
            if (status.equals("working") || status.equals("input_required")) {
                status = "cancelled";
                thread.interrupt();
            }
        }

        synchronized Json.Obj created() {
            return Tasks.created(id, new Work(Work.State.GOING, began, Instant.now(), "", Optional.empty()));
        }

        private synchronized Json.Obj detailed() {
            var work = new Work(Work.State.GOING, began, Instant.now(), "", Optional.empty());
            var task = Tasks.detailed(id, work, Optional.empty()).with("status", status);
            for (var member : end.members().entrySet()) {
                task = task.with(member.getKey(), member.getValue());
            }
            return status.equals("input_required") ? task.with("inputRequests", new Json.Obj(open)) : task;
        }
    }

    private final Map<String, Task> tasks = new ConcurrentHashMap<>();

    /// Begins a task, for a client that knows what that is.
    Json.Obj start(Client client, Body body) {
        Tasks.require(client.capabilities());
        var task = new Task();
        tasks.put(task.id(), task);
        task.thread = Thread.ofVirtual().unstarted(() -> run(task, body));
        task.thread.start();
        return task.created();
    }

    private static void run(Task task, Body body) {
        try {
            task.ended("completed", Json.obj("result", body.run(task).with("resultType", "complete")));
        } catch (RpcException e) {
            task.ended("failed", Json.obj("error", e.error().json()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Task named(Json.Obj params) {
        return named(Features.text(params, "taskId"));
    }

    private Task named(String id) {
        return Optional.ofNullable(tasks.get(id)).orElseThrow(() -> Tasks.unknown(id));
    }

    boolean has(String id) {
        return tasks.containsKey(id);
    }

    Json.Obj get(String id) {
        return named(id).detailed();
    }

    void cancel(Json.Obj params) {
        named(params).cancel();
    }

    void update(Json.Obj params) {
        named(params).answer(Features.object(params, "inputResponses"));
    }
}
