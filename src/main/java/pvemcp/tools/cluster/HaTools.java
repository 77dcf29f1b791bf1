package pvemcp.tools.cluster;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.read;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PveException;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.Aim.OnSeveral;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Extras;
import pvemcp.tools.common.HaWish;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Steps;
import pvemcp.tools.common.Tiers;
import pvemcp.view.Clean;
import pvemcp.view.Units;

/// High availability: the guests that the cluster starts, stops and moves by itself, and the rules it keeps. PVE 9
/// has rules where PVE 8 had groups; the tools know which a cluster has.
public final class HaTools {
    public static final Toolset HA = Toolset.of(
            "ha",
            "High availability",
            read("pve_ha_get", "Show HA: managers, guests with state and wanted state, rules or groups.", HaGet.class),
            change("pve_ha_guest_set", """
                    Put a guest under HA, take it out, or have HA migrate or relocate it.""", HaGuestSet.class),
            change("pve_ha_rule_set", """
                    Set or delete an HA rule, on PVE 8 a group.""", HaRuleSet.class));

    private static final String RESOURCES = "/cluster/ha/resources";
    private static final String RULES = "/cluster/ha/rules";
    private static final String GROUPS = "/cluster/ha/groups";

    private HaTools() {}

    /// As HA names the guest: `vm:101`, `ct:102`.
    public static String sid(Guest guest) {
        return (guest.kind() == GuestKind.CONTAINER ? "ct:" : "vm:") + guest.vmid();
    }

    private static Optional<Fields> named(List<Fields> rows, String key, String name) {
        return rows.stream().filter(row -> row.text(key).equals(name)).findFirst();
    }

