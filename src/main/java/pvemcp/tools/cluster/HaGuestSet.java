package pvemcp.tools.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Extras;
import pvemcp.tools.common.HaWish;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Tiers;
import pvemcp.view.Clean;

/// A guest that HA is to manage, move or leave alone.
record HaGuestSet(
        @Doc GuestRef guest,

        @Doc(value = "'relocate' stops and starts it", or = "set", obvious = true)
        Action action,

        @Doc(value = "'disabled' clears an error", obvious = true)
        Optional<Wanted> state,

        @Doc(value = "To move to", kind = Kind.NODE, obvious = true)
        Optional<String> node,

        @Doc(value = "max_restart, max_relocate, comment", obvious = true)
        Json.Obj options)
        implements Call<Object>, OnGuest, Tiered {
    private static final Set<String> TAKEN = Set.of("sid", "type", "state");

    private boolean moves() {
        return action == Action.MIGRATE || action == Action.RELOCATE;
    }

    HaGuestSet {
        boolean moves = action == Action.MIGRATE || action == Action.RELOCATE;
        if (moves != node.isPresent()) {
            throw new IllegalArgumentException("argument 'node': where to, for 'migrate' and 'relocate' alone");
        }
        if (action != Action.SET && (state.isPresent() || !options.isEmpty())) {
            throw new IllegalArgumentException("arguments 'state' and 'options' are for 'set' alone");
        }
    }

    @Override
    public Tier tier(ApiSchema schema) {
        return moves()
                ? Tiers.of(schema, Verb.POST, HaTools.RESOURCES + "/{sid}/migrate", Json.Obj.EMPTY)
                : Tier.CHANGE;
    }

    @Override
    public Object run(ToolContext ctx) {
        var found = ctx.pve().guest(guest);
        return switch (action) {
            case SET -> set(ctx, found);
            case REMOVE -> remove(ctx, found);
            case MIGRATE, RELOCATE -> move(ctx, found, node.orElseThrow());
        };
    }

    private HaChanged set(ToolContext ctx, Guest found) {
        Extras.require(ctx, HaTools.RESOURCES, options, TAKEN);
        var sid = HaTools.sid(found);
        var params = state.map(wanted -> options.with("state", Word.of(wanted))).orElse(options);
        var before = HaTools.named(ctx.pve().rows(HaTools.RESOURCES), "sid", sid);
        if (before.isPresent() && params.isEmpty()) {
            throw new BadArguments(
                    List.of("%s is under HA already; say what to change".formatted(Clean.oneLine(found.toString()))));
        }
        if (before.isPresent()) {
            ctx.pve().send(Verb.PUT, ApiPath.of(HaTools.RESOURCES + "/{sid}", sid), params);
        } else {
            ctx.pve().send(Verb.POST, HaTools.RESOURCES, params.with("sid", sid));
        }
        return new HaChanged(
                before.isPresent() ? "changed" : "under HA now",
                Clean.oneLine(found.toString()),
                "HA acts within seconds: pve_ha_get guest=" + found.vmid());
    }

    private static HaChanged remove(ToolContext ctx, Guest found) {
        ctx.pve().send(Verb.DELETE, ApiPath.of(HaTools.RESOURCES + "/{sid}", HaTools.sid(found)), Json.Obj.EMPTY);
        return new HaChanged("out of HA; it stays as it is now", Clean.oneLine(found.toString()), "");
    }

    private Outcome move(ToolContext ctx, Guest found, String target) {
        requireSense(ctx, found, target);
        var path = ApiPath.of(HaTools.RESOURCES + "/{sid}/{how}", HaTools.sid(found), Word.of(action));
        ctx.pve().send(Verb.POST, path, Json.obj("node", target));
        return HaWish.move(found.vmid(), target).follow(ctx, "", Outcome.LONGEST);
    }

    /// PVE takes any node and only HA's own log says that nothing came of it.
    private static void requireSense(ToolContext ctx, Guest found, String target) {
        var problems = new ArrayList<String>();
        if (found.row().haState().isEmpty()) {
            problems.add("argument 'guest': %s is not under HA; pve_guest_migrate moves it".formatted(found));
        }
        if (found.node().equals(target)) {
            problems.add("argument 'node': it is on %s already".formatted(target));
        }
        var online = ctx.pve().nodes().stream()
                .filter(NodeRow::online)
                .map(NodeRow::name)
                .toList();
        if (!online.contains(target)) {
            problems.add("argument 'node': '%s' is none of the nodes online: %s"
                    .formatted(target, String.join(", ", online)));
        }
        if (!problems.isEmpty()) {
            throw new BadArguments(problems);
        }
    }

    // ---- set ----

    enum Wanted {
        STARTED,
        STOPPED,
        DISABLED,
        IGNORED
    }

    enum Action {
        SET,
        REMOVE,
        MIGRATE,
        RELOCATE
    }
}
