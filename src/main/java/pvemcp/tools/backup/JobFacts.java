package pvemcp.tools.backup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;
import pvemcp.view.Layout;
import pvemcp.view.Units;

/// One backup job, all of it.
record JobFacts(String summary, JobLine job, String options, List<Covered> guests, String next) {
    private static final int MOST = 50;

    /// @param leftOut disks that the job does not back up
    record Covered(String guest, String disks, String leftOut) {
        static Covered of(Json.Obj row) {
            var in = new ArrayList<String>();
            var out = new ArrayList<String>();
            for (var disk : Fields.list(row.get("children").orElse(Json.Arr.EMPTY))) {
                (disk.flag("included") ? in : out).add(Clean.name(disk.text("id")));
            }
            var fields = Fields.of(row);
            return new Covered(
                    "%s (%s)".formatted(Clean.name(fields.text("name")), fields.text("id")),
                    String.join(" ", in),
                    String.join(" ", out));
        }
    }

    private static final Set<String> SHOWN = Set.of(
            "id",
            "type",
            "enabled",
            "schedule",
            "next-run",
            "all",
            "vmid",
            "pool",
            "exclude",
            "storage",
            "prune-backups",
            "comment");

    static JobFacts of(ToolContext ctx, String id) {
        var job = ctx.pve().fields(ApiPath.of(Jobs.BACKUPS + "/{id}", id));
        var others = new LinkedHashMap<String, String>();
        job.all().members().forEach((key, value) -> {
            if (!SHOWN.contains(key)) {
                others.put(Clean.name(key), Clean.line(Jobs.text(value)));
            }
        });
        var covered = Jobs.included(ctx, id).stream()
                .map(Covered::of)
                .sorted(Comparator.comparing(line -> line.leftOut().isEmpty()))
                .toList();
        long partly = covered.stream().filter(line -> !line.leftOut().isEmpty()).count();
        return new JobFacts(
                "%s%s%s"
                        .formatted(
                                Units.some(covered.size(), "guests"),
                                partly == 0 ? "" : ", %d with disks left out".formatted(partly),
                                covered.size() > MOST ? "; the first %d are shown".formatted(MOST) : ""),
                JobLine.backup(job),
                Layout.cell(others),
                covered.subList(0, Math.min(covered.size(), MOST)),
                "pve_job_set action=run job=" + Clean.name(id));
    }
}
