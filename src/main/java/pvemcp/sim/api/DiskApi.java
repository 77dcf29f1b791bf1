package pvemcp.sim.api;

import java.util.LinkedHashMap;
import java.util.function.Consumer;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Sizes;
import pvemcp.sim.world.Vm;
import pvemcp.sim.world.Volume;
import pvemcp.sim.world.VolumeId;

/// Growing and moving the disks of a guest (PVE::API2::Qemu resize_vm and move_vm_disk, PVE::API2::LXC resize_vm and
/// move_volume).
final class DiskApi {
    private DiskApi() {}

    static void add(Routes routes) {
        routes.on(Verb.PUT, "/nodes/{node}/qemu/{vmid}/resize", DiskApi::resizeVm)
                .on(Verb.POST, "/nodes/{node}/qemu/{vmid}/move_disk", DiskApi::moveDisk)
                .on(Verb.PUT, "/nodes/{node}/lxc/{vmid}/resize", DiskApi::resizeContainer)
                .on(Verb.POST, "/nodes/{node}/lxc/{vmid}/move_volume", DiskApi::moveVolume);
    }

    private static long newSize(String text, long old) {
        return text.startsWith("+") ? old + Sizes.parse(text.substring(1)) : Sizes.parse(text);
    }

    // ---- resize ----

    private static Json resizeVm(Request request) {
        var vm = GuestPaths.vm(request);
        var key = request.text("disk");
        request.find("digest").ifPresent(digest -> {
            if (!digest.equals(vm.digest())) {
                throw new SimError("checksum mismatch (file change by other user?)");
            }
        });
        return request.start(
                "resize",
                vm.vmid(),
                Timed.after(_ -> {
                            vm.requireUnlocked();
                            requireResizable(request, vm, key);
                        })
                        .then(600, work -> {
                            var drive = vm.disks().get(key);
                            var volume = volume(request, vm, drive);
                            long size = newSize(request.text("size"), volume.size);
                            if (size < volume.size) {
                                throw new SimError("shrinking disks is not supported");
                            }
                            requireRoom(request, vm, drive, size - volume.size);
                            volume.size = size;
                            vm.config.put(
                                    key, drive.with("size", Sizes.format(size)).toString());
                            if (!vm.isRunning()) {
                                work.say("Image resized.");
                            }
                        })
                        .steps());
    }

    private static void requireResizable(Request request, Vm vm, String key) {
        var drive = vm.disks().get(key);
        if (drive == null) {
            throw new SimError("disk '%s' does not exist".formatted(key));
        }
        if (Vm.isRemovable(drive)) {
            throw new SimError("you can't resize a cdrom");
        }
        volume(request, vm, drive);
    }

    private static void requireRoom(Request request, Guest guest, PropertyString drive, long more) {
        var storage = request.cluster().storage(VolumeId.parse(drive.bare()).storage());
        if (!storage.type().thin() && more > storage.available(guest.node)) {
            throw new SimError("storage '%s' has not enough free space".formatted(storage.id()));
        }
    }

    private static Volume volume(Request request, Guest guest, PropertyString drive) {
        return Drives.volume(request.cluster(), guest.node, VolumeId.parse(drive.bare()));
    }

    private static Json resizeContainer(Request request) {
        var container = GuestPaths.container(request);
        var key = request.text("disk");
        container.requireUnlocked();
        var disk = container.disks().get(key);
        if (disk == null) {
            throw noMountPoint();
        }
        var volume = volume(request, container, disk);
        long size = newSize(request.text("size"), volume.size);
        if (size < volume.size) {
            throw new SimError("unable to shrink disk size");
        }
        return request.start(
                "resize",
                container.vmid(),
                Timed.after(_ -> container.requireUnlocked())
                        .then(600, work -> {
                            requireRoom(request, container, disk, size - volume.size);
                            volume.size = size;
                            container.config.put(
                                    key, disk.with("size", Sizes.format(size)).toString());
                            work.say("Image resized.");
                        })
                        .steps());
    }

    /// What parsing an empty mount point says (PVE::LXC::Config::parse_volume).
    private static SimError noMountPoint() {
        var missing = "property is missing and it is not optional";
        var errors = new LinkedHashMap<String, String>();
        errors.put("mp", missing);
        errors.put("volume", missing);
        return new SimError(500, "format error", errors);
    }

    // ---- move ----

