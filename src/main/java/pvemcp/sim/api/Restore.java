package pvemcp.sim.api;

import java.util.Map;
import java.util.function.Consumer;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Sizes;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.Vm;
import pvemcp.sim.world.Volume;
import pvemcp.sim.world.VolumeId;

/// Guests out of backups: a create call with an archive (PVE::QemuServer::restore_file_archive,
/// PVE::LXC::Create::restore_archive).
final class Restore {
    private Restore() {}

    /// A backup that must be there.
    static Volume archive(Request request, String text) {
        if (!VolumeId.matches(text)) {
            throw Drives.pathsAreForRoot();
        }
        var id = VolumeId.parse(text);
        var storage = request.cluster().storage(id.storage());
        var content = storage.parse(id.name()).content();
        if (!content.equals("backup")) {
            throw new SimError("unable to use volume %s - content type needs to be 'backup'".formatted(text));
        }
        return Drives.volume(request.cluster(), request.node().name(), id);
    }

    private static String path(Request request, String text) {
        var id = VolumeId.parse(text);
        return request.cluster().storage(id.storage()).path(id.name());
    }

    static Json vm(Request request) {
        int vmid = request.vmid();
        var given = NewGuest.options(request);
        for (var key : new Vm(vmid, "x").disksOf(given).keySet()) {
            throw SimError.invalid(key, "option conflicts with option 'archive'");
        }
        GuestPaths.requirePool(request);
        var archive = archive(request, request.text("archive"));
        requireReplaceable(request, "unable to restore VM %d - ".formatted(vmid));
        var old = request.cluster().guests.get(vmid);
        if (old != null && old.isRunning()) {
            throw new SimError("unable to restore VM %d - vm is running".formatted(vmid));
        }
        requireTargetStorage(request, "images");
        var file = path(request, request.text("archive"));
        return request.start(
                "qmrestore",
                vmid,
                Timed.begin()
                        .say(
                                500,
                                "restore vma archive: %svma extract -v -r /var/tmp/vzdumptmp%d.fifo %s"
                                        .formatted(
                                                file.endsWith(".zst") ? "zstd -q -d -c " + file + " | " : "",
                                                vmid,
                                                file.endsWith(".zst") ? "-" : file))
                        .then(400, _ -> {
                            if (!archive.name().backupKind().equals("qemu")) {
                                throw new SimError("ERROR: file '%s' does not look like a QemuServer vzdump backup"
                                        .formatted(file));
                            }
                        })
                        .say(duration(archive), "progress 1%", "progress 25%", "progress 50%", "progress 75%")
                        .then(500, work -> {
                            var vm = new Vm(vmid, request.node().name());
                            replace(request, vm);
                            fill(request, vm, archive, given, work::say);
                            work.say("progress 100%% (read %d bytes, duration 3 sec)".formatted(archive.size));
                            work.say("rescan volumes...");
                            GuestPaths.join(request, vmid);
                            if (request.flag("start")) {
                                work.next(QemuPower.startSteps(request, vm));
                            }
                        })
                        .steps());
    }

    static Json container(Request request) {
        int vmid = request.vmid();
        GuestPaths.requirePool(request);
        requireReplaceable(request, "");
        var source = request.text("ostemplate");
        var archive = archive(request, source);
        var old = request.cluster().guests.get(vmid);
        if (old != null && old.isRunning()) {
            throw new SimError("unable to restore CT %d - unable to restore a running container".formatted(vmid));
        }
        requireTargetStorage(request, "rootdir");
        return request.start(
                "vzrestore",
                vmid,
                Timed.begin()
                        .say(500, "recovering backed-up configuration from '%s'".formatted(source))
                        .then(400, _ -> {
                            if (!archive.name().backupKind().equals("lxc")) {
                                throw new SimError(
                                        "unable to restore CT %d - ERROR: archive contains no configuration file"
                                                .formatted(vmid));
                            }
                        })
                        .say(
                                duration(archive),
                                "restoring '%s' now..".formatted(source),
                                "extracting archive '%s'".formatted(path(request, source)))
                        .then(500, work -> {
                            var container = new Container(vmid, request.node().name());
                            replace(request, container);
                            fill(request, container, archive, NewGuest.options(request), work::say);
                            work.say("Total bytes read: %d (%dMiB, 80MiB/s)"
                                    .formatted(archive.size, archive.size >> 20));
                            work.say("merging backed-up and given configuration..");
                            GuestPaths.join(request, vmid);
                            if (request.flag("start")) {
                                work.next(LxcPower.startSteps(request, container));
                            }
                        })
                        .steps());
    }

