package pvemcp.dispatch;

import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestConfig;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.ToolContext;

/// What one call has seen of the guests, each asked for once. For one thread.
final class Sight {
    private final ToolContext ctx;

    /// Softly, as a call may wait for its task for minutes: of ten thousand guests this is 12 MB, and many wait.
    private SoftReference<List<GuestRow>> rows = new SoftReference<>(null);
    private final Map<Integer, GuestConfig> configs = new HashMap<>();
    private final Map<String, List<Loss>> clearings = new HashMap<>();

    private final Predicate<String> pools;
    private Optional<Map<String, String>> poolOfStorage = Optional.empty();

    /// @param ctx which only reads
    /// @param pools those that matter, asked with an empty name whether any does: of their storages it is found out
    ///     that they are in them
    Sight(ToolContext ctx, Predicate<String> pools) {
        this.ctx = ctx;
        this.pools = pools;
    }

    ToolContext ctx() {
        return ctx;
    }

    List<GuestRow> rows() {
        var seen = rows.get();
        if (seen == null) {
            seen = ctx.pve().guests();
            rows = new SoftReference<>(seen);
        }
        return seen;
    }

    /// @throws pvemcp.pve.PveException where it is not there, or may be one of several
    GuestRow row(GuestRef guest) {
        return ctx.pve().guest(guest).row();
    }

    Optional<GuestRow> row(int vmid) {
        for (var row : rows()) {
            if (row.vmid() == vmid) {
                return Optional.of(row);
            }
        }
        return Optional.empty();
    }

    /// The pool that matters and that this storage is in; empty where there is none. PVE tells the pool of a guest
    /// with the guest, but the storages of a pool only with the pool.
    String poolOf(String storage) {
        if (poolOfStorage.isEmpty()) {
            poolOfStorage = Optional.of(pools());
        }
        return poolOfStorage.get().getOrDefault(storage, "");
    }

    private Map<String, String> pools() {
        var found = new HashMap<String, String>();
        if (!pools.test("")) {
            return found;
        }
        for (var row : ctx.pve().rows("/pools")) {
            var pool = row.text("poolid");
            if (pools.test(pool)) {
                var asked = Json.obj("poolid", pool, "type", "storage");
                for (var answer : ctx.pve().rows("/pools", asked)) {
                    Fields.list(answer.raw("members")).forEach(member -> found.put(member.text("storage"), pool));
                }
            }
        }
        return found;
    }

    /// What guests lose by a request that names none of them.
    ///
    /// @throws pvemcp.pve.PveException where that cannot be seen
    List<Loss> clearing(Verb verb, ApiSchema.Match match, Json.Obj params) {
        var request = match.operation() + " " + match.variables() + " " + params.write();
        var known = clearings.get(request);
        if (known == null) {
            known = Clearing.by(verb, match, params, this);
            clearings.put(request, known);
        }
        return known;
    }

    /// The guest's configuration, from the node it is on.
    ///
    /// @throws pvemcp.pve.PveException where it cannot be read: what it says is then not known
    GuestConfig config(GuestRow row) {
        return configs.computeIfAbsent(row.vmid(), _ -> ctx.pve().guest(row).config());
    }
}
