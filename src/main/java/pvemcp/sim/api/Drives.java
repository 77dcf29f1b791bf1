package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Sizes;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.Volume;
import pvemcp.sim.world.VolumeId;

/// Drives and mount points as they come in a request: `STORAGE:GiB` is a new disk, `STORAGE:cloudinit` a new
/// cloud-init drive, `import-from` a copy, all else a volume that is there (PVE::API2::Qemu, `$create_disks`).
final class Drives {
    // PVE::QemuServer::Drive, $NEW_DISK_RE
    private static final Pattern NEW = Pattern.compile("(?:([^/:\\s]+):)?(\\d+(?:\\.\\d+)?)");
    private static final Pattern CLOUD_INIT = Pattern.compile("([^/:\\s]+):cloudinit");

    private Drives() {}

    static boolean isNew(PropertyString drive) {
        return NEW.matcher(drive.bare()).matches()
                || CLOUD_INIT.matcher(drive.bare()).matches()
                || drive.get("import-from").isPresent();
    }

    /// Says no at once where the storage is not there, not allowed, or the name is none; nothing is made yet.
    static void check(Request request, String key, PropertyString drive) {
        var file = drive.bare();
        if (file.equals("none") || file.isEmpty()) {
            return;
        }
        var match = NEW.matcher(file);
        var cloudInit = CLOUD_INIT.matcher(file);
        if (cloudInit.matches()) {
            requireSpace(request, cloudInit.group(1), "images");
            return;
        }
        if (match.matches()) {
            var storage = match.group(1) == null ? request.text("storage", "local") : match.group(1);
            requireSpace(request, storage, GuestPaths.isContainer(request) ? "rootdir" : "images");
            drive.get("import-from").ifPresent(source -> requireImportable(request, key, source));
            return;
        }
        requireVolume(request, file);
    }

    private static void requireSpace(Request request, String storageId, String content) {
        var storage = request.cluster().storage(storageId);
        request.require("/storage/" + storageId, "Datastore.AllocateSpace");
        storage.requireEnabled(request.node().name());
        if (!storage.holds(content)) {
            // PVE::API2::Qemu and PVE::LXC::create_disks
            throw new SimError(
                    content.equals("rootdir")
                            ? "storage '%s' does not support container directories".formatted(storageId)
                            : "storage '%s' does not support vm images".formatted(storageId));
        }
    }

    private static void requireImportable(Request request, String key, String source) {
        if (!VolumeId.matches(source)) {
            throw pathsAreForRoot();
        }
        var volume = VolumeId.parse(source);
        var content =
                request.cluster().storage(volume.storage()).parse(volume.name()).content();
        if (!content.equals("images") && !content.equals("import")) {
            throw SimError.invalid(
                    key, "%s has wrong type '%s' - needs to be 'images' or 'import'".formatted(source, content));
        }
    }

    /// A volume that is to be used as it is (PVE::Storage::check_volume_access).
    static void requireVolume(Request request, String text) {
        if (!VolumeId.matches(text)) {
            throw pathsAreForRoot();
        }
        var volume = VolumeId.parse(text);
        request.cluster().storage(volume.storage()).parse(volume.name());
    }

    static SimError pathsAreForRoot() {
        return new SimError(
                "Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 651.");
    }

    /// What happened to a drive: its value in the configuration, and the lines about it.
    record Made(String value, List<String> log) {}

