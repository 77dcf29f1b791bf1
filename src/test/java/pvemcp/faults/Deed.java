package pvemcp.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import pvemcp.json.Json;
import pvemcp.lab.FaultProxy.Seen;

/// A call that changes one thing, and by which request that is seen: each is another one, so that nothing which was
/// done can be taken for something else.
///
/// @param method of the request
/// @param path a part of its path
/// @param body a part of what it carries, in the query or the body
record Deed(String tool, Json.Obj arguments, String method, String path, String body) {
    boolean isSeenIn(Seen request) {
        return request.method().equals(method)
                && request.toString().contains(path)
                && (request.target() + " " + request.body()).contains(body);
    }

    /// Calls that change guests, all of which can be made in any order.
    ///
    /// @param vm a running VM, which has nothing else
    /// @param container a stopped one, likewise
    static List<Deed> on(int vm, int container, Random chance) {
        var all = new ArrayList<>(List.of(
                new Deed(
                        "pve_guest_power",
                        Json.obj("guest", text(vm), "action", "stop"),
                        "POST",
                        "/qemu/" + vm + "/status/stop",
                        ""),
                new Deed(
                        "pve_guest_power",
                        Json.obj("guest", text(container), "action", "start"),
                        "POST",
                        "/lxc/" + container + "/status/start",
                        ""),
                new Deed(
                        "pve_guest_set",
                        Json.obj("guest", text(container), "cores", 2 + chance.nextInt(7)),
                        "PUT",
                        "/lxc/" + container + "/config",
                        "cores="),
                new Deed(
                        "pve_guest_set",
                        Json.obj("guest", text(vm), "cores", 3 + chance.nextInt(6)),
                        "POST",
                        "/qemu/" + vm + "/config",
                        "cores="),
                new Deed(
                        "pve_guest_notes",
                        Json.obj("guest", text(vm), "text", "n" + chance.nextInt(1000)),
                        "POST",
                        "/qemu/" + vm + "/config",
                        "description="),
                new Deed(
                        "pve_snapshot_create",
                        Json.obj("guest", text(container), "name", "before"),
                        "POST",
                        "/lxc/" + container + "/snapshot",
                        "snapname=before"),
                new Deed(
                        "pve_pool_set",
                        Json.obj("action", "create", "pool", "p" + vm),
                        "POST",
                        "/pools",
                        "poolid=p" + vm),
                new Deed(
                        "pve_guest_clone",
                        Json.obj("guest", text(vm), "name", "copy" + vm, "vmid", vm + 3),
                        "POST",
                        "/qemu/" + vm + "/clone",
                        "newid=" + (vm + 3)),
                new Deed(
                        "pve_vm_create",
                        Json.obj("name", "new" + vm, "vmid", vm + 2, "node", "pve1", "storage", "local"),
                        "POST",
                        "/nodes/pve1/qemu",
                        "vmid=" + (vm + 2)),
                new Deed(
                        "pve_guest_migrate",
                        Json.obj("guest", text(container), "node", "pve2"),
                        "POST",
                        "/lxc/" + container + "/migrate",
                        ""),
                new Deed("pve_guest_delete", Json.obj("guest", text(container)), "DELETE", "/lxc/" + container, "")));
        Collections.shuffle(all, chance);
        return all.subList(0, 3 + chance.nextInt(3));
    }

    private static String text(int vmid) {
        return Integer.toString(vmid);
    }

    @Override
    public String toString() {
        return tool + " " + arguments.write();
    }
}
