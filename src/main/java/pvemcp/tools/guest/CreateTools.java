package pvemcp.tools.guest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PowerAction;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.Aim.OnRequest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Passwords;
import pvemcp.tools.common.Places;
import pvemcp.tools.common.Tiers;
import pvemcp.view.Clean;

/// New guests: from nothing, from an image, from a template, from another guest.
final class CreateTools {
    private CreateTools() {}

    /// @param guest as it can be named from now on
    /// @param chosen what the caller had left open
    record Made(String guest, String chosen, Outcome outcome, String next) implements OfTask {}

    private static Bytes whole(Bytes size) {
        long gibi = 1L << 30;
        return Bytes.of((size.count() + gibi - 1) / gibi * gibi);
    }

    private static long mebi(Bytes memory) {
        return memory.count() >> 20;
    }

    private static void requireId(Optional<Integer> id) {
        if (id.filter(number -> number < 100 || number > 999_999_999).isPresent()) {
            throw new IllegalArgumentException(
                    "argument 'vmid': %d is not within 100 to 999999999".formatted(id.get()));
        }
    }

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

            @Doc(value = "Bridge", or = "vmbr0", obvious = true)
            String bridge,

            @Doc(value = "Into this pool", kind = Kind.POOL, obvious = true)
            Optional<String> pool,

            @Doc(value = "Start it", obvious = true) boolean start,