    /// Makes, copies or attaches what the drive says.
    static Made make(Cluster cluster, Guest guest, String key, PropertyString drive, String defaultStorage) {
        var log = new ArrayList<String>();
        var cloudInit = CLOUD_INIT.matcher(drive.bare());
        if (cloudInit.matches()) {
            return new Made(cloudInitDrive(cluster, guest, drive, cloudInit.group(1), log), log);
        }
        var match = NEW.matcher(drive.bare());
        if (!match.matches()) {
            return new Made(attach(cluster, guest, drive), log);
        }
        var storage = cluster.storage(match.group(1) == null ? defaultStorage : match.group(1));
        long size = (long) (Double.parseDouble(match.group(2)) * (1L << 30));
        var format = drive.get("format").orElse("");
        if (key.equals("efidisk0")) {
            size = 528 << 10;
        } else if (key.equals("tpmstate0")) {
            size = 4L << 20;
        }
        var source = drive.get("import-from");
        if (source.isPresent()) {
            var from = VolumeId.parse(source.get());
            var original = volume(cluster, guest.node, from);
            size = original.size;
            format = format.isEmpty() ? preferred(storage, original.name().format()) : format;
        }
        var made = storage.allocate(guest.node, guest.vmid(), format, size, cluster.now());
        var id = storage.id() + ":" + made.name().text();
        log.addAll(allocated(storage, made));
        if (source.isPresent()) {
            made.used = volume(cluster, guest.node, VolumeId.parse(source.get())).used;
            log.add("transferred 0.0 B of %s (0.00%%)".formatted(Sizes.human(size)));
            log.add("transferred %1$s of %1$s (100.00%%)".formatted(Sizes.human(size)));
            guest.hasSystem = true;
        }
        var value = drive.without("format", "import-from")
                .with(drive.bareKey(), id)
                .with("size", Sizes.format(size))
                .toString();
        log.add("%s: successfully created disk '%s'".formatted(key, value));
        return new Made(value, log);
    }

    private static String cloudInitDrive(
            Cluster cluster, Guest guest, PropertyString drive, String storageId, List<String> log) {
        var storage = cluster.storage(storageId);
        var format = storage.type().files() ? drive.get("format").orElse("qcow2") : "raw";
        var name = storage.fullName(
                guest.vmid(),
                "vm-%d-cloudinit".formatted(guest.vmid()),
                storage.type().formats().contains(format) ? format : "raw");
        var volume = storage.allocate(guest.node, name, 4L << 20, cluster.now());
        log.addAll(allocated(storage, volume));
        return drive.without("format")
                .with(drive.bareKey(), storageId + ":" + name)
                .with("media", "cdrom")
                .toString();
    }

    private static String attach(Cluster cluster, Guest guest, PropertyString drive) {
        if (!VolumeId.matches(drive.bare())) {
            return drive.toString();
        }
        var volume = volume(cluster, guest.node, VolumeId.parse(drive.bare()));
        if (volume.name().content().equals("iso")) {
            guest.hasSystem = true;
        }
        return drive.without("format").with("size", Sizes.format(volume.size)).toString();
    }

    /// A volume that must be there.
    static Volume volume(Cluster cluster, String node, VolumeId id) {
        return cluster.storageOf(id, node)
                .volume(node, id.name())
                .orElseThrow(() -> new SimError("volume '%s' does not exist".formatted(id)));
    }

    /// The format of a copy where nobody asked for one: the source's if the storage has it.
    static String preferred(Storage storage, String format) {
        return storage.type().formats().contains(format) ? format : storage.defaultFormat();
    }

    /// What the tools print when they make a volume.
    static List<String> allocated(Storage storage, Volume volume) {
        return switch (storage.type()) {
            case DIR, NFS, CIFS, CEPHFS -> List.of(formatting(storage, volume));
            case LVM, LVMTHIN ->
                List.of("  Logical volume \"%s\" created."
                        .formatted(volume.name().text()));
            default -> List.of();
        };
    }

    private static String formatting(Storage storage, Volume volume) {
        var path = storage.path(volume.name().text());
        return volume.name().format().equals("qcow2")
                ? ("Formatting '%s', fmt=qcow2 cluster_size=65536 extended_l2=off preallocation=metadata"
                                + " compression_type=zlib size=%d lazy_refcounts=off refcount_bits=16")
                        .formatted(path, volume.size)
                : "Formatting '%s', fmt=%s size=%d preallocation=off"
                        .formatted(path, volume.name().format(), volume.size);
    }

    /// Destroys the volume behind a value, if there is one that is the guest's own.
    static void destroy(Cluster cluster, Guest guest, String value) {
        var drive = guest.parseDisk(value);
        if (!VolumeId.matches(drive.bare())) {
            return;
        }
        var id = VolumeId.parse(drive.bare());
        var storage = cluster.storages.get(id.storage());
        if (storage == null) {
            return;
        }
        storage.volume(guest.node, id.name())
                .filter(volume -> volume.name().vmid() == guest.vmid())
                .ifPresent(_ -> storage.remove(guest.node, id.name()));
    }
}
