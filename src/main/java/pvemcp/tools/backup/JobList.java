package pvemcp.tools.backup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Verb;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Operations;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;
import pvemcp.view.Units;

/// All that is done by schedule, one backup job in full, or when a schedule would run.
record JobList(
        @Doc(value = "Only this backup job", obvious = true) Optional<String> job,

        @Doc("When would this run") Optional<String> schedule)
        implements Call<Object> {
    record Uncovered(int id, String name) {}

    record Listed(String summary, List<JobLine> jobs, List<Uncovered> notBackedUp, String next) {}

    @Override
    public Object run(ToolContext ctx) {
        if (schedule.isPresent()) {
            return runs(ctx, schedule.get());
        }
        return job.isPresent() ? JobFacts.of(ctx, job.get()) : all(ctx);
    }

    private static List<Instant> runs(ToolContext ctx, String schedule) {
        var params = Json.obj("schedule", schedule, "iterations", 5);
        return ctx.pve().rows("/cluster/jobs/schedule-analyze", params).stream()
                .flatMap(row -> row.moment("timestamp").stream())
                .toList();
    }

    private static Listed all(ToolContext ctx) {
        var jobs = new ArrayList<JobLine>();
        ctx.pve().rows(Jobs.BACKUPS).forEach(row -> jobs.add(JobLine.backup(row)));
        // PVE 7 has no syncs by schedule.
        if (Operations.find(ctx.schema(), Verb.GET, Jobs.SYNCS).isPresent()) {
            ctx.pve().rows(Jobs.SYNCS).forEach(row -> jobs.add(JobLine.sync(row)));
        }
        var uncovered = ctx.pve().rows("/cluster/backup-info/not-backed-up").stream()
                .map(row -> new Uncovered(row.whole("vmid").orElse(0L).intValue(), Clean.name(row.text("name"))))
                .toList();
        long off = jobs.stream().filter(line -> !line.enabled()).count();
        return new Listed(
                "%s%s; %s"
                        .formatted(
                                Units.some(jobs.size(), "jobs"),
                                off == 0 ? "" : ", %d switched off".formatted(off),
                                uncovered.isEmpty()
                                        ? "every guest is in a backup job"
                                        : Units.some(uncovered.size(), "guests") + " in no backup job"),
                jobs,
                uncovered.subList(0, Math.min(uncovered.size(), 40)),
                "pve_backup_audit tells whether backups were really made");
    }
}
