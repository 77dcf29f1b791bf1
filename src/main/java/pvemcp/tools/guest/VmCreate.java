package pvemcp.tools.guest;

import java.time.Duration;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PowerAction;
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

/// A new VM: empty, to be installed from an ISO, or from an image that is installed already.
record VmCreate(
        @Doc(value = "Its name", obvious = true) String name,

        @Doc(value = "Where; default: the only node", kind = Kind.NODE, obvious = true)
        Optional<String> node,

        @Doc(value = "Its id; default: the next free one", obvious = true)
        Optional<Integer> vmid,

        @Doc(value = "CPU cores", or = "2", min = 1, max = 512, obvious = true)
        int cores,

        @Doc(value = "RAM", or = "2G", obvious = true) Bytes memory,

        @Doc(value = "Default 32G, or the image's", obvious = true)
        Optional<Bytes> disk,

        @Doc(value = "Default: the roomiest", kind = Kind.STORAGE, obvious = true)
        Optional<String> storage,

        @Doc(value = "Such as local:iso/x.iso", obvious = true)
        Optional<String> iso,

        @Doc("Such as local:import/x.qcow2") Optional<String> image,

        @Doc(value = "Bridge", or = "vmbr0", obvious = true) String bridge,

        @Doc(value = "Into this pool", kind = Kind.POOL, obvious = true)
        Optional<String> pool,

        @Doc(value = "Start it", obvious = true) boolean start,

        @Doc("Any other of PVE") Json.Obj options,

        @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
        Duration timeout)
        implements Call<Made>, OnRequest, Tiered {
    VmCreate {
        Spot.requireId(vmid);
        options = CloudInit.encoded(options);
        Values.volume("iso", iso);
        Values.volume("image", image);
        Values.plain("bridge", Optional.of(bridge));
        Values.plain("storage", storage);
    }

    @Override
    public Tier tier(ApiSchema schema) {
        return Tiers.of(
                schema, Verb.POST, "/nodes/{node}/qemu", params(new Spot("any", 100, storage.orElse("any")), options));
    }

    private Spot spot(ToolContext ctx) {
        return Spot.of(ctx.pve(), "images", node, vmid, storage);
    }

    private Json.Obj params(Spot spot, Json.Obj extras) {
        var size = Sizes.gibi(disk.orElse(Bytes.ofGibi(32)));
        var drive = image.map(from -> spot.storage() + ":0,import-from=" + from).orElse(spot.storage() + ":" + size);
        var params = NewVm.params(spot.vmid(), name, cores, memory)
                .with("scsi0", drive + ",discard=on,iothread=1")
                .with("net0", "virtio,bridge=" + bridge)
                .with("agent", "1");
        if (iso.isPresent()) {
            params = params.with("ide2", iso.get() + ",media=cdrom").with("boot", "order=scsi0;ide2;net0");
        } else if (image.isPresent()) {
            // Cloud images write to a serial port and take their settings from such a drive.
            params = params.with("ide2", spot.storage() + ":cloudinit")
                    .with("serial0", "socket")
                    .with("boot", "order=scsi0");
        }
        params = Places.with(params, "pool", pool);
        if (start && !growsLater()) {
            params = params.with("start", 1);
        }
        return params.with(extras);
    }

    /// An image comes with its own size, and is made larger afterwards.
    private boolean growsLater() {
        return image.isPresent() && disk.isPresent();
    }

    @Override
    public Request request(ToolContext ctx) {
        var spot = spot(ctx);
        return new Request(Verb.POST, ApiPath.of("/nodes/{node}/qemu", spot.node()), params(spot, options));
    }

    @Override
    public Made run(ToolContext ctx) {
        var extras = Passwords.filled(ctx, options);
        var spot = spot(ctx);
        var task = ctx.pve().node(spot.node()).start(Verb.POST, "/qemu", params(spot, extras));
        var outcome = Outcome.of(ctx, task, timeout);
        var chosen = "storage %s, bridge %s, %d cores, %s RAM, guest agent expected"
                .formatted(spot.storage(), bridge, cores, memory);
        var guest = spot.guest(name);
        if (outcome.isGoing()) {
            var left = growsLater() ? ", then pve_guest_disk action=resize disk=scsi0" : "";
            return new Made(guest, chosen, outcome, outcome.next() + left);
        }
        if (growsLater()) {
            outcome = grow(ctx, spot);
        }
        return new Made(guest, chosen, outcome, next());
    }

    private Outcome grow(ToolContext ctx, Spot spot) {
        var made = ctx.pve().guest(new GuestRef(spot.node() + "/" + spot.vmid()));
        var size = Json.obj("disk", "scsi0", "size", Sizes.gibi(disk.get()) + "G");
        ctx.progress(-1, "enlarging the disk");
        var grown = Outcome.of(ctx, made.start(Verb.PUT, "/resize", size), timeout);
        if (!start || grown.isGoing()) {
            return grown;
        }
        ctx.progress(-1, "starting");
        return Outcome.of(ctx, made.power(PowerAction.START), timeout);
    }

    private String next() {
        return image.isPresent() && !options.has("sshkeys") && !options.has("cipassword")
                ? "give it a user and keys with pve_guest_cloudinit before its first start"
                : "";
    }
}
