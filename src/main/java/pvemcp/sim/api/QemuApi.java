package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Vm;
import pvemcp.sim.world.VolumeId;

/// `/nodes/{node}/qemu`: the VMs of a node, their state and configuration, their beginning and end
/// (PVE::API2::Qemu).
final class QemuApi {
    private static final String VM = "/nodes/{node}/qemu/{vmid}";

    private QemuApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/nodes/{node}/qemu", QemuApi::list)
                .on(Verb.POST, "/nodes/{node}/qemu", QemuApi::create)
                .on(Verb.GET, VM, QemuApi::index)
                .on(Verb.DELETE, VM, QemuApi::destroy)
                .on(Verb.GET, VM + "/status", QemuApi::statusIndex)
                .on(Verb.GET, VM + "/status/current", QemuApi::current)
                .on(Verb.GET, VM + "/config", QemuApi::config)
                .on(Verb.PUT, VM + "/config", QemuConfig::update)
                .on(Verb.POST, VM + "/config", QemuConfig::updateInTask)
                .on(Verb.GET, VM + "/pending", request -> GuestRows.pending(GuestPaths.vm(request)))
                .on(Verb.GET, VM + "/feature", QemuApi::feature)
                .on(Verb.POST, VM + "/monitor", QemuApi::monitor)
                .on(Verb.PUT, VM + "/sendkey", QemuApi::sendKey)
                .on(Verb.PUT, VM + "/unlink", QemuConfig::unlink);
    }

    private static Json list(Request request) {
        var node = request.node().name();
        var now = request.cluster().now();
        boolean full = request.flag("full");
        var rows = new ArrayList<Json>();
        for (var guest : request.cluster().guests.values()) {
            if (guest instanceof Vm vm && vm.node.equals(node) && request.may("/vms/" + vm.vmid(), "VM.Audit")) {
                rows.add(full ? new Json.Obj(GuestRows.detailed(vm, now)) : GuestRows.row(vm, now));
            }
        }
        return new Json.Arr(rows);
    }

    static Json subdirs(String... names) {
        return new Json.Arr(List.of(names).stream()
                .map(name -> (Json) Json.obj("subdir", name))
                .toList());
    }

    private static Json index(Request request) {
        return subdirs(
                "config",
                "cloudinit",
                "pending",
                "status",
                "unlink",
                "vncproxy",
                "termproxy",
                "migrate",
                "resize",
                "move",
                "rrd",
                "rrddata",
                "monitor",
                "agent",
                "snapshot",
                "spiceproxy",
                "sendkey",
                "firewall",
                "mtunnel",
                "remote_migrate");
    }

    private static Json statusIndex(Request request) {
        GuestPaths.vm(request);
        return subdirs("current", "start", "stop", "reset", "shutdown", "suspend", "reboot");
    }

    private static Json current(Request request) {
        return GuestRows.current(GuestPaths.vm(request), request.cluster());
    }

    private static Json config(Request request) {
        if (request.has("snapshot") && request.flag("current")) {
            var problem = "cannot use 'snapshot' parameter with 'current'";
            var errors = new LinkedHashMap<String, String>();
            errors.put("snapshot", problem);
            errors.put("current", problem);
            throw new SimError(400, "Parameter verification failed.", errors);
        }
        var vm = GuestPaths.vm(request);
        var values = request.has("snapshot")
                ? SnapshotApi.configOf(vm.snapshot(request.text("snapshot")))
                : request.flag("current") ? new TreeMap<>(vm.config) : vm.effective();
        return GuestRows.config(vm, values).with("digest", vm.digest());
    }

    private static Json feature(Request request) {
        var vm = GuestPaths.vm(request);
        boolean has = GuestFeatures.has(request.cluster(), vm, request.text("feature"), request.has("snapname"));
        var nodes = request.cluster().nodes.keySet().stream()
                .filter(node -> node.equals(vm.node) || GuestFeatures.isShared(request.cluster(), vm))
                .toList();
        return Json.obj("hasFeature", has ? 1 : 0, "nodes", nodes);
    }

    private static Json monitor(Request request) {
        var vm = GuestPaths.vm(request);
        var command = request.text("command");
        if (!command.startsWith("info") && !command.equals("help") && !GuestPaths.isRoot(request)) {
            throw new SimError(
                    "command '%s' non-existent or not assigned a required permission yet, limiting to root user"
                            .formatted(command));
        }
        if (!vm.isRunning()) {
            // What the monitor says no with is an answer, too.
            return Json.str("ERROR: VM %d not running\n".formatted(vm.vmid()));
        }
        return Json.str(
                switch (command) {
                    case "info status" -> "VM status: %s\r\n".formatted(vm.isPaused() ? "paused" : "running");
                    case "info name" -> vm.name() + "\r\n";
                    case "info version" -> GuestRows.QEMU_VERSION + "pve-qemu-kvm_10.2.2-1\r\n";
                    default -> "";
                });
    }

    // QEMU, qapi/ui.json, QKeyCode, without the keys of media and office keyboards
    private static final String NAMED_KEYS = "ctrl|ctrl_r|alt|alt_r|shift|shift_r|meta_l|meta_r|menu|esc|tab|ret|spc"
            + "|backspace|delete|insert|home|end|pgup|pgdn|up|down|left|right|caps_lock|num_lock|scroll_lock|print"
            + "|sysrq|pause|minus|equal|comma|dot|slash|backslash|semicolon|apostrophe|grave_accent|bracket_left"
            + "|bracket_right|less|kp_\\w+";

    private static Json sendKey(Request request) {
        GuestPaths.vm(request).requireRunning();
        for (var key : request.text("key").split("-")) {
            if (!key.matches("[a-z0-9]|f\\d\\d?|" + NAMED_KEYS)) {
                // QEMU's monitor ends its lines with a carriage return, which pveproxy stumbles over.
                throw new SimError("unknown key: '%s'\r".formatted(key));
            }
        }
        return Json.Null.NULL;
    }

    // ---- create ----

    private static Json create(Request request) {
        GuestPaths.requireMayCreate(request);
        if (request.has("archive")) {
            return Restore.vm(request);
        }
        int vmid = request.vmid();
        GuestPaths.requirePool(request);
        var vm = new Vm(vmid, request.node().name());
        vm.hasSystem = false;
        vm.created = request.cluster().now();
        var wanted = NewGuest.options(request);
        wanted.forEach((key, value) -> VmOptions.requireMayChange(request, key, value));
        vm.disksOf(wanted).forEach((key, drive) -> Drives.check(request, key, drive));
        request.find("sshkeys").ifPresent(CloudInitApi::requireKeys);
        wanted.forEach((key, value) -> {
            if (key.startsWith("unused")) {
                requireVolumeFile(request, value);
            }
        });
        GuestPaths.requireUnusedId(request, vmid, "unable to create VM %d - ".formatted(vmid));
        // From here on the id is taken; the worker says so with a lock (PVE::API2::Qemu, create_vm).
        vm.config.put("lock", "create");
        request.cluster().guests.put(vmid, vm);
        var defaultStorage = request.text("storage", "local");
        boolean start = request.flag("start");
        return request.start(
                "qmcreate",
                vmid,
                Timed.begin()
                        .then(600, work -> {
                            try {
                                fill(request, vm, wanted, defaultStorage, work::say);
                            } catch (SimError e) {
                                undo(request, vm);
                                throw new SimError("unable to create VM %d - %s".formatted(vmid, e.getMessage()));
                            }
                        })
                        .then(importTime(vm, wanted), _ -> {
                            vm.config.remove("lock");
                            GuestPaths.join(request, vmid);
                        })
                        .then(0, work -> {
                            if (start) {
                                work.next(QemuPower.startSteps(request, vm));
                            }
                        })
                        .steps());
    }

    /// Copying an image takes a while; an empty disk does not.
    private static long importTime(Vm vm, Map<String, String> wanted) {
        long imports = vm.disksOf(wanted).values().stream()
                .filter(drive -> drive.get("import-from").isPresent())
                .count();
        return 200 + 8000 * imports;
    }

    private static void requireVolumeFile(Request request, String value) {
        try {
            Drives.requireVolume(request, value);
        } catch (SimError e) {
            // PVE::Storage::Plugin::parse_name_dir says it for an image of another guest.
            throw new SimError(
                    "unable to parse volume filename '%s'".formatted(value.substring(value.lastIndexOf('/') + 1)));
        }
    }

    private static void fill(
            Request request, Vm vm, Map<String, String> wanted, String defaultStorage, Consumer<String> log) {
        var cluster = request.cluster();
        var drives = vm.disksOf(wanted);
        // What is only attached is looked for before anything is made.
        drives.forEach((_, drive) -> {
            if (!Drives.isNew(drive) && VolumeId.matches(drive.bare())) {
                Drives.volume(cluster, vm.node, VolumeId.parse(drive.bare()));
            }
        });
        drives.forEach((key, drive) -> {
            var made = Drives.make(cluster, vm, key, drive, defaultStorage);
            made.log().forEach(log);
            vm.config.put(key, made.value());
        });
        wanted.forEach((key, value) -> {
            if (!drives.containsKey(key)) {
                vm.config.put(key, QemuConfig.stored(request, key, value));
            }
        });
        vm.config.putIfAbsent("boot", defaultBoot(vm));
        vm.config.putIfAbsent("vmgenid", cluster.freshUuid());
        vm.config.putIfAbsent("smbios1", "uuid=" + cluster.freshUuid());
        vm.config.put(
                "meta",
                "creation-qemu=%s,ctime=%d"
                        .formatted(GuestRows.QEMU_VERSION, cluster.now().getEpochSecond()));
    }

    /// The first disk, the first CD-ROM and the first NIC (PVE::QemuServer::get_default_bootdevices).
    static String defaultBoot(Vm vm) {
        var order = new ArrayList<String>();
        var drives = vm.disks();
        drives.entrySet().stream()
                .filter(drive -> !Vm.isRemovable(drive.getValue())
                        && !drive.getKey().contains("state")
                        && !drive.getKey().startsWith("efi"))
                .findFirst()
                .ifPresent(drive -> order.add(drive.getKey()));
        drives.entrySet().stream()
                .filter(drive -> Vm.isRemovable(drive.getValue()))
                .findFirst()
                .ifPresent(drive -> order.add(drive.getKey()));
        vm.config.keySet().stream()
                .filter(key -> key.matches("net\\d+"))
                .findFirst()
                .ifPresent(order::add);
        return order.isEmpty() ? " " : "order=" + String.join(";", order);
    }

    static void undo(Request request, Vm vm) {
        vm.config.forEach((key, value) -> {
            if (vm.diskKeys().contains(key) && !Vm.isRemovable(PropertyString.parse(value, "file"))) {
                Drives.destroy(request.cluster(), vm, value);
            }
        });
        request.cluster().guests.remove(vm.vmid());
    }

    // ---- destroy ----

    private static Json destroy(Request request) {
        var vm = GuestPaths.vm(request);
        if (request.flag("skiplock") && !GuestPaths.isRoot(request)) {
            throw SimError.invalid("skiplock", "Only root may use this option.");
        }
        vm.requireUnprotected("can't remove VM %d".formatted(vm.vmid()));
        request.cluster().ha.requireForgettable(vm, request.flag("purge"));
        requireStopped(vm);
        boolean skipLock = request.flag("skiplock");
        return GuestEnd.start(request, "qmdestroy", vm, () -> {
            if (!skipLock) {
                vm.requireUnlocked();
            }
            requireStopped(vm);
        });
    }

    private static void requireStopped(Vm vm) {
        if (vm.isRunning()) {
            throw new SimError("VM %d is running - destroy failed".formatted(vm.vmid()));
        }
    }
}
