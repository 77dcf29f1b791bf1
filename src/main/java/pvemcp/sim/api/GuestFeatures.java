package pvemcp.sim.api;

import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Vm;
import pvemcp.sim.world.VolumeId;

/// What the storages of a guest's disks allow (PVE::AbstractConfig::has_feature).
final class GuestFeatures {
    private GuestFeatures() {}

    /// @param feature `snapshot`, `clone` (linked) or `copy`
    static boolean has(Cluster cluster, Guest guest, String feature, boolean ofSnapshot) {
        return guest.ownVolumes().values().stream().allMatch(id -> has(cluster, guest, id, feature, ofSnapshot));
    }

    private static boolean has(Cluster cluster, Guest guest, VolumeId id, String feature, boolean ofSnapshot) {
        var storage = cluster.storages.get(id.storage());
        if (storage == null) {
            return false;
        }
        var name = storage.parse(id.name());
        return switch (feature) {
            case "snapshot" -> storage.type().canSnapshot(name.format());
            case "clone" ->
                (name.base() || (guest.isContainer() && storage.type().canSnapshot(name.format())))
                        && storage.type().canLink(name.format())
                        && !ofSnapshot;
            default -> true;
        };
    }

    /// Whether every disk can be reached from every node.
    static boolean isShared(Cluster cluster, Guest guest) {
        return guest.disks().values().stream()
                .filter(drive -> VolumeId.matches(drive.bare()))
                .map(drive -> cluster.storages.get(VolumeId.parse(drive.bare()).storage()))
                .allMatch(storage -> storage != null && storage.isShared());
    }

    /// Whether the drive holds a disk of the guest itself.
    static boolean isOwnDisk(PropertyString drive) {
        return VolumeId.matches(drive.bare()) && !Vm.isRemovable(drive);
    }
}
