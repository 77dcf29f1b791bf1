package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import pvemcp.gate.Target;
import pvemcp.gate.Target.Kind;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestKind;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Verb;
import pvemcp.tool.Aim;
import pvemcp.tool.ToolContext;

/// Turns what a call names into what it would touch, as the cluster sees it at this moment: one look at its
/// resources, whatever is named.
final class Targets {
    // Rebooting or shutting down a node takes all its guests along (PVE::API2::Nodes, node_cmd).
    private static final String NODE_COMMAND = "/nodes/{node}/status";

    private final List<GuestRow> guests;
    private final Set<Target> found = new LinkedHashSet<>();

    private Targets(List<GuestRow> guests) {
        this.guests = guests;
    }

    /// Never empty: a call that names nothing touches the cluster.
    ///
    /// @throws pvemcp.pve.PveException where a guest is named that is not there, or that may be one of several
    ///
    /// @param pools those that are protected: of each storage it is found out whether it is in one of them
    static List<Target> of(Object call, ToolContext ctx, List<String> pools) {
        if (!(call instanceof Aim)) {
            return List.of(cluster());
        }
        var targets = new Targets(ctx.pve().guests());
        if (call instanceof Aim.OnGuest on) {
            targets.add(ctx.pve().guest(on.guest()).row());
        }
        if (call instanceof Aim.OnSeveral on) {
            on.guests().forEach(guest -> targets.add(ctx.pve().guest(guest).row()));
        }
        if (call instanceof Aim.OnVmid on) {
            on.targetVmid().ifPresent(vmid -> targets.guest(vmid, false));
        }
        if (call instanceof Aim.OnGuests on) {
            targets.guests.stream().filter(on::includes).forEach(targets::add);
        }
        if (call instanceof Aim.OnNode on) {
            targets.found.add(Target.of(Kind.NODE, on.node()));
        }
        if (call instanceof Aim.OnStorage on) {
            targets.found.add(Target.of(Kind.STORAGE, on.storage()));
        }
        if (call instanceof Aim.OnTask on) {
            targets.found.add(Target.of(Kind.NODE, on.task().node()));
            if (on.task().id().matches("\\d{3,9}")) {
                targets.guest(Integer.parseInt(on.task().id()), true);
            }
        }
        if (call instanceof Aim.OnPath on) {
            targets.path(on.verb(), on.path(), on.params(), ctx.schema());
        }
        if (call instanceof Aim.OnRequest on) {
            var request = on.request(ctx);
            targets.path(request.verb(), request.path(), request.params(), ctx.schema());
        }
        return targets.found.isEmpty() ? List.of(cluster()) : targets.withPoolsOfStorages(ctx, pools);
    }

    /// PVE tells the pool of a guest with the guest, but the storages of a pool only with the pool.
    private List<Target> withPoolsOfStorages(ToolContext ctx, List<String> pools) {
        if (pools.isEmpty() || found.stream().noneMatch(target -> target.kind() == Kind.STORAGE)) {
            return new ArrayList<>(found);
        }
        var poolOf = new HashMap<String, String>();
        for (var row : Fields.list(ctx.pve().data(pvemcp.pve.Verb.GET, "/pools", Json.Obj.EMPTY))) {
            var pool = row.text("poolid");
            if (pools.stream().anyMatch(name -> pool.equals(name) || pool.startsWith(name + "/"))) {
                var asked = Json.obj("poolid", pool, "type", "storage");
                for (var found : Fields.list(ctx.pve().data(pvemcp.pve.Verb.GET, "/pools", asked))) {
                    Fields.list(found.raw("members")).forEach(member -> poolOf.put(member.text("storage"), pool));
                }
            }
        }
        return found.stream()
                .map(target -> target.kind() == Kind.STORAGE ? target.in(poolOf.getOrDefault(target.id(), "")) : target)
                .toList();
    }

    private static Target cluster() {
        return new Target(Kind.CLUSTER, "cluster", "cluster", "", "", List.of(), "", true);
    }

    private void path(pvemcp.pve.Verb verb, String path, Json.Obj params, ApiSchema schema) {
        var match = schema.match(Verb.valueOf(verb.name()), path);
        if (match.isEmpty()) {
            return; // Not known: the cluster.
        }
        var operation = match.get().operation();
        var variables = match.get().variables();
        var touched = schema.touched(operation, variables, params);
        // A guest that the path names exists, even if it is not shown to us; one that only a parameter names may be
        // about to be made.
        touched.guests().forEach(vmid -> guest(vmid, variables.containsValue(Integer.toString(vmid))));
        touched.nodes().forEach(node -> found.add(Target.of(Kind.NODE, node)));
        touched.storages().forEach(storage -> found.add(Target.of(Kind.STORAGE, storage)));
        touched.pools().forEach(pool -> found.add(Target.of(Kind.POOL, pool)));
        if (touched.everyGuest() || (operation.path().equals(NODE_COMMAND) && operation.verb() != Verb.GET)) {
            guests.stream()
                    .filter(row -> touched.nodes().isEmpty() || touched.nodes().contains(row.node()))
                    .forEach(this::add);
        }
    }

    private void guest(int vmid, boolean exists) {
        for (var row : guests) {
            if (row.vmid() == vmid) {
                add(row);
                return;
            }
        }
        var id = Integer.toString(vmid);
        found.add(new Target(Kind.GUEST, id, id, "", "", List.of(), "absent", !exists));
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
