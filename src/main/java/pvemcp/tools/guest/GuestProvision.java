package pvemcp.tools.guest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PropertyString;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Task;
import pvemcp.pve.Verb;
import pvemcp.remote.Addresses;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.Aim.OnRequest;
import pvemcp.tool.Arguments;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Extras;
import pvemcp.tools.common.Passwords;
import pvemcp.tools.common.Places;
import pvemcp.tools.common.Steps;
import pvemcp.view.Clean;

/// A guest made of a template, set up and started, in one call.
record GuestProvision(
        @Doc(value = "Template, or a guest to copy", obvious = true)
        GuestRef template,

        @Doc(value = "Name of the new guest", obvious = true)
        String name,

        @Doc(value = "Its id; default: the next free one", obvious = true)
        Optional<Integer> vmid,

        @Doc(value = "Node, where the disks are shared", kind = Kind.NODE, obvious = true)
        Optional<String> node,

        @Doc(value = "Storage for full copies of its disks", kind = Kind.STORAGE, obvious = true)
        Optional<String> storage,

        @Doc(value = "Full instead of linked clone", obvious = true)
        boolean full,

        @Doc(kind = Kind.POOL) Optional<String> pool,
        @Doc(value = "CPU cores", obvious = true) Optional<Integer> cores,

        @Doc(value = "Memory such as 4G", obvious = true) Optional<Bytes> memory,

        @Doc(value = "New size", obvious = true) Optional<Bytes> disk,

        @Doc(value = "cloud-init user (VM)", obvious = true) Optional<String> user,

        @Doc(value = "Public SSH keys (VM)", obvious = true) List<String> sshKeys,

        @Doc(value = "dhcp or CIDR", obvious = true) Optional<String> ip,

        @Doc(value = "Gateway for a fixed address", obvious = true)
        Optional<String> gateway,

        @Doc(value = "Other config by name", obvious = true) Json.Obj options,

        @Doc(value = "Start it", or = "true", obvious = true)
        boolean start,

        @Doc(value = "How long for everything", or = "45s", obvious = true)
        Duration timeout)
        implements Call<Provisioned>, OnGuest, OnRequest, Planned {
    private static final Set<String> TAKEN = Set.of("vmid", "node", "delete", "revert", "force");

    GuestProvision {
        sshKeys = List.copyOf(sshKeys);
        ip.ifPresent(text -> Values.address("ip", text));
        gateway.ifPresent(text -> Values.name("gateway", text));
    }

    @Override
    public GuestRef guest() {
        return template;
    }

    /// The clone, with the options that follow it: a disk among them is on a storage too.
    @Override
    public Request request(ToolContext ctx) {
        var from = ctx.pve().guest(template);
        var params = clone(from, vmid.orElseGet(() -> ctx.pve().nextId()));
        return new Request(Verb.POST, path(from) + "/clone", options.with(params));
    }

    @Override
    public Preview preview(ToolContext ctx) {
        var from = ctx.pve().guest(template);
        int id = Places.id(ctx.pve(), vmid);
        var base = base(from, id);
        var config = config(from);
        requireExtras(ctx, from);
        // What is shown has the names only, but a secret that is not there is better missed now.
        Passwords.filled(ctx, options);
        var requests = new ArrayList<String>();
        requests.add(
                "POST %s %s".formatted(path(from) + "/clone", clone(from, id).write()));
        if (!config.isEmpty()) {
            requests.add("%s %s/config %s".formatted(verb(from), base, config.write()));
        }
        disk.ifPresent(size -> requests.add("PUT %s/resize (its first disk to %s)".formatted(base, size)));
        if (start) {
            requests.add("POST %s/status/start".formatted(base));
        }
        return new Preview(
                "make %s (%d) from %s".formatted(Clean.name(name), id, Clean.oneLine(from.toString())),
                requests,
                List.of());
    }

    private void requireExtras(ToolContext ctx, Guest from) {
        // A container's POST takes the same options when it is created.
        var create = from.kind() == GuestKind.VM ? "/nodes/{node}/qemu" : "/nodes/{node}/lxc";
        Extras.require(ctx, create, options, TAKEN);
        if (from.kind() == GuestKind.CONTAINER && (user.isPresent() || !sshKeys.isEmpty())) {
            throw new BadArguments(List.of("arguments 'user' and 'ssh_keys' are for VMs with cloud-init"));
        }
        // Found later, it would leave a guest that is only half made.
        int id = vmid.orElse(from.vmid());
        Arguments.check(ctx.schema(), Verb.POST, path(from) + "/clone", clone(from, id));
        Arguments.check(ctx.schema(), verb(from), base(from, id) + "/config", config(from));
    }

    private static String path(Guest from) {
        return ApiPath.of(
                "/nodes/{node}/{kind}/{vmid}", from.node(), from.kind().segment(), from.vmid());
    }

    private String base(Guest from, int id) {
        return ApiPath.of(
                "/nodes/{node}/{kind}/{vmid}",
                node.orElse(from.node()),
                from.kind().segment(),
                id);
    }

    private static Verb verb(Guest from) {
        return from.kind() == GuestKind.VM ? Verb.POST : Verb.PUT;
    }

    private Json.Obj clone(Guest from, int id) {
        var params = Json.obj("newid", id).with(from.kind() == GuestKind.VM ? "name" : "hostname", name);
        if (full || storage.isPresent() || !from.template()) {
            params = params.with("full", 1);
        }
        params = storage.isPresent() ? params.with("storage", storage.get()) : params;
        params = pool.isPresent() ? params.with("pool", pool.get()) : params;
        return node.filter(target -> !target.equals(from.node())).isPresent()
                ? params.with("target", node.get())
                : params;
    }

    private Json.Obj config(Guest from) {
        var config = cores.map(count -> Json.obj("cores", count)).orElse(Json.Obj.EMPTY);
        config = memory.isPresent() ? config.with("memory", Sizes.mebi(memory.get())) : config;
        config = user.isPresent() ? config.with("ciuser", user.get()) : config;
        config = sshKeys.isEmpty() ? config : config.with("sshkeys", CloudInit.keys(sshKeys));
        if (ip.isPresent()) {
            config = from.kind() == GuestKind.VM
                    ? config.with(
                            "ipconfig0",
                            "ip=" + ip.get() + gateway.map(",gw="::concat).orElse(""))
                    : config.with("net0", nic(from));
        }
        return config.with(options);
    }

    /// The template's interface with the wanted address, and without its MAC address: the copy gets its own.
    private String nic(Guest from) {
        var nic = from.config().parts("net0").orElseGet(() -> PropertyString.parse("name=eth0,bridge=vmbr0"));
        nic = nic.without("hwaddr").without("gw").with("ip", ip.get());
        return (gateway.isPresent() ? nic.with("gw", gateway.get()) : nic).toString();
    }

    @Override
    public Provisioned run(ToolContext ctx) {
        var from = ctx.pve().guest(template);
        requireExtras(ctx, from);
        var config = Passwords.filled(ctx, config(from));
        var steps = new Steps(ctx, timeout, 3 + (config.isEmpty() ? 0 : 1) + (disk.isPresent() ? 1 : 0));
        int[] id = {0};
        boolean cloned = steps.follow("clone", () -> cloned(ctx, from, id));
        var base = base(from, id[0]);
        var made = "%s (%d) on %s".formatted(Clean.name(name), id[0], node.orElse(from.node()));
        steps.leaving("%s stays as it is; remove it with DELETE %s, or go on from there".formatted(made, base));
        if (!cloned) {
            return Provisioned.unfinished(steps, made, "configure, resize and start it");
        }
        if (!config.isEmpty() && !steps.ask("configure", verb(from), base + "/config", config)) {
            return Provisioned.unfinished(steps, made, "resize and start it");
        }
        if (disk.isPresent() && !steps.follow("resize", () -> resized(ctx, base, steps))) {
            return Provisioned.unfinished(steps, made, "start it");
        }
        if (!start) {
            return new Provisioned(
                    "made", made, "", steps.done(), "pve_guest_power guest=%d action=start".formatted(id[0]));
        }
        if (!steps.ask("start", Verb.POST, base + "/status/start", Json.Obj.EMPTY)) {
            return Provisioned.unfinished(steps, made, "wait for its address");
        }
        return reachable(ctx, from, id[0], made, steps);
    }

    /// An id that was free a moment ago may be taken now: `/cluster/nextid` reserves nothing.
    private Optional<Task> cloned(ToolContext ctx, Guest from, int[] id) {
        for (int attempt = 1; ; attempt++) {
            id[0] = vmid.orElseGet(() -> ctx.pve().nextId());
            try {
                return ctx.pve().startedBy(from.send(Verb.POST, "/clone", clone(from, id[0])));
            } catch (PveException e) {
                boolean taken = e.fault() instanceof PveFault.Unexpected other
                        && other.message().contains("already exists");
                if (!taken || vmid.isPresent() || attempt == 3) {
                    throw e;
                }
            }
        }
    }

    private Optional<Task> resized(ToolContext ctx, String base, Steps steps) {
        var config = ctx.pve().fields(base + "/config");
        var key = firstDisk(config.all(), config.text("boot"));
        var now = config.properties(key).get("size").flatMap(Bytes::tryParse).orElse(Bytes.ZERO);
        if (now.compareTo(disk.get()) >= 0) {
            steps.note("%s has %s already".formatted(key, now));
            return Optional.empty();
        }
        var size = Sizes.mebi(disk.get()) + "M";
        return ctx.pve().startedBy(ctx.pve().data(Verb.PUT, base + "/resize", Json.obj("disk", key, "size", size)));
    }

    private static String firstDisk(Json.Obj config, String boot) {
        if (config.has("rootfs")) {
            return "rootfs";
        }
        var keys = new LinkedHashSet<String>();
        for (var device : boot.replace("order=", "").split("[;,]")) {
            keys.add(device.strip());
        }
        keys.addAll(List.of("scsi0", "virtio0", "sata0", "ide0"));
        return keys.stream()
                .filter(key -> key.matches("(scsi|virtio|sata|ide)\\d+"))
                .filter(key -> config.text(key)
                        .filter(drive -> !drive.contains("media=cdrom"))
                        .isPresent())
                .findFirst()
                .orElseThrow(() -> new PveException(
                        new PveFault.Missing("disk", "the new guest has no disk that could be resized")));
    }

    private Provisioned reachable(ToolContext ctx, Guest from, int id, String made, Steps steps) {
        var at = node.orElse(from.node());
        ctx.progress(0.9, "wait for an address");
        var found = new ArrayList<String>();
        boolean told = from.kind() == GuestKind.CONTAINER || hasAgent(ctx, base(from, id));
        if (told) {
            ctx.pve().await(steps.remaining(), ctx, () -> {
                found.addAll(Addresses.seen(ctx.pve(), at, from.kind(), id));
                return !found.isEmpty();
            });
        }
        if (!found.isEmpty()) {
            return new Provisioned("ready", made, String.join(", ", found), steps.done(), "");
        }
        var next = told
                ? "pve_inventory_export shows its address once it has one"
                : "it has no guest agent (option agent=1) that could tell when it is up";
        var given = Addresses.of(ctx.pve(), at, from.kind(), id);
        return new Provisioned(
                given.isEmpty() ? "started, no address yet" : "started, not seen to be up yet",
                made,
                given.isEmpty() ? "" : "as given to it: " + String.join(", ", given),
                steps.done(),
                next);
    }

    private static boolean hasAgent(ToolContext ctx, String base) {
        var agent = ctx.pve().fields(base + "/config").properties("agent");
        return agent.bare().or(() -> agent.get("enabled")).filter("1"::equals).isPresent();
    }
}
