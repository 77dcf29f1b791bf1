package pvemcp.tools.backup;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Resource.StorageRow;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Aim.OnRequest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Extras;
import pvemcp.tools.common.Identity;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.StoragePlace;
import pvemcp.view.Clean;

/// A guest made of a backup: a new one, or with `overwrite` the one that has its id.
record BackupRestore(
        @Doc(value = "As pve_backup_list names it", obvious = true)
        String archive,

        @Doc(value = "Default: the original's", obvious = true)
        Optional<Integer> vmid,

        @Doc(value = "Node to restore to", kind = Kind.NODE, obvious = true)
        Optional<String> node,

        @Doc(value = "Default: as it was", kind = Kind.STORAGE, obvious = true)
        Optional<String> storage,

        @Doc(value = "Destroy the guest that has this id", obvious = true)
        boolean overwrite,

        @Doc(value = "New MACs and UUID", obvious = true) boolean unique,

        @Doc(value = "Start it afterwards", obvious = true) boolean start,

        @Doc(value = "Other parameters or config to override", obvious = true)
        Json.Obj options,

        @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
        Duration timeout)
        implements Call<Outcome>, OnRequest, Tiered, Planned {
    private static final Set<String> TAKEN =
            Set.of("vmid", "node", "archive", "ostemplate", "restore", "force", "storage");

    BackupRestore {
        archive = Archive.parse(archive).text();
    }

    @Override
    public Request request(ToolContext ctx) {
        var plan = plan(ctx);
        return new Request(Verb.POST, plan.path(), plan.params());
    }

    private int target() {
        return vmid.orElseGet(() -> Archive.parse(archive).vmid());
    }

    @Override
    public Tier tier(ApiSchema schema) {
        return overwrite ? Tier.DESTROY : Tier.CHANGE;
    }

    @Override
    public Preview preview(ToolContext ctx) {
        var plan = plan(ctx);
        return new Preview(
                "restore %s as %s %d on %s".formatted(archive, noun(), target(), plan.node()),
                List.of("POST %s %s".formatted(plan.path(), plan.params().write())),
                plan.replaced()
                        .map(row -> List.of(
                                "%s (%d) on %s is destroyed with its disks; what is newer than the backup is lost"
                                        .formatted(Clean.name(row.name()), row.vmid(), row.node())))
                        .orElse(List.of()));
    }

    private String noun() {
        return kind() == GuestKind.VM ? "VM" : "container";
    }

    private GuestKind kind() {
        return Archive.parse(archive).kind();
    }

    private record Plan(String node, String path, Json.Obj params, Optional<GuestRow> replaced) {}

    private Plan plan(ToolContext ctx) {
        Extras.require(ctx, "/nodes/{node}/" + kind().segment(), options, TAKEN);
        var there = ctx.pve().guests().stream()
                .filter(row -> row.vmid() == target())
                .findFirst();
        there.ifPresent(this::requireReplaceable);
        var at = node.or(() -> there.map(GuestRow::node)).orElseGet(() -> place(ctx));
        return new Plan(at, "/nodes/%s/%s".formatted(at, kind().segment()), params(), there);
    }

    private void requireReplaceable(GuestRow row) {
        var who = "%s (%d) on %s".formatted(Clean.name(row.name()), row.vmid(), row.node());
        if (!overwrite) {
            throw new BadArguments(List.of(
                    "argument 'vmid': %s has this id; give a free one (pve_next_id), or overwrite=true destroys it"
                            .formatted(who)));
        }
        if (row.kind() != kind() || node.filter(at -> !at.equals(row.node())).isPresent()) {
            throw new BadArguments(
                    List.of("argument 'vmid': %s cannot be overwritten by a %s%s: only the same kind on the same node"
                            .formatted(who, noun(), node.map(" on "::concat).orElse(""))));
        }
    }

    /// Where the original is, if the archive can be reached there; else where the archive is.
    private String place(ToolContext ctx) {
        var archived = Archive.parse(archive);
        var reaching = ctx.pve().storages().stream()
                .filter(row -> row.name().equals(archived.storage()))
                .map(StorageRow::node)
                .toList();
        return ctx.pve().guests().stream()
                .filter(row -> row.vmid() == archived.vmid() && reaching.contains(row.node()))
                .map(GuestRow::node)
                .findFirst()
                .orElseGet(() -> StoragePlace.node(ctx, archived.storage()));
    }

    private Json.Obj params() {
        // PVE::API2::Qemu takes `archive`, PVE::API2::LXC `ostemplate` with `restore`.
        var params = kind() == GuestKind.VM
                ? Json.obj("vmid", target(), "archive", archive)
                : Json.obj("vmid", target(), "ostemplate", archive, "restore", 1);
        params = storage.isPresent() ? params.with("storage", storage.get()) : params;
        params = overwrite ? params.with("force", 1) : params;
        params = unique ? params.with("unique", 1) : params;
        params = start ? params.with("start", 1) : params;
        return params.with(options);
    }

    @Override
    public Outcome run(ToolContext ctx) {
        var plan = plan(ctx);
        plan.replaced()
                .map(row -> ctx.pve().guest(new GuestRef(row.node() + "/" + row.vmid())))
                .ifPresent(there -> Identity.require(there, there.config()));
        var task = ctx.pve().requireTask(ctx.pve().data(Verb.POST, plan.path(), plan.params()));
        return Outcome.of(ctx, task, timeout);
    }
}
