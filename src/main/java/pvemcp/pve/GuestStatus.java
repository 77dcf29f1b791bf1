package pvemcp.pve;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;

/// What a guest is doing (`…/status/current`).
///
/// @param status `running` or `stopped`
/// @param detail what the hypervisor says where that is more, such as `paused` (`qmpstatus`); empty for containers
/// @param haManaged whether HA starts and stops it
/// @param agent whether its configuration has the guest agent enabled
/// @param cpu of all its cores
/// @param memory as the guest sees it; `hostMemory` is what it takes of the node, from PVE 9 on
/// @param rest what else PVE says of it
public record GuestStatus(
        int vmid,
        String name,
        String status,
        String detail,
        String lock,
        boolean haManaged,
        String haState,
        boolean agent,
        List<String> tags,
        boolean template,
        Optional<Percent> cpu,
        Optional<Double> cores,
        Optional<Bytes> memory,
        Optional<Bytes> hostMemory,
        Optional<Bytes> maxMemory,
        Optional<Bytes> maxDisk,
        Optional<Duration> uptime,
        Json.Obj rest) {
    public GuestStatus {
        tags = List.copyOf(tags);
    }

    static GuestStatus from(Fields f) {
        var ha = f.raw("ha") instanceof Json.Obj object ? Fields.of(object) : Fields.of(Json.Obj.EMPTY);
        return new GuestStatus(
                f.whole("vmid").orElse(0L).intValue(),
                f.text("name"),
                f.text("status"),
                f.text("qmpstatus"),
                f.text("lock"),
                ha.flag("managed"),
                ha.text("state"),
                f.flag("agent"),
                f.listed("tags"),
                f.flag("template"),
                f.share("cpu"),
                f.number("cpus"),
                f.bytes("mem"),
                f.bytes("memhost"),
                f.bytes("maxmem"),
                f.bytes("maxdisk"),
                f.seconds("uptime"),
                f.rest());
    }

    public boolean running() {
        return status.equals("running");
    }
}
