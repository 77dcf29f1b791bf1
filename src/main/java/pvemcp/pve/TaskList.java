package pvemcp.pve;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;

/// Some of the tasks there are, newest first as PVE gives them.
///
/// @param total how many fit the filter, where PVE counts them
public record TaskList(List<TaskRow> tasks, Optional<Long> total) {
    public TaskList {
        tasks = List.copyOf(tasks);
    }

    /// One task.
    ///
    /// @param exit `OK`, `WARNINGS: n` or what went wrong; empty while it runs
    /// @param rest what else PVE says of it
    public record TaskRow(Upid upid, boolean running, String exit, Optional<Instant> ended, Json.Obj rest) {
        static TaskRow from(Upid upid, Fields f) {
            var ended = f.moment("endtime");
            var status = f.text("status");
            // PVE::API2::Tasks says RUNNING, the list of the cluster says nothing at all.
            boolean running = status.equals("RUNNING") || (ended.isEmpty() && status.isEmpty());
            return new TaskRow(upid, running, running ? "" : status, ended, f.rest());
        }

        /// Ended well, with warnings or without.
        public boolean succeeded() {
            return exit.equals("OK") || exit.startsWith("WARNINGS: ");
        }
    }

    static TaskList from(Json.Obj envelope) {
        var tasks = new ArrayList<TaskRow>();
        for (var fields : Fields.list(envelope.get("data").orElse(Json.Null.NULL))) {
            Upid.tryParse(fields.text("upid")).ifPresent(upid -> tasks.add(TaskRow.from(upid, fields)));
        }
        return new TaskList(tasks, envelope.whole("total"));
    }
}
