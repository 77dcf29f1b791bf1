package pvemcp.sim.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.VolumeId;

/// Changes to a container's configuration (PVE::API2::LXC::Config, PVE::LXC::Config::update_pct_config).
final class LxcConfig {
    private static final List<String> NOT_OPTIONS = List.of("node", "vmid", "digest", "delete", "revert");
    private static final Set<String> REQUIRED = Set.of("rootfs", "arch", "ostype");
    private static final Set<String> FIXED = Set.of("unprivileged");

    /// What a running container takes at once (PVE::LXC::Config::vmconfig_hotplug_pending).
    private static final Set<String> AT_ONCE = Set.of(
            "hostname",
            "onboot",
            "startup",
            "memory",
            "swap",
            "cores",
            "cpulimit",
            "cpuunits",
            "description",
            "protection",
            "tags",
            "hookscript",
            "nameserver",
            "searchdomain",
            "net",
            "mp",
            "lock",
            "unused");

    private LxcConfig() {}

    /// PVE::LXC::check_ct_modify_config_perm
    static void requireMayChange(Request request, String key, String value, boolean unprivileged) {
        if (GuestPaths.isRoot(request)) {
            return;
        }
        switch (VmOptions.family(key)) {
            case "features" -> {
                boolean onlyNesting =
                        PropertyString.parse(value, "x").parts().keySet().equals(Set.of("nesting"));
                if (!onlyNesting) {
                    throw refused("changing feature flags (except nesting) is only allowed for root@pam");
                }
                if (!unprivileged) {
                    throw refused("changing feature flags for privileged container is only allowed for root@pam");
                }
            }
            case "hookscript" -> throw refused("changing the hookscript is only allowed for root@pam");
            case "dev" -> throw refused("configuring device passthrough is only allowed for root@pam");
            case "rootfs", "mp" -> {
                var volume = PropertyString.parse(value, "volume").bare();
                if (volume.startsWith("/")) {
                    throw refused("mount point type %s is only allowed for root@pam"
                            .formatted(volume.startsWith("/dev/") ? "device" : "bind"));
                }
                GuestPaths.requireOnGuest(request, "VM.Config.Disk");
            }
            case "net", "nameserver", "searchdomain", "hostname" ->
                GuestPaths.requireOnGuest(request, "VM.Config.Network");
            case "cores", "cpulimit", "cpuunits" -> GuestPaths.requireOnGuest(request, "VM.Config.CPU");
            case "memory", "swap" -> GuestPaths.requireOnGuest(request, "VM.Config.Memory");
            default -> GuestPaths.requireOnGuest(request, "VM.Config.Options");
        }
    }

    private static SimError refused(String why) {
        return new SimError(403, "Permission check failed (%s)".formatted(why), Map.of());
    }

    static String stored(Request request, String key, String value) {
        if (key.matches("net\\d+")) {
            return nic(request, value);
        }
        return key.equals("tags") ? Guest.tags(value) : value;
    }

    /// `name=eth0,bridge=vmbr0,hwaddr=BC:24:11:…,type=veth`
    private static String nic(Request request, String value) {
        var given = PropertyString.parse(value, "name").with("type", "veth");
        var whole = given.get("hwaddr").isPresent()
                ? given
                : given.with("hwaddr", request.cluster().freshMac());
        return "name=" + whole.bare() + "," + whole.without("name");
    }

