package pvemcp.tools.guest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.GuestConfig;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PropertyString;
import pvemcp.pve.Verb;
import pvemcp.text.Nearest;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Disks;
import pvemcp.tools.common.Identity;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Places;
import pvemcp.view.Clean;

/// A guest's network cards and disks.
final class DeviceTools {
    private DeviceTools() {}

    /// The value of an option that has to be there.
    private static String present(Edit edit, String argument, String key) {
        return edit.before()
                .get(key)
                .orElseThrow(() -> new BadArguments(List.of("argument '%s': %s has no %s%s"
                        .formatted(
                                argument,
                                edit.guest(),
                                key,
                                Nearest.hint(
                                        key,
                                        edit.before().options().keySet().stream()
                                                .toList())))));
    }

    enum NicAction {
        ADD,
        CHANGE,
        REMOVE
    }

    record GuestNic(
            @Doc GuestRef guest,
            @Doc(value = "What to do", obvious = true) NicAction action,

            @Doc(value = "Such as net0; add: default next free", obvious = true)
            Optional<String> nic,

            @Doc(value = "Bridge; default to add: vmbr0", obvious = true)
            Optional<String> bridge,

            @Doc(value = "0: none", obvious = true) Optional<Integer> vlan,

            @Doc(value = "VMs: virtio, e1000", obvious = true)
            Optional<String> model,

            @Doc(value = "PVE firewall on it", obvious = true)
            Optional<Boolean> firewall,

            @Doc(value = "Containers: dhcp, manual or CIDR", obvious = true)
            Optional<String> ip,

            @Doc(value = "Containers: gateway", obvious = true)
            Optional<String> gateway,

            @Doc("Such as rate, mtu, macaddr") Json.Obj options,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Editing {
        private static final List<String> MODELS = List.of("virtio", "e1000", "e1000e", "rtl8139", "vmxnet3");

        GuestNic {
            Values.plain("bridge", bridge);
            Values.plain("ip", ip);
            Values.plain("gateway", gateway);
            if (nic.filter(key -> !key.matches("net\\d{1,2}")).isPresent()) {
                throw new IllegalArgumentException("argument 'nic': '%s' is none: write net0".formatted(nic.get()));
            }
        }

        @Override
        public void fill(Edit edit, ToolContext ctx) {
            boolean vm = edit.guest().kind() == GuestKind.VM;
            if (vm && (ip.isPresent() || gateway.isPresent())) {
                throw new BadArguments(List.of(
                        "arguments 'ip', 'gateway': %s is a VM; its addresses are set inside it, or by pve_guest_cloudinit"
                                .formatted(edit.guest())));
            }
            var key = key(edit.before());
            switch (action) {
                case ADD -> {
                    if (edit.before().get(key).isPresent()) {
                        throw new BadArguments(List.of("argument 'nic': %s has %s already; action=change changes it"
                                .formatted(edit.guest(), key)));
                    }
                    edit.set(key, (vm ? newVmNic() : newContainerNic(key)).toString());
                }
                case CHANGE ->
                    edit.set(
                            key,
                            changed(PropertyString.parse(present(edit, "nic", key)), vm)
                                    .toString());
                case REMOVE -> {
                    present(edit, "nic", key);
                    edit.delete(key);
                }
            }
        }

        private String key(GuestConfig config) {
            if (nic.isPresent()) {
                return nic.get();
            }
            if (action == NicAction.ADD) {
                return Disks.free(config, "net");
            }
            throw new BadArguments(List.of("missing argument 'nic': which one, such as net0"));
        }

        private PropertyString newVmNic() {
            var fresh = PropertyString.parse("model=" + model.orElse("virtio"));
            return common(fresh.with("bridge", bridge.orElse("vmbr0")));
        }

        private PropertyString newContainerNic(String key) {
            var name = "eth" + key.substring("net".length());
            var fresh = PropertyString.parse("name=" + name).with("bridge", bridge.orElse("vmbr0"));
            return common(fresh.with("ip", ip.orElse("dhcp")));
        }

        private PropertyString changed(PropertyString old, boolean vm) {
            var parts = vm && model.isPresent() ? withModel(old, model.get()) : old;
            parts = bridge.isPresent() ? parts.with("bridge", bridge.get()) : parts;
            return common(ip.isPresent() ? parts.with("ip", ip.get()) : parts);
        }

        /// The MAC address stands behind the model (PVE::QemuServer, `virtio=BC:24:11:…`).
        private static PropertyString withModel(PropertyString old, String model) {
            var parts = PropertyString.parse("");
            for (var entry : old.values().entrySet()) {
                boolean isModel = MODELS.contains(entry.getKey());
                parts = parts.with(
                        isModel ? model : entry.getKey(), entry.getKey().equals("model") ? model : entry.getValue());
            }
            return parts;
        }

        private PropertyString common(PropertyString parts) {
            var all = parts;
            if (vlan.isPresent()) {
                all = vlan.get() == 0
                        ? all.without("tag")
                        : all.with("tag", vlan.get().toString());
            }
            if (firewall.isPresent()) {
                all = all.with("firewall", firewall.get() ? "1" : "0");
            }
            all = gateway.isPresent() ? all.with("gw", gateway.get()) : all;
            return Values.with(all, options);
        }
    }

    enum DiskAction {
        ADD,
        ATTACH,
        DETACH,
        RESIZE,
        MOVE,
        INSERT,
        EJECT
    }

    record GuestDisk(
            @Doc GuestRef guest,

            @Doc(value = "add a new one, attach an unused one, detach, resize, move; insert, eject: CD", obvious = true)
            DiskAction action,

            @Doc("Such as scsi1, mp0") Optional<String> disk,

            @Doc("Such as 32G; resize: or +10G") Optional<String> size,

            @Doc(value = "add, move: on this storage", kind = Kind.STORAGE, obvious = true)
            Optional<String> storage,

            @Doc(value = "To attach, insert or import", obvious = true)
            Optional<String> volume,

            @Doc(value = "Mount point in a container", obvious = true)
            Optional<String> path,

            @Doc("Such as discard, ssd") Json.Obj options,

            @Doc(value = "After a move", obvious = true) boolean deleteSource,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<Edit.Changed>, OnGuest, Planned {
        GuestDisk {
            Values.plain("storage", storage);
            Values.volume("volume", volume);
            if (path.filter(where -> where.indexOf(',') >= 0).isPresent()) {
                throw new IllegalArgumentException("argument 'path': it has a comma");
            }
        }

        @Override
        public Preview preview(ToolContext ctx) {
            var edit = new Edit(ctx.pve().guest(guest));
            var what = switch (action) {
                case RESIZE -> "enlarge %s to %s".formatted(needed(disk, "disk"), newSize(edit));
                case MOVE -> "move %s to storage %s".formatted(needed(disk, "disk"), needed(storage, "storage"));
                case ADD, ATTACH, DETACH, INSERT, EJECT -> {
                    fill(edit, ctx);
                    yield edit.diff();
                }
            };
            return new Preview(Clean.oneLine("%s: %s".formatted(edit.guest(), what)), List.of(), edit.notes());
        }

        @Override
        public Edit.Changed run(ToolContext ctx) {
            var edit = new Edit(ctx.pve().guest(guest));
            return switch (action) {
                case RESIZE -> resize(ctx, edit);
                case MOVE -> move(ctx, edit);
                case ADD, ATTACH, DETACH, INSERT, EJECT -> {
                    fill(edit, ctx);
                    yield edit.make(ctx, timeout);
                }
            };
        }

        private void fill(Edit edit, ToolContext ctx) {
            boolean vm = edit.guest().kind() == GuestKind.VM;
            switch (action) {
                case ADD -> edit.set(freeKey(edit, vm), added(edit, ctx, vm).toString());
                case ATTACH -> attach(edit, vm);
                case DETACH -> {
                    var key = needed(disk, "disk");
                    present(edit, "disk", key);
                    edit.delete(key).note("its volume is kept as an unused disk");
                }
                case INSERT -> edit.set(cdKey(edit, vm), needed(volume, "volume") + ",media=cdrom");
                case EJECT -> edit.set(cdKey(edit, vm), "none,media=cdrom");
                case RESIZE, MOVE -> throw new IllegalStateException(action + " changes no option");
            }
        }

        private static String needed(Optional<String> value, String argument) {
            return value.orElseThrow(() -> new BadArguments(List.of("missing argument '%s'".formatted(argument))));
        }

        private String freeKey(Edit edit, boolean vm) {
            var key = disk.orElseGet(() -> Disks.free(edit.before(), vm ? "scsi" : "mp"));
            if (!Disks.isDisk(edit.guest().kind(), key) || key.startsWith("unused")) {
                throw new BadArguments(List.of("argument 'disk': '%s' is no place for a disk of %s: %s"
                        .formatted(key, edit.guest(), vm ? "write scsi1, virtio0, sata0 …" : "write mp0")));
            }
            if (edit.before().get(key).isPresent()) {
                throw new BadArguments(List.of("argument 'disk': %s of %s is taken; the next free one is %s"
                        .formatted(key, edit.guest(), Disks.free(edit.before(), key.replaceAll("\\d+$", "")))));
            }
            return key;
        }

        private PropertyString added(Edit edit, ToolContext ctx, boolean vm) {
            var on = Places.storage(ctx.pve(), edit.guest().node(), vm ? "images" : "rootdir", storage);
            if (volume.isPresent()) {
                if (!vm) {
                    throw new BadArguments(List.of("argument 'volume': a container imports no images"));
                }
                return Values.with(PropertyString.parse(on + ":0").with("import-from", volume.get()), options);
            }
            return mounted(PropertyString.parse(on + ":" + gibi(needed(size, "size"))), vm);
        }

        private PropertyString mounted(PropertyString parts, boolean vm) {
            var all = vm ? parts : parts.with("mp", needed(path, "path"));
            return Values.with(all, options);
        }

        /// PVE makes disks of whole GiB.
        private static long gibi(String text) {
            try {
                long unit = 1L << 30;
                return (Bytes.parse(text).count() + unit - 1) / unit;
            } catch (IllegalArgumentException e) {
                throw new BadArguments(List.of("argument 'size': " + e.getMessage()));
            }
        }

        private void attach(Edit edit, boolean vm) {
            var unused = disk.filter(key -> key.startsWith("unused"));
            var what = unused.map(key -> PropertyString.parse(present(edit, "disk", key))
                            .bare()
                            .orElse(""))
                    .or(() -> volume)
                    .orElseThrow(() -> new BadArguments(
                            List.of("missing argument 'disk': which unused one, such as unused0, or 'volume'")));
            var key = unused.isPresent() ? Disks.free(edit.before(), vm ? "scsi" : "mp") : freeKey(edit, vm);
            edit.set(key, mounted(PropertyString.parse(what), vm).toString());
        }

        private String cdKey(Edit edit, boolean vm) {
            if (!vm) {
                throw new BadArguments(
                        List.of("argument 'guest': %s is a container and has no CD drive".formatted(edit.guest())));
            }
            var drives = Disks.of(GuestKind.VM, edit.before()).stream()
                    .filter(each -> each.removable() && !each.volume().contains("cloudinit"))
                    .map(Disks.Disk::key)
                    .toList();
            if (disk.isPresent()) {
                var there = edit.before().get(disk.get());
                if (there.isPresent() && !drives.contains(disk.get())) {
                    throw new BadArguments(List.of("argument 'disk': %s of %s is no CD drive; it has %s"
                            .formatted(disk.get(), edit.guest(), drives.isEmpty() ? "none" : Places.list(drives))));
                }
                return disk.get();
            }
            if (drives.isEmpty() && action == DiskAction.EJECT) {
                throw new BadArguments(List.of("argument 'guest': %s has no CD drive".formatted(edit.guest())));
            }
            return drives.isEmpty() ? Disks.free(edit.before(), "ide") : drives.getFirst();
        }

        private String newSize(Edit edit) {
            present(edit, "disk", needed(disk, "disk"));
            var text = needed(size, "size").strip();
            boolean more = text.startsWith("+");
            return (more ? "+" : "") + gibi(more ? text.substring(1) : text) + "G";
        }

        private Edit.Changed resize(ToolContext ctx, Edit edit) {
            var params = Json.obj("disk", needed(disk, "disk"), "size", newSize(edit))
                    .with("digest", edit.before().digest());
            var outcome = Outcome.of(ctx, edit.guest().start(Verb.PUT, "/resize", params), timeout);
            if (edit.guest().kind() == GuestKind.VM) {
                edit.note("partition and file system inside have to be enlarged too");
            }
            return edit.after(outcome);
        }

        private Edit.Changed move(ToolContext ctx, Edit edit) {
            boolean vm = edit.guest().kind() == GuestKind.VM;
            var key = needed(disk, "disk");
            present(edit, "disk", key);
            var params = Json.obj(vm ? "disk" : "volume", key, "storage", needed(storage, "storage"))
                    .with("digest", edit.before().digest());
            if (deleteSource) {
                params = params.with("delete", 1);
            } else {
                edit.note("the copy in the old place is kept as an unused disk");
            }
            var below = vm ? "/move_disk" : "/move_volume";
            return edit.after(Outcome.of(ctx, edit.guest().start(Verb.POST, below, params), timeout));
        }
    }

    record DiskDelete(
            @Doc GuestRef guest,

            @Doc(value = "Such as scsi1, mp0, unused0", obvious = true)
            String disk,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<Edit.Changed>, OnGuest, Planned {
        @Override
        public Preview preview(ToolContext ctx) {
            var edit = new Edit(ctx.pve().guest(guest));
            return new Preview(
                    Clean.oneLine("delete %s of %s: %s".formatted(disk, edit.guest(), requireDeletable(edit))),
                    List.of(),
                    List.of("its data are lost"));
        }

        private String requireDeletable(Edit edit) {
            var value = present(edit, "disk", disk);
            if (!Disks.isDisk(edit.guest().kind(), disk) || disk.equals("rootfs")) {
                var there = Disks.of(edit.guest().kind(), edit.before()).stream()
                        .map(Disks.Disk::key)
                        .collect(Collectors.joining(", "));
                throw new BadArguments(List.of("argument 'disk': %s cannot be deleted; the disks of %s are %s"
                        .formatted(disk, edit.guest(), there)));
            }
            return value;
        }

        @Override
        public Edit.Changed run(ToolContext ctx) {
            var edit = new Edit(ctx.pve().guest(guest));
            Identity.require(edit.guest(), edit.before());
            requireDeletable(edit);
            edit.delete(disk);
            if (edit.guest().kind() == GuestKind.VM) {
                return (disk.startsWith("unused") ? edit : edit.force()).make(ctx, timeout);
            }
            var changed = edit.make(ctx, timeout);
            return disk.startsWith("unused") ? changed : deleteUnused(ctx, edit, changed);
        }

        /// A container's mount point is only detached by its removal (PVE::LXC::Config::update_pct_config).
        private Edit.Changed deleteUnused(ToolContext ctx, Edit first, Edit.Changed detached) {
            var volume = PropertyString.parse(first.before().get(disk).orElse(""))
                    .bare()
                    .orElse("");
            var second = new Edit(first.guest());
            for (var each : Disks.of(GuestKind.CONTAINER, second.before())) {
                if (each.key().startsWith("unused") && each.volume().equals(volume)) {
                    return second.delete(each.key())
                            .note("%s was %s".formatted(each.key(), disk))
                            .make(ctx, timeout);
                }
            }
            return detached; // A bind mount leaves nothing behind, and one in use waits for a restart.
        }
    }
}
