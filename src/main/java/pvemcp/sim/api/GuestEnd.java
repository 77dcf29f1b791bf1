package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Ha;
import pvemcp.sim.world.VolumeId;

/// What a guest leaves behind when it goes (PVE::QemuServer::destroy_vm, PVE::LXC::destroy_lxc_container).
final class GuestEnd {
    private GuestEnd() {}

    /// Starts the worker that destroys a guest, and with `purge` takes it out of what it is part of.
    ///
    /// @param check what the worker looks at before it does anything
    static Json start(Request request, String type, Guest guest, Runnable check) {
        boolean purge = request.flag("purge");
        return request.start(
                type,
                guest.vmid(),
                Timed.after(_ -> check.run())
                        .then(900, work -> {
                            destroy(request, guest);
                            if (purge) {
                                work.say("purging %s %d from related configurations.."
                                        .formatted(guest.noun(), guest.vmid()));
                                purge(request.cluster(), guest);
                            }
                        })
                        .steps());
    }

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

    /// Takes it out of HA, backup jobs and replication (PVE::VZDump::Plugin and PVE::ReplicationConfig,
    /// remove_vmid_from_…).
    private static void purge(Cluster cluster, Guest guest) {
        cluster.ha.forget(Ha.sid(guest));
        cluster.replications.values().removeIf(job -> job.vmid() == guest.vmid());
        var id = Integer.toString(guest.vmid());
        for (var job : cluster.backupJobs.values()) {
            for (var list : List.of("vmid", "exclude")) {
                job.computeIfPresent(list, (_, ids) -> {
                    var left = Request.split(ids).stream()
                            .filter(other -> !other.equals(id))
                            .collect(Collectors.joining(","));
                    return left.isEmpty() ? null : left;
                });
            }
        }
        cluster.backupJobs
                .values()
                .removeIf(job -> !job.containsKey("vmid") && !job.containsKey("all") && !job.containsKey("pool"));
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