            @Doc("Any other of PVE") Json.Obj options,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<Made>, OnRequest, Tiered {
        VmCreate {
            requireId(vmid);
            options = CloudInit.encoded(options);
            Values.volume("iso", iso);
            Values.volume("image", image);
            Values.plain("bridge", Optional.of(bridge));
            Values.plain("storage", storage);
        }

        @Override
        public Tier tier(ApiSchema schema) {
            return Tiers.of(schema, Verb.POST, "/nodes/{node}/qemu", params(100, storage.orElse("any"), options));
        }

        private Json.Obj params(int id, String on, Json.Obj extras) {
            var size = whole(disk.orElse(Bytes.ofGibi(32))).count() >> 30;
            var drive = image.map(from -> on + ":0,import-from=" + from).orElse(on + ":" + size);
            var params = Json.obj(
                    "vmid",
                    id,
                    "name",
                    name,
                    "cores",
                    cores,
                    "memory",
                    mebi(memory),
                    "ostype",
                    "l26",
                    "scsihw",
                    "virtio-scsi-single",
                    "scsi0",
                    drive + ",discard=on,iothread=1",
                    "net0",
                    "virtio,bridge=" + bridge,
                    "agent",
                    "1");
            if (iso.isPresent()) {
                params = params.with("ide2", iso.get() + ",media=cdrom").with("boot", "order=scsi0;ide2;net0");
            } else if (image.isPresent()) {
                // Cloud images write to a serial port and take their settings from such a drive.
                params = params.with("ide2", on + ":cloudinit")
                        .with("serial0", "socket")
                        .with("boot", "order=scsi0");
            }
            params = Places.with(params, "pool", pool);
            if (start && !growsLater()) {
                params = params.with("start", 1);
            }
            return Places.merged(params, extras);
        }

        /// An image comes with its own size, and is made larger afterwards.
        private boolean growsLater() {
            return image.isPresent() && disk.isPresent();
        }

        @Override
        public Request request(ToolContext ctx) {
            var at = Places.node(ctx.pve(), node);
            var on = Places.storage(ctx.pve(), at, "images", storage);
            var path = ApiPath.of("/nodes/{node}/qemu", at);
            return new Request(Verb.POST, path, params(Places.id(ctx.pve(), vmid), on, options));
        }

        @Override
        public Made run(ToolContext ctx) {
            var extras = Passwords.filled(ctx, options);
            var pve = ctx.pve();
            var at = Places.node(pve, node);
            var id = Places.id(pve, vmid);
            var on = Places.storage(pve, at, "images", storage);
            var task = pve.node(at).start(Verb.POST, "/qemu", params(id, on, extras));
            var outcome = Outcome.of(ctx, task, timeout);
            var chosen = "storage %s, bridge %s, %d cores, %s RAM, guest agent expected"
                    .formatted(on, bridge, cores, memory);
            var guest = "%s (%d) on %s".formatted(name, id, at);
            if (outcome.isGoing()) {
                var left = growsLater() ? ", then pve_guest_disk action=resize disk=scsi0" : "";
                return new Made(guest, chosen, outcome, outcome.next() + left);
            }
            if (growsLater()) {
                outcome = grow(ctx, at, id);
            }
            return new Made(guest, chosen, outcome, next());
        }

        private Outcome grow(ToolContext ctx, String at, int id) {
            var made = ctx.pve().guest(new GuestRef(at + "/" + id));
            var size = Json.obj(
                    "disk", "scsi0", "size", Long.toString(whole(disk.get()).count() >> 30) + "G");
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

            @Doc(value = "Bridge", or = "vmbr0", obvious = true)
            String bridge,

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
            requireId(vmid);
            Values.plain("bridge", Optional.of(bridge));
            Values.plain("ip", Optional.of(ip));
            Values.plain("gateway", gateway);
            Values.plain("storage", storage);
        }

        @Override
        public Tier tier(ApiSchema schema) {
            return Tiers.of(schema, Verb.POST, "/nodes/{node}/lxc", params(100, storage.orElse("any"), options));
        }

        private Json.Obj params(int id, String on, Json.Obj extras) {
            var net = "name=eth0,bridge=" + bridge + ",ip=" + ip
                    + gateway.map(address -> ",gw=" + address).orElse("");
            var params = Json.obj(
                    "vmid", id,
                    "hostname", name,
                    "ostemplate", template,
                    "cores", cores,
                    "memory", mebi(memory),
                    "swap", mebi(memory),
                    "rootfs", on + ":" + (whole(disk).count() >> 30),
                    "net0", net,
                    "unprivileged", 1);
            if (!sshKeys.isEmpty()) {
                params = params.with("ssh-public-keys", String.join("\n", sshKeys));
            }
            params = Places.with(params, "pool", pool);
            return Places.merged(start ? params.with("start", 1) : params, extras);
        }

        @Override
        public Request request(ToolContext ctx) {
            var at = Places.node(ctx.pve(), node);
            var on = Places.storage(ctx.pve(), at, "rootdir", storage);
            var path = ApiPath.of("/nodes/{node}/lxc", at);
            return new Request(Verb.POST, path, params(Places.id(ctx.pve(), vmid), on, options));
        }

        @Override
        public Made run(ToolContext ctx) {
            var extras = Passwords.filled(ctx, options);
            var pve = ctx.pve();
            var at = Places.node(pve, node);
            var id = Places.id(pve, vmid);
            var on = Places.storage(pve, at, "rootdir", storage);
            var task = pve.node(at).start(Verb.POST, "/lxc", params(id, on, extras));
            var outcome = Outcome.of(ctx, task, timeout);
            var chosen = "unprivileged, storage %s, bridge %s, ip %s, %d cores, %s RAM"
                    .formatted(on, bridge, ip, cores, memory);
            var next = sshKeys.isEmpty() && !options.has("password")
                    ? "it has no password and no key: pct enter %d on %s gets in".formatted(id, at)
                    : "";
            return new Made(
                    "%s (%d) on %s".formatted(name, id, at),
                    chosen,
                    outcome,
                    outcome.isGoing() ? outcome.next() : next);
        }
    }

