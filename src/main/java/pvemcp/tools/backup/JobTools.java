package pvemcp.tools.backup;

import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.read;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Aim.OnRequest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Operations;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Tiers;
import pvemcp.view.Clean;
import pvemcp.view.Layout;
import pvemcp.view.Units;

/// What the cluster does by schedule: backups, and syncs of realms.
public final class JobTools {
    public static final Toolset JOBS = Toolset.of(
            "jobs",
            "Scheduled backups and realm syncs",
            read("pve_job_list", """
                    List backup jobs and realm syncs, and guests in no job.""", JobList.class),
            execute("pve_job_set", "Set or delete a backup job or realm sync, or run a backup job now.", JobSet.class));

    private static final String BACKUPS = "/cluster/backup";
    private static final String SYNCS = "/cluster/jobs/realm-sync";

    private JobTools() {}

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

    // ---- list ----

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
                    Clean.name(text(job.raw("prune-backups"))),
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
    }

    /// `keep-last=3,keep-weekly=2`, however PVE shows it.
    private static String text(Json value) {
        return value instanceof Json.Obj(var parts)
                ? parts.entrySet().stream()
                        .map(part -> part.getKey() + "="
                                + part.getValue().scalarText().orElse(""))
                        .collect(Collectors.joining(","))
                : value.scalarText().orElse("");
    }

    record JobList(
            @Doc(value = "Only this backup job", obvious = true)
            Optional<String> job,

            @Doc("When would this run") Optional<String> schedule)
            implements Call<Object> {
        record Uncovered(int id, String name) {}

        record Jobs(String summary, List<JobLine> jobs, List<Uncovered> notBackedUp, String next) {}

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

        private static Jobs all(ToolContext ctx) {
            var jobs = new ArrayList<JobLine>();
            ctx.pve().rows(BACKUPS).forEach(row -> jobs.add(JobLine.backup(row)));
            // PVE 7 has no syncs by schedule.
            if (Operations.find(ctx.schema(), Verb.GET, SYNCS).isPresent()) {
                ctx.pve().rows(SYNCS).forEach(row -> jobs.add(JobLine.sync(row)));
            }
            var uncovered = ctx.pve().rows("/cluster/backup-info/not-backed-up").stream()
                    .map(row -> new Uncovered(row.whole("vmid").orElse(0L).intValue(), Clean.name(row.text("name"))))
                    .toList();
            long off = jobs.stream().filter(line -> !line.enabled()).count();
            return new Jobs(
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
            var job = ctx.pve().fields(ApiPath.of(BACKUPS + "/{id}", id));
            var others = new LinkedHashMap<String, String>();
            job.all().members().forEach((key, value) -> {
                if (!SHOWN.contains(key)) {
                    others.put(Clean.name(key), Clean.line(text(value)));
                }
            });
            var covered = included(ctx, id).stream()
                    .map(Covered::of)
                    .sorted(Comparator.comparing(line -> line.leftOut().isEmpty()))
                    .toList();
            long partly =
                    covered.stream().filter(line -> !line.leftOut().isEmpty()).count();
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

    private static List<Json.Obj> included(ToolContext ctx, String job) {
        var tree = ctx.pve().fields(ApiPath.of(BACKUPS + "/{id}/included_volumes", job));
        return Fields.list(tree.raw("children")).stream().map(Fields::all).toList();
    }

    // ---- set ----

    enum Kind {
        BACKUP,
        REALM_SYNC
    }

    enum Action {
        SET,
        DELETE,
        RUN
    }

    record JobSet(
            @Doc(value = "Its id", obvious = true) String job,

            @Doc(value = "Of what", or = "backup", obvious = true)
            Kind kind,

            @Doc(value = "'set' creates or changes", or = "set", obvious = true)
            Action action,

            @Doc("Such as mon..fri 02:00") Optional<String> schedule,

            @Doc("Also all, pool:shop") List<String> guests,

            @Doc(value = "storage, prune-backups, enabled; realm, scope", obvious = true)
            Json.Obj options)
            implements Call<Object>, OnRequest, Tiered {
        private static final Set<String> TAKEN = Set.of("id", "all", "vmid", "pool", "schedule");

        /// @param outcome `created`, `changed` or `deleted`
        record Done(String outcome, String job, String next) {}

        JobSet {
            guests = List.copyOf(guests);
            boolean more = schedule.isPresent() || !guests.isEmpty() || !options.isEmpty();
            if (action != Action.SET && more) {
                throw new IllegalArgumentException("'schedule', 'guests' and 'options' are for action=set alone");
            }
            if (action == Action.RUN && kind != Kind.BACKUP) {
                throw new IllegalArgumentException("only backup jobs run on demand");
            }
            for (var name : options.members().keySet()) {
                if (TAKEN.contains(name)) {
                    throw new IllegalArgumentException(
                            "argument 'options': '%s' belongs into 'guests' or 'schedule'".formatted(name));
                }
            }
        }

        private String path() {
            return kind == Kind.BACKUP ? BACKUPS : SYNCS;
        }

        @Override
        public Tier tier(ApiSchema schema) {
            var one = path() + "/{id}";
            return switch (action) {
                case SET -> Tiers.of(schema, Verb.PUT, one, options);
                case DELETE -> Tiers.of(schema, Verb.DELETE, one, Json.Obj.EMPTY);
                case RUN -> Tiers.of(schema, Verb.POST, JobRun.PATH, Json.Obj.EMPTY);
            };
        }

        /// The guests it would back up, or those it backs up now where the call does not say.
        @Override
        public Request request(ToolContext ctx) {
            var one = ApiPath.of(path() + "/{id}", job);
            if (kind == Kind.REALM_SYNC) {
                return new Request(Verb.PUT, one, options);
            }
            if (!guests.isEmpty()) {
                return new Request(Verb.PUT, one, selected(ctx, options));
            }
            var now = action == Action.RUN || isThere(ctx)
                    ? included(ctx, job).stream()
                            .flatMap(row -> row.text("id").stream())
                            .collect(Collectors.joining(","))
                    : "";
            return new Request(Verb.PUT, one, now.isEmpty() ? options : options.with("vmid", now));
        }

        private boolean isThere(ToolContext ctx) {
            return ctx.pve().rows(path()).stream()
                    .anyMatch(row -> row.text("id").equals(job));
        }

        @Override
        public Object run(ToolContext ctx) {
            return action == Action.RUN ? new JobRun(job).run(ctx) : keep(ctx);
        }

        private Done keep(ToolContext ctx) {
            var one = ApiPath.of(path() + "/{id}", job);
            boolean there = isThere(ctx);
            if (action == Action.DELETE) {
                ctx.pve().send(Verb.DELETE, one, Json.Obj.EMPTY);
                return new Done("deleted; backups it made stay", job, "");
            }
            var params = options;
            params = schedule.isPresent() ? params.with("schedule", schedule.get()) : params;
            params = selected(ctx, params);
            if (there) {
                ctx.pve().send(Verb.PUT, one, kind == Kind.BACKUP ? params : scheduled(ctx, params));
            } else if (kind == Kind.BACKUP) {
                ctx.pve().send(Verb.POST, path(), complete(params).with("id", job));
            } else {
                ctx.pve().send(Verb.POST, one, params);
            }
            return new Done(
                    there ? "changed" : "created",
                    job,
                    kind == Kind.BACKUP ? "pve_job_list job=" + Clean.name(job) : "pve_job_list");
        }

        private Json.Obj selected(ToolContext ctx, Json.Obj params) {
            if (guests.isEmpty()) {
                return params;
            }
            if (kind != Kind.BACKUP) {
                throw new BadArguments(List.of("argument 'guests': only for backup jobs"));
            }
            if (guests.equals(List.of("all"))) {
                return params.with("all", 1);
            }
            var first = guests.getFirst();
            if (first.startsWith("pool:") && guests.size() == 1) {
                return params.with("pool", first.substring("pool:".length()));
            }
            if (guests.stream().anyMatch(name -> name.equals("all") || name.startsWith("pool:"))) {
                throw new BadArguments(List.of("argument 'guests': 'all' or one pool stands alone"));
            }
            return params.with(
                    "vmid",
                    guests.stream()
                            .map(name -> Integer.toString(
                                    ctx.pve().guest(new GuestRef(name)).vmid()))
                            .collect(Collectors.joining(",")));
        }

        /// What PVE would say one after the other.
        private Json.Obj complete(Json.Obj params) {
            var problems = new ArrayList<String>();
            if (schedule.isEmpty()) {
                problems.add("argument 'schedule': needed for a new job");
            }
            if (guests.isEmpty()) {
                problems.add("argument 'guests': needed for a new job");
            }
            if (!params.has("storage") && !params.has("dumpdir")) {
                problems.add("argument 'options': a new job needs 'storage'");
            }
            if (!problems.isEmpty()) {
                throw new BadArguments(problems);
            }
            return params;
        }

        /// PVE wants the schedule of a sync with each change (PVE::API2::Cluster::Jobs::RealmSync).
        private Json.Obj scheduled(ToolContext ctx, Json.Obj params) {
            if (params.has("schedule")) {
                return params;
            }
            return ctx.pve().rows(SYNCS).stream()
                    .filter(row -> row.text("id").equals(job))
                    .findFirst()
                    .map(row -> params.with("schedule", row.text("schedule")))
                    .orElse(params);
        }
    }

    // ---- run ----

    /// One run of a backup job, whatever its schedule.
    private record JobRun(String job) {
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
            var guests = included(ctx, job).stream()
                    .filter(row -> !row.text("type").orElse("").equals("unknown"))
                    .map(row -> ctx.pve().guest(new GuestRef(row.text("id").orElseThrow())))
                    .toList();
            if (guests.isEmpty()) {
                throw new BadArguments(List.of("job %s covers no guest that this token sees".formatted(job)));
            }
            return guests;
        }

        BackupTools.BackupRuns run(ToolContext ctx) {
            var settings = ctx.pve().fields(ApiPath.of(BACKUPS + "/{id}", job)).all();
            requireMild(ctx, settings);
            var byNode = guests(ctx).stream()
                    .collect(Collectors.groupingBy(Guest::node, LinkedHashMap::new, Collectors.toList()));
            var jobs = new ArrayList<VzdumpJob>();
            byNode.forEach((node, here) -> jobs.add(VzdumpJob.start(ctx, node, here, params(settings, here))));
            return BackupTools.BackupRuns.of(jobs.stream()
                    .flatMap(run -> run.follow(ctx, Outcome.LONGEST).stream())
                    .toList());
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

        private static Json.Obj params(Json.Obj settings, List<Guest> here) {
            var params = Json.obj(
                    "vmid",
                    here.stream().map(guest -> Integer.toString(guest.vmid())).collect(Collectors.joining(",")));
            for (var setting : settings.members().entrySet()) {
                if (!NOT_SENT.contains(setting.getKey())) {
                    params = params.with(setting.getKey(), text(setting.getValue()));
                }
            }
            return params;
        }
    }
}
