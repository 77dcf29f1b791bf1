package pvemcp.sim.api;

import static pvemcp.sim.api.CephApi.HERE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Step;
import pvemcp.sim.world.Ceph;
import pvemcp.sim.world.Ceph.Kind;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.text.Word;

/// Changes of a Ceph cluster: services, disks, pools, file systems (PVE::API2::Ceph and below).
final class CephWrites {
    private static final Duration QUICK = Duration.ofSeconds(3);
    private static final Set<String> NOT_SETTINGS = Set.of("node", "name", "add_storages");

    private CephWrites() {}

    static void add(Routes routes) {
        CephApi.on(routes, Verb.PUT, "/cluster/ceph/flags", CephWrites::setFlags);
        CephApi.on(routes, Verb.PUT, "/cluster/ceph/flags/{flag}", CephWrites::setFlag);
        CephApi.on(routes, Verb.POST, HERE + "/osd", CephWrites::createOsd);
        CephApi.on(routes, Verb.DELETE, HERE + "/osd/{osdid}", CephWrites::destroyOsd);
        for (var state : List.of("in", "out", "scrub")) {
            CephApi.on(routes, Verb.POST, HERE + "/osd/{osdid}/" + state, (request, ceph) -> {
                var osd = ceph.osd(request.text("osdid"));
                osd.in = state.equals("scrub") ? osd.in : state.equals("in");
                return Json.Null.NULL;
            });
        }
        daemons(routes, Kind.MON, "/mon/{monid}", "monid");
        daemons(routes, Kind.MGR, "/mgr/{id}", "id");
        daemons(routes, Kind.MDS, "/mds/{name}", "name");
        CephApi.on(routes, Verb.POST, HERE + "/pool", CephWrites::createPool);
        CephApi.on(routes, Verb.PUT, HERE + "/pool/{name}", CephWrites::changePool);
        CephApi.on(routes, Verb.DELETE, HERE + "/pool/{name}", CephWrites::destroyPool);
        CephApi.on(routes, Verb.POST, HERE + "/fs/{name}", CephWrites::createFileSystem);
        CephApi.on(routes, Verb.DELETE, HERE + "/fs/{name}", CephWrites::destroyFileSystem);
        for (var action : List.of("start", "stop", "restart")) {
            CephApi.on(routes, Verb.POST, HERE + "/" + action, (request, ceph) -> run(request, ceph, action));
        }
    }

    private static Json setFlags(Request request, Ceph ceph) {
        var arguments = request.arguments().members();
        return Json.str(request.tasks()
                .start(
                        request.localNode(),
                        "cephsetflags",
                        "",
                        request.authId(),
                        List.of(Step.act(
                                QUICK,
                                _ -> arguments.forEach((flag, value) -> set(
                                        ceph,
                                        flag,
                                        value.scalarText().orElse("").equals("1")))))));
    }

    private static Json setFlag(Request request, Ceph ceph) {
        set(ceph, request.text("flag"), request.flag("value"));
        return Json.Null.NULL;
    }

    private static void set(Ceph ceph, String flag, boolean value) {
        if (value) {
            ceph.flags.add(flag);
        } else {
            ceph.flags.remove(flag);
        }
    }

    // ---- OSDs ----

    private static Json createOsd(Request request, Ceph ceph) {
        var device = request.text("dev");
        var node = request.node();
        var disk = node.host.disks.stream()
                .filter(each -> each.device().equals(device))
                .findFirst()
                .orElseThrow(() -> new SimError("unable to get device info for '%s'".formatted(device.substring(5))));
        if (!disk.used().isEmpty()) {
            throw new SimError(
                    "device '%s' is already in use".formatted(device)); // PVE::Diskmanage::assert_disk_unused
        }
        var deviceClass = request.text("crush-device-class", disk.type());
        return request.start(
                "cephcreateosd", device.substring("/dev/".length()), List.of(Step.act(Duration.ofSeconds(20), work -> {
                    var osd = ceph.addOsd(node.name(), device, deviceClass, disk.size());
                    work.say("create OSD on %s (bluestore)".formatted(device));
                    work.say("--> ceph-volume lvm activate successful for osd ID: %d".formatted(osd.id()));
                })));
    }

