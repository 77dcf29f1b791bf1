package pvemcp.tools.guest;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PropertyString;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Disks;
import pvemcp.tools.common.Identity;
import pvemcp.view.Clean;

/// The end of a disk or mount point, with all that is on it.
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
        var value = edit.present("disk", disk);
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
        var volume =
                PropertyString.parse(first.before().get(disk).orElse("")).bare().orElse("");
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
