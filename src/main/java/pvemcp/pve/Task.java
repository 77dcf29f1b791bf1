package pvemcp.pve;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.regex.Pattern;
import pvemcp.json.Json;

/// A task on the node that runs it. Everything is asked of that node: no other knows of it ("no such task",
/// PVE::API2::Tasks). Safe for use by several threads.
public final class Task {
    private static final Duration FIRST_LOOK = Duration.ofMillis(200);
    private static final Duration SLOWEST_LOOK = Duration.ofSeconds(2);
    private static final int LINES_A_LOOK = 500;
    private static final Pattern PERCENTAGE = Pattern.compile("(\\d{1,3}(?:\\.\\d+)?) ?%");

    private final Transport wire;
    private final Waiting waiting;
    private final Upid id;

    Task(Transport wire, Waiting waiting, Upid id) {
        this.wire = wire;
        this.waiting = waiting;
        this.id = id;
    }

    public Upid id() {
        return id;
    }

    /// Where the task stands.
    ///
    /// @throws PveException with [PveFault.TaskVanished] when its node does not know it (any more)
    public TaskStatus status() {
        try {
            return TaskStatus.from(Fields.of(wire.data(Verb.GET, path("/status"), Json.Obj.EMPTY)));
        } catch (PveException e) {
            if (e.fault() instanceof PveFault.Invalid invalid && isUnknown(invalid)) {
                throw new PveException(new PveFault.TaskVanished(id, "no such task"), e);
            }
            throw e;
        }
    }

    // PVE::API2::Tasks, read_task_status: raise_param_exc({ upid => "no such task" })
    private static boolean isUnknown(PveFault.Invalid invalid) {
        return "no such task".equals(invalid.problems().get("upid"))
                || invalid.message().equals("no such task");
    }

    /// A part of the log and how many lines there are in all.
    public record Log(List<String> lines, long total) {
        public Log {
            lines = List.copyOf(lines);
        }
    }

    /// Up to `limit` lines of the log from line `start`, counted from 0.
    public Log log(long start, int limit) {
        var envelope = wire.send(Verb.GET, path("/log"), Json.obj("start", start, "limit", (long) limit));
        var lines = new ArrayList<String>();
        for (var row : envelope.array("data").orElse(Json.Arr.EMPTY).items()) {
            if (row instanceof Json.Obj line) {
                lines.add(Answers.clean(line.text("t").orElse("")));
            }
        }
        // PVE::Tools::dump_logfile puts this line where a log has none yet, and counts it.
        if (start == 0 && lines.equals(List.of("no content"))) {
            return new Log(List.of(), 0);
        }
        return new Log(lines, envelope.whole("total").orElse((long) lines.size()));
    }

    /// The last `n` lines of the log.
    public List<String> tail(int n) {
        long total = log(0, 1).total();
        return log(Math.max(0, total - n), n).lines();
    }

    /// Asks the node to end the task. It undoes nothing: a lock on the guest may stay. Nothing happens where
    /// the task is over.
    public void stop() {
        wire.send(Verb.DELETE, path(""), Json.Obj.EMPTY);
    }

    /// Waits until the task is over, at most `limit`, looking at it every 0.2 s at first and every 2 s later.
    /// While its node cannot be reached the waiting goes on.
    ///
    /// @throws PveException with [PveFault.TaskFailed] where it ended badly and [PveFault.TaskVanished] where
    ///     nobody can tell how it ended
    /// @throws CancellationException when this thread is interrupted; the task goes on
    public TaskReport await(Duration limit, Watcher watcher) {
        var start = waiting.elapsed();
        var pause = FIRST_LOOK;
        long seen = 0;
        var lastLine = "";
        while (true) {
            watcher.checkCancelled();
            try {
                var status = status();
                if (!status.running()) {
                    return ended(status.exit());
                }
                var log = log(seen, LINES_A_LOOK);
                seen += log.lines().size();
                if (!log.lines().isEmpty()) {
                    lastLine = log.lines().getLast();
                    watcher.progress(percentage(log.lines()), lastLine);
                }
            } catch (PveException e) {
                if (!(e.fault() instanceof PveFault.Unreachable gone)) {
                    throw e;
                }
                lastLine = "not reachable: " + gone.why();
            }
            var waited = waiting.elapsed().minus(start);
            var left = limit.minus(waited);
            if (!left.isPositive()) {
                return new TaskReport.Going(id, waited, lastLine);
            }
            pause(pause.compareTo(left) < 0 ? pause : left);
            pause = slower(pause);
        }
    }

