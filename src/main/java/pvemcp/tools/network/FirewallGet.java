package pvemcp.tools.network;

import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.tool.Aim.OnSeveral;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;
import pvemcp.view.Units;
import pvemcp.view.View;

/// The firewall of the cluster, a node or a guest.
record FirewallGet(
        FirewallScope scope,

        @Doc(value = "What of it", or = "rules", obvious = true)
        Part show,

        @Doc(value = "Its entries", obvious = true) Optional<String> ipset)
        implements Call<FirewallGet.Firewall>, OnSeveral {
    record Named(String name, String value, String comment) {}

    /// @param summary how much there is
    record Firewall(
            String of,
            String summary,
            List<String> options,
            String digest,
            List<FirewallRule> rules,
            List<Named> entries,
            List<View> log) {}

    @Override
    public List<GuestRef> guests() {
        return scope.guests();
    }

    @Override
    public Firewall run(ToolContext ctx) {
        var door = scope.door(ctx);
        if (ipset.isPresent()) {
            var entries = Fields.list(door.read(ApiPath.of("/ipset/{name}", ipset.get())));
            return named(door, entries, "cidr", "entries");
        }
        return switch (show) {
            case RULES -> rules(door);
            case ALIASES -> named(door, Fields.list(door.read("/aliases")), "name", "aliases");
            case IPSETS -> named(door, Fields.list(door.read("/ipset")), "name", "IP sets");
            case REFS -> named(door, Fields.list(door.read("/refs")), "ref", "names for rules");
            case GROUPS -> named(door, ctx.pve().rows("/cluster/firewall/groups"), "group", "groups");
            case MACROS -> named(door, ctx.pve().rows("/cluster/firewall/macros"), "macro", "macros");
            case LOG -> log(door);
        };
    }

    private Firewall rules(FirewallScope.Door door) {
        var options = scope.group().isPresent() ? List.<String>of() : door.options();
        var rows = door.ruleRows();
        var digest = rows.isEmpty() ? "" : rows.getFirst().text("digest");
        return new Firewall(
                door.toString(),
                Units.some(rows.size(), "rules") + (options.isEmpty() ? ", no option set" : ""),
                options,
                Clean.name(digest),
                rows.stream().map(FirewallRule::of).toList(),
                List.of(),
                List.of());
    }

    private static Firewall named(FirewallScope.Door door, List<Fields> rows, String key, String noun) {
        var entries = rows.stream()
                .map(row -> new Named(
                        Clean.name(row.text(key)),
                        Clean.name(
                                row.flag("nomatch")
                                        ? "not matched"
                                        : key.equals("cidr")
                                                ? ""
                                                : row.maybe("cidr").orElse(row.text("type"))),
                        Clean.name(row.maybe("comment").orElse(row.text("descr")))))
                .toList();
        var digest = rows.isEmpty() ? "" : rows.getFirst().text("digest");
        return new Firewall(
                door.toString(),
                Units.some(rows.size(), noun),
                List.of(),
                Clean.name(digest),
                List.of(),
                entries,
                List.of());
    }

    private static Firewall log(FirewallScope.Door door) {
        var lines = Fields.list(door.send(Verb.GET, "/log", Json.obj("limit", 100))).stream()
                .map(line -> Clean.line(line.text("t")))
                .toList();
        var views = List.<View>of(new View.Log("firewall log of " + door, lines));
        return new Firewall(
                door.toString(), Units.some(lines.size(), "lines"), List.of(), "", List.of(), List.of(), views);
    }

    enum Part {
        RULES,
        ALIASES,
        IPSETS,
        GROUPS,
        REFS,
        MACROS,
        LOG
    }
}
