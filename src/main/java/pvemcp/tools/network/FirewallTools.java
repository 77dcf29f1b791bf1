package pvemcp.tools.network;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnPath;
import pvemcp.tool.Aim.OnSeveral;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Alteration;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// Firewalls: of the datacenter, of nodes, of guests, and the security groups they share.
public final class FirewallTools {
    public static final Toolset FIREWALL = Toolset.of(
            "firewall",
            "Firewalls of datacenter, nodes, guests",
            read("pve_firewall_get", """
                    Show a firewall: datacenter, guest, node or group.""", FirewallGet.class),
            change("pve_firewall_rule", """
                    Add, change, move or delete a firewall rule: datacenter, guest, node or group. A new one is off and first unless said otherwise.""", FirewallRuleChange.class),
            change("pve_firewall_set", """
                    Set firewall options such as enable, policy_in. Warns of a lock-out.""", FirewallSet.class),
            change("pve_firewall_object", """
                    Create, change or delete an alias, IP set, its entry or a security group.""", FirewallObject.class));

    private FirewallTools() {}

    enum FirewallPart {
        RULES,
        ALIASES,
        IPSETS,
        GROUPS,
        REFS,
        MACROS,
        LOG
    }

    record FirewallGet(
            FirewallScope scope,

            @Doc(value = "What of it", or = "rules", obvious = true)
            FirewallPart show,

            @Doc(value = "Its entries", obvious = true) Optional<String> ipset)
            implements Call<FirewallGet.Firewall> {
        record Named(String name, String value, String comment) {}

        record Firewall(
                String of,
                List<String> options,
                String digest,
                List<FirewallRule> rules,
                List<Named> entries,
                List<View> log) {}

        @Override
        public Firewall run(ToolContext ctx) {
            var door = scope.door(ctx);
            if (ipset.isPresent()) {
                return named(door, Fields.list(door.read(ApiPath.of("/ipset/{name}", ipset.get()))), "cidr");
            }
            return switch (show) {
                case RULES -> rules(door);
                case ALIASES -> named(door, Fields.list(door.read("/aliases")), "name");
                case IPSETS -> named(door, Fields.list(door.read("/ipset")), "name");
                case REFS -> named(door, Fields.list(door.read("/refs")), "ref");
                case GROUPS -> named(door, ctx.pve().rows("/cluster/firewall/groups"), "group");
                case MACROS -> named(door, ctx.pve().rows("/cluster/firewall/macros"), "macro");
                case LOG -> log(door);
            };
        }

        private Firewall rules(FirewallScope.Door door) {
            var options = scope.group().isPresent() ? List.<String>of() : options(door);
            var rows = door.ruleRows();
            var digest = rows.isEmpty() ? "" : rows.getFirst().text("digest");
            return new Firewall(
                    door.toString(),
                    options,
                    Clean.name(digest),
                    rows.stream().map(FirewallRule::of).toList(),
                    List.of(),
                    List.of());
        }

        private static Firewall named(FirewallScope.Door door, List<Fields> rows, String key) {
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
            return new Firewall(door.toString(), List.of(), Clean.name(digest), List.of(), entries, List.of());
        }

        private static Firewall log(FirewallScope.Door door) {
            var lines = Fields.list(door.send(Verb.GET, "/log", Json.obj("limit", 100))).stream()
                    .map(line -> Clean.line(line.text("t")))
                    .toList();
            var views = List.<View>of(new View.Log("firewall log of " + door, lines));
            return new Firewall(door.toString(), List.of(), "", List.of(), List.of(), views);
        }
    }

    /// The options that are set, as `name value`.
    private static List<String> options(FirewallScope.Door door) {
        var options = new ArrayList<String>();
        Fields.of(door.read("/options")).all().members().forEach((name, value) -> {
            if (!name.equals("digest")) {
                options.add(Clean.name(name + " " + value.scalarText().orElse(value.write())));
            }
        });
        options.sort(null);
        return options;
    }

    /// A call that changes the firewall of one scope.
    interface Changes extends OnSeveral, OnPath {
        FirewallScope scope();

        @Override
        default List<GuestRef> guests() {
            return scope().guests();
        }

        @Override
        default Verb verb() {
            return Verb.PUT;
        }

        @Override
        default String path() {
            return scope().path();
        }

        @Override
        default Json.Obj params() {
            return Json.Obj.EMPTY;
        }
    }

