package pvemcp.tools.cluster;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.destroy;
import static pvemcp.tool.Tool.operate;
import static pvemcp.tool.Tool.read;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.Aim.OnVmid;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Outcome;
import pvemcp.view.Clean;
import pvemcp.view.Units;
import pvemcp.view.View;

/// Copies of guests' disks that PVE keeps on other nodes.
public final class ReplicationTools {
    public static final Toolset REPLICATION = Toolset.of(
            "replication",
            "Replication of guests to other nodes",
            read("pve_replication_list", """
                    List replication jobs with last success and failures.""", ReplicationList.class),
            change("pve_replication_set", """
                    Replicate a guest to another node on a schedule.""", ReplicationSet.class),
            operate("pve_replication_run", "Have a replication job run now, within a minute.", ReplicationRun.class),
            destroy("pve_replication_delete", """
                    End a replication job and remove its copies on the target.""", ReplicationDelete.class));

    private static final String JOBS = "/cluster/replication";

    private ReplicationTools() {}

    /// `101-0`, as PVE names the jobs of guest 101.
    private static boolean isJob(String text) {
        return text.matches("[1-9]\\d{2,8}-\\d{1,9}");
    }

    private static void requireJob(String text) {
        if (!isJob(text)) {
            throw new IllegalArgumentException(
                    "argument 'job': '%s' is not a job such as 101-0; pve_replication_list shows them".formatted(text));
        }
    }

    private static int vmid(String job) {
        return !isJob(job) ? 0 : Integer.parseInt(job.substring(0, job.indexOf('-')));
    }

    private static String path(String job) {
        return ApiPath.of(JOBS + "/{id}", job);
    }

    private static List<Fields> jobs(ToolContext ctx) {
        return ctx.pve().rows(JOBS).stream()
                .filter(row -> isJob(row.text("id")))
                .toList();
    }

    /// @param lastSync when it last succeeded; absent: never
    /// @param failures since then
    record JobLine(
            String job,
            String source,
            String target,
            String schedule,
            String state,
            Optional<Instant> lastSync,
            Optional<Instant> next,
            long failures,
            String error) {
        static JobLine of(Fields row) {
            var state = !row.text("remove_job").isEmpty()
                    ? "being removed"
                    : row.flag("disable") ? "disabled" : row.text("error").isEmpty() ? "ok" : "failing";
            return new JobLine(
                    row.text("id"),
                    row.text("source"),
                    row.text("target"),
                    // PVE::ReplicationConfig's default
                    row.maybe("schedule").map(Clean::name).orElse("*/15"),
                    state,
                    row.moment("last_sync"),
                    row.moment("next_sync"),
                    row.whole("fail_count").orElse(0L),
                    Clean.line(row.text("error").strip()));
        }
    }

    record ReplicationList(
            @Doc(value = "Only of this guest", obvious = true)
            Optional<GuestRef> guest,

            @Doc(value = "With its log", obvious = true) Optional<String> job)
            implements Call<ReplicationList.Jobs> {
        record Jobs(String summary, List<JobLine> jobs, List<View> log) {}

        ReplicationList {
            job.ifPresent(ReplicationTools::requireJob);
        }

        @Override
        public Jobs run(ToolContext ctx) {
            var vmid = guest.map(ref -> ctx.pve().guest(ref).vmid());
            var sources = new LinkedHashSet<String>();
            for (var row : jobs(ctx)) {
                boolean chosen = job.map(row.text("id")::equals).orElse(true)
                        && vmid.map(id -> vmid(row.text("id")) == id).orElse(true);
                if (chosen) {
                    sources.add(source(ctx, row));
                }
            }
            var lines = new ArrayList<JobLine>();
            for (var node : sources) {
                // How a job fares is known on the node its guest is on (PVE::ReplicationState).
                for (var row : Fields.list(ctx.pve().node(node).read("/replication", Json.Obj.EMPTY))) {
                    boolean chosen = job.map(row.text("id")::equals).orElse(true)
                            && vmid.map(id -> vmid(row.text("id")) == id).orElse(true);
                    if (chosen) {
                        lines.add(JobLine.of(row));
                    }
                }
            }
            lines.sort(Comparator.comparing(JobLine::job));
            long failing = lines.stream()
                    .filter(line -> line.state().equals("failing"))
                    .count();
            var summary = "%s%s"
                    .formatted(Units.some(lines.size(), "jobs"), failing == 0 ? "" : ", %d failing".formatted(failing));
            return new Jobs(
                    summary, lines, job.isPresent() && !lines.isEmpty() ? log(ctx, sources.getFirst()) : List.of());
        }

        private List<View> log(ToolContext ctx, String node) {
            var path = ApiPath.of("/replication/{id}/log", job.orElseThrow());
            var lines = Fields.list(ctx.pve().node(node).read(path, Json.obj("limit", 50))).stream()
                    .map(row -> row.text("t"))
                    .toList();
            return Outcome.quoted("replication log", lines);
        }
    }

