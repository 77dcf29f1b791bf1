package pvemcp.sim.api;

import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Sizes;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.sim.world.Vm;
import pvemcp.sim.world.VolumeId;

/// Copies of guests, and templates to make them from (PVE::API2::Qemu and PVE::API2::LXC, clone_vm and template).
final class CloneApi {
    private CloneApi() {}

    static void add(Routes routes) {
        routes.on(Verb.POST, "/nodes/{node}/qemu/{vmid}/clone", CloneApi::cloneVm)
                .on(Verb.POST, "/nodes/{node}/qemu/{vmid}/template", CloneApi::templateVm)
                .on(Verb.POST, "/nodes/{node}/lxc/{vmid}/clone", CloneApi::cloneContainer)
                .on(Verb.POST, "/nodes/{node}/lxc/{vmid}/template", CloneApi::templateContainer);
    }

    /// Another node of this cluster, if one is named (PVE::Cluster::check_node_exists).
    private static String targetNode(Request request, Guest guest) {
        var target = request.text("target", guest.node);
        if (!request.cluster().nodes.containsKey(target)) {
            throw new SimError("no such cluster node '%s'".formatted(target));
        }
        if (!target.equals(guest.node) && !GuestFeatures.isShared(request.cluster(), guest)) {
            throw new SimError("can't clone to non-shared storage '%s'"
                    .formatted(guest.ownVolumes().values().stream()
                            .findFirst()
                            .map(VolumeId::storage)
                            .orElse("local")));
        }
        return target;
    }

    private static SequencedMap<String, String> original(Request request, Guest guest) {
        return request.has("snapname")
                ? new TreeMap<>(guest.snapshot(request.text("snapname")).config())
                : new TreeMap<>(guest.config);
    }

    // ---- VMs ----

    private static Json cloneVm(Request request) {
        GuestPaths.requirePool(request);
        var vm = GuestPaths.vm(request);
        int newId = (int) request.whole("newid", 0);
        var target = targetNode(request, vm);
        request.find("storage").ifPresent(id -> requireImages(request, id, target));
        boolean full = request.has("full") ? request.flag("full") : !vm.isTemplate();
        if (!full && request.has("storage")) {
            throw new SimError("parameter 'storage' not allowed for linked clones");
        }
        if (!full && request.has("format")) {
            throw new SimError("parameter 'format' not allowed for linked clones");
        }
        vm.requireUnlocked();
        var values = original(request, vm);
        var other = request.cluster().guests.get(newId);
        if (other != null) {
            throw new SimError(
                    other instanceof Vm
                            ? "unable to create VM %d: config file already exists".formatted(newId)
                            : "unable to create VM %d - CT %d already exists on node '%s'"
                                    .formatted(newId, newId, other.node));
        }
        if (!full) {
            requireLinkable(request, vm, values);
        }
        var clone = new Vm(newId, target);
        clone.hasSystem = vm.hasSystem;
        clone.created = request.cluster().now();
        clone.config.put("lock", "clone");
        clone.config.put("name", request.text("name", "Copy-of-VM-" + vm.name()));
        request.cluster().guests.put(newId, clone);
        return request.start(
                "qmclone",
                vm.vmid(),
                Timed.begin()
                        .say(300, "creating a clone of VM %d with ID %d".formatted(vm.vmid(), newId))
                        .then(full ? fullTime(vm) : 500, work -> {
                            try {
                                fillVm(request, vm, clone, values, full, work::say);
                            } catch (SimError e) {
                                QemuApi.undo(request, clone);
                                throw new SimError("clone failed: " + e.getMessage());
                            }
                            GuestPaths.join(request, newId);
                        })
                        .steps());
    }

    private static void requireImages(Request request, String storageId, String node) {
        var storage = request.cluster().storage(storageId).requireEnabled(node);
        request.require("/storage/" + storageId, "Datastore.AllocateSpace");
        boolean right = storage.holds(GuestPaths.isContainer(request) ? "rootdir" : "images");
        if (!right) {
            throw new SimError("storage '%s' does not support vm images".formatted(storageId));
        }
    }

    private static long fullTime(Guest guest) {
        long bytes = guest.disks().values().stream()
                .flatMap(disk -> disk.get("size").stream())
                .mapToLong(Sizes::parse)
                .sum();
        return 1500 + bytes / (4L << 30) * 1000;
    }

    private static void requireLinkable(Request request, Vm vm, Map<String, String> values) {
        vm.disksOf(values).forEach((key, drive) -> {
            if (!GuestFeatures.isOwnDisk(drive)) {
                return;
            }
            var id = VolumeId.parse(drive.bare());
            var storage = request.cluster().storage(id.storage());
            var name = storage.parse(id.name());
            if (!name.base() || !storage.type().canLink(name.format())) {
                throw new SimError("Linked clone feature is not supported for '%s' (%s)".formatted(id, key));
            }
        });
    }