    record GuestClone(
            @Doc GuestRef guest,
            @Doc(value = "Name of the copy", obvious = true) String name,

            @Doc(value = "Its id; default: the next free one", obvious = true)
            Optional<Integer> vmid,

            @Doc(value = "Default: only what is no template", obvious = true)
            Optional<Boolean> full,

            @Doc(value = "On this node; needs shared storage", kind = Kind.NODE, obvious = true)
            Optional<String> node,

            @Doc(value = "Makes it full", kind = Kind.STORAGE, obvious = true)
            Optional<String> storage,

            @Doc(value = "Into this pool", kind = Kind.POOL, obvious = true)
            Optional<String> pool,

            @Doc(value = "As it was in this snapshot", obvious = true)
            Optional<String> snapshot,

            @Doc(value = "Other parameters: description, format, bwlimit", obvious = true)
            Json.Obj options,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<Made>, OnGuest, OnRequest {
        GuestClone {
            requireId(vmid);
        }

        @Override
        public Request request(ToolContext ctx) {
            var source = ctx.pve().guest(guest);
            var path = ApiPath.of(
                    "/nodes/{node}/{kind}/{vmid}/clone",
                    source.node(),
                    source.kind().segment(),
                    source.vmid());
            return new Request(Verb.POST, path, params(source, Places.id(ctx.pve(), vmid)));
        }

        private boolean isWhole(Guest source) {
            return full.orElse(!source.template() || storage.isPresent());
        }

        private Json.Obj params(Guest source, int id) {
            var params = Json.obj("newid", id, source.kind() == GuestKind.VM ? "name" : "hostname", name);
            // PVE's default is a linked clone wherever one can be had; it is said, so that it is what was meant.
            params = params.with("full", isWhole(source) ? 1 : 0);
            params = Places.with(params, "target", node);
            params = Places.with(params, "storage", storage);
            params = Places.with(params, "pool", pool);
            params = Places.with(params, "snapname", snapshot);
            return Places.merged(params, options);
        }

        @Override
        public Made run(ToolContext ctx) {
            var pve = ctx.pve();
            var source = pve.guest(guest);
            boolean whole = isWhole(source);
            if (!whole && storage.isPresent()) {
                throw new BadArguments(List.of("argument 'storage': a linked clone stays on its template's storage; "
                        + "leave it out or set full=true"));
            }
            if (!whole && !source.template() && snapshot.isEmpty()) {
                throw new BadArguments(List.of(
                        "argument 'full': %s is no template, only templates have linked clones".formatted(source)));
            }
            var id = Places.id(pve, vmid);
            var outcome = Outcome.of(ctx, source.start(Verb.POST, "/clone", params(source, id)), timeout);
            return new Made(
                    "%s (%d) on %s".formatted(name, id, node.orElse(source.node())),
                    Clean.oneLine("%s clone of %s".formatted(whole ? "full" : "linked", source)),
                    outcome,
                    outcome.isGoing() ? outcome.next() : "");
        }
    }

    record GuestTemplate(
            @Doc GuestRef guest,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<Outcome>, OnGuest, Planned {
        @Override
        public Preview preview(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            return new Preview(
                    Clean.oneLine("turn %s into a template".formatted(found)),
                    List.of(),
                    List.of("there is no way back: a template can only be cloned, never started"));
        }

        @Override
        public Outcome run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            var problems = new ArrayList<String>();
            if (found.template()) {
                problems.add("argument 'guest': %s is a template already".formatted(found));
            }
            if (found.row().status().equals("running")) {
                problems.add("argument 'guest': %s runs; shut it down first (pve_guest_power)".formatted(found));
            }
            if (!problems.isEmpty()) {
                throw new BadArguments(problems);
            }
            var task = ctx.pve().startedBy(found.send(Verb.POST, "/template", Json.Obj.EMPTY));
            if (task.isPresent()) {
                return Outcome.of(ctx, task.get(), timeout);
            }
            // For a container PVE tells nothing of the task it starts (PVE::API2::LXC, template).
            boolean done = ctx.pve()
                    .await(
                            timeout,
                            ctx,
                            () -> ctx.pve()
                                    .guest(new GuestRef(found.node() + "/" + found.vmid()))
                                    .template());
            return done
                    ? Outcome.DONE
                    : new Outcome(
                            "still running",
                            "",
                            Optional.of(timeout),
                            List.of(),
                            "pve_task_list guest=" + found.vmid());
        }
    }
}