    private static Duration slower(Duration pause) {
        var next = pause.multipliedBy(3).dividedBy(2);
        return next.compareTo(SLOWEST_LOOK) < 0 ? next : SLOWEST_LOOK;
    }

    private void pause(Duration time) {
        try {
            waiting.pause(time);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the waiting for task " + id + " was called off; the task goes on");
        }
    }

    /// Of the newest line that has one, from 0 to 1; negative where none has.
    private static double percentage(List<String> lines) {
        for (var line : lines.reversed()) {
            var matcher = PERCENTAGE.matcher(line);
            double last = -1;
            while (matcher.find()) {
                last = Double.parseDouble(matcher.group(1)) / 100;
            }
            if (last >= 0 && last <= 1) {
                return last;
            }
        }
        return -1;
    }

    /// PVE::UPID::upid_read_status makes the exit status from the last line of the log.
    private TaskReport ended(String exit) {
        if (exit.equals("OK")) {
            return new TaskReport.Finished(id, List.of());
        }
        if (exit.matches("WARNINGS: \\d+")) {
            return new TaskReport.Finished(id, warnings());
        }
        if (isUnreadable(exit)) {
            throw new PveException(new PveFault.TaskVanished(id, exit));
        }
        throw new PveException(new PveFault.TaskFailed(id, exit, decisive()));
    }

    /// The log does not end as a task ends it: the worker was killed, or its node went down.
    private static boolean isUnreadable(String exit) {
        return exit.isEmpty()
                || exit.equals("unexpected status")
                || exit.equals("unable to extract last line")
                || exit.startsWith("unable to read tail (")
                || exit.startsWith("unable to open file - ");
    }

    // PVE::RESTEnvironment::log_warn writes "WARN: …"; other parts write Perl's warnings as they come.
    private List<String> warnings() {
        var lines = last(200);
        var warnings = lines.stream()
                .filter(line -> line.startsWith("WARN: ")
                        || line.toLowerCase(Locale.ROOT).startsWith("warning:"))
                .toList();
        return warnings.isEmpty() ? lines.subList(Math.max(0, lines.size() - 5), lines.size()) : warnings;
    }

    /// The lines that say why: the errors among the last 200, and the last five whatever they say.
    private List<String> decisive() {
        var lines = last(200);
        int near = Math.max(0, lines.size() - 5);
        var errors = lines.subList(0, near).stream()
                .filter(line -> line.contains("ERROR") || line.contains("error:") || line.contains("failed"))
                .toList();
        var out = new LinkedHashSet<>(errors.subList(Math.max(0, errors.size() - 5), errors.size()));
        out.addAll(lines.subList(near, lines.size()));
        return List.copyOf(out);
    }

    /// The log is only the explanation: where it cannot be read the verdict stands without it.
    private List<String> last(int n) {
        try {
            return tail(n);
        } catch (PveException _) {
            return List.of();
        }
    }

    private String path(String what) {
        return ApiPath.of("/nodes/{node}/tasks/{upid}", id.node(), id) + what;
    }

    /// The task that `data` names, where it names one: an operation answers with a UPID or with something else,
    /// and only the value tells (`POST …/vzdump` may say "OK" instead).
    static Optional<Task> in(Json data, Transport wire, Waiting waiting) {
        return data instanceof Json.Str(var text)
                ? Upid.tryParse(text).map(upid -> new Task(wire, waiting, upid))
                : Optional.empty();
    }
}
