package pvemcp.pve;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.text.Word;

/// A VM or container that has been found. What it was at that moment is in [#row()]; each method asks the node
/// it was on then, and where the guest has moved since, the node it is on now.
///
/// Safe for use by several threads.
public final class Guest {
    private final Pve pve;
    private volatile GuestRow row;

    Guest(Pve pve, GuestRow row) {
        this.pve = pve;
        this.row = row;
    }

    /// As the list of the cluster's resources showed it.
    public GuestRow row() {
        return row;
    }

    public int vmid() {
        return row.vmid();
    }

    public String name() {
        return row.name();
    }

    public String node() {
        return row.node();
    }

    public GuestKind kind() {
        return row.kind();
    }

    public List<String> tags() {
        return row.tags();
    }

    public String pool() {
        return row.pool();
    }

    public boolean template() {
        return row.template();
    }

    public String lock() {
        return row.lock();
    }

    /// What it is doing now, asked of its node.
    public GuestStatus status() {
        return GuestStatus.from(Fields.of(read("/status/current", Json.Obj.EMPTY)));
    }

    /// The configuration with its pending changes, which a restart would apply.
    public GuestConfig config() {
        return GuestConfig.from(Fields.of(read("/config", Json.Obj.EMPTY)));
    }

    /// The configuration as it was when the snapshot was taken.
    public GuestConfig config(String snapshot) {
        return GuestConfig.from(Fields.of(read("/config", Json.obj("snapshot", snapshot))));
    }

    /// Every option with its value, and what it will be after a restart where that differs.
    public List<PendingOption> pending() {
        return Fields.list(read("/pending", Json.Obj.EMPTY)).stream()
                .map(PendingOption::from)
                .toList();
    }

    /// Its snapshots, without the entry `current` that PVE adds for the state it is in.
    public List<Snapshot> snapshots() {
        return Fields.list(read("/snapshot", Json.Obj.EMPTY)).stream()
                .map(Snapshot::from)
                .filter(snapshot -> !snapshot.name().equals("current"))
                .toList();
    }

    public Task power(PowerAction action) {
        return power(action, Json.Obj.EMPTY);
    }

    /// @param options of the action, such as `timeout` or `forceStop` of a shutdown
    /// @return the task; for a guest managed by HA it only hands the wish to HA ([Upid#queuesOnly()])
    public Task power(PowerAction action, Json.Obj options) {
        if (!action.isFor(kind())) {
            var problem = "a container has no %s: stop and start it".formatted(Word.of(action));
            throw new PveException(new PveFault.Invalid(problem, Map.of("action", problem)));
        }
        var all = action == PowerAction.HIBERNATE ? options.with("todisk", 1) : options;
        return start(Verb.POST, "/status/" + action.segment(), all);
    }

    /// Changes the configuration. For a VM that is a task (its disks and devices may be changed while it runs),
    /// for a container it has happened on return.
    ///
    /// @param options as PVE names them, with `delete` for those to unset and `digest` to refuse when somebody
    ///     else was faster
    public Optional<Task> configure(Json.Obj options) {
        var verb = kind() == GuestKind.VM ? Verb.POST : Verb.PUT;
        return pve.startedBy(send(verb, "/config", options));
    }

    /// The answer to a GET below the guest's own path, such as `/snapshot`; ids in it must come from [ApiPath#of].
    public Json read(String below, Json.Obj params) {
        return send(Verb.GET, below, params);
    }

    /// Asks for something that runs as a task, such as `POST /clone`.
    public Task start(Verb verb, String below, Json.Obj params) {
        return pve.requireTask(send(verb, below, params));
    }

    /// The `data` of the answer to any request below the guest's own path.
    public Json send(Verb verb, String below, Json.Obj params) {
        try {
            return pve.data(verb, path(below), params);
        } catch (PveException e) {
            if (!(e.fault() instanceof PveFault.Missing missing)
                    || !missing.what().startsWith("guest ")) {
                throw e;
            }
            // PVE looked for its configuration first, so nothing has been done; it may have migrated.
            var before = row;
            var now = Guests.find(new GuestRef(Integer.toString(before.vmid())), pve.guests());
            if (now.node().equals(before.node()) && now.kind() == before.kind()) {
                throw e;
            }
            row = now;
            return pve.data(verb, path(below), params);
        }
    }

    private String path(String below) {
        return ApiPath.of("/nodes/{node}/{kind}/{vmid}", row.node(), row.kind().segment(), row.vmid()) + below;
    }

    /// `web (101) on pve1`
    @Override
    public String toString() {
        return "%s (%d) on %s".formatted(row.name(), row.vmid(), row.node());
    }
}
