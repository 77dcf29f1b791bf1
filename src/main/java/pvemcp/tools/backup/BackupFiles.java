package pvemcp.tools.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import pvemcp.pve.Bytes;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// A directory inside a backup.
record BackupFiles(
        @Doc(value = "As pve_backup_list names it", obvious = true)
        String archive,

        @Doc(value = "Path inside the backup", or = "/", obvious = true)
        String path,

        @Doc(kind = Kind.NODE) Optional<String> node)
        implements Call<List<BackupFiles.FileLine>>, OnArchive {
    // PVE::API2::Storage::FileRestore: v virtual, d directory, f file, l link, h hard link, b and c devices, …
    record FileLine(String name, String type, Optional<Bytes> size, Optional<Instant> changed) {}

    BackupFiles {
        archive = Archive.parse(archive).text();
    }

    @Override
    public List<FileLine> run(ToolContext ctx) {
        return BackupExtract.list(Archive.parse(archive).at(ctx, node), archive, path).stream()
                .map(row -> new FileLine(
                        Clean.name(row.text("text")), row.text("type"), row.bytes("size"), row.moment("mtime")))
                .toList();
    }
}