    /// The groups, where the cluster still has them: on PVE 8, and on 9 until its last node runs 9. After that PVE
    /// refuses to list them (PVE::API2::HA::Groups).
    private static Optional<List<Fields>> groups(ToolContext ctx) {
        try {
            return Optional.of(ctx.pve().rows(GROUPS));
        } catch (PveException e) {
            if (e.fault().toString().contains("migrated to rules")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    // ---- get ----

    /// @param state what HA has made of it, such as `started`, `fence`, `error`
    /// @param wanted what it is asked to make of it
    record ManagedLine(
            String guest, String node, String state, String wanted, String limits, String group, String comment) {
        static ManagedLine of(Fields row, String name) {
            return new ManagedLine(
                    name.isEmpty() ? row.text("sid") : "%s (%s)".formatted(Clean.name(name), row.text("sid")),
                    Clean.name(row.text("node")),
                    Clean.name(row.text("state")),
                    Clean.name(row.text("request_state")),
                    "restart %d, relocate %d"
                            .formatted(
                                    row.whole("max_restart").orElse(1L),
                                    row.whole("max_relocate").orElse(1L)),
                    Clean.name(row.text("group")),
                    Clean.name(row.text("comment")));
        }

        /// Whether it is neither as it is wanted nor on the way there.
        boolean isTroubled() {
            return Set.of("error", "fence", "recovery", "freeze").contains(state);
        }
    }

    record ManagerLine(String what, String node, String status) {}

    /// @param what `on nodes`, `together`, `apart`, or `group`
    record RuleLine(
            String name, String what, String guests, String nodes, boolean strict, boolean enabled, String comment) {
        static RuleLine ofRule(Fields row) {
            var what = row.text("type").equals("node-affinity")
                    ? "on nodes"
                    : row.text("affinity").equals("negative") ? "apart" : "together";
            return new RuleLine(
                    Clean.name(row.text("rule")),
                    what,
                    Clean.name(String.join(" ", row.listed("resources"))),
                    Clean.name(String.join(" ", row.listed("nodes"))),
                    row.flag("strict"),
                    !row.flag("disable"),
                    Clean.name(row.text("comment")));
        }

        static RuleLine ofGroup(Fields row, List<Fields> resources) {
            var name = row.text("group");
            return new RuleLine(
                    Clean.name(name),
                    "group",
                    resources.stream()
                            .filter(resource -> resource.text("group").equals(name))
                            .map(resource -> resource.text("sid"))
                            .collect(Collectors.joining(" ")),
                    Clean.name(String.join(" ", row.listed("nodes"))),
                    row.flag("restricted"),
                    true,
                    Clean.name(row.text("comment")));
        }
    }

    record HaGet(@Doc("Only this guest") Optional<GuestRef> guest) implements Call<HaGet.HaFacts> {
        private static final int MOST = 40;

        /// @param more what is left out
        record HaFacts(
                String summary,
                List<ManagedLine> guests,
                String more,
                List<RuleLine> rules,
                List<ManagerLine> managers,
                String next) {}

        @Override
        public HaFacts run(ToolContext ctx) {
            var wanted = guest.map(ref -> sid(ctx.pve().guest(ref)));
            var status = ctx.pve().rows("/cluster/ha/status/current");
            var names = ctx.pve().guests().stream()
                    .collect(Collectors.toMap(row -> row.vmid(), row -> row.name(), (one, _) -> one));
            var guests = status.stream()
                    .filter(row -> row.text("type").equals("service"))
                    .filter(row -> wanted.map(row.text("sid")::equals).orElse(true))
                    .map(row -> ManagedLine.of(row, names.getOrDefault(vmid(row.text("sid")), "")))
                    .sorted(Comparator.comparing(ManagedLine::isTroubled)
                            .reversed()
                            .thenComparing(ManagedLine::guest))
                    .toList();
            var shown = guests.subList(0, Math.min(guests.size(), MOST));
            return new HaFacts(
                    summary(status, guests, wanted),
                    shown,
                    shown.size() < guests.size()
                            ? "%d more, none of them in trouble: guest=… shows one".formatted(guests.size() - MOST)
                            : "",
                    rules(ctx).stream()
                            .filter(rule -> wanted.map(
                                            sid -> List.of(rule.guests().split(" ", -1))
                                                    .contains(sid))
                                    .orElse(true))
                            .toList(),
                    wanted.isPresent() ? List.of() : managers(status),
                    next(status, guests));
        }

        private static int vmid(String sid) {
            return sid.matches("(vm|ct):\\d{1,9}") ? Integer.parseInt(sid.substring(3)) : 0;
        }

        private static List<RuleLine> rules(ToolContext ctx) {
            var lines = new ArrayList<RuleLine>();
            var groups = groups(ctx);
            if (groups.isPresent()) {
                var resources = ctx.pve().rows(RESOURCES);
                groups.get().forEach(row -> lines.add(RuleLine.ofGroup(row, resources)));
            } else {
                ctx.pve().rows(RULES).forEach(row -> lines.add(RuleLine.ofRule(row)));
            }
            return lines;
        }

        private static List<ManagerLine> managers(List<Fields> status) {
            return status.stream()
                    .filter(row -> Set.of("quorum", "fencing", "master", "lrm").contains(row.text("type")))
                    .map(row -> new ManagerLine(
                            Clean.name(row.text("type")), Clean.name(row.text("node")), Clean.line(row.text("status"))))
                    .toList();
        }

        private static String summary(List<Fields> status, List<ManagedLine> guests, Optional<String> wanted) {
            if (wanted.isPresent() && guests.isEmpty()) {
                return "%s is not under HA".formatted(wanted.get());
            }
            var counts = new TreeMap<String, Integer>();
            guests.forEach(line -> counts.merge(line.state(), 1, Integer::sum));
            var states = counts.entrySet().stream()
                    .map(entry -> "%d %s".formatted(entry.getValue(), entry.getKey()))
                    .collect(Collectors.joining(", "));
            var quorum = named(status, "type", "quorum")
                    .map(row -> row.flag("quorate"))
                    .orElse(false);
            return "%s%s; %s%s"
                    .formatted(
                            Units.some(guests.size(), "guests under HA"),
                            states.isEmpty() ? "" : ": " + states,
                            quorum ? "quorate" : "NO QUORUM: HA can do nothing",
                            isDisarmed(status) ? "; DISARMED: HA does nothing" : "");
        }

        private static boolean isDisarmed(List<Fields> status) {
            return named(status, "type", "fencing")
                    .map(row -> row.text("armed-state").startsWith("disarm"))
                    .orElse(false);
        }

        private static String next(List<Fields> status, List<ManagedLine> guests) {
            if (isDisarmed(status)) {
                return "pve_api_write POST /cluster/ha/status/arm-ha lets HA act again";
            }
            return guests.stream()
                    .filter(ManagedLine::isTroubled)
                    .findFirst()
                    .map(line ->
                            "pve_why tells what is wrong; after mending it, pve_ha_guest_set state=disabled clears an"
                                    + " error and state=started tries again")
                    .orElse("");
        }
    }

    // ---- set ----

    enum Wanted {
        STARTED,
        STOPPED,
        DISABLED,
        IGNORED
    }

    /// @param outcome what was done
    record HaChanged(String outcome, String name, String next) {}

    enum GuestAction {
        SET,
        REMOVE,
        MIGRATE,
        RELOCATE
    }

    record HaGuestSet(
            @Doc GuestRef guest,

            @Doc(value = "'relocate' stops and starts it", or = "set", obvious = true)
            GuestAction action,

            @Doc(value = "'disabled' clears an error", obvious = true)
            Optional<Wanted> state,

            @Doc(value = "To move to", kind = Kind.NODE, obvious = true)
            Optional<String> node,

            @Doc(value = "max_restart, max_relocate, comment", obvious = true)
            Json.Obj options)
            implements Call<Object>, OnGuest, Tiered {
        private static final Set<String> TAKEN = Set.of("sid", "type", "state");

        private boolean moves() {
            return action == GuestAction.MIGRATE || action == GuestAction.RELOCATE;
        }

        HaGuestSet {
            boolean moves = action == GuestAction.MIGRATE || action == GuestAction.RELOCATE;
            if (moves != node.isPresent()) {
                throw new IllegalArgumentException("argument 'node': where to, for 'migrate' and 'relocate' alone");
            }
            if (action != GuestAction.SET && (state.isPresent() || !options.isEmpty())) {
                throw new IllegalArgumentException("arguments 'state' and 'options' are for 'set' alone");
            }
        }

        @Override
        public Tier tier(ApiSchema schema) {
            return moves() ? Tiers.of(schema, Verb.POST, RESOURCES + "/{sid}/migrate", Json.Obj.EMPTY) : Tier.CHANGE;
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
            Extras.require(ctx, RESOURCES, options, TAKEN);
            var sid = sid(found);
            var params =
                    state.map(wanted -> options.with("state", Word.of(wanted))).orElse(options);
            var before = named(ctx.pve().rows(RESOURCES), "sid", sid);
            if (before.isPresent() && params.isEmpty()) {
                throw new BadArguments(List.of(
                        "%s is under HA already; say what to change".formatted(Clean.oneLine(found.toString()))));
            }
            if (before.isPresent()) {
                ctx.pve().send(Verb.PUT, ApiPath.of(RESOURCES + "/{sid}", sid), params);
            } else {
                ctx.pve().send(Verb.POST, RESOURCES, params.with("sid", sid));
            }
            return new HaChanged(
                    before.isPresent() ? "changed" : "under HA now",
                    Clean.oneLine(found.toString()),
                    "HA acts within seconds: pve_ha_get guest=" + found.vmid());
        }

        private static HaChanged remove(ToolContext ctx, Guest found) {
            ctx.pve().send(Verb.DELETE, ApiPath.of(RESOURCES + "/{sid}", sid(found)), Json.Obj.EMPTY);
            return new HaChanged("out of HA; it stays as it is now", Clean.oneLine(found.toString()), "");
        }

        private Outcome move(ToolContext ctx, Guest found, String target) {
            requireSense(ctx, found, target);
            var path = ApiPath.of(RESOURCES + "/{sid}/{how}", sid(found), Word.of(action));
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
    }

    // ---- rules ----

    enum Affinity {
        TOGETHER,
        APART
    }

    enum RuleAction {
        SET,
        DELETE
    }

    record HaRuleSet(
            @Doc(value = "Of the rule or group", obvious = true)
            String name,

            @Doc(value = "'set' makes or changes", or = "set", obvious = true)
            RuleAction action,

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
            var groups = groups(ctx);
            if (action == RuleAction.DELETE) {
                return delete(ctx, groups.isPresent() ? GROUPS + "/{group}" : RULES + "/{rule}");
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
            Extras.require(ctx, RULES, options, TAKEN);
            var before = named(ctx.pve().rows(RULES), "rule", name);
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
                ctx.pve().send(Verb.PUT, ApiPath.of(RULES + "/{rule}", name), params);
            } else {
                ctx.pve().send(Verb.POST, RULES, params.with("rule", name));
            }
            return new HaChanged(before.isPresent() ? "rule changed" : "rule made", name, "pve_ha_get shows it");
        }

        private String sids(ToolContext ctx) {
            return guests.stream()
                    .map(guest -> sid(ctx.pve().guest(guest)))
                    .distinct()
                    .collect(Collectors.joining(","));
        }

        /// A group is made first; guests join it one by one.
        private HaChanged group(ToolContext ctx, List<Fields> groups) {
            boolean there = named(groups, "group", name).isPresent();
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
            Extras.require(ctx, GROUPS, params, Set.of("group", "nodes", "type"));
            params = nodes.isEmpty() ? params : params.with("nodes", String.join(",", nodes));
            var steps = new Steps(ctx, Outcome.LONGEST, guests.size() + 1);
            if (!there) {
                steps.ask("make group " + name, Verb.POST, GROUPS, params.with("group", name));
            } else if (!params.isEmpty()) {
                steps.ask("change group " + name, Verb.PUT, ApiPath.of(GROUPS + "/{group}", name), params);
            }
            for (var guest : guests) {
                var sid = sid(ctx.pve().guest(guest));
                var path = ApiPath.of(RESOURCES + "/{sid}", sid);
                steps.ask("put %s into it".formatted(sid), Verb.PUT, path, Json.obj("group", name));
            }
            return new HaChanged(there ? "group changed" : "group made", name, "pve_ha_get shows it");
        }
    }
}