    enum RuleAction {
        ADD,
        CHANGE,
        MOVE,
        DELETE
    }

    record FirewallRuleChange(
            FirewallScope scope,
            @Doc(value = "What to do", obvious = true) RuleAction action,

            @Doc(value = "Its position; for add: where, default first", min = 0, obvious = true)
            Optional<Integer> pos,

            @Doc(value = "For move", min = 0, obvious = true)
            Optional<Integer> to,

            @Doc("type (in, out, forward, group), action, macro, proto, dport, source, dest, enable")
            Json.Obj rule,

            @Doc(value = "Keys to take off", obvious = true) List<String> unset,

            @Doc(value = "Digest of the rules as you saw them", obvious = true)
            Optional<String> digest)
            implements Call<FirewallRuleChange.Changed>, Changes, Planned {
        record Changed(String outcome, String of, List<FirewallRule> rules) {}

        private record Step(Verb verb, String below, Json.Obj params) {}

        @Override
        public Preview preview(ToolContext ctx) {
            var door = scope.door(ctx);
            var rows = rows(door);
            var lines = new ArrayList<String>();
            steps(door, rows)
                    .forEach(step -> lines.add("%s %s%s%s"
                            .formatted(
                                    step.verb(),
                                    door.path(),
                                    step.below(),
                                    step.params().isEmpty()
                                            ? ""
                                            : " " + step.params().write())));
            var warnings = new ArrayList<String>();
            if (scope.guardsNodes()) {
                var now = LockOut.now(ctx, scope);
                var after = new ArrayList<>(now.rules());
                apply(after);
                warnings.addAll(now.warnings(now.with(after)));
            }
            if (action == RuleAction.ADD && !enabled()) {
                warnings.add("the new rule is off until enable=1");
            }
            var what = "%s a firewall rule of %s".formatted(Word.of(action), door);
            return new Preview(what, lines, warnings);
        }

        @Override
        public Changed run(ToolContext ctx) {
            var door = scope.door(ctx);
            for (var step : steps(door, rows(door))) {
                var params = step.params();
                if (params.text("digest").orElse("").equals(FRESH)) {
                    params = params.with("digest", digestOf(door.ruleRows()));
                }
                door.send(step.verb(), step.below(), params);
            }
            return new Changed(
                    outcome(),
                    door.toString(),
                    door.ruleRows().stream().map(FirewallRule::of).toList());
        }

        // Stands for the digest that the step before leaves behind.
        private static final String FRESH = "(as the step before leaves it)";

        private String outcome() {
            return switch (action) {
                case ADD -> enabled() ? "added, and on" : "added, but off: change it with enable=1";
                case CHANGE -> "changed";
                case MOVE -> "moved";
                case DELETE -> "deleted; the rules behind it have moved up";
            };
        }

        private boolean enabled() {
            return rule.whole("enable").orElseGet(() -> rule.flag("enable").orElse(false) ? 1L : 0L) > 0;
        }

        /// The rules as they are, where they are still the ones the caller saw.
        private List<Fields> rows(FirewallScope.Door door) {
            var rows = door.ruleRows();
            var now = digestOf(rows);
            if (digest.isPresent() && !digest.get().equals(now)) {
                throw new BadArguments(List.of(
                        "argument 'digest': the rules have changed since; pve_firewall_get shows them as they are"));
            }
            if (action != RuleAction.ADD && position() >= rows.size()) {
                throw new BadArguments(List.of("argument 'pos': there is no rule %d; %s has %d, from 0"
                        .formatted(position(), door, rows.size())));
            }
            if (action == RuleAction.ADD && pos.orElse(0) > rows.size()) {
                throw new BadArguments(
                        List.of("argument 'pos': at most %d, behind the last rule".formatted(rows.size())));
            }
            return rows;
        }

        private static String digestOf(List<Fields> rows) {
            return rows.isEmpty() ? "" : rows.getFirst().text("digest");
        }

        private int position() {
            return pos.orElseThrow(() -> new BadArguments(List.of("missing argument 'pos' (which rule, from 0)")));
        }

        private int target() {
            return to.orElseThrow(() -> new BadArguments(List.of("missing argument 'to' (its new position)")));
        }

        private List<Step> steps(FirewallScope.Door door, List<Fields> rows) {
            var digested = rows.isEmpty() ? Json.Obj.EMPTY : Json.obj("digest", digestOf(rows));
            return switch (action) {
                case ADD -> adding(door);
                case CHANGE -> {
                    var params = rule;
                    if (!unset.isEmpty()) {
                        params = params.with("delete", String.join(",", unset));
                    }
                    if (params.isEmpty()) {
                        throw new BadArguments(List.of("arguments 'rule', 'unset': name what is to change"));
                    }
                    yield List.of(new Step(Verb.PUT, at(door, position()), params.with("digest", digestOf(rows))));
                }
                // PVE inserts before that index, counted with the rule still in its old place.
                case MOVE ->
                    List.of(new Step(
                            Verb.PUT,
                            at(door, position()),
                            digested.with("moveto", target() <= position() ? target() : target() + 1)));
                case DELETE -> List.of(new Step(Verb.DELETE, at(door, position()), digested));
            };
        }

        /// PVE puts every new rule first. One that belongs elsewhere stays off until it is there.
        private List<Step> adding(FirewallScope.Door door) {
            if (!rule.has("type") || !rule.has("action")) {
                throw new BadArguments(
                        List.of(
                                "argument 'rule': needs type and action, such as {\"type\":\"in\",\"action\":\"ACCEPT\",\"macro\":\"SSH\"}"));
            }
            int place = pos.orElse(0);
            var steps = new ArrayList<Step>();
            steps.add(new Step(Verb.POST, door.rules(), rule.with("enable", enabled() && place == 0 ? 1 : 0)));
            if (place > 0) {
                steps.add(new Step(Verb.PUT, at(door, 0), Json.obj("moveto", place + 1, "digest", FRESH)));
                if (enabled()) {
                    steps.add(new Step(Verb.PUT, at(door, place), Json.obj("enable", 1, "digest", FRESH)));
                }
            }
            return steps;
        }

        private static String at(FirewallScope.Door door, int position) {
            return door.rules() + "/" + position;
        }

        /// Does to a list of rules what the call would do.
        private void apply(List<Json.Obj> rules) {
            switch (action) {
                case ADD -> rules.add(pos.orElse(0), rule.with("enable", enabled() ? 1 : 0));
                case CHANGE -> {
                    var changed = rules.get(position());
                    for (var name : unset) {
                        changed = changed.without(name);
                    }
                    for (var entry : rule.members().entrySet()) {
                        changed = changed.with(entry.getKey(), entry.getValue());
                    }
                    rules.set(position(), changed);
                }
                case MOVE -> rules.add(Math.min(target(), rules.size() - 1), rules.remove(position()));
                case DELETE -> rules.remove(position());
            }
        }
    }

