package pvemcp.sim.api;

import java.util.ArrayList;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.VolumeId;

/// What a guest leaves behind when it goes (PVE::QemuServer::destroy_vm, PVE::LXC::destroy_lxc_container).
final class GuestEnd {
    private GuestEnd() {}

    /// Removes a guest with its disks, and from its pool and the ACL.
    static void destroy(Request request, Guest guest) {
        var cluster = request.cluster();
        var values = new ArrayList<String>();
        guest.config.forEach((key, value) -> {
            if (guest.diskKeys().contains(key) || key.startsWith("unused") || key.equals("vmstate")) {
                values.add(value);
            }
        });
        guest.snapshots.values().forEach(snapshot -> {
            if (!snapshot.vmstate.isEmpty()) {
                values.add(snapshot.vmstate);
            }
        });
        values.forEach(value -> Drives.destroy(cluster, guest, value));
        if (request.flag("destroy-unreferenced-disks")) {
            unreferenced(request, guest);
        }
        cluster.guests.remove(guest.vmid());
        cluster.pools.values().forEach(pool -> pool.guests.remove(guest.vmid()));
        var path = "/vms/" + guest.vmid();
        cluster.access.forget(line -> line.path().equals(path));
    }

    private static void unreferenced(Request request, Guest guest) {
        request.cluster().storages.values().forEach(storage -> {
            if (!storage.isActive(guest.node)) {
                return;
            }
            storage.volumes(guest.node).values().stream()
                    .filter(volume -> volume.name().isDisk() && volume.name().vmid() == guest.vmid())
                    .map(volume -> new VolumeId(storage.id(), volume.name().text()))
                    .toList()
                    .forEach(id -> storage.remove(guest.node, id.name()));
        });
    }
}
