package pvemcp.pve;

import java.util.Optional;
import pvemcp.json.Json;

/// One cluster. Handles make no request until a verb is called on them. Safe for use by several threads.
public final class Pve {
    private final Transport wire;
    private final Waiting waiting;

    public Pve(Transport wire) {
        this(wire, Waiting.REAL);
    }

    /// @param waiting how time passes while a task is waited for
    public Pve(Transport wire, Waiting waiting) {
        this.wire = wire;
        this.waiting = waiting;
    }

    /// The generic door: any request, its whole envelope.
    public Json.Obj send(Verb verb, String path, Json.Obj params) {
        return wire.send(verb, path, params);
    }

    public Task task(Upid id) {
        return new Task(wire, waiting, id);
    }

    /// The task that the `data` of an answer names, where it names one. Whether an operation starts a task
    /// shows only there, not in PVE's schema.
    public Optional<Task> startedBy(Json data) {
        return Task.in(data, wire, waiting);
    }
}
