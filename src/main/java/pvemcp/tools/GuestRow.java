package pvemcp.tools;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.Percent;
import pvemcp.tools.GuestTools.GuestKind;
import pvemcp.view.Clean;

/// A guest as the cluster's inventory has it. Load and uptime are there for running guests only.
record GuestRow(
        long id,
        String name,
        GuestKind kind,
        String status,
        String node,
        Optional<Percent> cpu,
        Optional<Bytes> mem,
        Bytes maxMem,
        Bytes maxDisk,
        Optional<Duration> uptime,
        List<String> tags,
        String pool,
        String lock,
        String ha,
        boolean template) {
    static GuestRow from(Fields f) {
        var status = f.text("status");
        boolean on = status.equals("running");
        return new GuestRow(
                f.whole("vmid").orElse(0L),
                Clean.name(f.text("name")),
                f.text("type").equals("lxc") ? GuestKind.CT : GuestKind.VM,
                Clean.name(status.isEmpty() ? "unknown" : status),
                f.text("node"),
                f.share("cpu").filter(_ -> on),
                f.bytes("mem").filter(_ -> on),
                f.bytes("maxmem").orElse(Bytes.ZERO),
                f.bytes("maxdisk").orElse(Bytes.ZERO),
                f.seconds("uptime").filter(_ -> on),
                f.tags("tags").stream().map(Clean::name).toList(),
                f.text("pool"),
                Clean.name(f.text("lock")),
                Clean.name(f.text("hastate")),
                f.flag("template"));
    }

    boolean matches(String lowerCase) {
        return name.toLowerCase(Locale.ROOT).contains(lowerCase)
                || Long.toString(id).startsWith(lowerCase)
                || tags.stream().anyMatch(tag -> tag.toLowerCase(Locale.ROOT).contains(lowerCase));
    }

    /// `/nodes/pve1/qemu/101`.
    String path() {
        return ApiPath.of("/nodes/{node}/", node) + (kind == GuestKind.VM ? "qemu/" : "lxc/") + id;
    }

    @Override
    public String toString() {
        return "%s %d '%s' on %s".formatted(kind == GuestKind.VM ? "VM" : "container", id, name, node);
    }
}
