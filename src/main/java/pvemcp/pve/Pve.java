package pvemcp.pve;

import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import pvemcp.json.Json;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.pve.Resource.StorageRow;

/// One cluster. What needs an id in its path is a handle ([Node], [Guest], [Storage], [Task]), the rest are
/// methods here. Handles make no request until a verb is called on them; a guest alone is looked up first,
/// since names are not unique and guests move. Safe for use by several threads.
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

    /// As [#send], the `data` alone.
    public Json data(Verb verb, String path, Json.Obj params) {
        return wire.data(verb, path, params);
    }

    /// The objects that a GET lists.
    public List<Fields> rows(String path) {
        return rows(path, Json.Obj.EMPTY);
    }

    public List<Fields> rows(String path, Json.Obj params) {
        return Fields.list(data(Verb.GET, path, params));
    }

    /// The object that a GET is answered with.
    public Fields fields(String path) {
        return fields(path, Json.Obj.EMPTY);
    }

    public Fields fields(String path, Json.Obj params) {
        return Fields.of(data(Verb.GET, path, params));
    }

    /// See [Transport#upload].
    public Json upload(String path, Json.Obj params, Upload file) {
        return wire.upload(path, params, file).get("data").orElse(Json.Null.NULL);
    }

    /// See [Transport#download].
    public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
        return wire.download(path, params, to, received);
    }

    /// See [Transport#tunnel].
    public Tunnel tunnel(String path, Json.Obj params) {
        return wire.tunnel(path, params);
    }

    public Version version() {
        return Version.from(fields("/version"));
    }

    public ClusterStatus clusterStatus() {
        return ClusterStatus.from(rows("/cluster/status"));
    }

    /// Everything the cluster has, as far as the caller may see it.
    public List<Resource> resources() {
        return resources(Json.Obj.EMPTY);
    }

    public List<GuestRow> guests() {
        return only(GuestRow.class, resources(Json.obj("type", "vm")));
    }

    public List<NodeRow> nodes() {
        return only(NodeRow.class, resources(Json.obj("type", "node")));
    }

    public List<StorageRow> storages() {
        return only(StorageRow.class, resources(Json.obj("type", "storage")));
    }

    private List<Resource> resources(Json.Obj filter) {
        return rows("/cluster/resources", filter).stream().map(Resource::from).toList();
    }

    private static <R extends Resource> List<R> only(Class<R> kind, List<Resource> resources) {
        var rows = new ArrayList<R>();
        for (var resource : resources) {
            if (kind.isInstance(resource)) {
                rows.add(kind.cast(resource));
            }
        }
        return rows;
    }

    /// @throws PveException with [PveFault.Invalid] for what cannot be the name of a node
    public Node node(String name) {
        return new Node(this, name);
    }

    /// Looks the guest up.
    ///
    /// @throws PveException with [PveFault.Missing] and the nearest names, or [PveFault.Ambiguity] and the choices
    public Guest guest(GuestRef ref) {
        return new Guest(this, Guests.find(ref, guests()));
    }

    /// The guest of a row that was read before.
    public Guest guest(GuestRow row) {
        return new Guest(this, row);
    }

    public Task task(Upid id) {
        return new Task(wire, waiting, id);
    }

    /// The newest tasks of all nodes: those that run, and at most 25 others a node. [Node#tasks] knows more.
    public TaskList tasks() {
        return TaskList.from(send(Verb.GET, "/cluster/tasks", Json.Obj.EMPTY));
    }

    /// What the caller may do.
    public Permissions permissions() {
        return permissions(Json.Obj.EMPTY);
    }

    /// What somebody may do.
    ///
    /// @param whose `userid`, where it is not the caller, and `path`, where it is about one path alone
    public Permissions permissions(Json.Obj whose) {
        return Permissions.from(fields("/access/permissions", whose));
    }

    /// An id no guest has at this moment. It is not reserved: somebody else may get the same.
    public int nextId() {
        var data = data(Verb.GET, "/cluster/nextid", Json.Obj.EMPTY);
        return data.scalarText()
                .filter(text -> text.matches("\\d{1,9}"))
                .map(Integer::parseInt)
                .orElseThrow(() -> new PveException(new PveFault.Unexpected(200, "PVE gave no next id")));
    }

    /// The task that the `data` of an answer names, where it names one. Whether an operation starts a task
    /// shows only there, not in PVE's schema.
    public Optional<Task> startedBy(Json data) {
        return Task.in(data, wire, waiting);
    }

    /// As [#startedBy], for operations that always start one.
    ///
    /// @throws PveException with [PveFault.Unexpected] where PVE names none
    public Task requireTask(Json data) {
        return startedBy(data)
                .orElseThrow(() -> new PveException(
                        new PveFault.Unexpected(200, "PVE named no task: " + Answers.clean(data.write()))));
    }

    /// Looks every 2 s whether something has come about, at most for `limit`.
    ///
    /// @return whether it has
    /// @throws java.util.concurrent.CancellationException when this thread is interrupted
    public boolean await(Duration limit, Watcher watcher, BooleanSupplier done) {
        var start = waiting.elapsed();
        while (!done.getAsBoolean()) {
            watcher.checkCancelled();
            if (waiting.elapsed().minus(start).compareTo(limit) >= 0) {
                return false;
            }
            try {
                waiting.pause(Duration.ofSeconds(2));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new CancellationException("the waiting was called off; what PVE has begun goes on");
            }
        }
        return true;
    }
}