    static Json update(Request request) {
        var container = GuestPaths.container(request);
        var set = new TreeMap<>(request.others(NOT_OPTIONS));
        var delete = request.list("delete");
        var revert = request.list("revert");
        if (set.isEmpty() && delete.isEmpty() && revert.isEmpty()) {
            throw new SimError("no options specified");
        }
        boolean unprivileged = container.flag("unprivileged");
        set.forEach((key, value) -> requireMayChange(request, key, value, unprivileged));
        for (var key : delete) {
            if (set.containsKey(key)) {
                throw SimError.invalid("delete", "unable to delete and set '%s' at the same time".formatted(key));
            }
            if (!key.startsWith("unused") && !VmOptions.exists(request, key)) {
                throw SimError.invalid("delete", "unknown option '%s'".formatted(key));
            }
        }
        for (var key : set.keySet()) {
            if (FIXED.contains(key)) {
                throw new SimError("unable to modify read-only option: '%s'".formatted(key));
            }
        }
        var disks = container.disksOf(set);
        disks.forEach((key, disk) -> Drives.check(request, key, disk));
        request.find("digest").ifPresent(digest -> {
            if (!digest.equals(container.digest())) {
                // PVE::Tools::assert_if_modified
                throw new SimError("detected modified configuration - file changed by other user? Try again.");
            }
        });
        if (!delete.equals(List.of("lock"))) {
            container.requireUnlocked();
        }
        for (var key : delete) {
            if (REQUIRED.contains(key)) {
                throw new SimError("unable to delete required option '%s'".formatted(key));
            }
        }
        revert.forEach(key -> {
            container.pending.remove(key);
            container.removals.remove(key);
        });
        apply(request, container, set, delete);
        return Json.Null.NULL;
    }

    private static void apply(Request request, Container container, Map<String, String> set, List<String> delete) {
        var problems = new LinkedHashMap<String, String>();
        delete.forEach(key -> delete(request, container, key));
        var disks = container.disksOf(set);
        set.forEach((key, value) -> {
            if (disks.containsKey(key)) {
                requireUnprotectedDisk(container, key);
                LxcApi.makeDisk(request, container, key, disks.get(key), _ -> {});
                return;
            }
            var text = stored(request, key, value);
            if (container.isRunning() && key.matches("net\\d+")) {
                var bridge = PropertyString.parse(text, "name").get("bridge").orElse("vmbr0");
                if (!request.cluster().hasBridge(container.node, bridge)) {
                    problems.put(key, "unable to hotplug %s: bridge '%s' does not exist\n".formatted(key, bridge));
                    return;
                }
            }
            set(container, key, text);
        });
        container.forgetUsedAgain();
        if (!problems.isEmpty()) {
            throw new SimError(400, "Parameter verification failed.", problems);
        }
    }

    private static void requireUnprotectedDisk(Container container, String key) {
        if (container.isProtected() && container.config.containsKey(key)) {
            throw new SimError(
                    "can't update CT %d drive '%s' - protection mode enabled".formatted(container.vmid(), key));
        }
    }

    private static boolean appliesAtOnce(Container container, String key) {
        return !container.isRunning() || AT_ONCE.contains(VmOptions.family(key));
    }

    private static void set(Container container, String key, String value) {
        container.removals.remove(key);
        if (appliesAtOnce(container, key)) {
            container.pending.remove(key);
            if (key.equals("tags") && value.isEmpty()) {
                container.config.remove(key);
            } else {
                container.config.put(key, value);
            }
        } else if (!value.equals(container.config.get(key))) {
            container.pending.put(key, value);
        }
    }

    private static void delete(Request request, Container container, String key) {
        container.pending.remove(key);
        if (!container.config.containsKey(key)) {
            return;
        }
        boolean disk = key.startsWith("mp") || key.startsWith("unused");
        if (disk && container.isProtected()) {
            throw new SimError(
                    "can't remove CT %d drive '%s' - protection mode enabled".formatted(container.vmid(), key));
        }
        if (!appliesAtOnce(container, key) || (key.startsWith("mp") && container.isRunning())) {
            container.removals.put(key, false);
            return;
        }
        var value = container.config.remove(key);
        if (key.startsWith("unused")) {
            var volume = VolumeId.parse(value);
            if (container.isInSnapshot(volume)) {
                throw new SimError("unable to delete '%s' - volume is still in use (snapshot?)".formatted(volume));
            }
            Drives.destroy(request.cluster(), container, value);
        } else if (key.startsWith("mp")
                && VolumeId.matches(container.parseDisk(value).bare())) {
            container.addUnused(VolumeId.parse(container.parseDisk(value).bare()));
        }
    }
}
