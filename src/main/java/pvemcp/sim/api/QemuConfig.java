package pvemcp.sim.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Vm;
import pvemcp.sim.world.VolumeId;

/// Changes to a VM's configuration: at once, plugged into the running VM, or pending (PVE::API2::Qemu,
/// update_vm_api; PVE::QemuServer::vmconfig_hotplug_pending).
final class QemuConfig {
    private static final List<String> NOT_OPTIONS = List.of(
            "node",
            "vmid",
            "digest",
            "background_delay",
            "skiplock",
            "delete",
            "revert",
            "force",
            "import-working-storage");

    private QemuConfig() {}

    private record Change(
            Vm vm, SequencedMap<String, String> set, List<String> delete, List<String> revert, boolean force) {}

    static Json update(Request request) {
        var change = checked(request);
        apply(request, change, _ -> {});
        return Json.Null.NULL;
    }

    /// The same in a task, for what takes long.
    static Json updateInTask(Request request) {
        var change = checked(request);
        var said = new StringBuilder("update VM %d:".formatted(change.vm().vmid()));
        change.set()
                .forEach((key, value) -> said.append(" -")
                        .append(key)
                        .append(' ')
                        .append(key.equals("cipassword") ? "<hidden>" : value));
        if (!change.delete().isEmpty()) {
            said.append(" -delete ").append(String.join(",", change.delete()));
        }
        if (!change.revert().isEmpty()) {
            said.append(" -revert ").append(String.join(",", change.revert()));
        }
        boolean unplugs = change.vm().isRunning()
                && change.delete().stream().anyMatch(key -> change.vm().config.containsKey(key));
        return request.start(
                "qmconfig",
                change.vm().vmid(),
                Timed.begin()
                        .say(100, said.toString())
                        .then(unplugs ? 5000 : 400, work -> {
                            try {
                                apply(request, change, work::say);
                            } catch (SimError e) {
                                throw inTask(e);
                            }
                        })
                        .steps());
    }

    /// A 400 as a task's last words.
    private static SimError inTask(SimError error) {
        if (error.errors().isEmpty()) {
            return error;
        }
        return new SimError("400 %s %s "
                .formatted(
                        error.getMessage(),
                        error.errors().entrySet().stream()
                                .map(problem -> problem.getKey() + ": "
                                        + problem.getValue().strip())
                                .collect(Collectors.joining(" "))));
    }

    static Json unlink(Request request) {
        var vm = GuestPaths.vm(request);
        var delete = request.list("idlist");
        requireKnown(request, delete, "delete");
        vm.requireUnlocked();
        apply(request, new Change(vm, new TreeMap<>(), delete, List.of(), request.flag("force")), _ -> {});
        return Json.Null.NULL;
    }

    private static Change checked(Request request) {
        if (request.flag("skiplock") && !GuestPaths.isRoot(request)) {
            throw SimError.invalid("skiplock", "Only root may use this option.");
        }
        var set = new TreeMap<>(request.others(NOT_OPTIONS));
        var delete = request.list("delete");
        var revert = request.list("revert");
        if (set.isEmpty() && delete.isEmpty() && revert.isEmpty()) {
            throw new SimError("no options specified");
        }
        requireKnown(request, revert, "revert");
        for (var key : delete) {
            if (set.containsKey(key)) {
                throw SimError.invalid(
                        "delete", "you can't use '-%1$s' and -delete %1$s' at the same time".formatted(key));
            }
        }
        requireKnown(request, delete, "delete");
        var vm = GuestPaths.vm(request);
        set.forEach((key, value) -> VmOptions.requireMayChange(request, key, value));
        delete.forEach(key -> VmOptions.requireMayChange(
                request, key, vm.config.getOrDefault(key, vm.pending.getOrDefault(key, ""))));
        vm.disksOf(set).forEach((key, drive) -> Drives.check(request, key, drive));
        request.find("sshkeys").ifPresent(CloudInitApi::requireKeys);
        request.find("digest").ifPresent(digest -> {
            if (!digest.equals(vm.digest())) {
                throw new SimError("checksum mismatch (file change by other user?)");
            }
        });
        if (!request.flag("skiplock")) {
            vm.requireUnlocked();
        }
        requireBootDevices(vm, set, delete);
        return new Change(vm, set, delete, revert, request.flag("force"));
    }

