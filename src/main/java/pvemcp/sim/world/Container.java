package pvemcp.sim.world;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// An LXC container.
public final class Container extends Guest {
    private static final List<String> MOUNT_POINTS = mountPoints();

    /// The options that are whole numbers or flags (PVE::LXC::Config, `$confdesc`).
    private static final Set<String> NUMERIC = Set.of(
            "onboot",
            "template",
            "console",
            "tty",
            "cores",
            "cpuunits",
            "memory",
            "swap",
            "protection",
            "unprivileged",
            "debug",
            "snaptime");

    public Container(int vmid, String node) {
        super(vmid, node);
    }

    private static List<String> mountPoints() {
        var keys = new ArrayList<String>();
        keys.add("rootfs");
        IntStream.range(0, 256).forEach(i -> keys.add("mp" + i));
        return List.copyOf(keys);
    }

    @Override
    public boolean isContainer() {
        return true;
    }

    @Override
    public String noun() {
        return "CT";
    }

    @Override
    public String name() {
        return config.getOrDefault("hostname", "CT" + vmid());
    }

    @Override
    public List<String> diskKeys() {
        return MOUNT_POINTS;
    }

    @Override
    Set<String> numericKeys() {
        return NUMERIC;
    }

    @Override
    Duration bootTime() {
        return Duration.ofSeconds(2);
    }

    @Override
    public int cpus() {
        return (int) whole("cores", 2);
    }

    @Override
    public long maxMemory() {
        return whole("memory", 512) << 20;
    }

    public long maxSwap() {
        return whole("swap", 512) << 20;
    }

    @Override
    public long maxDisk() {
        var root = config.get("rootfs");
        return root == null ? 0 : parseDisk(root).get("size").map(Sizes::parse).orElse(0L);
    }
}