    /// Two seconds and one more for each 4 GiB.
    private static long duration(Volume archive) {
        return 2000 + archive.size / (4L << 30) * 1000;
    }

    private static void requireReplaceable(Request request, String prefix) {
        var old = request.cluster().guests.get(request.vmid());
        if (old == null) {
            return;
        }
        if (!request.flag("force") || old.isContainer() != GuestPaths.isContainer(request)) {
            GuestPaths.requireUnusedId(request, request.vmid(), prefix);
        }
        old.requireUnprotected("%sunable to restore %s %d".formatted(prefix, old.noun(), old.vmid()));
        old.requireUnlocked();
    }

    private static void requireTargetStorage(Request request, String content) {
        request.find("storage").ifPresent(id -> {
            var storage =
                    request.cluster().storage(id).requireEnabled(request.node().name());
            if (!storage.holds(content)) {
                throw new SimError("storage '%s' does not support content-type '%s'".formatted(id, content));
            }
        });
    }

    private static void replace(Request request, Guest guest) {
        var old = request.cluster().guests.get(guest.vmid());
        if (old != null) {
            GuestEnd.destroy(request, old);
        }
        request.cluster().guests.put(guest.vmid(), guest);
    }

    private static void fill(
            Request request, Guest guest, Volume archive, Map<String, String> given, Consumer<String> log) {
        var cluster = request.cluster();
        guest.config.putAll(BackupConfig.read(archive.archivedConfig));
        guest.disks().forEach((key, disk) -> {
            if (VolumeId.matches(disk.bare()) && GuestFeatures.isOwnDisk(disk)) {
                guest.config.put(key, restored(request, guest, disk, log));
            }
        });
        boolean unique = request.flag("unique");
        guest.config.replaceAll(
                (key, value) -> unique && key.matches("net\\d+") ? freshNic(cluster, guest, value) : value);
        if (guest instanceof Vm) {
            guest.config.put("vmgenid", cluster.freshUuid());
            if (unique) {
                guest.config.put("smbios1", "uuid=" + cluster.freshUuid());
            }
        }
        given.forEach((key, value) -> guest.config.put(
                key,
                guest.isContainer() ? LxcConfig.stored(request, key, value) : QemuConfig.stored(request, key, value)));
    }

    private static String freshNic(Cluster cluster, Guest guest, String nic) {
        return guest.isContainer()
                ? nic.replaceFirst("hwaddr=[^,]+", "hwaddr=" + cluster.freshMac())
                : nic.replaceFirst("=[0-9A-Fa-f:]{17}", "=" + cluster.freshMac());
    }

    private static String restored(Request request, Guest guest, PropertyString disk, Consumer<String> log) {
        var cluster = request.cluster();
        var original = VolumeId.parse(disk.bare());
        Storage storage = cluster.storage(request.text("storage", original.storage()));
        long size = disk.get("size").map(Sizes::parse).orElse(8L << 30);
        var format = guest.isContainer() ? "raw" : Drives.preferred(storage, formatOf(original));
        var volume = storage.allocate(guest.node, guest.vmid(), format, size, cluster.now());
        volume.used = size / 3;
        Drives.allocated(storage, volume).forEach(log);
        var id = storage.id() + ":" + volume.name().text();
        if (!guest.isContainer()) {
            log.accept("new volume ID is '%s'".formatted(id));
        }
        return disk.with(disk.bareKey(), id).with("size", Sizes.format(size)).toString();
    }

    private static String formatOf(VolumeId volume) {
        int dot = volume.name().lastIndexOf('.');
        return dot < 0 ? "raw" : volume.name().substring(dot + 1);
    }
}
