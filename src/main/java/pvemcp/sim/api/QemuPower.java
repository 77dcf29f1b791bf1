package pvemcp.sim.api;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Step;
import pvemcp.sim.task.Work;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Vm;
import pvemcp.sim.world.VolumeId;

/// `/nodes/{node}/qemu/{vmid}/status/…`: on and off. Most of it only fails inside the task (PVE::API2::Qemu).
final class QemuPower {
    private static final String STATUS = "/nodes/{node}/qemu/{vmid}/status";

    private QemuPower() {}

    static void add(Routes routes) {
        routes.on(Verb.POST, STATUS + "/start", QemuPower::start)
                .on(Verb.POST, STATUS + "/stop", QemuPower::stop)
                .on(Verb.POST, STATUS + "/shutdown", QemuPower::shutdown)
                .on(Verb.POST, STATUS + "/reboot", QemuPower::reboot)
                .on(Verb.POST, STATUS + "/reset", QemuPower::reset)
                .on(Verb.POST, STATUS + "/suspend", QemuPower::suspend)
                .on(Verb.POST, STATUS + "/resume", QemuPower::resume);
    }

    private static void requireRootFor(Request request, String option) {
        if (request.has(option) && !GuestPaths.isRoot(request)) {
            throw SimError.invalid(option, "Only root may use this option.");
        }
    }

    private static Json start(Request request) {
        requireRootFor(request, "skiplock");
        if (HaManager.manages(request)) {
            return HaManager.askStart(request, GuestPaths.vm(request));
        }
        // Whether there is such a VM is only found out by the worker.
        return request.start(
                "qmstart",
                request.vmid(),
                Timed.after(work -> work.next(startSteps(request, GuestPaths.vm(request))))
                        .steps());
    }

    /// What starting a VM takes, in any task.
    static List<Step> startSteps(Request request, Vm vm) {
        return Timed.after(_ -> requireStartable(request, vm))
                .then(1900, work -> {
                    if (vm.lock().filter("suspended"::equals).isPresent()) {
                        wake(request, vm, work);
                    }
                    if (CloudInitApi.hasDrive(vm)) {
                        work.say("generating cloud-init ISO");
                        CloudInitApi.generate(vm);
                    }
                    vm.start(request.cluster().now());
                })
                .steps();
    }

    private static void requireStartable(Request request, Vm vm) {
        if (vm.isTemplate()) {
            throw new SimError("you can't start a vm if it's a template");
        }
        boolean suspended = vm.lock().filter("suspended"::equals).isPresent();
        if (!suspended && !request.flag("skiplock")) {
            vm.requireUnlocked();
        }
        if (vm.isRunning()) {
            throw new SimError("VM %d already running".formatted(vm.vmid()));
        }
        vm.effective().forEach((key, value) -> {
            if (vm.diskKeys().contains(key)
                    && VolumeId.matches(vm.parseDisk(value).bare())) {
                requireVolume(request, vm, VolumeId.parse(vm.parseDisk(value).bare()));
            }
            if (key.matches("net\\d+")) {
                requireBridge(request, vm, value);
            }
        });
    }

    private static void requireVolume(Request request, Vm vm, VolumeId id) {
        var storage = request.cluster().storageOf(id, vm.node);
        if (storage.volume(vm.node, id.name()).isEmpty()) {
            // PVE::Storage::activate_volumes
            throw new SimError("volume '%s' does not exist".formatted(id));
        }
    }

    private static void requireBridge(Request request, Vm vm, String nic) {
        var bridge = PropertyString.parse(nic, "model").get("bridge").orElse("vmbr0");
        if (!request.cluster().hasBridge(vm.node, bridge)) {
            // PVE::Network, said by the script that QEMU runs
            throw new SimError("bridge '%s' does not exist".formatted(bridge));
        }
    }

    private static void wake(Request request, Vm vm, Work work) {
        work.say("Resuming suspended VM");
        var state = vm.config.remove("vmstate");
        if (state != null) {
            work.say("activating and using '%s' as vmstate".formatted(state));
            Drives.destroy(request.cluster(), vm, state);
        }
        List.of("lock", "runningmachine", "runningcpu", "running-nets-host-mtu").forEach(vm.config::remove);
        work.say("Resumed VM, removing state");
    }

    private static Json stop(Request request) {
        requireRootFor(request, "skiplock");
        if (HaManager.manages(request) && !request.flag("skiplock")) {
            return HaManager.askStop(request, GuestPaths.vm(request));
        }
        return request.start(
                "qmstop",
                request.vmid(),
                Timed.after(work -> {
                            var vm = GuestPaths.vm(request);
                            if (!vm.isRunning()) {
                                return;
                            }
                            if (!request.flag("skiplock")) {
                                vm.requireUnlocked();
                            }
                            work.next(Timed.begin().then(1100, _ -> vm.stop()).steps());
                        })
                        .steps());
    }

