package pvemcp.tools.backup;

import java.time.Instant;
import java.util.Optional;
import pvemcp.pve.Fields;
import pvemcp.view.Clean;

/// What is done by schedule, in a row.
///
/// @param what `backup` or `realm_sync`
record JobLine(
        String job,
        String what,
        boolean enabled,
        String schedule,
        Optional<Instant> next,
        String of,
        String storage,
        String keep,
        String comment) {
    static JobLine backup(Fields job) {
        return new JobLine(
                Clean.name(job.text("id")),
                "backup",
                isOn(job),
                Clean.name(job.maybe("schedule").orElseGet(() -> job.text("dow") + " " + job.text("starttime"))),
                job.moment("next-run"),
                Clean.line(covers(job)),
                Clean.name(job.text("storage")),
                Clean.name(Jobs.text(job.raw("prune-backups"))),
                Clean.name(job.text("comment")));
    }

    static JobLine sync(Fields job) {
        return new JobLine(
                Clean.name(job.text("id")),
                "realm_sync",
                isOn(job),
                Clean.name(job.text("schedule")),
                job.moment("next-run"),
                Clean.name("realm %s, %s"
                        .formatted(job.text("realm"), job.maybe("scope").orElse("both"))),
                "",
                "",
                Clean.name(job.text("comment")));
    }

    private static boolean isOn(Fields job) {
        return job.maybe("enabled").map(flag -> !flag.equals("0")).orElse(true);
    }

    /// `all but 103`, `pool shop`, `101, 102`
    private static String covers(Fields job) {
        var where = job.maybe("node").map(" on "::concat).orElse("");
        if (job.flag("all")) {
            var not = job.listed("exclude");
            return (not.isEmpty() ? "all" : "all but " + String.join(", ", not)) + where;
        }
        return job.maybe("pool").map("pool "::concat).orElseGet(() -> String.join(", ", job.listed("vmid"))) + where;
    }
}