    record FirewallSet(
            FirewallScope scope,
            @Doc(value = "Options by name", obvious = true) Json.Obj options,

            @Doc(value = "Options to set back to their default", obvious = true)
            List<String> unset)
            implements Call<FirewallSet.Now>, Changes, Planned {
        record Now(String outcome, String of, List<String> before, List<String> after) {}

        @Override
        public Preview preview(ToolContext ctx) {
            var door = requireOptions(ctx);
            var warnings = new ArrayList<String>();
            // A node's own switch opens it; only the datacenter's shuts.
            if (scope.guest().isEmpty() && scope.node().isEmpty()) {
                var now = LockOut.now(ctx, scope);
                warnings.addAll(now.warnings(now.with(options, unset)));
            }
            return new Preview(
                    "set firewall options of " + door,
                    List.of("PUT %s/options %s"
                            .formatted(door.path(), params(door).write())),
                    warnings);
        }

        @Override
        public Now run(ToolContext ctx) {
            var door = requireOptions(ctx);
            var before = options(door);
            door.send(Verb.PUT, "/options", params(door));
            return new Now("set", door.toString(), before, options(door));
        }

        private static List<String> options(FirewallScope.Door door) {
            return FirewallTools.options(door);
        }

        private FirewallScope.Door requireOptions(ToolContext ctx) {
            if (scope.group().isPresent()) {
                throw new BadArguments(List.of("argument 'group': a security group has rules, but no options"));
            }
            if (options.isEmpty() && unset.isEmpty()) {
                throw new BadArguments(List.of("arguments 'options', 'unset': name what is to change"));
            }
            return scope.door(ctx);
        }

        private Json.Obj params(FirewallScope.Door door) {
            var digest = Fields.of(door.read("/options")).text("digest");
            var params = digest.isEmpty() ? options : options.with("digest", digest);
            return unset.isEmpty() ? params : params.with("delete", String.join(",", unset));
        }
    }

