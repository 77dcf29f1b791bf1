package pvemcp.gate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import pvemcp.json.Json;
import pvemcp.text.Wildcards;

/// What a call would touch, looked up: the guest `100`, `web` and `pve1/100` are one target.
///
/// @param id the vmid, node name, storage id, pool id or the owner's name of a backup server; `cluster` for the whole
/// @param name of a guest, otherwise as `id`
/// @param node where it is; empty where it is on none or on several
/// @param pool of a guest or storage; empty: none
/// @param state whatever a held call is agreed on, by name: status, lock, what tells it from another of the same id
/// @param visible whether the cluster showed it to us; what cannot be seen cannot be judged
/// @param flagged whether PVE's own `protection` is set, as far as that was looked up
/// @param aside named along with what the call is about, such as the storage a guest's disk goes to
public record Target(
        Kind kind,
        String id,
        String name,
        String node,
        String pool,
        List<String> tags,
        SequencedMap<String, String> state,
        boolean visible,
        boolean flagged,
        boolean aside) {
    public enum Kind {
        VM,
        CONTAINER,
        GUEST,
        NODE,
        STORAGE,
        POOL,
        CLUSTER,
        BACKUP_SERVER
    }

    public Target {
        tags = List.copyOf(tags);
        state = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(state));
    }

    /// Something other than a guest, by its name alone.
    public static Target of(Kind kind, String id) {
        return new Target(
                kind, id, id, kind == Kind.NODE ? id : "", "", List.of(), new LinkedHashMap<>(), true, false, false);
    }

    /// A guest as the cluster shows it.
    public static Target guest(
            Kind kind,
            int vmid,
            String name,
            String node,
            String pool,
            List<String> tags,
            SequencedMap<String, String> state) {
        return new Target(kind, Integer.toString(vmid), name, node, pool, tags, state, true, false, false);
    }

    /// A guest that the cluster does not show.
    ///
    /// @param made whether the call makes it; otherwise it is there and hidden from us
    public static Target absent(int vmid, boolean made) {
        var state = new LinkedHashMap<String, String>();
        state.put("status", "absent");
        var id = Integer.toString(vmid);
        return new Target(Kind.GUEST, id, id, "", "", List.of(), state, made, false, false);
    }

    /// A guest that gets an id only when it is made.
    public static final Target NEW =
            new Target(Kind.GUEST, "new", "new", "", "", List.of(), new LinkedHashMap<>(), true, false, false);

    /// The same, with what the request that makes it says of it; what it leaves open stays.
    public Target made(String newName, String newPool, List<String> newTags) {
        return new Target(
                kind, id, newName.isEmpty() ? name : newName, node, newPool, newTags, state, visible, flagged, aside);
    }

    /// The same with more known of its state.
    public Target with(SequencedMap<String, String> more, boolean protection) {
        var all = new LinkedHashMap<>(state);
        all.putAll(more);
        return new Target(kind, id, name, node, pool, tags, all, visible, protection, aside);
    }

    /// The same, named along with what a call is about.
    public Target beside() {
        return new Target(kind, id, name, node, pool, tags, state, visible, flagged, true);
    }

    /// The same in a pool.
    public Target in(String otherPool) {
        return new Target(kind, id, name, node, otherPool, tags, state, visible, flagged, aside);
    }

    public boolean isGuest() {
        return switch (kind) {
            case VM, CONTAINER, GUEST -> true;
            case NODE, STORAGE, POOL, CLUSTER, BACKUP_SERVER -> false;
        };
    }

    /// Whether no guest has this id, so that the call is about to make it, or works on what one has left behind.
    public boolean isNew() {
        return kind == Kind.GUEST && visible;
    }

    /// Whether it is in this pool or one below it, or is one: pools nest, what holds for `prod` holds for `prod/db`.
    boolean isInPool(String pattern) {
        var own = kind == Kind.POOL ? id : pool;
        return !own.isEmpty() && (Wildcards.matches(pattern, own) || Wildcards.matches(pattern + "/*", own));
    }

    /// All of it, to be read again by [#from].
    public Json.Obj json() {
        var facts = Json.Obj.EMPTY;
        for (var fact : state.entrySet()) {
            facts = facts.with(fact.getKey(), fact.getValue());
        }
        return Json.obj(
                "kind", kind.name(),
                "id", id,
                "name", name,
                "node", node,
                "pool", pool,
                "tags", tags,
                "state", facts,
                "visible", visible,
                "flagged", flagged,
                "aside", aside);
    }

    /// The target that was put down as this.
    ///
    /// @throws java.util.NoSuchElementException where its kind or id is missing
    public static Target from(Json.Obj json) {
        var facts = new LinkedHashMap<String, String>();
        json.object("state")
                .orElse(Json.Obj.EMPTY)
                .members()
                .forEach((fact, value) -> facts.put(fact, value.scalarText().orElse("")));
        return new Target(
                Kind.valueOf(json.text("kind").orElseThrow()),
                json.text("id").orElseThrow(),
                json.text("name").orElse(""),
                json.text("node").orElse(""),
                json.text("pool").orElse(""),
                json.array("tags").orElse(Json.Arr.EMPTY).items().stream()
                        .flatMap(tag -> tag.scalarText().stream())
                        .toList(),
                facts,
                json.flag("visible").orElse(false),
                json.flag("flagged").orElse(false),
                json.flag("aside").orElse(false));
    }

    /// `VM 101 'web' on pve1`.
    @Override
    public String toString() {
        var what = switch (kind) {
            case VM -> "VM ";
            case CONTAINER -> "container ";
            case GUEST -> "guest ";
            case NODE -> "node ";
            case STORAGE -> "storage ";
            case POOL -> "pool ";
            case CLUSTER -> "the ";
            case BACKUP_SERVER -> "backup server ";
        };
        var named = isGuest() && !name.isEmpty() && !name.equals(id) ? id + " '" + name + "'" : id;
        return what + named + (isGuest() && !node.isEmpty() ? " on " + node : "");
    }
}
