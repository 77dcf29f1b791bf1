package pvemcp.tools.inside;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Percent;
import pvemcp.pve.PveException;
import pvemcp.remote.Agent;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// What a running guest is, as far as it or its node tells.
record GuestInfo(@Doc GuestRef guest) implements Call<GuestInfo.Self>, OnGuest {
    record FileSystem(String mount, String type, Optional<Bytes> used, Optional<Bytes> total, Optional<Percent> full) {
        static FileSystem of(String mount, String type, Optional<Bytes> used, Optional<Bytes> total) {
            var full = total.flatMap(size -> used.map(taken -> taken.of(size)));
            return new FileSystem(mount, type, used, total, full);
        }
    }

    record Nic(String name, String mac, List<String> addresses) {}

    /// @param clock empty, as are the two below, where that is not told
    /// @param cpus how many of its CPUs are online
    /// @param memory how many of its memory blocks are
    record Self(
            String guest,
            String os,
            String kernel,
            String hostName,
            String timeZone,
            Optional<Instant> clock,
            String cpus,
            String memory,
            List<String> users,
            List<Nic> nics,
            List<FileSystem> fileSystems) {}

    @Override
    public Self run(ToolContext ctx) {
        var found = ctx.pve().guest(guest);
        return found.kind() == GuestKind.VM ? vm(found) : container(found);
    }

    private static Self vm(Guest vm) {
        var agent = new Agent(vm);
        var os = Fields.of(result(agent, "/get-osinfo"));
        return new Self(
                Clean.oneLine(vm.toString()),
                Clean.name(os.maybe("pretty-name").orElse(os.text("name"))),
                Clean.name(os.text("kernel-release")),
                Clean.name(Fields.of(result(agent, "/get-host-name")).text("host-name")),
                Clean.name(Fields.of(result(agent, "/get-timezone")).text("zone")),
                clock(agent),
                online("%d of %d online", told(agent, "/get-vcpus")),
                memory(agent),
                Fields.list(result(agent, "/get-users")).stream()
                        .map(user -> Clean.name(user.text("user")))
                        .toList(),
                Fields.list(result(agent, "/network-get-interfaces")).stream()
                        .map(GuestInfo::nic)
                        .filter(nic -> !nic.name().equals("lo"))
                        .toList(),
                Fields.list(result(agent, "/get-fsinfo")).stream()
                        .map(GuestInfo::fileSystem)
                        .toList());
    }

    /// In nanoseconds since 1970 (QEMU, qga/qapi-schema.json).
    private static Optional<Instant> clock(Agent agent) {
        return told(agent, "/get-time")
                .scalarText()
                .filter(text -> text.matches("\\d{10,18}|[1-8]\\d{18}"))
                .map(text -> Instant.ofEpochSecond(Long.parseLong(text) / 1_000_000_000));
    }

    private static String memory(Agent agent) {
        var size = Fields.of(told(agent, "/get-memory-block-info")).bytes("size");
        return size.map(each -> online("%d of %d blocks of " + each + " online", told(agent, "/get-memory-blocks")))
                .orElse("");
    }

    private static String online(String words, Json rows) {
        var all = Fields.list(rows);
        return all.isEmpty()
                ? ""
                : words.formatted(all.stream().filter(row -> row.flag("online")).count(), all.size());
    }

    /// Not every system has these commands: Windows tells nothing of memory blocks.
    private static Json told(Agent agent, String command) {
        try {
            return result(agent, command);
        } catch (PveException _) {
            return Json.Obj.EMPTY;
        }
    }

    private static Json result(Agent agent, String command) {
        return agent.read(command, Json.Obj.EMPTY).get("result").orElse(Json.Obj.EMPTY);
    }

    private static Nic nic(Fields nic) {
        var addresses = Fields.list(nic.raw("ip-addresses")).stream()
                .map(address -> Clean.name(address.text("ip-address") + "/" + address.text("prefix")))
                .toList();
        return new Nic(Clean.name(nic.text("name")), Clean.name(nic.text("hardware-address")), addresses);
    }

    private static FileSystem fileSystem(Fields fs) {
        var used = fs.bytes("used-bytes");
        var total = fs.bytes("total-bytes").filter(size -> size.count() > 0);
        return FileSystem.of(Clean.name(fs.text("mountpoint")), Clean.name(fs.text("type")), used, total);
    }

    /// What the node knows of a container; there is no agent in it.
    private static Self container(Guest container) {
        var config = container.config();
        var status = container.status();
        var nics = new ArrayList<Nic>();
        if (status.running()) {
            for (var nic : Fields.list(container.read("/interfaces", Json.Obj.EMPTY))) {
                var addresses = new ArrayList<String>();
                nic.maybe("inet").map(Clean::name).ifPresent(addresses::add);
                nic.maybe("inet6").map(Clean::name).ifPresent(addresses::add);
                if (!nic.text("name").equals("lo")) {
                    nics.add(new Nic(Clean.name(nic.text("name")), Clean.name(nic.text("hwaddr")), addresses));
                }
            }
        }
        var disk = Fields.of(status.rest()).bytes("disk").filter(_ -> status.running());
        var total = status.maxDisk().filter(size -> size.count() > 0);
        return new Self(
                Clean.oneLine(container.toString()),
                Clean.name(config.get("ostype").orElse("")),
                "",
                Clean.name(config.get("hostname").orElse("")),
                Clean.name(config.get("timezone").orElse("")),
                Optional.empty(),
                "",
                "",
                List.of(),
                nics,
                List.of(FileSystem.of("/", "", disk, total)));
    }
}
