package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.metrics.GuestMetrics;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Sizes;
import pvemcp.sim.world.Snapshot;
import pvemcp.sim.world.StorageType;
import pvemcp.sim.world.Vm;

/// Snapshots of VMs and containers (PVE::AbstractConfig, PVE::API2::Qemu, PVE::API2::LXC::Snapshot).
final class SnapshotApi {
    private SnapshotApi() {}

    static void add(Routes routes) {
        for (var guest : new String[] {"/nodes/{node}/qemu/{vmid}", "/nodes/{node}/lxc/{vmid}"}) {
            var one = guest + "/snapshot/{snapname}";
            routes.on(Verb.GET, guest + "/snapshot", SnapshotApi::list)
                    .on(Verb.POST, guest + "/snapshot", SnapshotApi::create)
                    .on(Verb.GET, one, SnapshotApi::index)
                    .on(Verb.DELETE, one, SnapshotApi::delete)
                    .on(Verb.GET, one + "/config", SnapshotApi::config)
                    .on(Verb.PUT, one + "/config", SnapshotApi::update)
                    .on(Verb.POST, one + "/rollback", SnapshotApi::rollback);
        }
    }

    private static String task(Guest guest, String name) {
        return (guest.isContainer() ? "vz" : "qm") + name;
    }

    private static Json list(Request request) {
        var guest = GuestPaths.guest(request);
        var rows = new ArrayList<Json>();
        guest.snapshots.values().forEach(snapshot -> {
            var row = new LinkedHashMap<String, Object>();
            row.put("name", snapshot.name());
            row.put("description", description(guest, snapshot));
            row.put("snaptime", snapshot.taken().getEpochSecond());
            if (!snapshot.parent.isEmpty()) {
                row.put("parent", snapshot.parent);
            }
            if (!guest.isContainer()) {
                row.put("vmstate", snapshot.vmstate.isEmpty() ? 0 : 1);
            }
            rows.add(Json.of(row));
        });
        var current = new LinkedHashMap<String, Object>();
        current.put("name", "current");
        current.put("description", "You are here!");
        current.put("digest", guest.digest());
        current.put("running", guest.isRunning() ? 1 : 0);
        if (guest.config.containsKey("parent")) {
            current.put("parent", guest.config.get("parent"));
        }
        rows.add(Json.of(current));
        return new Json.Arr(rows);
    }

    private static String description(Guest guest, Snapshot snapshot) {
        boolean line = guest.isContainer() && !snapshot.description.isEmpty();
        return line ? snapshot.description + "\n" : snapshot.description;
    }

    private static Json index(Request request) {
        GuestPaths.guest(request);
        return Json.arr(Json.obj("cmd", "rollback"), Json.obj("cmd", "config"));
    }

    /// The configuration as it was, with what the snapshot says about itself.
    static SequencedMap<String, String> configOf(Snapshot snapshot) {
        var values = new TreeMap<>(snapshot.config());
        values.put("snaptime", Long.toString(snapshot.taken().getEpochSecond()));
        if (!snapshot.description.isEmpty()) {
            values.put("description", snapshot.description);
        } else {
            values.remove("description");
        }
        if (!snapshot.parent.isEmpty()) {
            values.put("parent", snapshot.parent);
        }
        if (!snapshot.vmstate.isEmpty()) {
            values.put("vmstate", snapshot.vmstate);
        }
        return values;
    }

    private static Json config(Request request) {
        var guest = GuestPaths.guest(request);
        return GuestRows.config(guest, configOf(guest.snapshot(request.text("snapname"))));
    }

    private static Json update(Request request) {
        var guest = GuestPaths.guest(request);
        guest.requireUnlocked();
        var snapshot = guest.snapshot(request.text("snapname"));
        request.find("description").ifPresent(text -> snapshot.description = text);
        return Json.Null.NULL;
    }

    // ---- create ----

    private static Json create(Request request) {
        var name = request.text("snapname");
        boolean container = GuestPaths.isContainer(request);
        boolean reserved = name.equals("current") || name.equals(container ? "vzdump" : "pending");
        if (reserved) {
            throw new SimError("unable to use snapshot name '%s' (reserved name)".formatted(name));
        }
        var guest = GuestPaths.guest(request);
        boolean memory = request.flag("vmstate") && guest.isRunning();
        return request.start(
                task(guest, "snapshot"),
                guest.vmid(),
                Timed.after(_ -> {
                            requirePossible(request, guest, name);
                            guest.config.put("lock", "snapshot");
                        })
                        .then(memory ? 3000 : 600, work -> {
                            guest.config.remove("lock");
                            var state = memory ? saveMemory(request, (Vm) guest, name, work::say) : "";
                            if (guest instanceof Vm) {
                                guest.ownVolumes()
                                        .forEach((key, volume) ->
                                                work.say("snapshotting 'drive-%s' (%s)".formatted(key, volume)));
                            }
                            take(request, guest, name, state);
                        })
                        .steps());
    }

    // PVE::AbstractConfig::__snapshot_prepare
    private static void requirePossible(Request request, Guest guest, String name) {
        if (guest.isTemplate()) {
            throw new SimError("you can't take a snapshot if it's a template");
        }
        guest.requireUnlocked();
        if (guest.snapshots.containsKey(name)) {
            throw new SimError("snapshot name '%s' already used".formatted(name));
        }
        if (!GuestFeatures.has(request.cluster(), guest, "snapshot", false)) {
            throw new SimError("snapshot feature is not available");
        }
    }

