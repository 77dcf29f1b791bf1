package pvemcp.gate;

import java.util.List;

/// What a call would touch, looked up: the guest `100`, `web` and `pve1/100` are one target.
///
/// @param id the vmid, node name, storage id or pool id; `cluster` for the whole
/// @param name of a guest, otherwise as `id`
/// @param node where it is; empty where it is on none or on several
/// @param pool of a guest or storage; empty: none
/// @param state whatever a held call was agreed on: kind, status, lock
/// @param visible whether the cluster showed it to us; what cannot be seen cannot be judged
public record Target(
        Kind kind, String id, String name, String node, String pool, List<String> tags, String state, boolean visible) {
    public enum Kind {
        VM,
        CONTAINER,
        GUEST,
        NODE,
        STORAGE,
        POOL,
        CLUSTER
    }

    public Target {
        tags = List.copyOf(tags);
    }

    /// Something other than a guest, by its name alone.
    public static Target of(Kind kind, String id) {
        return new Target(kind, id, id, kind == Kind.NODE ? id : "", "", List.of(), "", true);
    }

    /// The same in a pool.
    public Target in(String otherPool) {
        return new Target(kind, id, name, node, otherPool, tags, state, visible);
    }

    public boolean isGuest() {
        return switch (kind) {
            case VM, CONTAINER, GUEST -> true;
            case NODE, STORAGE, POOL, CLUSTER -> false;
        };
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
        };
        var named = isGuest() && !name.isEmpty() && !name.equals(id) ? id + " '" + name + "'" : id;
        return what + named + (isGuest() && !node.isEmpty() ? " on " + node : "");
    }
}