    private static void fillVm(
            Request request, Vm vm, Vm clone, SequencedMap<String, String> values, boolean full, Consumer<String> log) {
        var cluster = request.cluster();
        copyFirewall(request, vm, clone);
        var drives = vm.disksOf(values);
        values.forEach((key, value) -> {
            if (isLeftBehind(key) || drives.containsKey(key)) {
                return;
            }
            clone.config.put(key, key.matches("net\\d+") ? freshNic(request, value) : value);
        });
        drives.forEach((key, drive) -> clone.config.put(key, cloned(request, vm, clone, key, drive, full, log)));
        clone.config.put("name", request.text("name", "Copy-of-VM-" + vm.name()));
        clone.config.put("vmgenid", cluster.freshUuid());
        clone.config.put("smbios1", "uuid=" + cluster.freshUuid());
        clone.config.remove("lock");
        request.find("description").ifPresent(text -> clone.config.put("description", text));
    }

    /// In place of a file that another guest of this id left behind (PVE::Firewall::clone_vmfw_conf).
    private static void copyFirewall(Request request, Guest guest, Guest clone) {
        request.cluster().strayFirewalls.remove(clone.vmid());
        clone.firewall.copy(guest.firewall);
    }

    private static boolean isLeftBehind(String key) {
        return key.startsWith("unused")
                || switch (key) {
                    case "lock", "template", "parent", "snaptime", "vmstate", "name", "description" -> true;
                    default -> false;
                };
    }

    private static String freshNic(Request request, String nic) {
        return nic.replaceFirst("=[0-9A-Fa-f:]{17}", "=" + request.cluster().freshMac());
    }

    private static String cloned(
            Request request,
            Guest guest,
            Guest clone,
            String key,
            PropertyString drive,
            boolean full,
            Consumer<String> log) {
        if (!VolumeId.matches(drive.bare()) || !(GuestFeatures.isOwnDisk(drive) || Vm.isCloudInit(drive))) {
            return drive.toString();
        }
        var cluster = request.cluster();
        var id = VolumeId.parse(drive.bare());
        var storage = cluster.storage(id.storage());
        var original = Drives.volume(cluster, guest.node, id);
        if (Vm.isCloudInit(drive)) {
            var target = request.has("storage") ? cluster.storage(request.text("storage")) : storage;
            var name = target.fullName(
                    clone.vmid(),
                    "vm-%d-cloudinit".formatted(clone.vmid()),
                    original.name().format());
            target.allocate(clone.node, name, original.size, cluster.now());
            return drive.with(drive.bareKey(), target.id() + ":" + name).toString();
        }
        var noun = guest.isContainer() ? (full ? "mountpoint" : "mount point") : "drive";
        if (!full) {
            log.accept("create linked clone of %s %s (%s)".formatted(noun, key, id));
            return drive.with(drive.bareKey(), linked(request, storage, guest, clone, id))
                    .toString();
        }
        log.accept("create full clone of %s %s (%s)".formatted(noun, key, id));
        var target = cluster.storage(request.text("storage", storage.id()));
        var format =
                request.text("format", Drives.preferred(target, original.name().format()));
        var copy = DiskApi.copy(request, clone, original, target.id(), format, guest.isContainer() ? _ -> {} : log);
        var size = Sizes.format(original.size);
        return drive.with(drive.bareKey(), copy.toString()).with("size", size).toString();
    }

    private static String linked(Request request, Storage storage, Guest guest, Guest clone, VolumeId base) {
        var cluster = request.cluster();
        var original = Drives.volume(cluster, guest.node, base);
        var name = storage.freeName(
                clone.node,
                clone.vmid(),
                storage.type().files() ? original.name().format() : "");
        // A btrfs snapshot does not name its base; the others carry it in front.
        var full = storage.type() == StorageType.BTRFS ? name : base.name() + "/" + name;
        var volume = storage.add(clone.node, full, original.size, 4096, cluster.now());
        if (!full.equals(name)) {
            volume.parent = base.name();
        }
        return storage.id() + ":" + full;
    }

    private static Json templateVm(Request request) {
        var vm = GuestPaths.vm(request);
        if (vm.isTemplate()) {
            throw new SimError("you can't convert a template to a template");
        }
        if (!vm.snapshots.isEmpty()) {
            throw new SimError("unable to create template, because VM contains snapshots");
        }
        vm.requireUnlocked();
        if (vm.isRunning()) {
            throw new SimError("you can't convert a VM to template if VM is running");
        }
        return request.start(
                "qmtemplate",
                vm.vmid(),
                Timed.after(_ -> vm.requireUnlocked())
                        .then(500, _ -> makeBase(request, vm))
                        .steps());
    }