    /// The node of the job's guest; jobs made by older releases do not name it.
    private static String source(ToolContext ctx, Fields row) {
        return row.maybe("source")
                .orElseGet(() -> ctx.pve()
                        .guest(new GuestRef(Integer.toString(vmid(row.text("id")))))
                        .node());
    }

    record ReplicationSet(
            @Doc GuestRef guest,

            @Doc(value = "Node to copy to", kind = Kind.NODE, obvious = true)
            String target,

            @Doc("Such as */15") Optional<String> schedule,
            @Doc(value = "MB/s", obvious = true) Optional<Double> rate,
            @Doc(value = "Comment", obvious = true) Optional<String> comment,

            @Doc(value = "false pauses the job", obvious = true)
            Optional<Boolean> enabled)
            implements Call<ReplicationSet.Set>, OnGuest {
        record Set(String outcome, String job, String next) {}

        @Override
        public Set run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            var mine = jobs(ctx).stream()
                    .filter(row -> vmid(row.text("id")) == found.vmid())
                    .toList();
            var same = mine.stream()
                    .filter(row -> row.text("target").equals(target))
                    .findFirst();
            if (same.isPresent()) {
                var id = same.get().text("id");
                ctx.pve().send(Verb.PUT, path(id), options());
                return new Set("changed", id, "pve_replication_list job=" + id);
            }
            var id = found.vmid() + "-" + free(mine);
            ctx.pve().send(Verb.POST, JOBS, create(found, id));
            return new Set("created; its first run copies everything", id, "pve_replication_list job=" + id);
        }

        private static long free(List<Fields> jobs) {
            return jobs.stream()
                            .map(row -> row.text("id"))
                            .mapToLong(id -> Long.parseLong(id.substring(id.indexOf('-') + 1)))
                            .max()
                            .orElse(-1)
                    + 1;
        }

        private Json.Obj create(Guest found, String id) {
            if (found.node().equals(target)) {
                throw new BadArguments(List.of("argument 'target': %s is the node the guest is on".formatted(target)));
            }
            return Json.obj("id", id, "type", "local", "target", target).with(options());
        }

        private Json.Obj options() {
            var params = schedule.map(text -> Json.obj("schedule", text)).orElse(Json.Obj.EMPTY);
            params = rate.isPresent() ? params.with("rate", Json.num(rate.get())) : params;
            params = comment.isPresent() ? params.with("comment", comment.get()) : params;
            return enabled.isPresent() ? params.with("disable", enabled.get() ? 0 : 1) : params;
        }
    }

    /// A call about one job, which is about the guest that the job's name tells.
    interface OnJob extends OnVmid {
        String job();

        @Override
        default Optional<Integer> targetVmid() {
            return Optional.of(vmid(job()));
        }
    }

    record ReplicationRun(
            @Doc(value = "Job such as 101-0", obvious = true)
            String job) implements Call<Outcome>, OnJob {
        ReplicationRun {
            requireJob(job);
        }

        @Override
        public Outcome run(ToolContext ctx) {
            var node = source(ctx, ctx.pve().fields(path(job)));
            ctx.pve().node(node).send(Verb.POST, ApiPath.of("/replication/{id}/schedule_now", job), Json.Obj.EMPTY);
            return new Outcome(
                    "scheduled; it runs within a minute",
                    "",
                    Optional.empty(),
                    List.of(),
                    "pve_replication_list job=" + job);
        }
    }

    record ReplicationDelete(
            @Doc(value = "Job such as 101-0", obvious = true)
            String job,

            @Doc(value = "Leave the copies on the target", obvious = true)
            boolean keep)
            implements Call<Outcome>, OnJob {
        ReplicationDelete {
            requireJob(job);
        }

        @Override
        public Outcome run(ToolContext ctx) {
            ctx.pve().send(Verb.DELETE, path(job), keep ? Json.obj("keep", 1) : Json.Obj.EMPTY);
            return new Outcome(
                    "marked for removal; it goes with its next run",
                    "",
                    Optional.empty(),
                    List.of(),
                    "pve_replication_list shows when it is gone");
        }
    }
}
