package pvemcp.tools.guest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Aim.OnRequest;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Passwords;
import pvemcp.tools.common.Places;
import pvemcp.tools.common.Tiers;

/// A new container, made of a template and without privileges.
record CtCreate(
        @Doc(value = "Its hostname", obvious = true) String name,

        @Doc("Such as local:vztmpl/x.tar.zst") String template,

        @Doc(value = "Where; default: the only node", kind = Kind.NODE, obvious = true)
        Optional<String> node,

        @Doc(value = "Its id; default: the next free one", obvious = true)
        Optional<Integer> vmid,

        @Doc(value = "CPU cores", or = "1", min = 1, max = 512, obvious = true)
        int cores,

        @Doc(value = "RAM; as much swap", or = "512M", obvious = true)
        Bytes memory,

        @Doc(value = "Size of the root disk", or = "8G", obvious = true)
        Bytes disk,

        @Doc(value = "Default: the roomiest", kind = Kind.STORAGE, obvious = true)
        Optional<String> storage,

        @Doc(value = "Bridge", or = "vmbr0", obvious = true) String bridge,

        @Doc(value = "dhcp or CIDR", or = "dhcp", obvious = true)
        String ip,

        @Doc(value = "Gateway, with a fixed address", obvious = true)
        Optional<String> gateway,

        @Doc(value = "SSH public keys for root", obvious = true)
        List<String> sshKeys,

        @Doc(value = "Into this pool", kind = Kind.POOL, obvious = true)
        Optional<String> pool,

        @Doc(value = "Start it", obvious = true) boolean start,

        @Doc(value = "Any other option of PVE by name, such as features, mp0", obvious = true)
        Json.Obj options,

        @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
        Duration timeout)
        implements Call<Made>, OnRequest, Tiered {
    CtCreate {
        Spot.requireId(vmid);
        Values.volume("template", Optional.of(template));
        Values.plain("bridge", Optional.of(bridge));
        Values.plain("ip", Optional.of(ip));
        Values.plain("gateway", gateway);
        Values.plain("storage", storage);
    }

    @Override
    public Tier tier(ApiSchema schema) {
        return Tiers.of(
                schema, Verb.POST, "/nodes/{node}/lxc", params(new Spot("any", 100, storage.orElse("any")), options));
    }

    private Spot spot(ToolContext ctx) {
        return Spot.of(ctx.pve(), "rootdir", node, vmid, storage);
    }

    private Json.Obj params(Spot spot, Json.Obj extras) {
        var net = "name=eth0,bridge=" + bridge + ",ip=" + ip
                + gateway.map(address -> ",gw=" + address).orElse("");
        var params = Json.obj(
                "vmid",
                spot.vmid(),
                "hostname",
                name,
                "ostemplate",
                template,
                "cores",
                cores,
                "memory",
                Sizes.mebi(memory),
                "swap",
                Sizes.mebi(memory),
                "rootfs",
                spot.storage() + ":" + Sizes.gibi(disk),
                "net0",
                net,
                "unprivileged",
                1);
        if (!sshKeys.isEmpty()) {
            params = params.with("ssh-public-keys", String.join("\n", sshKeys));
        }
        params = Places.with(params, "pool", pool);
        return (start ? params.with("start", 1) : params).with(extras);
    }

    @Override
    public Request request(ToolContext ctx) {
        var spot = spot(ctx);
        return new Request(Verb.POST, ApiPath.of("/nodes/{node}/lxc", spot.node()), params(spot, options));
    }

    @Override
    public Made run(ToolContext ctx) {
        var extras = Passwords.filled(ctx, options);
        var spot = spot(ctx);
        var task = ctx.pve().node(spot.node()).start(Verb.POST, "/lxc", params(spot, extras));
        var outcome = Outcome.of(ctx, task, timeout);
        var chosen = "unprivileged, storage %s, bridge %s, ip %s, %d cores, %s RAM"
                .formatted(spot.storage(), bridge, ip, cores, memory);
        var next = sshKeys.isEmpty() && !options.has("password")
                ? "it has no password and no key: pct enter %d on %s gets in".formatted(spot.vmid(), spot.node())
                : "";
        return new Made(spot.guest(name), chosen, outcome, outcome.isGoing() ? outcome.next() : next);
    }
}
