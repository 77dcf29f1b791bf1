package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Sizes;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.Vm;
import pvemcp.sim.world.VolumeId;

/// Guests that change their node (PVE::API2::Qemu and PVE::API2::LXC, migrate_vm; PVE::QemuMigrate).
final class MigrateApi {
    private MigrateApi() {}

    static void add(Routes routes) {
        for (var guest : List.of("/nodes/{node}/qemu/{vmid}", "/nodes/{node}/lxc/{vmid}")) {
            routes.on(Verb.GET, guest + "/migrate", MigrateApi::precondition)
                    .on(Verb.POST, guest + "/migrate", MigrateApi::migrate);
        }
    }

    private static List<Json> localDisks(Request request, Guest guest) {
        var disks = new ArrayList<Json>();
        guest.disks().forEach((key, disk) -> {
            if (!VolumeId.matches(disk.bare())) {
                return;
            }
            var id = VolumeId.parse(disk.bare());
            var storage = request.cluster().storages.get(id.storage());
            if (storage == null || storage.isShared()) {
                return;
            }
            long size = storage.volume(guest.node, id.name())
                    .map(volume -> volume.size)
                    .orElse(0L);
            var row = new LinkedHashMap<String, Object>();
            row.put("volid", id.toString());
            row.put("drivename", key);
            row.put("size", size);
            row.put("cdrom", Vm.isRemovable(disk) ? 1 : 0);
            row.put("shared", 0);
            row.put("replicate", 1);
            row.put("is_attached", 1);
            row.put("is_unused", 0);
            row.put("is_vmstate", 0);
            row.put("is_tpmstate", key.startsWith("tpmstate") ? 1 : 0);
            row.put("is_cloudinit", Vm.isCloudInit(disk) ? 1 : 0);
            disks.add(Json.of(row));
        });
        return disks;
    }

