package pvemcp.pve;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;

/// One row of `/cluster/resources`: what PVE's nodes tell each other, up to some 10 s old. A row that cannot be
/// measured (its node is down, or it was just made) lacks its numbers. The token sees only what it has rights
/// on.
public sealed interface Resource {
    /// A VM or container.
    ///
    /// @param status `running`, `stopped`, `paused`, or `unknown` where its node does not tell
    /// @param name empty for a guest that was just made
    /// @param lock what it is locked for, such as `backup`; empty where it is not
    /// @param haState empty where it is not managed by HA
    /// @param cpu of all its cores
    /// @param rest what else PVE says of it
    record GuestRow(
            GuestKind kind,
            int vmid,
            String name,
            String node,
            String status,
            String pool,
            List<String> tags,
            boolean template,
            String lock,
            String haState,
            Optional<Percent> cpu,
            Optional<Double> cores,
            Optional<Bytes> memory,
            Optional<Bytes> maxMemory,
            Optional<Bytes> maxDisk,
            Optional<Duration> uptime,
            Json.Obj rest)
            implements Resource {
        public GuestRow {
            tags = List.copyOf(tags);
        }

        static GuestRow from(Fields f) {
            return new GuestRow(
                    f.text("type").equals("lxc") ? GuestKind.CONTAINER : GuestKind.VM,
                    f.whole("vmid").orElse(0L).intValue(),
                    f.text("name"),
                    f.text("node"),
                    f.text("status"),
                    f.text("pool"),
                    f.listed("tags"),
                    f.flag("template"),
                    f.text("lock"),
                    f.text("hastate"),
                    f.share("cpu"),
                    f.number("maxcpu"),
                    f.bytes("mem"),
                    f.bytes("maxmem"),
                    f.bytes("maxdisk"),
                    f.seconds("uptime"),
                    f.rest());
        }

        /// `pve1/101`, which names it and no other.
        public String id() {
            return node + "/" + vmid;
        }
    }

    /// @param status `online`, `offline` or `unknown`
    record NodeRow(
            String name,
            String status,
            Optional<Percent> cpu,
            Optional<Double> cores,
            Optional<Bytes> memory,
            Optional<Bytes> maxMemory,
            Optional<Bytes> rootUsed,
            Optional<Bytes> rootSize,
            Optional<Duration> uptime,
            Json.Obj rest)
            implements Resource {
        static NodeRow from(Fields f) {
            return new NodeRow(
                    f.text("node"),
                    f.text("status"),
                    f.share("cpu"),
                    f.number("maxcpu"),
                    f.bytes("mem"),
                    f.bytes("maxmem"),
                    f.bytes("disk"),
                    f.bytes("maxdisk"),
                    f.seconds("uptime"),
                    f.rest());
        }

        public boolean online() {
            return status.equals("online");
        }
    }

    /// One storage as one node sees it; a shared one has a row for each node.
    ///
    /// @param status `available` or `unknown`
    /// @param type such as `dir`, `lvmthin`, `nfs`
    record StorageRow(
            String name,
            String node,
            String status,
            String type,
            List<String> content,
            boolean shared,
            Optional<Bytes> used,
            Optional<Bytes> size,
            Json.Obj rest)
            implements Resource {
        public StorageRow {
            content = List.copyOf(content);
        }

        static StorageRow from(Fields f) {
            return new StorageRow(
                    f.text("storage"),
                    f.text("node"),
                    f.text("status"),
                    f.text("plugintype"),
                    f.listed("content"),
                    f.flag("shared"),
                    f.bytes("disk"),
                    f.bytes("maxdisk"),
                    f.rest());
        }
    }

    record PoolRow(String name, Json.Obj rest) implements Resource {
        static PoolRow from(Fields f) {
            return new PoolRow(f.text("pool"), f.rest());
        }
    }

    /// SDN zones, networks and what later versions add.
    record OtherRow(String id, String type, String node, String status, Json.Obj rest) implements Resource {
        static OtherRow from(Fields f) {
            return new OtherRow(f.text("id"), f.text("type"), f.text("node"), f.text("status"), f.rest());
        }
    }

    static Resource from(Fields f) {
        var type = f.text("type");
        return switch (type) {
            case "qemu", "lxc" -> GuestRow.from(f);
            case "node" -> NodeRow.from(f);
            case "storage" -> StorageRow.from(f);
            case "pool" -> PoolRow.from(f);
            default -> OtherRow.from(f);
        };
    }
}