    private static void requireKnown(Request request, List<String> keys, String parameter) {
        for (var key : keys) {
            boolean known = key.startsWith("unused") || knownToConfig(request, key);
            if (!known) {
                throw SimError.invalid(parameter, "unknown option '%s'".formatted(key));
            }
        }
    }

    private static boolean knownToConfig(Request request, String key) {
        if (VmOptions.exists(request, key)) {
            return true;
        }
        // `unlink` declares only its own parameters, but takes the disks of the configuration.
        return new Vm(100, "x").diskKeys().contains(key);
    }

    private static void requireBootDevices(Vm vm, Map<String, String> set, List<String> delete) {
        var boot = set.get("boot");
        if (boot == null) {
            return;
        }
        var after = new TreeMap<>(vm.effective());
        after.putAll(set);
        delete.forEach(after::remove);
        var order = PropertyString.parse(boot, "legacy").get("order").orElse("");
        for (var device : order.split(";")) {
            if (!device.isEmpty() && !after.containsKey(device)) {
                throw new SimError("invalid bootorder: device '%s' does not exist'".formatted(device));
            }
        }
    }

    /// The value as it is kept: tags sorted, NICs with an address.
    static String stored(Request request, String key, String value) {
        if (key.matches("net\\d+")) {
            return VmOptions.nic(request, value);
        }
        return key.equals("tags") ? Guest.tags(value) : value;
    }

    private static void apply(Request request, Change change, Consumer<String> log) {
        var vm = change.vm();
        var problems = new LinkedHashMap<String, String>();
        change.revert().forEach(key -> {
            vm.pending.remove(key);
            vm.removals.remove(key);
        });
        for (var key : change.delete()) {
            delete(request, vm, key, change.force(), problems);
        }
        var drives = vm.disksOf(change.set());
        drives.forEach((key, drive) -> CloudInitApi.requireOnlyDrive(vm, key, drive));
        change.set().forEach((key, value) -> {
            var text = value;
            if (drives.containsKey(key)) {
                var made = Drives.make(request.cluster(), vm, key, drives.get(key), "local");
                made.log().forEach(log);
                text = made.value();
            } else {
                text = stored(request, key, value);
            }
            set(request, vm, key, text, problems);
        });
        vm.forgetUsedAgain();
        if (!problems.isEmpty()) {
            throw new SimError(400, "Parameter verification failed.", problems);
        }
    }

    private static void set(Request request, Vm vm, String key, String value, Map<String, String> problems) {
        vm.removals.remove(key);
        if (key.equals("tags") && value.isEmpty()) {
            vm.config.remove(key);
            return;
        }
        if (!vm.isRunning()) {
            replaceDisk(vm, key, value);
            vm.config.put(key, value);
            return;
        }
        if (value.equals(vm.config.get(key))) {
            vm.pending.remove(key);
            return;
        }
        if (VmOptions.appliesAtOnce(key) || key.equals("balloon")) {
            vm.config.put(key, value);
            vm.pending.remove(key);
            return;
        }
        var problem = hotplug(request, vm, key, value);
        if (problem.equals(PLUGGED)) {
            replaceDisk(vm, key, value);
            vm.config.put(key, value);
            vm.pending.remove(key);
            return;
        }
        vm.pending.put(key, value);
        if (!problem.isEmpty()) {
            problems.put(key, "hotplug problem - " + problem);
        }
    }

    /// A disk that another takes the place of is kept as unused.
    private static void replaceDisk(Vm vm, String key, String value) {
        var before = vm.config.get(key);
        if (before == null || !vm.diskKeys().contains(key)) {
            return;
        }
        var old = vm.parseDisk(before);
        if (GuestFeatures.isOwnDisk(old)
                && !old.bare().equals(vm.parseDisk(value).bare())) {
            vm.addUnused(VolumeId.parse(old.bare()));
        }
    }

