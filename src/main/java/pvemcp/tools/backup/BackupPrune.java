package pvemcp.tools.backup;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Aim.OnStorage;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.StoragePlace;
import pvemcp.view.Clean;

/// What a keep rule leaves of the backups on a storage, shown or done.
record BackupPrune(
        @Doc(kind = Kind.STORAGE) String storage,

        @Doc(value = "Only backups of this guest id", obvious = true)
        Optional<Integer> vmid,

        @Doc("Such as keep-last=3") Optional<String> keep,

        @Doc(value = "Remove them; false only shows", obvious = true)
        boolean apply,

        @Doc(kind = Kind.NODE) Optional<String> node,

        @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
        Duration timeout)
        implements Call<BackupPrune.Pruned>, OnStorage, Tiered {
    record Marked(String archive, String mark) {}

    /// @param outcome whether it is only shown or has been done
    record Pruned(String outcome, int removed, int kept, List<Marked> archives, Optional<Outcome> task) {}

    @Override
    public Tier tier(ApiSchema schema) {
        return apply ? Tier.DESTROY : Tier.READ;
    }

    @Override
    public Pruned run(ToolContext ctx) {
        var at = ctx.pve()
                .node(node.orElseGet(() -> StoragePlace.node(ctx, storage)))
                .storage(storage);
        var params = keep.map(rule -> Json.obj("prune-backups", rule)).orElse(Json.Obj.EMPTY);
        if (vmid.isPresent()) {
            params = params.with("vmid", vmid.get());
        }
        var marks = Fields.list(at.read("/prunebackups", params)).stream()
                .map(row -> new Marked(Clean.line(row.text("volid")), Clean.name(row.text("mark"))))
                .sorted(Comparator.comparing((Marked row) -> !row.mark().equals("remove"))
                        .thenComparing(Marked::archive))
                .toList();
        int remove =
                (int) marks.stream().filter(row -> row.mark().equals("remove")).count();
        if (!apply || remove == 0) {
            var outcome = remove == 0 ? "nothing to remove" : "shown only; apply=true removes them";
            return new Pruned(outcome, remove, marks.size() - remove, shown(marks), Optional.empty());
        }
        var task = ctx.pve().requireTask(at.send(Verb.DELETE, "/prunebackups", params));
        var ended = Outcome.of(ctx, task, timeout);
        return new Pruned(
                "pruning " + ended.outcome(), remove, marks.size() - remove, shown(marks), Optional.of(ended));
    }

    /// What goes is named, what stays is only counted where it is much.
    private static List<Marked> shown(List<Marked> marks) {
        return marks.size() <= 40
                ? marks
                : marks.stream()
                        .filter(row -> row.mark().equals("remove"))
                        .limit(100)
                        .toList();
    }
}
