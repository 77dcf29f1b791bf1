package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Work;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Sizes;
import pvemcp.sim.world.StorageType;
import pvemcp.sim.world.VolumeId;

/// `/nodes/{node}/lxc`: the containers of a node (PVE::API2::LXC, PVE::API2::LXC::Config). The twin of [QemuApi],
/// with its own habits: one way to change a configuration, at once; other words; other checks up front.
final class LxcApi {
    private static final String CT = "/nodes/{node}/lxc/{vmid}";

    private LxcApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/nodes/{node}/lxc", LxcApi::list)
                .on(Verb.POST, "/nodes/{node}/lxc", LxcApi::create)
                .on(Verb.GET, CT, LxcApi::index)
                .on(Verb.DELETE, CT, LxcApi::destroy)
                .on(Verb.GET, CT + "/status", LxcApi::statusIndex)
                .on(Verb.GET, CT + "/status/current", LxcApi::current)
                .on(Verb.GET, CT + "/config", LxcApi::config)
                .on(Verb.PUT, CT + "/config", LxcConfig::update)
                .on(Verb.GET, CT + "/pending", request -> GuestRows.pending(GuestPaths.container(request)))
                .on(Verb.GET, CT + "/feature", LxcApi::feature)
                .on(Verb.GET, CT + "/interfaces", LxcApi::interfaces);
    }

    private static Json list(Request request) {
        var node = request.node().name();
        var now = request.cluster().now();
        var rows = new ArrayList<Json>();
        for (var guest : request.cluster().guests.values()) {
            if (guest instanceof Container
                    && guest.node.equals(node)
                    && request.may("/vms/" + guest.vmid(), "VM.Audit")) {
                rows.add(GuestRows.row(guest, now));
            }
        }
        return new Json.Arr(rows);
    }

    private static Json index(Request request) {
        return QemuApi.subdirs(
                "config",
                "pending",
                "status",
                "vncproxy",
                "termproxy",
                "vncwebsocket",
                "spiceproxy",
                "migrate",
                "clone",
                "rrd",
                "rrddata",
                "firewall",
                "snapshot",
                "resize",
                "interfaces");
    }

    private static Json statusIndex(Request request) {
        GuestPaths.container(request);
        return QemuApi.subdirs("current", "start", "stop", "shutdown", "reboot", "migrate");
    }

    private static Json current(Request request) {
        return GuestRows.current(GuestPaths.container(request), request.cluster());
    }

    private static Json config(Request request) {
        var container = GuestPaths.container(request);
        var values = request.has("snapshot")
                ? SnapshotApi.configOf(container.snapshot(request.text("snapshot")))
                : request.flag("current") ? new TreeMap<>(container.config) : container.effective();
        return GuestRows.config(container, values).with("digest", container.digest());
    }

    private static Json feature(Request request) {
        var container = GuestPaths.container(request);
        boolean has = GuestFeatures.has(request.cluster(), container, request.text("feature"), request.has("snapname"));
        return Json.obj("hasFeature", has ? 1 : 0);
    }

    private static Json interfaces(Request request) {
        var container = GuestPaths.container(request);
        if (!container.isRunning()) {
            return Json.Null.NULL;
        }
        var rows = new ArrayList<Json>();
        rows.add(networkInterface("lo", "00:00:00:00:00:00", "127.0.0.1/8", "::1/128"));
        container.config.forEach((key, value) -> {
            if (!key.matches("net\\d+")) {
                return;
            }
            var nic = PropertyString.parse(value, "name");
            var mac = nic.get("hwaddr").orElse("").toLowerCase(Locale.ROOT);
            rows.add(networkInterface(nic.bare(), mac, address(container, nic), linkLocal(mac) + "/64"));
        });
        return new Json.Arr(rows);
    }

    private static String address(Container container, PropertyString nic) {
        var configured = nic.get("ip").orElse("");
        return configured.contains("/") ? configured : container.address() + "/24";
    }

    /// RFC 4291 appendix A
    static String linkLocal(String mac) {
        var bytes = mac.split(":");
        if (bytes.length != 6) {
            return "fe80::1";
        }
        int first = Integer.parseInt(bytes[0], 16) ^ 2;
        return "fe80::%x:%xff:fe%02x:%x"
                .formatted(
                        (first << 8) | Integer.parseInt(bytes[1], 16),
                        Integer.parseInt(bytes[2], 16),
                        Integer.parseInt(bytes[3], 16),
                        (Integer.parseInt(bytes[4], 16) << 8) | Integer.parseInt(bytes[5], 16));
    }

    private static Json networkInterface(String name, String mac, String inet, String inet6) {
        return Json.obj(
                "name", name,
                "hwaddr", mac,
                "hardware-address", mac,
                "inet", inet,
                "inet6", inet6,
                "ip-addresses", List.of(ip(inet, "inet"), ip(inet6, "inet6")));
    }

    private static Json ip(String address, String type) {
        int slash = address.indexOf('/');
        return Json.obj(
                "ip-address", address.substring(0, slash),
                "prefix", address.substring(slash + 1),
                "ip-address-type", type);
    }

    // ---- create ----

    private static Json create(Request request) {
        GuestPaths.requireMayCreate(request);
        int vmid = request.vmid();
        if (request.flag("restore")) {
            return Restore.container(request);
        }
        GuestPaths.requirePool(request);
        GuestPaths.requireUnusedId(request, vmid, "");
        var container = new Container(vmid, request.node().name());
        container.created = request.cluster().now();
        var wanted = NewGuest.options(request);
        boolean unprivileged = !wanted.getOrDefault("unprivileged", "1").equals("0");
        wanted.forEach((key, value) -> LxcConfig.requireMayChange(request, key, value, unprivileged));
        request.find("ssh-public-keys").ifPresent(LxcApi::requireKeys);
        requireTemplate(request);
        if (!wanted.containsKey("rootfs")) {
            if (container.disksOf(wanted).size() > 0) {
                throw new SimError("mount points configured, but 'rootfs' not set - aborting");
            }
            wanted.put("rootfs", request.text("storage", "local") + ":4");
        }
        var disks = container.disksOf(wanted);
        disks.forEach((key, disk) -> Drives.check(request, key, disk));
        container.config.put("lock", "create");
        request.cluster().guests.put(vmid, container);
        return request.start(
                "vzcreate",
                vmid,
                Timed.begin()
                        .then(700, work -> {
                            try {
                                disks.forEach((key, disk) -> makeDisk(request, container, key, disk, work::say));
                                extract(request, container, work::say);
                            } catch (SimError e) {
                                undo(request, container);
                                throw new SimError("unable to create CT %d - %s".formatted(vmid, e.getMessage()));
                            }
                        })
                        .then(3500, work -> {
                            fill(request, container, wanted);
                            warnOfNesting(container, work);
                            container.config.remove("lock");
                            GuestPaths.join(request, vmid);
                            if (wanted.containsKey("lock")) {
                                container.config.put("lock", wanted.get("lock"));
                            }
                            if (request.flag("start")) {
                                work.next(LxcPower.startSteps(request, container));
                            }
                        })
                        .steps());
    }

    /// What makes a container of a Debian 13 complain (PVE::LXC::Setup::Base::check_systemd_nesting).
    static void warnOfNesting(Container container, Work work) {
        boolean nesting = PropertyString.parse(container.config.getOrDefault("features", ""), "x")
                .flag("nesting");
        if (container.flag("unprivileged") && !nesting) {
            work.warn("Systemd 257 detected. You may need to enable nesting.");
        }
    }

    static void requireKeys(String keys) {
        boolean bad = keys.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .anyMatch(line -> !line.matches("(\\S+ )*(ssh-|ecdsa-|sk-)\\S+ [A-Za-z0-9+/=]{20,}( .*)?"));
        if (bad) {
            // PVE::Tools::validate_ssh_public_keys
            throw new SimError("SSH public key validation error");
        }
    }

    private static void requireTemplate(Request request) {
        var template = request.text("ostemplate");
        Drives.requireVolume(request, template);
        var volume = VolumeId.parse(template);
        var content =
                request.cluster().storage(volume.storage()).parse(volume.name()).content();
        if (!content.equals("vztmpl")) {
            throw new SimError("unable to use volume %s - content type needs to be 'vztmpl'".formatted(template));
        }
    }

    /// Makes the file system of a mount point.
    static void makeDisk(Request request, Container container, String key, PropertyString disk, Consumer<String> log) {
        var cluster = request.cluster();
        if (!Drives.isNew(disk)) {
            container.config.put(key, disk.toString());
            return;
        }
        var colon = disk.bare().indexOf(':');
        var storage = cluster.storage(disk.bare().substring(0, colon));
        long size = (long) (Double.parseDouble(disk.bare().substring(colon + 1)) * (1L << 30));
        var subvolumes = storage.type() == StorageType.ZFSPOOL;
        var volume =
                storage.allocate(container.node, container.vmid(), subvolumes ? "subvol" : "raw", size, cluster.now());
        volume.used = Math.min(size, 120L << 20);
        Drives.allocated(storage, volume).forEach(log);
        if (!subvolumes) {
            log.accept("Creating filesystem with %d 4k blocks and %d inodes".formatted(size / 4096, size / 16384));
            log.accept("Filesystem UUID: " + cluster.freshUuid());
        }
        container.config.put(
                key,
                disk.with("volume", storage.id() + ":" + volume.name().text())
                        .with("size", Sizes.format(size))
                        .toString());
    }

    private static void extract(Request request, Container container, Consumer<String> log) {
        var template = VolumeId.parse(request.text("ostemplate"));
        var volume = Drives.volume(request.cluster(), container.node, template);
        log.accept("extracting archive '%s'"
                .formatted(request.cluster().storage(template.storage()).path(template.name())));
        log.accept("Total bytes read: %d (%dMiB, 98MiB/s)".formatted(volume.size * 3, (volume.size * 3) >> 20));
        log.accept("Detected container architecture: amd64");
    }

    private static void fill(Request request, Container container, Map<String, String> wanted) {
        wanted.forEach((key, value) -> {
            if (!container.diskKeys().contains(key) && !key.equals("lock")) {
                container.config.put(key, LxcConfig.stored(request, key, value));
            }
        });
        container.config.putIfAbsent("arch", "amd64");
        container.config.putIfAbsent("ostype", osType(request.text("ostemplate")));
        container.config.putIfAbsent("hostname", "CT" + container.vmid());
        container.config.putIfAbsent("memory", "512");
        container.config.putIfAbsent("swap", "512");
        container.config.putIfAbsent("unprivileged", "1");
        if (container.config.get("unprivileged").equals("0")) {
            container.config.remove("unprivileged");
        }
        if (request.has("password")) {
            container.inside().setPassword("root", request.text("password"));
        }
    }

    private static String osType(String template) {
        var name = template.toLowerCase(Locale.ROOT);
        for (var os : List.of("ubuntu", "alpine", "fedora", "centos", "archlinux", "opensuse", "gentoo", "devuan")) {
            if (name.contains(os)) {
                return os;
            }
        }
        return "debian";
    }

    private static void undo(Request request, Container container) {
        container.disks().values().forEach(disk -> Drives.destroy(request.cluster(), container, disk.bare()));
        request.cluster().guests.remove(container.vmid());
    }

    // ---- destroy ----

    private static Json destroy(Request request) {
        var container = GuestPaths.container(request);
        container.requireUnprotected("can't remove CT %d".formatted(container.vmid()));
        request.cluster().ha.requireForgettable(container, request.flag("purge"));
        boolean force = request.flag("force");
        if (!force) {
            requireStopped(container);
        }
        container.requireUnlocked();
        return GuestEnd.start(request, "vzdestroy", container, () -> {
            container.requireUnlocked();
            if (force && container.isRunning()) {
                container.stop();
            }
            requireStopped(container);
        });
    }

    private static void requireStopped(Guest container) {
        if (container.isRunning()) {
            throw new SimError("unable to destroy CT %d - container is running".formatted(container.vmid()));
        }
    }
}
