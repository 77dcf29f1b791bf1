package pvemcp.tools.guest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PropertyString;
import pvemcp.pve.Verb;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Disks;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Places;
import pvemcp.view.Clean;

/// A disk, mount point or CD of a guest: added, attached, detached, enlarged or moved.
record GuestDisk(
        @Doc GuestRef guest,

        @Doc(value = "add a new one, attach an unused one, detach, resize, move; insert, eject: CD", obvious = true)
        Action action,

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
                edit.present("disk", key);
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
            return Sizes.gibi(Bytes.said(text));
        } catch (IllegalArgumentException e) {
            throw new BadArguments(List.of("argument 'size': " + e.getMessage()));
        }
    }

    private void attach(Edit edit, boolean vm) {
        var unused = disk.filter(key -> key.startsWith("unused"));
        var what = unused.map(key ->
                        PropertyString.parse(edit.present("disk", key)).bare().orElse(""))
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
        if (drives.isEmpty() && action == Action.EJECT) {
            throw new BadArguments(List.of("argument 'guest': %s has no CD drive".formatted(edit.guest())));
        }
        return drives.isEmpty() ? Disks.free(edit.before(), "ide") : drives.getFirst();
    }

    private String newSize(Edit edit) {
        var now = edit.present("disk", needed(disk, "disk"));
        var text = needed(size, "size").strip();
        if (text.startsWith("+")) {
            return "+" + gibi(text.substring(1)) + "G";
        }
        long wanted = gibi(text);
        PropertyString.parse(now)
                .get("size")
                .flatMap(Bytes::tryParse)
                .filter(has -> Sizes.gibi(has) > wanted)
                .ifPresent(has -> {
                    throw new BadArguments(
                            List.of("argument 'size': %s of %s has %s, and PVE only enlarges; size=+10G adds that much"
                                    .formatted(disk.get(), edit.guest(), has)));
                });
        return wanted + "G";
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
        edit.present("disk", key);
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

    enum Action {
        ADD,
        ATTACH,
        DETACH,
        RESIZE,
        MOVE,
        INSERT,
        EJECT
    }
}