    private static Json destroyOsd(Request request, Ceph ceph) {
        var osd = ceph.osd(request.text("osdid"));
        // PVE::API2::Ceph::OSD, destroyosd
        if (!osd.node().equals(request.node().name())) {
            throw new SimError("OSD osd.%d does not belong to node %s!"
                    .formatted(osd.id(), request.node().name()));
        }
        if (osd.in) {
            throw new SimError("osd is in use (in == 1)");
        }
        if (osd.up) {
            throw new SimError("osd is still running (up == 1)");
        }
        return request.start("cephdestroyosd", "osd." + osd.id(), List.of(Step.act(Duration.ofSeconds(5), work -> {
            work.say("destroy OSD osd.%d".formatted(osd.id()));
            ceph.osds.remove(osd.id());
        })));
    }

    // ---- monitors, managers, metadata servers ----

    private static void daemons(Routes routes, Kind kind, String below, String idName) {
        var word = Word.of(kind);
        CephApi.on(routes, Verb.POST, HERE + below, (request, ceph) -> {
            var name = request.text(idName, request.node().name());
            if (ceph.daemons(kind).containsKey(name)) {
                throw new SimError("%s '%s' already exists".formatted(noun(kind), name));
            }
            var node = request.node().name();
            return request.start(
                    "cephcreate" + word, word + "." + name, List.of(Step.act(QUICK, _ -> ceph.add(kind, name, node))));
        });
        CephApi.on(routes, Verb.DELETE, HERE + below, (request, ceph) -> {
            var name = request.text(idName);
            var daemon = Optional.ofNullable(ceph.daemons(kind).get(name))
                    .filter(each -> each.node().equals(request.node().name()))
                    .orElseThrow(
                            () -> new SimError("%s filesystem '/var/lib/ceph/%s/ceph-%s' does not exist on this node"
                                    .formatted(noun(kind), word, name)));
            if (kind == Kind.MON && ceph.daemons(kind).size() == 1) {
                throw new SimError("can't remove last monitor");
            }
            return request.start(
                    "cephdestroy" + word,
                    word + "." + name,
                    List.of(Step.act(QUICK, _ -> ceph.daemons(kind).remove(daemon.name()))));
        });
    }

    private static String noun(Kind kind) {
        return switch (kind) {
            case MON -> "monitor";
            case MGR -> "manager";
            case MDS -> "MDS";
        };
    }

    // ---- pools and file systems ----

    private static Json.Obj settings(Request request) {
        var settings = Json.Obj.EMPTY;
        for (var argument : request.arguments().members().entrySet()) {
            if (!NOT_SETTINGS.contains(argument.getKey())) {
                settings = settings.with(argument.getKey(), argument.getValue());
            }
        }
        return settings;
    }

    private static Json createPool(Request request, Ceph ceph) {
        var name = request.text("name");
        var settings = settings(request);
        boolean withStorage = request.flag("add_storages");
        var cluster = request.cluster();
        if (withStorage && cluster.storages.containsKey(name)) {
            throw new SimError("storage ID '%s' already defined".formatted(name));
        }
        return request.start("cephcreatepool", name, List.of(Step.act(QUICK, work -> {
            work.say("pool %s: applying size = %s"
                    .formatted(name, settings.text("size").orElse("3")));
            ceph.addPool(name, settings);
            if (withStorage) {
                var storage = new Storage(name, StorageType.RBD);
                storage.options.put("pool", name);
                storage.options.put("content", "images,rootdir");
                cluster.storages.put(name, storage);
            }
        })));
    }

    private static Json changePool(Request request, Ceph ceph) {
        var name = request.text("name");
        CephApi.requirePool(ceph, name);
        var settings = settings(request);
        return request.start("cephsetpool", name, List.of(Step.act(QUICK, _ -> {
            ceph.pools.put(name, ceph.pools.get(name).with(settings));
        })));
    }

