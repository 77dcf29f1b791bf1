package pvemcp.tools.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.tool.Aim.OnSeveral;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Extras;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Steps;
import pvemcp.view.Clean;

/// A rule of where HA keeps guests; in PVE 8, a group.
record HaRuleSet(
        @Doc(value = "Of the rule or group", obvious = true) String name,

        @Doc(value = "'set' makes or changes", or = "set", obvious = true)
        Action action,

        @Doc(value = "Guests under HA it is for", obvious = true)
        List<GuestRef> guests,

        @Doc("Or pve1:2") List<String> nodes,

        @Doc(value = "Instead of nodes", obvious = true) Optional<Affinity> affinity,

        @Doc(value = "strict, comment, disable, delete", obvious = true)
        Json.Obj options)
        implements Call<HaChanged>, OnSeveral {
    private static final Set<String> TAKEN =
            Set.of("rule", "type", "resources", "nodes", "affinity", "group", "restricted");

    HaRuleSet {
        guests = List.copyOf(guests);
        nodes = List.copyOf(nodes);
        if (affinity.isPresent() && (!nodes.isEmpty() || options.has("strict"))) {
            throw new IllegalArgumentException("a rule is about nodes or about affinity, not both");
        }
    }

    @Override
    public HaChanged run(ToolContext ctx) {
        var groups = HaTools.groups(ctx);
        if (action == Action.DELETE) {
            return delete(ctx, groups.isPresent() ? HaTools.GROUPS + "/{group}" : HaTools.RULES + "/{rule}");
        }
        return groups.isPresent() ? group(ctx, groups.get()) : rule(ctx);
    }

    private HaChanged delete(ToolContext ctx, String template) {
        var path = ApiPath.of(template, name);
        // PVE deletes rules that are not there, too; so whoever mistypes one is told.
        ctx.pve().data(Verb.GET, path, Json.Obj.EMPTY);
        ctx.pve().send(Verb.DELETE, path, Json.Obj.EMPTY);
        return new HaChanged("deleted", name, "");
    }

    private HaChanged rule(ToolContext ctx) {
        Extras.require(ctx, HaTools.RULES, options, TAKEN);
        var before = HaTools.named(ctx.pve().rows(HaTools.RULES), "rule", name);
        var type = before.map(row -> row.text("type"))
                .orElseGet(() -> affinity.isPresent() ? "resource-affinity" : "node-affinity");
        boolean aboutNodes = type.equals("node-affinity");
        var problems = new ArrayList<String>();
        if (aboutNodes ? affinity.isPresent() : !nodes.isEmpty()) {
            problems.add("rule %s is a %s rule: delete it and make another to change that"
                    .formatted(name, Clean.name(type)));
        }
        if (before.isEmpty() && guests.isEmpty()) {
            problems.add("argument 'guests': name the guests it is for");
        }
        if (before.isEmpty() && aboutNodes && nodes.isEmpty()) {
            problems.add("argument 'nodes' or 'affinity': say what the rule asks for");
        }
        if (!problems.isEmpty()) {
            throw new BadArguments(problems);
        }
        var params = options.with("type", type);
        params = guests.isEmpty() ? params : params.with("resources", sids(ctx));
        params = nodes.isEmpty() ? params : params.with("nodes", String.join(",", nodes));
        params = affinity.isEmpty()
                ? params
                : params.with("affinity", affinity.get() == Affinity.APART ? "negative" : "positive");
        if (before.isPresent()) {
            ctx.pve().send(Verb.PUT, ApiPath.of(HaTools.RULES + "/{rule}", name), params);
        } else {
            ctx.pve().send(Verb.POST, HaTools.RULES, params.with("rule", name));
        }
        return new HaChanged(before.isPresent() ? "rule changed" : "rule made", name, "pve_ha_get shows it");
    }

    private String sids(ToolContext ctx) {
        return guests.stream()
                .map(guest -> HaTools.sid(ctx.pve().guest(guest)))
                .distinct()
                .collect(Collectors.joining(","));
    }

    /// A group is made first; guests join it one by one.
    private HaChanged group(ToolContext ctx, List<Fields> groups) {
        boolean there = HaTools.named(groups, "group", name).isPresent();
        if (affinity.isPresent()) {
            throw new BadArguments(
                    List.of("argument 'affinity': this cluster has HA groups (PVE 8), which are about nodes only"));
        }
        if (!there && nodes.isEmpty()) {
            throw new BadArguments(List.of("argument 'nodes': a group is a list of nodes"));
        }
        // What a rule calls strict, a group calls restricted.
        var params = options.get("strict")
                .map(strict -> options.without("strict").with("restricted", strict))
                .orElse(options);
        Extras.require(ctx, HaTools.GROUPS, params, Set.of("group", "nodes", "type"));
        params = nodes.isEmpty() ? params : params.with("nodes", String.join(",", nodes));
        var steps = new Steps(ctx, Outcome.LONGEST, guests.size() + 1);
        if (!there) {
            steps.ask("make group " + name, Verb.POST, HaTools.GROUPS, params.with("group", name));
        } else if (!params.isEmpty()) {
            steps.ask("change group " + name, Verb.PUT, ApiPath.of(HaTools.GROUPS + "/{group}", name), params);
        }
        for (var guest : guests) {
            var sid = HaTools.sid(ctx.pve().guest(guest));
            var path = ApiPath.of(HaTools.RESOURCES + "/{sid}", sid);
            steps.ask("put %s into it".formatted(sid), Verb.PUT, path, Json.obj("group", name));
        }
        return new HaChanged(there ? "group changed" : "group made", name, "pve_ha_get shows it");
    }

    // ---- rules ----

    enum Affinity {
        TOGETHER,
        APART
    }

    enum Action {
        SET,
        DELETE
    }
}