    /// The devices of this host that the guest holds.
    private static List<String> localResources(Guest guest) {
        return guest.config.entrySet().stream()
                .filter(entry -> entry.getKey().matches("(usb|hostpci|serial|parallel)\\d+"))
                .filter(entry -> !entry.getValue().contains("mapping=")
                        && !entry.getValue().startsWith("spice"))
                .filter(entry -> !entry.getValue().equals("socket"))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Map<String, List<String>> missingStorages(Request request, Guest guest) {
        var missing = new LinkedHashMap<String, List<String>>();
        for (var node : request.cluster().nodes.values()) {
            if (node.name().equals(guest.node)) {
                continue;
            }
            var storages = guest.disks().values().stream()
                    .filter(disk -> VolumeId.matches(disk.bare()))
                    .map(disk -> VolumeId.parse(disk.bare()).storage())
                    .distinct()
                    .filter(id -> !request.cluster().storages.containsKey(id)
                            || !request.cluster().storage(id).isOn(node.name()))
                    .toList();
            missing.put(node.name(), storages);
        }
        return missing;
    }

    private static Json precondition(Request request) {
        var guest = GuestPaths.guest(request);
        var missing = missingStorages(request, guest);
        var allowed = new ArrayList<String>();
        var refused = new LinkedHashMap<String, Object>();
        missing.forEach((node, storages) -> {
            if (storages.isEmpty()) {
                allowed.add(node);
            } else {
                refused.put(node, Map.of("unavailable_storages", storages));
            }
        });
        var answer = new LinkedHashMap<String, Object>();
        answer.put("running", guest.isRunning() ? 1 : 0);
        answer.put("allowed_nodes", allowed);
        answer.put("not_allowed_nodes", refused);
        if (guest instanceof Vm) {
            answer.put("local_disks", localDisks(request, guest));
            answer.put("local_resources", localResources(guest));
            answer.put("mapped-resources", List.of());
            answer.put("mapped-resource-info", Map.of());
            answer.put("has-dbus-vmstate", 1);
        }
        return Json.of(answer);
    }

    private static Json migrate(Request request) {
        var target = request.text("target");
        if (!request.cluster().nodes.containsKey(target)) {
            throw new SimError("no such cluster node '%s'".formatted(target));
        }
        if (target.equals(request.node().name())) {
            throw SimError.invalid("target", "target is local node.");
        }
        if (!request.cluster().node(target).online) {
            throw new SimError("node '%s' seems to be offline".formatted(target));
        }
        for (var option : List.of("force", "migration_type", "migration_network")) {
            if (request.has(option) && !GuestPaths.isRoot(request)) {
                throw SimError.invalid(option, "Only root may use this option.");
            }
        }
        var guest = GuestPaths.guest(request);
        guest.requireUnlocked();
        return request.cluster().ha.managed(guest).isPresent()
                ? handToHa(request, guest, target)
                : move(request, guest, target);
    }

    static Json move(Request request, Guest guest, String target) {
        return guest instanceof Vm vm ? migrateVm(request, vm, target) : migrateContainer(request, guest, target);
    }

    /// The task only tells HA (PVE::API2::Qemu, migrate_vm).
    private static Json handToHa(Request request, Guest guest, String target) {
        return request.start(
                "hamigrate",
                guest.vmid(),
                Timed.after(work -> {
                            work.say("Requesting HA migration for %s %d to node %s"
                                    .formatted(guest.isContainer() ? "CT" : "VM", guest.vmid(), target));
                            request.cluster()
                                    .ha
                                    .of(guest)
                                    .ifPresent(resource -> HaManager.move(request, resource, target, "migrate"));
                        })
                        .steps());
    }

    private static Json migrateVm(Request request, Vm vm, String target) {
        boolean online = request.flag("online");
        if (vm.isRunning() && !online) {
            throw SimError.invalid("online", "can't migrate running VM without --online");
        }
        return request.start(
                "qmigrate",
                vm.vmid(),
                Timed.after(work -> {
                            vm.requireUnlocked();
                            requireMovable(request, vm, target);
                            vm.config.put("lock", "migrate");
                            work.say("starting migration of VM %d to node '%s' (%s)"
                                    .formatted(
                                            vm.vmid(), target, request.cluster().node(target).ip));
                        })
                        .then(diskTime(request, vm), work -> copyLocalDisks(request, vm, target, work::say))
                        .then(vm.isRunning() ? 4000 : 500, work -> {
                            if (vm.isRunning()) {
                                work.say("starting VM %d on remote node '%s'".formatted(vm.vmid(), target));
                                work.say("start migrate command to unix:/run/qemu-server/%d.migrate"
                                        .formatted(vm.vmid()));
                                work.say("migration active, transferred %s of %s VM-state, 910.0 MiB/s"
                                        .formatted(Sizes.human(vm.maxMemory() / 2), Sizes.human(vm.maxMemory())));
                                work.say("migration status: completed");
                            }
                            vm.config.remove("lock");
                            vm.node = target;
                            work.say("migration finished successfully (duration 00:00:05)");
                        })
                        .steps());
    }

    private static Json migrateContainer(Request request, Guest container, String target) {
        boolean restart = request.flag("restart");
        if (container.isRunning() && !restart) {
            // PVE::LXC::Migrate; there is no live migration of containers.
            throw new SimError("lxc live migration is currently not implemented");
        }
        boolean wasRunning = container.isRunning();
        return request.start(
                "vzmigrate",
                container.vmid(),
                Timed.after(work -> {
                            container.requireUnlocked();
                            requireMovable(request, container, target);
                            if (wasRunning) {
                                work.say("shutdown CT %d".formatted(container.vmid()));
                                container.stop();
                            }
                            container.config.put("lock", "migrate");
                            work.say("starting migration of CT %d to node '%s' (%s)"
                                    .formatted(
                                            container.vmid(),
                                            target,
                                            request.cluster().node(target).ip));
                        })
                        .then(
                                diskTime(request, container),
                                work -> copyLocalDisks(request, container, target, work::say))
                        .then(1000, work -> {
                            container.config.remove("lock");
                            container.node = target;
                            if (wasRunning) {
                                work.say("start container on target node");
                                container.start(request.cluster().now());
                            }
                            work.say("migration finished successfully (duration 00:00:03)");
                        })
                        .steps());
    }

    private static long diskTime(Request request, Guest guest) {
        boolean shared = GuestFeatures.isShared(request.cluster(), guest);
        return shared ? 300 : 3000 + guest.maxDisk() / (4L << 30) * 1000;
    }

    // PVE::QemuMigrate, scan_local_volumes and prepare
    static void requireMovable(Request request, Guest guest, String target) {
        var devices = localResources(guest);
        if (guest.isRunning() && !devices.isEmpty()) {
            throw new SimError("can't migrate running VM which uses local devices: " + String.join(", ", devices));
        }
        for (var disk : guest.disks().entrySet()) {
            if (!VolumeId.matches(disk.getValue().bare())) {
                continue;
            }
            var id = VolumeId.parse(disk.getValue().bare());
            var storage = request.cluster().storage(id.storage());
            if (storage.isShared()) {
                continue;
            }
            if (Vm.isRemovable(disk.getValue()) && !Vm.isCloudInit(disk.getValue())) {
                throw new SimError("can't migrate local cdrom drive '%s'".formatted(disk.getKey()));
            }
            boolean live = guest instanceof Vm && guest.isRunning();
            if (live && !request.flag("with-local-disks")) {
                throw new SimError("can't live migrate attached local disks without with-local-disks option");
            }
            targetStorage(request, id).requireEnabled(target);
        }
    }

    /// Where a local disk goes: the same storage, or what `targetstorage` maps it to.
    private static Storage targetStorage(Request request, VolumeId id) {
        var map = request.find("targetstorage")
                .or(() -> request.find("target-storage"))
                .orElse("1");
        for (var pair : Request.split(map)) {
            var parts = pair.split(":");
            if (parts.length == 1 && !pair.equals("1")) {
                return request.cluster().storage(pair);
            }
            if (parts.length == 2 && parts[0].equals(id.storage())) {
                return request.cluster().storage(parts[1]);
            }
        }
        return request.cluster().storage(id.storage());
    }

    static void copyLocalDisks(Request request, Guest guest, String target, Consumer<String> log) {
        var cluster = request.cluster();
        guest.disks().forEach((key, disk) -> {
            if (!VolumeId.matches(disk.bare())) {
                return;
            }
            var id = VolumeId.parse(disk.bare());
            var from = cluster.storage(id.storage());
            if (from.isShared()) {
                return;
            }
            var to = targetStorage(request, id);
            var old = Drives.volume(cluster, guest.node, id);
            log.accept("found local disk '%s' (attached)".formatted(id));
            log.accept("copying local disk images");
            var name = to.type() == from.type() ? id.name() : to.freeName(target, guest.vmid(), "");
            var copy = to.add(target, name, old.size, old.used, cluster.now());
            copy.notes = old.notes;
            from.remove(guest.node, id.name());
            guest.config.put(
                    key, disk.with(disk.bareKey(), to.id() + ":" + name).toString());
        });
    }
}
