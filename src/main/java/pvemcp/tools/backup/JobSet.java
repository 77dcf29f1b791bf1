package pvemcp.tools.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Aim.OnRequest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Tiers;
import pvemcp.view.Clean;

/// A backup job or a realm sync made, changed or deleted, or a backup job run.
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
    enum Kind {
        BACKUP,
        REALM_SYNC
    }

    enum Action {
        SET,
        DELETE,
        RUN
    }

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
        return kind == Kind.BACKUP ? Jobs.BACKUPS : Jobs.SYNCS;
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
                ? Jobs.included(ctx, job).stream()
                        .flatMap(row -> row.text("id").stream())
                        .collect(Collectors.joining(","))
                : "";
        return new Request(Verb.PUT, one, now.isEmpty() ? options : options.with("vmid", now));
    }

    private boolean isThere(ToolContext ctx) {
        return ctx.pve().rows(path()).stream().anyMatch(row -> row.text("id").equals(job));
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
        return ctx.pve().rows(Jobs.SYNCS).stream()
                .filter(row -> row.text("id").equals(job))
                .findFirst()
                .map(row -> params.with("schedule", row.text("schedule")))
                .orElse(params);
    }
}
