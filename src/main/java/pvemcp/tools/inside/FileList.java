package pvemcp.tools.inside;

import java.time.Instant;
import java.util.List;
import pvemcp.pve.Bytes;
import pvemcp.pve.GuestRef;
import pvemcp.remote.GuestFiles;
import pvemcp.remote.Way;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// What is in a folder inside a guest, or what one file is.
record FileList(
        @Doc GuestRef guest,

        @Doc(value = "Absolute path of a folder or file", exact = true)
        String path,

        @Doc(value = "Entries at most", or = "100", min = 1, max = 2_000, obvious = true)
        int limit,

        @Doc(value = "How to get in", or = "auto", obvious = true)
        Way via)
        implements Call<FileList.Folder>, OnGuest {
    record Row(String name, String kind, Bytes size, String owner, String mode, Instant modified) {
        static Row of(String name, GuestFiles.Stat stat) {
            return new Row(
                    Clean.name(name),
                    Clean.name(stat.kind()),
                    new Bytes(stat.size()),
                    Clean.name(stat.owner() + ":" + stat.group()),
                    Clean.name(stat.mode()),
                    stat.modified());
        }
    }

    record Folder(String path, String shown, List<Row> entries) {}

    @Override
    public Folder run(ToolContext ctx) {
        var files = ctx.shells().files(ctx.pve(), ctx.pve().guest(guest), via, Limits.FILES);
        var stat = files.stat(GuestPath.absolute(path));
        var plain = Clean.oneLine(path);
        if (!stat.kind().equals("directory")) {
            return new Folder(plain, "the file itself", List.of(Row.of(path, stat)));
        }
        var listing = files.list(path, limit);
        var rows = listing.entries().stream()
                .map(entry -> Row.of(entry.name(), entry.stat()))
                .toList();
        var shown = listing.more()
                ? "the first %d entries; limit shows more".formatted(rows.size())
                : "all %d entries".formatted(rows.size());
        return new Folder(plain, shown, rows);
    }
}
