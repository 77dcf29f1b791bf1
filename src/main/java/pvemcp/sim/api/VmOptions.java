package pvemcp.sim.api;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Vm;

/// What may be said about a VM's options: who may set which, and which a running VM takes at once.
final class VmOptions {
    /// PVE::API2::Qemu, what is in none of the lists of options below is root's.
    private static final Set<String> ROOT_ONLY = Set.of(
            "affinity",
            "amd-sev",
            "arch",
            "args",
            "hookscript",
            "hugepages",
            "intel-tdx",
            "ivshmem",
            "keephugepages",
            "lock",
            "parallel",
            "spice_enhancements",
            "vmgenid");

    private static final Map<String, String> PRIVILEGES = Map.ofEntries(
            Map.entry("cores", "VM.Config.CPU"), Map.entry("cpu", "VM.Config.CPU"),
            Map.entry("cpulimit", "VM.Config.CPU"), Map.entry("cpuunits", "VM.Config.CPU"),
            Map.entry("numa", "VM.Config.CPU"), Map.entry("smp", "VM.Config.CPU"),
            Map.entry("sockets", "VM.Config.CPU"), Map.entry("vcpus", "VM.Config.CPU"),
            Map.entry("balloon", "VM.Config.Memory"), Map.entry("memory", "VM.Config.Memory"),
            Map.entry("shares", "VM.Config.Memory"), Map.entry("net", "VM.Config.Network"),
            Map.entry("ipconfig", "VM.Config.Network"), Map.entry("boot", "VM.Config.Disk"),
            Map.entry("bootdisk", "VM.Config.Disk"), Map.entry("ide", "VM.Config.Disk"),
            Map.entry("scsi", "VM.Config.Disk"), Map.entry("sata", "VM.Config.Disk"),
            Map.entry("virtio", "VM.Config.Disk"), Map.entry("efidisk", "VM.Config.Disk"),
            Map.entry("tpmstate", "VM.Config.Disk"), Map.entry("unused", "VM.Config.Disk"),
            Map.entry("vmstatestorage", "VM.Config.Disk"), Map.entry("acpi", "VM.Config.HWType"),
            Map.entry("hotplug", "VM.Config.HWType"), Map.entry("kvm", "VM.Config.HWType"),
            Map.entry("machine", "VM.Config.HWType"), Map.entry("scsihw", "VM.Config.HWType"),
            Map.entry("smbios", "VM.Config.HWType"), Map.entry("tablet", "VM.Config.HWType"),
            Map.entry("vga", "VM.Config.HWType"), Map.entry("watchdog", "VM.Config.HWType"),
            Map.entry("audio", "VM.Config.HWType"), Map.entry("hostpci", "VM.Config.HWType"),
            Map.entry("usb", "VM.Config.HWType"), Map.entry("serial", "VM.Config.HWType"),
            Map.entry("ciuser", "VM.Config.Cloudinit"), Map.entry("cipassword", "VM.Config.Cloudinit"),
            Map.entry("citype", "VM.Config.Cloudinit"), Map.entry("ciupgrade", "VM.Config.Cloudinit"),
            Map.entry("cicustom", "VM.Config.Cloudinit"), Map.entry("nameserver", "VM.Config.Cloudinit"),
            Map.entry("searchdomain", "VM.Config.Cloudinit"), Map.entry("sshkeys", "VM.Config.Cloudinit"));

    /// PVE::QemuServer, `$fast_plug_option`
    private static final Set<String> AT_ONCE = Set.of(
            "lock",
            "name",
            "onboot",
            "shares",
            "startup",
            "description",
            "protection",
            "vmstatestorage",
            "hookscript",
            "tags",
            "autostart",
            "migrate_speed",
            "migrate_downtime",
            "cpuunits",
            "cpulimit",
            "balloon",
            "unused",
            "usb",
            "cicustom",
            "ciuser",
            "cipassword",
            "citype",
            "ciupgrade",
            "nameserver",
            "searchdomain",
            "sshkeys",
            "ipconfig",
            "affinity");

    private static final Pattern NUMBER = Pattern.compile("\\d+$");

    private VmOptions() {}

    /// `net` for `net0`.
    static String family(String key) {
        return NUMBER.matcher(key).replaceFirst("");
    }

    static boolean appliesAtOnce(String key) {
        return AT_ONCE.contains(family(key)) || AT_ONCE.contains(key);
    }

    /// Refuses what this user may not set (PVE::API2::Qemu, `$check_vm_modify_config_perm`).
    static void requireMayChange(Request request, String key, String value) {
        if (GuestPaths.isRoot(request)) {
            return;
        }
        var family = family(key);
        if (ROOT_ONLY.contains(family) || ROOT_ONLY.contains(key)) {
            throw new SimError("only root can set '%s' config".formatted(key));
        }
        if (family.equals("hostpci")
                && PropertyString.parse(value, "host").get("host").isPresent()) {
            throw new SimError("only root can set '%s' config for non-mapped devices".formatted(key));
        }
        boolean realSerial = family.equals("serial") && value.startsWith("/dev/");
        if (realSerial || (family.equals("usb") && isRealUsb(value))) {
            throw new SimError("only root can set '%s' config for real devices".formatted(key));
        }
        var privilege =
                isCdrom(family, value) ? "VM.Config.CDROM" : PRIVILEGES.getOrDefault(family, "VM.Config.Options");
        GuestPaths.requireOnGuest(request, privilege);
    }

    private static boolean isRealUsb(String value) {
        var host = PropertyString.parse(value, "host").get("host");
        return host.isPresent() && !host.get().equals("spice");
    }

    private static boolean isCdrom(String family, String value) {
        return Set.of("ide", "scsi", "sata").contains(family) && Vm.isRemovable(PropertyString.parse(value, "file"));
    }

    /// Whether PVE knows that option for a VM at all.
    static boolean exists(Request request, String key) {
        var declared = request.operation().facts().object("params").orElse(Json.Obj.EMPTY);
        return declared.has(key) || declared.has(family(key) + "[n]") || key.equals("parent") || key.equals("lock");
    }

    /// A NIC with a MAC address, as it is kept: `virtio=BC:24:11:…,bridge=vmbr0`.
    static String nic(Request request, String value) {
        var given = PropertyString.parse(value, "model");
        var parts = given.without("model", "macaddr");
        for (var model : MODELS) {
            if (given.get(model).isPresent()) {
                return print(model, given.get(model).get(), parts.without(model));
            }
        }
        var mac = given.get("macaddr").orElseGet(() -> request.cluster().freshMac());
        return print(given.get("model").orElse("virtio"), mac, parts);
    }

    // PVE::QemuServer, $nic_model_list
    private static final Set<String> MODELS = Set.of(
            "e1000",
            "e1000-82540em",
            "e1000-82544gc",
            "e1000-82545em",
            "e1000e",
            "i82551",
            "i82557b",
            "i82559er",
            "ne2k_isa",
            "ne2k_pci",
            "pcnet",
            "rtl8139",
            "virtio",
            "vmxnet3");

    private static String print(String model, String mac, PropertyString rest) {
        var tail = rest.toString();
        return model + "=" + mac.toUpperCase(Locale.ROOT) + (tail.isEmpty() ? "" : "," + tail);
    }
}
