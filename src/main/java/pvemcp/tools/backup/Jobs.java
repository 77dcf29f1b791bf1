package pvemcp.tools.backup;

import java.util.List;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.tool.ToolContext;

/// What PVE does by schedule: where it is kept, and how it is written there.
final class Jobs {
    static final String BACKUPS = "/cluster/backup";
    static final String SYNCS = "/cluster/jobs/realm-sync";

    private Jobs() {}

    /// `keep-last=3,keep-weekly=2`, however PVE shows it.
    static String text(Json value) {
        return value instanceof Json.Obj(var parts)
                ? parts.entrySet().stream()
                        .map(part -> part.getKey() + "="
                                + part.getValue().scalarText().orElse(""))
                        .collect(Collectors.joining(","))
                : value.scalarText().orElse("");
    }

    /// The guests of a backup job with their disks, as PVE finds them now.
    static List<Json.Obj> included(ToolContext ctx, String job) {
        var tree = ctx.pve().fields(ApiPath.of(BACKUPS + "/{id}/included_volumes", job));
        return Fields.list(tree.raw("children")).stream().map(Fields::all).toList();
    }
}