    enum ObjectKind {
        ALIAS,
        IPSET,
        ENTRY,
        GROUP
    }

    record FirewallObject(
            FirewallScope scope,

            @Doc(value = "entry: an address in an IP set", obvious = true)
            ObjectKind kind,

            @Doc(value = "What to do", obvious = true) Alteration action,

            @Doc(value = "Name of the alias, IP set or group", obvious = true)
            String name,

            @Doc(value = "Address or network, of an alias or entry", obvious = true)
            Optional<String> cidr,

            @Doc(value = "Comment", obvious = true) Optional<String> comment,
            @Doc(value = "New name", obvious = true) Optional<String> rename,

            @Doc(value = "Exclude this entry", obvious = true)
            boolean nomatch)
            implements Call<FirewallObject.Made>, Changes {
        record Made(String outcome, String of, String next) {}

        @Override
        public Made run(ToolContext ctx) {
            var door = door(ctx);
            switch (kind) {
                case ALIAS -> alias(door);
                case IPSET -> named(door, "/ipset", "name");
                case ENTRY -> entry(door);
                case GROUP -> named(door, "/groups", "group");
            }
            var done = switch (action) {
                case CREATE -> "created";
                case CHANGE -> "changed";
                case DELETE -> "deleted; rules that still name it no longer match";
            };
            var next = kind == ObjectKind.GROUP && action == Alteration.CREATE
                    ? "pve_firewall_rule group=%s action=add; then a rule of type group uses it"
                            .formatted(Clean.name(name))
                    : "";
            return new Made(done, door.toString(), next);
        }

        private FirewallScope.Door door(ToolContext ctx) {
            if (kind == ObjectKind.GROUP) {
                if (scope.guest().isPresent() || scope.node().isPresent()) {
                    throw new BadArguments(List.of("argument 'kind': security groups belong to the datacenter"));
                }
            } else if (scope.node().isPresent() || scope.group().isPresent()) {
                throw new BadArguments(List.of(
                        "argument 'kind': nodes and groups have none of their own; use the datacenter's or a guest's"));
            }
            return scope.door(ctx);
        }

        private void alias(FirewallScope.Door door) {
            var path = ApiPath.of("/aliases/{name}", name);
            switch (action) {
                case CREATE -> door.send(Verb.POST, "/aliases", described(Json.obj("name", name, "cidr", address())));
                case CHANGE -> {
                    var now = Fields.of(door.read(path));
                    var params = Json.obj(
                            "cidr", cidr.orElse(now.text("cidr")), "comment", comment.orElse(now.text("comment")));
                    door.send(
                            Verb.PUT,
                            path,
                            rename.map(to -> params.with("rename", to)).orElse(params));
                }
                case DELETE -> door.send(Verb.DELETE, path, Json.Obj.EMPTY);
            }
        }

        /// IP sets and groups: POST makes and, with `rename`, changes (PVE::API2::Firewall::IPSet, Groups).
        private void named(FirewallScope.Door door, String folder, String key) {
            switch (action) {
                case CREATE -> door.send(Verb.POST, folder, described(Json.obj(key, name)));
                case CHANGE ->
                    door.send(Verb.POST, folder, described(Json.obj(key, rename.orElse(name), "rename", name)));
                case DELETE -> door.send(Verb.DELETE, ApiPath.of(folder + "/{name}", name), Json.Obj.EMPTY);
            }
        }

        private void entry(FirewallScope.Door door) {
            var folder = ApiPath.of("/ipset/{name}", name);
            var params = described(Json.Obj.EMPTY).with("nomatch", nomatch ? 1 : 0);
            var one = ApiPath.of("/ipset/{name}/{cidr}", name, address());
            switch (action) {
                case CREATE -> door.send(Verb.POST, folder, params.with("cidr", address()));
                case CHANGE -> door.send(Verb.PUT, one, params);
                case DELETE -> door.send(Verb.DELETE, one, Json.Obj.EMPTY);
            }
        }

        private Json.Obj described(Json.Obj params) {
            return comment.map(text -> params.with("comment", text)).orElse(params);
        }

        private String address() {
            return cidr.orElseThrow(() -> new BadArguments(List.of("missing argument 'cidr' (address or network)")));
        }
    }
}
