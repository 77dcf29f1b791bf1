package pvemcp.tools.backup;

import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// The configuration of a guest as it was when the backup was made.
record BackupConfig(
        @Doc(value = "As pve_backup_list names it", obvious = true)
        String archive,

        @Doc(kind = Kind.NODE) Optional<String> node)
        implements Call<View> {
    BackupConfig {
        archive = Archive.parse(archive).text();
    }

    @Override
    public View run(ToolContext ctx) {
        var storage = Archive.parse(archive).at(ctx, node);
        var text = storage.node()
                .read("/vzdump/extractconfig", Json.obj("volume", archive))
                .scalarText()
                .orElse("");
        var lines = text.lines()
                .map(line -> line.startsWith("cipassword:") ? "cipassword: **********" : Clean.line(line))
                .toList();
        return new View.Log("configuration in " + archive, lines);
    }
}