    private static Json moveDisk(Request request) {
        if (request.has("target-vmid")) {
            throw new SimError("moving a disk to another VM is not simulated");
        }
        if (!request.has("storage")) {
            var problem = "both 'storage' and 'target-vmid' missing, either needs to be set";
            var errors = new LinkedHashMap<String, String>();
            errors.put("storage", problem);
            errors.put("target-vmid", problem);
            throw new SimError(400, "Parameter verification failed.", errors);
        }
        var vm = GuestPaths.vm(request);
        vm.requireUnlocked();
        var key = request.text("disk");
        var drive = vm.disks().get(key);
        if (drive == null) {
            throw new SimError("disk '%s' does not exist".formatted(key));
        }
        var source = VolumeId.parse(drive.bare());
        var target = request.cluster().storage(request.text("storage"));
        request.require("/storage/" + target.id(), "Datastore.AllocateSpace");
        var old = Drives.volume(request.cluster(), vm.node, source);
        var format = request.text("format", Drives.preferred(target, old.name().format()));
        if (source.storage().equals(target.id()) && format.equals(old.name().format())) {
            throw new SimError("you can't move to the same storage with same format");
        }
        return request.start(
                "qmmove",
                vm.vmid(),
                Timed.after(work -> {
                            work.say("copying volume '%s' from current storage '%s' to target storage '%s'"
                                    .formatted(source, source.storage(), target.id()));
                            work.say("create full clone of drive %s (%s)".formatted(key, source));
                        })
                        .then(copyTime(old), work -> {
                            var copy = copy(request, vm, old, target.id(), format, work::say);
                            finishMove(request, vm, key, drive, source, copy, work::say);
                        })
                        .steps());
    }

    /// Two seconds, and one more for each 4 GiB.
    static long copyTime(Volume volume) {
        return 2000 + volume.size / (4L << 30) * 1000;
    }

    /// A new volume with the contents of another.
    static VolumeId copy(
            Request request, Guest guest, Volume original, String storageId, String format, Consumer<String> log) {
        var cluster = request.cluster();
        var storage = cluster.storage(storageId).requireEnabled(guest.node);
        var volume = storage.allocate(guest.node, guest.vmid(), format, original.size, cluster.now());
        volume.used = original.used;
        Drives.allocated(storage, volume).forEach(log);
        var id = new VolumeId(storage.id(), volume.name().text());
        log.accept("allocated target volume '%s'".formatted(id));
        log.accept("transferred 0.0 B of %s (0.00%%)".formatted(Sizes.human(original.size)));
        log.accept("transferred %1$s of %1$s (100.00%%)".formatted(Sizes.human(original.size)));
        return id;
    }

    private static void finishMove(
            Request request,
            Guest guest,
            String key,
            PropertyString drive,
            VolumeId source,
            VolumeId copy,
            Consumer<String> log) {
        guest.config.put(key, drive.with(drive.bareKey(), copy.toString()).toString());
        if (request.flag("delete")) {
            if (guest.isInSnapshot(source)) {
                guest.addUnused(source);
                return;
            }
            log.accept("removing source volume '%s' after successful copy".formatted(source));
            request.cluster().storage(source.storage()).remove(guest.node, source.name());
            return;
        }
        var unused = guest.addUnused(source);
        log.accept("adding source volume '%s' as '%s' to config".formatted(source, unused));
    }

    private static Json moveVolume(Request request) {
        if (request.has("target-vmid")) {
            throw new SimError("moving a volume to another container is not simulated");
        }
        var container = GuestPaths.container(request);
        container.requireUnlocked();
        var key = request.text("volume");
        var disk = container.disks().get(key);
        if (disk == null) {
            throw noMountPoint();
        }
        if (container.isRunning()) {
            throw new SimError("cannot move volumes of a running container");
        }
        var target = request.cluster().storage(request.text("storage"));
        var source = VolumeId.parse(disk.bare());
        var old = Drives.volume(request.cluster(), container.node, source);
        return request.start(
                "move_volume",
                container.vmid(),
                Timed.after(_ -> {
                            container.requireUnlocked();
                            container.config.put("lock", "disk");
                        })
                        .then(copyTime(old), work -> {
                            container.config.remove("lock");
                            var copy = copy(request, container, old, target.id(), "raw", work::say);
                            finishMove(request, container, key, disk, source, copy, work::say);
                        })
                        .steps());
    }
}