    private static Json shutdown(Request request) {
        requireRootFor(request, "skiplock");
        var vm = GuestPaths.vm(request);
        if (vm.isPaused() && !request.flag("forceStop")) {
            throw new SimError("VM is paused - cannot shutdown");
        }
        if (HaManager.manages(request)) {
            return HaManager.askStop(request, vm);
        }
        return request.start(
                "qmshutdown",
                request.vmid(),
                Timed.after(work -> {
                            if (!vm.isRunning()) {
                                return;
                            }
                            if (!request.flag("skiplock")) {
                                vm.requireUnlocked();
                            }
                            work.next(downSteps(request, vm));
                        })
                        .steps());
    }

    /// Asks the guest's system to go down, and waits (PVE::QemuServer::_do_vm_stop).
    private static List<Step> downSteps(Request request, Vm vm) {
        var now = request.cluster().now();
        if (vm.isUp(now)) {
            return Timed.begin().then(3900, _ -> vm.stop()).steps();
        }
        var timed = Timed.begin();
        if (vm.hasAgentOption()) {
            timed.then(
                    3000,
                    work -> work.say(
                            "QEMU Guest Agent is not running - VM %d qga command 'guest-ping' failed - got timeout"
                                    .formatted(vm.vmid())));
        }
        long timeout = request.whole("timeout", 180) * 1000;
        return timed.then(timeout, work -> {
                    if (!request.flag("forceStop")) {
                        throw new SimError("VM quit/powerdown failed - got timeout");
                    }
                    work.say("VM still running - terminating now with SIGTERM");
                })
                .then(1000, _ -> vm.stop())
                .steps();
    }

    private static Json reboot(Request request) {
        var vm = GuestPaths.vm(request);
        vm.requireRunning();
        return request.start(
                "qmreboot",
                request.vmid(),
                Timed.after(work -> {
                            vm.requireUnlocked();
                            work.next(downSteps(request, vm));
                        })
                        .then(1500, _ -> vm.start(request.cluster().now()))
                        .steps());
    }

    private static Json reset(Request request) {
        var vm = GuestPaths.vm(request);
        vm.requireRunning();
        return request.start(
                "qmreset",
                request.vmid(),
                Timed.after(_ -> vm.requireUnlocked())
                        .then(100, _ -> vm.reset(request.cluster().now()))
                        .steps());
    }

    private static Json suspend(Request request) {
        var vm = GuestPaths.vm(request);
        vm.requireRunning();
        if (!request.flag("todisk")) {
            return request.start(
                    "qmpause",
                    request.vmid(),
                    Timed.after(_ -> vm.requireUnlocked())
                            .then(300, _ -> vm.pause())
                            .steps());
        }
        request.find("statestorage").ifPresent(id -> request.cluster().storage(id));
        return request.start(
                "qmsuspend",
                request.vmid(),
                Timed.after(_ -> {
                            vm.requireUnlocked();
                            vm.config.put("lock", "suspending");
                        })
                        .then(2000, work -> {
                            saveState(request, vm);
                            work.say("State saved, quitting");
                        })
                        .steps());
    }

    private static void saveState(Request request, Vm vm) {
        var cluster = request.cluster();
        var storage = cluster.storage(request.find("statestorage").orElseGet(() -> stateStorage(vm)));
        var day = LocalDate.ofInstant(cluster.now(), ZoneOffset.UTC);
        var name = storage.fullName(vm.vmid(), "vm-%d-state-suspend-%s".formatted(vm.vmid(), day), "raw");
        var volume = storage.allocate(vm.node, name, vm.maxMemory() * 2 + (500L << 20), cluster.now());
        volume.used = Math.min(vm.maxMemory(), volume.size);
        vm.stop();
        vm.config.put("vmstate", storage.id() + ":" + name);
        vm.config.put("lock", "suspended");
        vm.config.put("runningmachine", "pc-i440fx-10.2+pve0");
        vm.config.put("runningcpu", "qemu64");
        if (vm.config.keySet().stream().anyMatch(key -> key.matches("net\\d+"))) {
            vm.config.put("running-nets-host-mtu", "net0=1500");
        }
    }

    /// Where memory is saved when nobody says (PVE::QemuConfig::find_vmstate_storage).
    static String stateStorage(Vm vm) {
        return vm.config.getOrDefault(
                "vmstatestorage",
                vm.ownVolumes().values().stream()
                        .findFirst()
                        .map(VolumeId::storage)
                        .orElse("local"));
    }

    private static Json resume(Request request) {
        var vm = GuestPaths.vm(request);
        boolean suspended = vm.lock().filter("suspended"::equals).isPresent();
        if (!suspended) {
            vm.requireRunning();
        }
        return request.start(
                "qmresume",
                request.vmid(),
                Timed.after(work -> {
                            if (suspended) {
                                work.next(startSteps(request, vm));
                            } else {
                                vm.requireUnlocked();
                                vm.resume();
                            }
                        })
                        .steps());
    }
}
