package pvemcp.pve;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;

/// How a node is doing (`/nodes/{node}/status`).
///
/// @param load the averages of 1, 5 and 15 minutes
/// @param rest what else PVE says of it
public record NodeStatus(
        Optional<Percent> cpu,
        List<Double> load,
        Optional<Percent> ioWait,
        Optional<Long> cores,
        String cpuModel,
        Optional<Bytes> memoryUsed,
        Optional<Bytes> memory,
        Optional<Bytes> swapUsed,
        Optional<Bytes> swap,
        Optional<Bytes> rootUsed,
        Optional<Bytes> root,
        Optional<Duration> uptime,
        String version,
        String kernel,
        Json.Obj rest) {
    public NodeStatus {
        load = List.copyOf(load);
    }

    static NodeStatus from(Fields f) {
        var cpu = part(f, "cpuinfo");
        var memory = part(f, "memory");
        var swap = part(f, "swap");
        var root = part(f, "rootfs");
        var load = f.raw("loadavg") instanceof Json.Arr(var items)
                ? items.stream()
                        .flatMap(item -> item.scalarText().stream())
                        .filter(text -> text.matches("\\d{1,9}(\\.\\d{1,9})?"))
                        .map(Double::valueOf)
                        .toList()
                : List.<Double>of();
        return new NodeStatus(
                f.share("cpu"),
                load,
                f.share("wait"),
                cpu.whole("cpus"),
                cpu.text("model"),
                memory.bytes("used"),
                memory.bytes("total"),
                swap.bytes("used"),
                swap.bytes("total"),
                root.bytes("used"),
                root.bytes("total"),
                f.seconds("uptime"),
                f.text("pveversion"),
                f.text("kversion"),
                f.rest());
    }

    private static Fields part(Fields f, String name) {
        return Fields.of(f.raw(name) instanceof Json.Obj object ? object : Json.Obj.EMPTY);
    }
}
