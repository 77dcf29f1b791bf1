package pvemcp.sim.world;

import pvemcp.json.Json;

/// A storage of the cluster. Mutable; the simulator's lock guards it.
public final class Storage {
    private final String id;

    public Storage(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }

    /// Whether it is to be found on that node.
    public boolean isOn(String node) {
        return !node.isEmpty();
    }

    /// The storage's row in `/cluster/resources` on one node.
    public Json.Obj resource(String node) {
        return Json.obj("id", "storage/" + node + "/" + id, "storage", id, "type", "storage", "node", node);
    }
}
