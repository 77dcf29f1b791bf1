package pvemcp.pve;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import pvemcp.json.Json;

/// One node of the cluster, by name. Makes no request until a verb is called. Safe for use by several threads.
public final class Node {
    // PVE::JSONSchema, pve-node
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?");

    private final Pve pve;
    private final String name;

    /// @throws PveException with [PveFault.Invalid] for what cannot be the name of a node
    Node(Pve pve, String name) {
        if (!NAME.matcher(name).matches()) {
            var problem = "'%s' cannot be a node: a name has letters, digits and '-'".formatted(Answers.clean(name));
            throw new PveException(new PveFault.Invalid(problem, Map.of("node", problem)));
        }
        this.pve = pve;
        this.name = name;
    }

    public String name() {
        return name;
    }

    public NodeStatus status() {
        return NodeStatus.from(Fields.of(read("/status", Json.Obj.EMPTY)));
    }

    /// The node's storages as they are now. A network storage that hangs makes this slow.
    public List<StorageStatus> storages() {
        return Fields.list(read("/storage", Json.Obj.EMPTY)).stream()
                .map(StorageStatus::from)
                .toList();
    }

    public Storage storage(String storage) {
        return new Storage(this, storage);
    }

    /// The node's newest tasks, running ones first.
    ///
    /// @param filter of PVE's own: `vmid`, `typefilter`, `userfilter`, `since`, `until`, `statusfilter`,
    ///     `errors`, `start`
    /// @param limit at least 1: to PVE 0 means none here
    public TaskList tasks(Json.Obj filter, int limit) {
        var all = filter.with("limit", limit);
        if (!all.has("source")) {
            all = all.with("source", "all"); // PVE's default leaves out what is running (PVE::API2::Tasks).
        }
        var envelope = pve.send(Verb.GET, path("/tasks"), all);
        return TaskList.from(envelope);
    }

    /// The `data` of the answer to a GET below the node's own path; ids in it must come from [ApiPath#of].
    public Json read(String below, Json.Obj params) {
        return send(Verb.GET, below, params);
    }

    /// Asks for something that runs as a task, such as `POST /vzdump`.
    public Task start(Verb verb, String below, Json.Obj params) {
        return pve.requireTask(send(verb, below, params));
    }

    public Json send(Verb verb, String below, Json.Obj params) {
        return pve.data(verb, path(below), params);
    }

    private String path(String below) {
        return "/nodes/" + name + below;
    }

    @Override
    public String toString() {
        return name;
    }
}