    private static Json destroyPool(Request request, Ceph ceph) {
        var name = request.text("name");
        CephApi.requirePool(ceph, name);
        var cluster = request.cluster();
        var storages = cluster.storages.values().stream()
                .filter(storage -> storage.type() == StorageType.RBD && name.equals(storage.options.get("pool")))
                .toList();
        boolean force = request.flag("force");
        boolean removeStorages = request.flag("remove_storages");
        return request.start("cephdestroypool", name, List.of(Step.act(QUICK, work -> {
            for (var storage : force ? List.<Storage>of() : storages) {
                work.say("checking storage '%s' for RBD images..".formatted(storage.id()));
                boolean used = cluster.guests.values().stream()
                        .flatMap(guest -> guest.ownVolumes().values().stream())
                        .anyMatch(volume -> volume.storage().equals(storage.id()));
                if (used) {
                    throw new SimError("ceph pool '%s' still in use by storage '%s'".formatted(name, storage.id()));
                }
            }
            ceph.pools.remove(name);
            if (removeStorages) {
                storages.forEach(storage -> cluster.storages.remove(storage.id()));
            }
        })));
    }

    private static Json createFileSystem(Request request, Ceph ceph) {
        var name = request.text("name", "cephfs");
        if (ceph.fileSystems.containsKey(name)) {
            throw new SimError("ceph filesystem with name '%s' already exists".formatted(name));
        }
        if (ceph.daemons(Kind.MDS).values().stream().noneMatch(daemon -> daemon.running)) {
            throw new SimError("no running Metadata Server (MDS) found!");
        }
        var groups = request.whole("pg_num", 128);
        return request.start("cephfscreate", name, List.of(Step.act(Duration.ofSeconds(8), work -> {
            work.say("creating data pool '%s_data'...".formatted(name));
            ceph.addPool(name + "_data", Json.obj("application", "cephfs", "pg_num", groups));
            ceph.addPool(name + "_metadata", Json.obj("application", "cephfs", "pg_num", Math.max(1, groups / 4)));
            ceph.fileSystems.put(name, new Ceph.FileSystem(name + "_metadata", name + "_data"));
            work.say("successfully created CephFS '%s'".formatted(name));
        })));
    }

    private static Json destroyFileSystem(Request request, Ceph ceph) {
        var name = request.text("name");
        var system = Optional.ofNullable(ceph.fileSystems.get(name))
                .orElseThrow(() -> new SimError("no such cephfs '%s'".formatted(name)));
        boolean pools = request.flag("remove-pools");
        return request.start("cephdestroyfs", name, List.of(Step.act(QUICK, _ -> {
            ceph.fileSystems.remove(name);
            if (pools) {
                ceph.pools.remove(system.data());
                ceph.pools.remove(system.metadata());
            }
        })));
    }

    // ---- starting and stopping ----

    /// A service such as `osd.0` or `mon.pve1`, a kind of them, or all of the node.
    private static Json run(Request request, Ceph ceph, String action) {
        var node = request.node().name();
        var service = request.text("service", "ceph.target");
        var switches = switches(ceph, node, service);
        boolean after = !action.equals("stop");
        return request.start(
                "srv" + action, service, List.of(Step.act(QUICK, _ -> switches.forEach(one -> one.accept(after)))));
    }

    private static List<Consumer<Boolean>> switches(Ceph ceph, String node, String service) {
        var all = new ArrayList<Consumer<Boolean>>();
        for (var kind : Kind.values()) {
            for (var daemon : ceph.daemons(kind).values()) {
                if (daemon.node().equals(node) && fits(service, Word.of(kind), daemon.name())) {
                    all.add(running -> daemon.running = running);
                }
            }
        }
        for (var osd : ceph.osds.values()) {
            if (osd.node().equals(node) && fits(service, "osd", Integer.toString(osd.id()))) {
                all.add(running -> osd.up = running);
            }
        }
        return all;
    }

    private static boolean fits(String service, String kind, String name) {
        return service.equals("ceph.target") || service.equals(kind) || service.equals(kind + "." + name);
    }
}
