package pvemcp.pve;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import pvemcp.json.Json;

/// One storage as one node sees it. Makes no request until a verb is called. Safe for use by several threads.
public final class Storage {
    // PVE::JSONSchema, pve-storage-id
    private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9._-]*[a-zA-Z0-9]");

    private final Node node;
    private final String name;

    /// @throws PveException with [PveFault.Invalid] for what cannot be the name of a storage
    Storage(Node node, String name) {
        if (!NAME.matcher(name).matches()) {
            var problem =
                    "'%s' cannot be a storage: a name begins with a letter, and has letters, digits, '.', '_', '-'"
                            .formatted(Answers.clean(name));
            throw new PveException(new PveFault.Invalid(problem, Map.of("storage", problem)));
        }
        this.node = node;
        this.name = name;
    }

    public String name() {
        return name;
    }

    public Node node() {
        return node;
    }

    public StorageStatus status() {
        return StorageStatus.named(name, Fields.of(read("/status", Json.Obj.EMPTY)));
    }

    /// What lies on it.
    ///
    /// @param filter of PVE's own: `content` (`iso`, `backup`, `images`, …) and `vmid`
    public List<Volume> content(Json.Obj filter) {
        return Fields.list(read("/content", filter)).stream().map(Volume::from).toList();
    }

    /// The `data` of the answer to a GET below the storage's own path; ids in it must come from [ApiPath#of].
    public Json read(String below, Json.Obj params) {
        return send(Verb.GET, below, params);
    }

    public Json send(Verb verb, String below, Json.Obj params) {
        return node.send(verb, ApiPath.of("/storage/{storage}", name) + below, params);
    }

    @Override
    public String toString() {
        return node + "/" + name;
    }
}