    /// Renames the disks to `base-…` (PVE::QemuServer::template_create).
    private static void makeBase(Request request, Guest guest) {
        guest.config.put("template", "1");
        guest.disks().forEach((key, disk) -> {
            if (!GuestFeatures.isOwnDisk(disk)) {
                return;
            }
            var id = VolumeId.parse(disk.bare());
            var storage = request.cluster().storage(id.storage());
            var old = Drives.volume(request.cluster(), guest.node, id);
            int slash = id.name().lastIndexOf('/');
            var name = id.name().substring(0, slash + 1)
                    + id.name()
                            .substring(slash + 1)
                            .replaceFirst("^subvol-", "basevol-")
                            .replaceFirst("^vm-", "base-");
            var base = storage.add(
                    guest.node, name, old.size, old.used, request.cluster().now());
            base.notes = old.notes;
            storage.remove(guest.node, id.name());
            guest.config.put(
                    key, disk.with(disk.bareKey(), storage.id() + ":" + name).toString());
        });
    }

    // ---- containers ----

    private static Json cloneContainer(Request request) {
        GuestPaths.requirePool(request);
        var container = GuestPaths.container(request);
        int newId = (int) request.whole("newid", 0);
        var target = targetNode(request, container);
        GuestPaths.requireUnusedId(request, newId, "");
        request.find("storage").ifPresent(id -> requireImages(request, id, target));
        container.requireUnlocked();
        var values = original(request, container);
        boolean full = request.has("full") ? request.flag("full") : !container.isTemplate() && !request.has("snapname");
        if (full && container.isRunning() && !request.has("snapname")) {
            throw new SimError("Full clone of a running container is only possible from a snapshot");
        }
        if (!full) {
            container.disksOf(values).values().forEach(disk -> requireLinkable(request, disk));
        }
        var clone = new Container(newId, target);
        clone.created = request.cluster().now();
        clone.config.put("lock", "create");
        request.cluster().guests.put(newId, clone);
        return request.start(
                "vzclone",
                container.vmid(),
                Timed.begin()
                        .say(300, "creating a clone of container %d with ID %d".formatted(container.vmid(), newId))
                        .then(full ? fullTime(container) : 500, work -> {
                            fillContainer(request, container, clone, values, full, work::say);
                            GuestPaths.join(request, newId);
                        })
                        .steps());
    }

    private static void requireLinkable(Request request, PropertyString disk) {
        var id = VolumeId.parse(disk.bare());
        var storage = request.cluster().storage(id.storage());
        var name = storage.parse(id.name());
        boolean snapshots = storage.type().canSnapshot(name.format());
        if (!snapshots && !(name.base() && !name.format().equals("raw"))) {
            throw new SimError("Linked clone feature for '%s' is not available".formatted(id));
        }
    }

    private static void fillContainer(
            Request request,
            Container container,
            Container clone,
            SequencedMap<String, String> values,
            boolean full,
            Consumer<String> log) {
        copyFirewall(request, container, clone);
        var disks = container.disksOf(values);
        values.forEach((key, value) -> {
            if (isLeftBehind(key) || disks.containsKey(key)) {
                return;
            }
            clone.config.put(
                    key,
                    key.matches("net\\d+")
                            ? value.replaceFirst(
                                    "hwaddr=[^,]+",
                                    "hwaddr=" + request.cluster().freshMac())
                            : value);
        });
        disks.forEach((key, disk) -> clone.config.put(key, cloned(request, container, clone, key, disk, full, log)));
        clone.config.put("hostname", request.text("hostname", container.name()));
        clone.config.remove("lock");
        request.find("description").ifPresent(text -> clone.config.put("description", text));
    }

    private static Json templateContainer(Request request) {
        var container = GuestPaths.container(request);
        if (container.isTemplate()) {
            throw new SimError("you can't convert a template to a template");
        }
        if (!container.snapshots.isEmpty()) {
            throw new SimError("unable to create template, because CT contains snapshots");
        }
        container.requireUnlocked();
        if (container.isRunning()) {
            throw new SimError("you can't convert a CT to template if the CT is running");
        }
        // The schema and the answer say nothing, but a task runs (PVE::API2::LXC, template).
        request.start(
                "vztemplate",
                container.vmid(),
                Timed.after(_ -> container.requireUnlocked())
                        .then(500, _ -> makeBase(request, container))
                        .steps());
        return Json.Null.NULL;
    }
}