    private static final String PLUGGED = "\0plugged";

    /// Whether the running VM takes it: [#PLUGGED], empty text for a change that has to wait, or why it went wrong.
    private static String hotplug(Request request, Vm vm, String key, String value) {
        var devices = hotplugs(vm);
        if (key.matches("net\\d+") && devices.contains("network")) {
            var bridge = PropertyString.parse(value, "model").get("bridge").orElse("vmbr0");
            boolean known = request.cluster().hasBridge(vm.node, bridge);
            return known
                    ? PLUGGED
                    : ("VM %d qmp command 'netdev_add' failed - network script"
                                    + " /usr/libexec/qemu-server/pve-bridge-hotplug failed with status 512\n")
                            .formatted(vm.vmid());
        }
        if (!vm.diskKeys().contains(key)) {
            return "";
        }
        var drive = vm.parseDisk(value);
        if (Vm.isRemovable(drive) && vm.config.containsKey(key)) {
            return PLUGGED;
        }
        boolean plugs = key.startsWith("scsi") || key.startsWith("virtio");
        return plugs && devices.contains("disk") ? PLUGGED : "";
    }

    private static List<String> hotplugs(Vm vm) {
        return switch (vm.config.getOrDefault("hotplug", "1")) {
            case "1" -> List.of("network", "disk", "usb");
            case "0" -> List.of();
            default -> Request.split(vm.config.get("hotplug"));
        };
    }

    private static void delete(Request request, Vm vm, String key, boolean force, Map<String, String> problems) {
        var value = vm.config.get(key);
        var pendingValue = vm.pending.remove(key);
        if (pendingValue != null && vm.diskKeys().contains(key)) {
            var drive = vm.parseDisk(pendingValue);
            if (GuestFeatures.isOwnDisk(drive)) {
                vm.addUnused(VolumeId.parse(drive.bare()));
            }
        }
        if (value == null) {
            vm.removals.remove(key);
            return;
        }
        boolean disk = vm.diskKeys().contains(key) || key.startsWith("unused");
        if (disk && vm.isProtected()) {
            // PVE::AbstractConfig::check_protection
            throw new SimError("can't remove %s '%s' - protection mode enabled"
                    .formatted(key.startsWith("unused") ? "unused disk" : "drive", key));
        }
        if (!vm.isRunning() || VmOptions.appliesAtOnce(key)) {
            remove(request, vm, key, force);
            return;
        }
        boolean plugs = key.matches("(net|scsi|virtio|usb)\\d+");
        if (!plugs) {
            vm.removals.put(key, force);
            return;
        }
        if (!vm.isUp(request.cluster().now())) {
            vm.removals.put(key, force);
            var device = key.startsWith("scsi")
                            && vm.config.getOrDefault("scsihw", "").equals("virtio-scsi-single")
                    ? "virtioscsi" + key.substring(4)
                    : key;
            problems.put(
                    key,
                    "hotplug problem - error on hot-unplugging device '%s' - still busy in guest?\n".formatted(device));
            return;
        }
        remove(request, vm, key, force);
    }

    private static void remove(Request request, Vm vm, String key, boolean force) {
        var value = vm.config.remove(key);
        vm.removals.remove(key);
        if (value == null || !(vm.diskKeys().contains(key) || key.startsWith("unused"))) {
            return;
        }
        var drive = vm.parseDisk(value);
        if (Vm.isCloudInit(drive)) {
            Drives.destroy(request.cluster(), vm, value);
            return;
        }
        if (!GuestFeatures.isOwnDisk(drive)) {
            return;
        }
        if (key.startsWith("unused") || force) {
            requireFree(vm, VolumeId.parse(drive.bare()));
            Drives.destroy(request.cluster(), vm, value);
            return;
        }
        vm.addUnused(VolumeId.parse(drive.bare()));
    }

    private static void requireFree(Vm vm, VolumeId volume) {
        if (vm.isInSnapshot(volume)) {
            throw new SimError("unable to delete '%s' - volume is still in use (snapshot?)".formatted(volume));
        }
    }
}