    private static String saveMemory(Request request, Vm vm, String name, Consumer<String> log) {
        var cluster = request.cluster();
        var storage = cluster.storage(QemuPower.stateStorage(vm));
        var full = storage.fullName(vm.vmid(), "vm-%d-state-%s".formatted(vm.vmid(), name), "raw");
        var volume = storage.allocate(vm.node, full, vm.maxMemory() * 2 + (500L << 20), cluster.now());
        long saved = new GuestMetrics(vm).memory(cluster.now());
        volume.used = saved;
        Drives.allocated(storage, volume).forEach(log);
        log.accept("saving VM state and RAM using storage '%s'".formatted(storage.id()));
        log.accept("%s in 0s".formatted(Sizes.human(saved / 3)));
        log.accept("completed saving the VM state in 2s, saved %s".formatted(Sizes.human(saved)));
        return storage.id() + ":" + full;
    }

    /// Keeps the present configuration under that name, on top of the snapshot it comes from.
    static void take(Request request, Guest guest, String name, String state) {
        var values = new TreeMap<>(guest.config);
        values.remove("lock");
        values.remove("description");
        var parent = values.remove("parent");
        values.keySet().removeIf(key -> key.startsWith("unused"));
        guest.snapshots.put(
                name,
                new Snapshot(
                        name,
                        request.cluster().now(),
                        values,
                        parent == null ? "" : parent,
                        request.text("description", ""),
                        state));
        guest.config.put("parent", name);
    }

    // ---- delete ----

    private static Json delete(Request request) {
        var guest = GuestPaths.guest(request);
        var name = request.text("snapname");
        return request.start(
                task(guest, "delsnapshot"),
                guest.vmid(),
                Timed.after(_ -> {
                            guest.snapshot(name);
                            guest.requireUnlocked();
                            guest.config.put("lock", "snapshot-delete");
                        })
                        .then(700, _ -> {
                            guest.config.remove("lock");
                            forget(request, guest, guest.snapshot(name));
                        })
                        .steps());
    }

    private static void forget(Request request, Guest guest, Snapshot gone) {
        guest.snapshots.remove(gone.name());
        guest.snapshots.values().forEach(other -> {
            if (other.parent.equals(gone.name())) {
                other.parent = gone.parent;
            }
        });
        if (gone.name().equals(guest.config.get("parent"))) {
            if (gone.parent.isEmpty()) {
                guest.config.remove("parent");
            } else {
                guest.config.put("parent", gone.parent);
            }
        }
        if (!gone.vmstate.isEmpty()) {
            Drives.destroy(request.cluster(), guest, gone.vmstate);
        }
    }

    // ---- rollback ----

    private static Json rollback(Request request) {
        var guest = GuestPaths.guest(request);
        var name = request.text("snapname");
        return request.start(
                task(guest, "rollback"),
                guest.vmid(),
                Timed.after(_ -> {
                            requireRollback(request, guest, guest.snapshot(name));
                            guest.config.put("lock", "rollback");
                        })
                        .then(1500, work -> {
                            guest.config.remove("lock");
                            var snapshot = guest.snapshot(name);
                            goBack(request, guest, snapshot);
                            boolean resumes = !snapshot.vmstate.isEmpty();
                            if (resumes) {
                                guest.start(request.cluster().now());
                            } else if (request.flag("start")) {
                                work.next(
                                        guest instanceof Vm vm
                                                ? QemuPower.startSteps(request, vm)
                                                : LxcPower.startSteps(request, (Container) guest));
                            }
                        })
                        .steps());
    }

    // PVE::AbstractConfig::snapshot_rollback
    private static void requireRollback(Request request, Guest guest, Snapshot snapshot) {
        if (guest.isTemplate()) {
            throw new SimError("you can't rollback if vm is a template");
        }
        guest.requireUnlocked();
        for (var volume : guest.ownVolumes().values()) {
            var storage = request.cluster().storage(volume.storage());
            boolean onlyNewest = storage.type() == StorageType.ZFSPOOL;
            var newer = guest.snapshots.values().stream()
                    .filter(other -> other.taken().isAfter(snapshot.taken()))
                    .findFirst();
            if (onlyNewest && newer.isPresent()) {
                // PVE::Storage::ZFSPoolPlugin::volume_rollback_is_possible
                throw new SimError(
                        "can't rollback, '%s' is not most recent snapshot on '%s'".formatted(snapshot.name(), volume));
            }
        }
    }

    private static void goBack(Request request, Guest guest, Snapshot snapshot) {
        if (guest.isRunning()) {
            guest.stop();
        }
        var unused = new TreeMap<String, String>();
        guest.config.forEach((key, value) -> {
            if (key.startsWith("unused")) {
                unused.put(key, value);
            }
        });
        var description = guest.config.get("description");
        var wasOwned = guest.ownVolumes();
        guest.config.clear();
        guest.pending.clear();
        guest.removals.clear();
        guest.config.putAll(snapshot.config());
        guest.config.putAll(unused);
        guest.config.put("parent", snapshot.name());
        if (description != null) {
            guest.config.put("description", description);
        }
        if (guest.config.containsKey("vmgenid")) {
            guest.config.put("vmgenid", request.cluster().freshUuid());
        }
        var now = guest.ownVolumes().values();
        wasOwned.values().stream().filter(volume -> !now.contains(volume)).forEach(guest::addUnused);
    }
}
