package pvemcp.sim.world;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import pvemcp.sim.state.Fields;

/// A virtual machine.
public final class Vm extends Guest {
    private static final List<String> DRIVES = drives();

    /// The options that are whole numbers or flags (PVE::QemuServer, `$confdesc`).
    private static final Set<String> NUMERIC = Set.of(
            "onboot",
            "autostart",
            "reboot",
            "cpuunits",
            "balloon",
            "shares",
            "template",
            "protection",
            "tablet",
            "acpi",
            "kvm",
            "tdf",
            "localtime",
            "freeze",
            "numa",
            "vcpus",
            "cores",
            "sockets",
            "smp",
            "ciupgrade",
            "snaptime",
            "keephugepages",
            "migrate_speed");

    /// The cloud-init options as they were when the drive was written last.
    public final SequencedMap<String, String> onDrive = new TreeMap<>();

    public Vm(int vmid, String node) {
        super(vmid, node);
    }

    private static List<String> drives() {
        var keys = new ArrayList<String>();
        IntStream.range(0, 4).forEach(i -> keys.add("ide" + i));
        IntStream.range(0, 31).forEach(i -> keys.add("scsi" + i));
        IntStream.range(0, 16).forEach(i -> keys.add("virtio" + i));
        IntStream.range(0, 6).forEach(i -> keys.add("sata" + i));
        keys.add("efidisk0");
        keys.add("tpmstate0");
        return List.copyOf(keys);
    }

    @Override
    public boolean isContainer() {
        return false;
    }

    @Override
    public String noun() {
        return "VM";
    }

    @Override
    public String name() {
        return config.getOrDefault("name", "VM " + vmid());
    }

    @Override
    public List<String> diskKeys() {
        return DRIVES;
    }

    @Override
    Set<String> numericKeys() {
        return NUMERIC;
    }

    @Override
    Duration bootTime() {
        return Duration.ofSeconds(25);
    }

    static boolean isCdrom(PropertyString drive) {
        return drive.get("media").orElse("disk").equals("cdrom");
    }

    /// Whether the drive is a CD-ROM, a cloud-init drive among them.
    public static boolean isRemovable(PropertyString drive) {
        return isCdrom(drive);
    }

    public static boolean isCloudInit(PropertyString drive) {
        return drive.bare().matches(".*vm-\\d+-cloudinit(\\.\\w+)?")
                || drive.bare().endsWith(":cloudinit");
    }

    @Override
    public int cpus() {
        long all = whole("sockets", 1) * whole("cores", 1);
        return (int) Math.min(whole("vcpus", all), all);
    }

    @Override
    public long maxMemory() {
        var memory = PropertyString.parse(config.getOrDefault("memory", "512"), "current");
        return Long.parseLong(memory.bare()) << 20;
    }

    /// The size of the first disk it boots from, 0 where that is none (PVE::QemuServer::Drive::bootdisk_size).
    @Override
    public long maxDisk() {
        for (var key : bootOrder()) {
            var drive = config.get(key);
            if (drive != null && diskKeys().contains(key)) {
                var parsed = parseDisk(drive);
                if (!isCdrom(parsed)) {
                    return parsed.get("size").map(Sizes::parse).orElse(0L);
                }
            }
        }
        return 0;
    }

    public List<String> bootOrder() {
        var boot = PropertyString.parse(config.getOrDefault("boot", ""), "legacy");
        return boot.get("order").map(order -> List.of(order.split(";"))).orElse(List.of());
    }

    /// Whether an agent is declared: what a running VM was started with (PVE::QemuServer::Agent::parse_guest_agent).
    public boolean hasAgentOption() {
        return PropertyString.parse(config.getOrDefault("agent", "0"), "enabled")
                .flag("enabled");
    }

    @Override
    public void fields(Fields fields) {
        super.fields(fields);
        fields.texts("onDrive", onDrive);
    }
}
