package pvemcp.tools.backup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Tiers;

/// One run of a backup job, whatever its schedule.
record JobRun(String job) {
    static final String PATH = "/nodes/{node}/vzdump";

    // What says when and for whom, and not how (PVE::API2::VZDump takes none of it).
    private static final Set<String> NOT_SENT = Set.of(
            "id",
            "type",
            "enabled",
            "schedule",
            "starttime",
            "dow",
            "next-run",
            "repeat-missed",
            "comment",
            "node",
            "all",
            "pool",
            "exclude",
            "vmid");

    List<Guest> guests(ToolContext ctx) {
        var guests = Jobs.included(ctx, job).stream()
                .filter(row -> !row.text("type").orElse("").equals("unknown"))
                .map(row -> ctx.pve().guest(new GuestRef(row.text("id").orElseThrow())))
                .toList();
        if (guests.isEmpty()) {
            throw new BadArguments(List.of("job %s covers no guest that this token sees".formatted(job)));
        }
        return guests;
    }

    BackupRuns run(ToolContext ctx) {
        var settings = ctx.pve().fields(ApiPath.of(Jobs.BACKUPS + "/{id}", job)).all();
        requireMild(ctx, settings);
        var byNode = guests(ctx).stream()
                .collect(Collectors.groupingBy(Guest::node, LinkedHashMap::new, Collectors.toList()));
        var jobs = new ArrayList<VzdumpJob>();
        byNode.forEach((node, here) -> jobs.add(VzdumpJob.start(ctx, node, here, params(settings))));
        return BackupRuns.follow(ctx, jobs, Outcome.LONGEST);
    }

    /// A job may run a script as root, which is more than backing up.
    private void requireMild(ToolContext ctx, Json.Obj settings) {
        var tier = Tiers.of(ctx.schema(), Verb.POST, PATH, settings);
        if (tier.compareTo(Tier.CHANGE) > 0) {
            throw new BadArguments(List.of(
                    "job %s runs a script or writes outside storages: run it with pve_api_write, if policy allows"
                            .formatted(job)));
        }
    }

    private static Json.Obj params(Json.Obj settings) {
        var params = Json.Obj.EMPTY;
        for (var setting : settings.members().entrySet()) {
            if (!NOT_SENT.contains(setting.getKey())) {
                params = params.with(setting.getKey(), Jobs.text(setting.getValue()));
            }
        }
        return params;
    }
}
