package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import pvemcp.gate.Target;
import pvemcp.gate.Target.Kind;
import pvemcp.json.Json;
import pvemcp.pve.GuestKind;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.schema.Verb;
import pvemcp.tool.Aim;
import pvemcp.tool.ToolContext;

/// Turns what a call names into what it would touch, as the cluster sees it at this moment: one look at its
/// resources, whatever is named.
final class Targets {
    // Parameters of the API that name guests: by id, or by a list of ids.
    private static final Set<String> GUESTS = Set.of("vmid", "newid", "target-vmid", "vms", "vmids");
    private static final Set<String> NODES = Set.of("node", "target", "nodes");
    private static final Set<String> STORAGES = Set.of("storage", "target-storage", "targetstorage");
    private static final Set<String> POOLS = Set.of("pool", "poolid");

    // PVE::Storage::Plugin names a guest's volumes and backups after it.
    private static final Pattern OWNER =
            Pattern.compile("(?:vm|base|subvol|basevol)-(\\d{3,9})-|vzdump-(?:qemu|lxc)-(\\d{3,9})-");

    // Without a list of guests these work on all of a node, or of the cluster.
    private static final Pattern ALL_GUESTS =
            Pattern.compile("/nodes/\\{node}/(?:startall|stopall|suspendall|migrateall|vzdump|status)"
                    + "|/cluster/bulk-action/guest/\\w+");

    private final List<GuestRow> guests;
    private final Set<Target> found = new LinkedHashSet<>();

    private Targets(List<GuestRow> guests) {
        this.guests = guests;
    }

    /// Never empty: a call that names nothing touches the cluster.
    ///
    /// @throws pvemcp.pve.PveException where a guest is named that is not there, or that may be one of several
    static List<Target> of(Object call, ToolContext ctx) {
        if (!(call instanceof Aim)) {
            return List.of(cluster());
        }
        var targets = new Targets(ctx.pve().guests());
        if (call instanceof Aim.OnGuest on) {
            targets.add(ctx.pve().guest(on.guest()).row());
        }
        if (call instanceof Aim.OnNode on) {
            targets.found.add(Target.of(Kind.NODE, on.node()));
        }
        if (call instanceof Aim.OnStorage on) {
            targets.found.add(Target.of(Kind.STORAGE, on.storage()));
        }
        if (call instanceof Aim.OnTask on) {
            targets.named("node", on.task().node());
            targets.guest(on.task().id());
        }
        if (call instanceof Aim.OnPath on) {
            targets.path(on, ctx);
        }
        return targets.found.isEmpty() ? List.of(cluster()) : new ArrayList<>(targets.found);
    }

    private static Target cluster() {
        return new Target(Kind.CLUSTER, "cluster", "cluster", "", "", List.of(), "", true);
    }

    private void path(Aim.OnPath on, ToolContext ctx) {
        for (var verb : Verb.values()) {
            var match = ctx.schema().match(verb, on.path());
            if (match.isPresent()) {
                match.get().variables().forEach(this::named);
                on.params().members().forEach((name, value) -> all(name, value));
                if (ALL_GUESTS.matcher(match.get().operation().path()).matches()) {
                    wholesale(on.params(), match.get().variables().getOrDefault("node", ""));
                }
                return;
            }
        }
    }

    private void all(String name, Json value) {
        if (value instanceof Json.Arr(var items)) {
            items.forEach(item -> all(name, item));
        } else {
            value.scalarText().ifPresent(text -> named(name, text));
        }
    }

    /// A path variable or a parameter.
    private void named(String name, String value) {
        if (GUESTS.contains(name)) {
            for (var id : value.split("[,; ]+")) {
                guest(id);
            }
        } else if (NODES.contains(name) && !value.isEmpty()) {
            found.add(Target.of(Kind.NODE, value));
        } else if (STORAGES.contains(name)) {
            found.add(Target.of(Kind.STORAGE, value));
        } else if (POOLS.contains(name)) {
            found.add(Target.of(Kind.POOL, value));
        } else if (name.equals("volume") || name.equals("archive") || name.equals("upid")) {
            owner(name, value);
        }
    }

    private void owner(String name, String value) {
        if (name.equals("upid")) {
            pvemcp.pve.Upid.tryParse(value).ifPresent(upid -> guest(upid.id()));
            return;
        }
        var matcher = OWNER.matcher(value);
        while (matcher.find()) {
            guest(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        }
    }

    private void wholesale(Json.Obj params, String node) {
        if (GUESTS.stream().anyMatch(params::has)) {
            return;
        }
        guests.stream()
                .filter(row -> node.isEmpty() || row.node().equals(node))
                .forEach(this::add);
    }

    private void guest(String vmid) {
        if (!vmid.matches("\\d{3,9}")) {
            return;
        }
        for (var row : guests) {
            if (Integer.toString(row.vmid()).equals(vmid)) {
                add(row);
                return;
            }
        }
        found.add(new Target(Kind.GUEST, vmid, vmid, "", "", List.of(), "absent", false));
    }

    private void add(GuestRow row) {
        found.add(new Target(
                row.kind() == GuestKind.CONTAINER ? Kind.CONTAINER : Kind.VM,
                Integer.toString(row.vmid()),
                row.name(),
                row.node(),
                row.pool(),
                row.tags(),
                row.status() + " " + row.lock(),
                true));
    }
}
