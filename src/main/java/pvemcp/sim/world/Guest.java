package pvemcp.sim.world;

import java.time.Instant;
import pvemcp.json.Json;

/// A VM or container. Mutable; the simulator's lock guards it.
public final class Guest {
    private final int vmid;
    private final boolean container;
    public String node;
    public String name;

    public Guest(int vmid, boolean container, String node, String name) {
        this.vmid = vmid;
        this.container = container;
        this.node = node;
        this.name = name;
    }

    public int vmid() {
        return vmid;
    }

    public boolean isContainer() {
        return container;
    }

    /// The guest's row in `/cluster/resources`, less its pool (PVE::API2Tools::extract_vm_stats).
    public Json.Obj resource(Instant now) {
        var type = container ? "lxc" : "qemu";
        return Json.obj("id", type + "/" + vmid, "vmid", vmid, "type", type, "node", node, "name", name);
    }
}
