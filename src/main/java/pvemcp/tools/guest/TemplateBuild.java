package pvemcp.tools.guest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Verb;
import pvemcp.tool.Aim.OnRequest;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Steps;
import pvemcp.view.Clean;

/// A template made of a cloud image.
record TemplateBuild(
        @Doc(value = "Such as local:import/debian-13.qcow2", obvious = true)
        String image,

        @Doc(value = "Name of the template", obvious = true) String name,

        @Doc(kind = Kind.NODE) String node,

        @Doc(value = "Storage for its disks", kind = Kind.STORAGE, obvious = true)
        String storage,

        @Doc(value = "Its id; default: the next free one", obvious = true)
        Optional<Integer> vmid,

        @Doc(value = "CPU cores", or = "2", obvious = true) int cores,

        @Doc(value = "Memory", or = "2G", obvious = true) Bytes memory,

        @Doc(value = "New size", obvious = true) Optional<Bytes> disk,

        @Doc(value = "Bridge", or = "vmbr0", obvious = true) String bridge,

        @Doc(value = "cloud-init user", obvious = true) Optional<String> user,
        @Doc(value = "Public SSH keys", obvious = true) List<String> sshKeys,

        @Doc(value = "How long for everything", or = "45s", obvious = true)
        Duration timeout)
        implements Call<Provisioned>, OnRequest {
    TemplateBuild {
        sshKeys = List.copyOf(sshKeys);
        Values.name("storage", storage);
        Values.name("bridge", bridge);
        if (!Values.name("image", image).contains(":")) {
            throw new IllegalArgumentException(
                    "argument 'image': '%s' is no volume id; pve_storage_content content=import lists them"
                            .formatted(image));
        }
    }

    @Override
    public Request request(ToolContext ctx) {
        int id = vmid.orElseGet(() -> ctx.pve().nextId());
        return new Request(Verb.POST, ApiPath.of("/nodes/{node}/qemu", node), params(id));
    }

    @Override
    public Provisioned run(ToolContext ctx) {
        int id = vmid.orElseGet(() -> ctx.pve().nextId());
        var base = ApiPath.of("/nodes/{node}/qemu/{vmid}", node, id);
        var steps = new Steps(ctx, timeout, disk.isPresent() ? 3 : 2);
        var made = "%s (%d) on %s".formatted(Clean.name(name), id, node);
        var create = ApiPath.of("/nodes/{node}/qemu", node);
        if (!steps.ask("create and import", Verb.POST, create, params(id))) {
            var resize = disk.isPresent() ? "resize scsi0 and " : "";
            return Provisioned.unfinished(steps, made, resize + "make it a template");
        }
        steps.leaving("%s stays a plain VM; remove it with DELETE %s, or go on from there".formatted(made, base));
        if (disk.isPresent()) {
            var size = Json.obj("disk", "scsi0", "size", Sizes.mebi(disk.get()) + "M");
            if (!steps.ask("resize", Verb.PUT, base + "/resize", size)) {
                return Provisioned.unfinished(steps, made, "make it a template");
            }
        }
        if (!steps.ask("make it a template", Verb.POST, base + "/template", Json.Obj.EMPTY)) {
            return new Provisioned("still running", made, "", steps.done(), "pve_task_wait task=" + steps.going());
        }
        return new Provisioned("ready", made, "", steps.done(), "pve_guest_provision template=" + id);
    }

    private Json.Obj params(int id) {
        var params = NewVm.params(id, name, cores, memory)
                .with("scsi0", "%s:0,import-from=%s,discard=on".formatted(storage, image))
                .with("ide2", storage + ":cloudinit")
                .with("boot", "order=scsi0")
                .with("net0", "virtio,bridge=" + bridge)
                .with("agent", "1")
                // Cloud images log to the serial console, and some hang without one.
                .with("serial0", "socket")
                .with("ipconfig0", "ip=dhcp");
        params = user.isPresent() ? params.with("ciuser", user.get()) : params;
        return sshKeys.isEmpty() ? params : params.with("sshkeys", CloudInit.keys(sshKeys));
    }
}
