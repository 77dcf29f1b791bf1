package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.GuestFirewall;

/// The firewalls of the datacenter, its nodes, its guests, and the security groups: what their files hold
/// (PVE::API2::Firewall). Nothing is filtered.
final class FirewallApi {
    private static final String CLUSTER = "/cluster/firewall";
    private static final List<String> MACROS =
            List.of("DNS", "HTTP", "HTTPS", "Ping", "SMTP", "SPICEproxy", "SSH", "Web");
    private static final List<String> ACTIONS = List.of("ACCEPT", "DROP", "REJECT");

    private FirewallApi() {}

    static void add(Routes routes) {
        Function<Request, GuestFirewall> cluster = request -> request.cluster().firewall;
        rules(routes, CLUSTER + "/rules", cluster, "cluster");
        options(routes, CLUSTER, cluster);
        objects(routes, CLUSTER, cluster, "dc");
        routes.on(Verb.GET, CLUSTER + "/macros", _ -> macros())
                .on(Verb.GET, CLUSTER + "/groups", FirewallApi::groups)
                .on(Verb.POST, CLUSTER + "/groups", FirewallApi::addGroup)
                .on(Verb.DELETE, CLUSTER + "/groups/{group}", FirewallApi::removeGroup);
        rules(routes, CLUSTER + "/groups/{group}", FirewallApi::group, "group");

        Function<Request, GuestFirewall> node = request -> request.node().firewall;
        rules(routes, "/nodes/{node}/firewall/rules", node, "host");
        options(routes, "/nodes/{node}/firewall", node);
        routes.on(Verb.GET, "/nodes/{node}/firewall/log", FirewallApi::log);

        for (var kind : List.of("qemu", "lxc")) {
            var base = "/nodes/{node}/" + kind + "/{vmid}/firewall";
            Function<Request, GuestFirewall> guest = FirewallApi::ofGuest;
            rules(routes, base + "/rules", guest, "vm");
            options(routes, base, guest);
            objects(routes, base, guest, "guest");
            routes.on(Verb.GET, base + "/log", FirewallApi::log)
                    .on(Verb.GET, base, _ -> index("rules", "aliases", "ipset", "refs", "options"));
        }
        routes.on(Verb.GET, CLUSTER, _ -> index("aliases", "groups", "ipset", "macros", "options", "refs", "rules"))
                .on(Verb.GET, "/nodes/{node}/firewall", _ -> index("rules", "options", "log"));
    }

    /// The file is found by the id alone, whatever has it and whether anything does (PVE::Firewall::load_vmfw_conf).
    private static GuestFirewall ofGuest(Request request) {
        var guest = request.cluster().guests.get(request.vmid());
        return guest == null
                ? request.cluster().strayFirewalls.computeIfAbsent(request.vmid(), _ -> new GuestFirewall())
                : guest.firewall;
    }

    private static Json index(String... names) {
        return Json.of(
                List.of(names).stream().map(name -> Json.obj("name", name)).toList());
    }

    private static Json macros() {
        return Json.of(MACROS.stream()
                .map(name -> Json.obj("macro", name, "descr", name + " traffic"))
                .toList());
    }

    /// A file that was never written reads as this.
    private static Json log(Request request) {
        request.beside("total", Json.num(1));
        return Json.arr(Json.obj("n", 1, "t", "unable to open file - No such file or directory"));
    }

    // ---- rules ----

    private static void rules(Routes routes, String path, Function<Request, GuestFirewall> where, String environment) {
        routes.on(Verb.GET, path, request -> list(request, where.apply(request)))
                .on(Verb.POST, path, request -> {
                    var firewall = where.apply(request);
                    var rule = rule(request, new LinkedHashMap<>(Map.of("enable", "0")), firewall, environment);
                    firewall.rules.addFirst(rule); // PVE::API2::Firewall::Rules: always in front
                    return Json.Null.NULL;
                })
                .on(Verb.GET, path + "/{pos}", request -> {
                    var firewall = where.apply(request);
                    int pos = position(request, firewall);
                    // As text here, as a number in the list.
                    return row(request, firewall, pos).with("pos", request.text("pos"));
                })
                .on(Verb.PUT, path + "/{pos}", request -> {
                    var firewall = where.apply(request);
                    Digests.assertUnchanged(request, digest(firewall), "");
                    int pos = position(request, firewall);
                    if (request.has("moveto")) {
                        move(firewall, pos, (int) request.whole("moveto", 0));
                        return Json.Null.NULL;
                    }
                    var rule = new LinkedHashMap<>(firewall.rules.get(pos));
                    request.list("delete").forEach(rule::remove);
                    firewall.rules.set(pos, rule(request, rule, firewall, environment));
                    return Json.Null.NULL;
                })
                .on(Verb.DELETE, path + "/{pos}", request -> {
                    var firewall = where.apply(request);
                    Digests.assertUnchanged(request, digest(firewall), "");
                    firewall.rules.remove(position(request, firewall));
                    return Json.Null.NULL;
                });
    }

    private static void move(GuestFirewall firewall, int from, int to) {
        var rule = firewall.rules.get(from);
        var rest = new ArrayList<>(firewall.rules);
        rest.set(from, null);
        rest.add(Math.min(to, rest.size()), rule);
        rest.remove(null);
        firewall.rules.clear();
        firewall.rules.addAll(rest);
    }

    private static int position(Request request, GuestFirewall firewall) {
        long pos = request.arguments().whole("pos").orElseGet(() -> Long.parseLong(request.text("pos")));
        if (pos >= firewall.rules.size()) {
            throw new SimError("no rule at position " + pos);
        }
        return (int) pos;
    }

    /// PVE::Firewall::verify_rule, the parts that a schema cannot say
    private static SequencedMap<String, String> rule(
            Request request, SequencedMap<String, String> rule, GuestFirewall firewall, String environment) {
        request.arguments().members().forEach((name, value) -> {
            boolean path = List.of("node", "vmid", "group", "pos", "digest", "delete", "moveto")
                    .contains(name);
            if (!path) {
                value.scalarText().ifPresent(text -> rule.put(name, text));
            }
        });
        var type = rule.getOrDefault("type", "in");
        if (type.equals("group")) {
            if (environment.equals("group")) {
                throw SimError.invalid("type", "invalid rule type 'group' for rule_env 'group'");
            }
        } else if (!ACTIONS.contains(rule.get("action"))) {
            throw SimError.invalid("action", "unknown action '%s'".formatted(rule.get("action")));
        }
        var macro = rule.get("macro");
        if (macro != null && !MACROS.contains(macro)) {
            throw SimError.invalid("macro", "unknown macro '%s'".formatted(macro));
        }
        if (rule.containsKey("dport") && !rule.containsKey("proto")) {
            throw SimError.invalid("proto", "missing property - 'dport' requires this property");
        }
        for (var side : List.of("source", "dest")) {
            missing(request, firewall, rule.getOrDefault(side, "")).ifPresent(problem -> {
                throw SimError.invalid(side, problem);
            });
        }
        return rule;
    }

    private static Optional<String> missing(Request request, GuestFirewall firewall, String address) {
        var datacenter = request.cluster().firewall;
        if (address.startsWith("+")) {
            var name = address.substring(address.lastIndexOf('/') + 1).replace("+", "");
            boolean known = firewall.sets.containsKey(name) || datacenter.sets.containsKey(name);
            return known ? Optional.empty() : Optional.of("no such ipset '%s'".formatted(name));
        }
        if (!address.isEmpty() && Character.isLetter(address.charAt(0)) && address.indexOf(':') < 0) {
            var name = address.substring(address.lastIndexOf('/') + 1);
            boolean known = firewall.aliases.containsKey(name) || datacenter.aliases.containsKey(name);
            return known ? Optional.empty() : Optional.of("no such alias '%s'".formatted(name));
        }
        return Optional.empty();
    }

    private static Json list(Request request, GuestFirewall firewall) {
        var rows = new ArrayList<Json>();
        for (int pos = 0; pos < firewall.rules.size(); pos++) {
            rows.add(row(request, firewall, pos));
        }
        return new Json.Arr(rows);
    }

    private static Json.Obj row(Request request, GuestFirewall firewall, int pos) {
        var row = Rows.of("pos", pos);
        var errors = new LinkedHashMap<String, Object>();
        firewall.rules.get(pos).forEach((name, value) -> {
            if (name.equals("enable")) {
                row.put(name, Integer.parseInt(value));
            } else {
                row.put(name, value);
            }
            if (name.equals("source") || name.equals("dest")) {
                if (Character.isDigit(value.charAt(0))) {
                    row.put("ipversion", value.contains(":") ? 6 : 4);
                }
                missing(request, firewall, value).ifPresent(problem -> errors.put(name, problem));
            }
        });
        if (!errors.isEmpty()) {
            row.put("errors", Json.of(errors));
        }
        return row.put("digest", digest(firewall)).json();
    }

    private static String digest(GuestFirewall firewall) {
        return Digests.of(firewall.rules.isEmpty() ? "" : firewall.rules.toString());
    }

    // ---- options ----

    private static void options(Routes routes, String base, Function<Request, GuestFirewall> where) {
        routes.on(Verb.GET, base + "/options", request -> {
                    var options = where.apply(request).options;
                    var row = new Rows();
                    options.forEach((name, value) -> row.put(name, number(value)));
                    return row.put("digest", optionsDigest(options)).json();
                })
                .on(Verb.PUT, base + "/options", request -> {
                    var options = where.apply(request).options;
                    Digests.assertUnchanged(request, optionsDigest(options), "");
                    for (var name : request.list("delete")) {
                        if (!request.operation().parameters().has(name)) {
                            throw SimError.invalid("delete", "no such option '%s'".formatted(name));
                        }
                        options.remove(name);
                    }
                    request.arguments().members().forEach((name, value) -> {
                        if (!List.of("node", "vmid", "digest", "delete").contains(name)) {
                            value.scalarText().ifPresent(text -> options.put(name, text));
                        }
                    });
                    return Json.Null.NULL;
                });
    }

    private static Object number(String value) {
        return value.matches("\\d{1,9}") ? (Object) Long.parseLong(value) : value;
    }

    private static String optionsDigest(Map<String, String> options) {
        return Digests.of(options.isEmpty() ? "" : options.toString());
    }

    // ---- aliases and address sets ----

    private static void objects(Routes routes, String base, Function<Request, GuestFirewall> where, String scope) {
        routes.on(Verb.GET, base + "/aliases", request -> aliases(where.apply(request)))
                .on(Verb.POST, base + "/aliases", request -> addAlias(request, where.apply(request)))
                .on(
                        Verb.GET,
                        base + "/aliases/{name}",
                        request -> alias(request.text("name"), requireAlias(request, where.apply(request)))
                                .json())
                .on(Verb.PUT, base + "/aliases/{name}", request -> changeAlias(request, where.apply(request)))
                .on(Verb.DELETE, base + "/aliases/{name}", request -> {
                    where.apply(request).aliases.remove(request.text("name"));
                    return Json.Null.NULL;
                })
                .on(Verb.GET, base + "/ipset", request -> sets(where.apply(request)))
                .on(Verb.POST, base + "/ipset", request -> addSet(request, where.apply(request)))
                .on(Verb.DELETE, base + "/ipset/{name}", request -> {
                    var firewall = where.apply(request);
                    if (set(request, firewall).size() > 1 && !request.flag("force")) {
                        throw new SimError("IPSet '%s' is not empty".formatted(request.text("name")));
                    }
                    firewall.sets.remove(request.text("name"));
                    return Json.Null.NULL;
                })
                .on(Verb.GET, base + "/ipset/{name}", request -> entries(set(request, where.apply(request))))
                .on(Verb.POST, base + "/ipset/{name}", request -> addEntry(request, set(request, where.apply(request))))
                .on(Verb.GET, base + "/ipset/{name}/{cidr}", request -> {
                    var set = set(request, where.apply(request));
                    return entry(request.text("cidr"), requireEntry(request, set), set);
                })
                .on(Verb.PUT, base + "/ipset/{name}/{cidr}", request -> {
                    fill(requireEntry(request, set(request, where.apply(request))), request, "comment", "nomatch");
                    return Json.Null.NULL;
                })
                .on(Verb.DELETE, base + "/ipset/{name}/{cidr}", request -> {
                    set(request, where.apply(request)).remove(request.text("cidr"));
                    return Json.Null.NULL;
                })
                .on(Verb.GET, base + "/refs", request -> refs(request, where.apply(request), scope));
    }

    private static Json aliases(GuestFirewall firewall) {
        var digest = Digests.of(firewall.aliases.isEmpty() ? "" : firewall.aliases.toString());
        var rows = new ArrayList<Json>();
        firewall.aliases.forEach((name, alias) ->
                rows.add(alias(name, alias).put("digest", digest).json()));
        return new Json.Arr(rows);
    }

    private static Rows alias(String name, Map<String, String> alias) {
        var cidr = alias.get("cidr");
        return Rows.of("name", name, "cidr", cidr, "ipversion", cidr.contains(":") ? 6 : 4)
                .putText("comment", alias.getOrDefault("comment", ""));
    }

    private static SequencedMap<String, String> requireAlias(Request request, GuestFirewall firewall) {
        var alias = firewall.aliases.get(request.text("name"));
        if (alias == null) {
            throw SimError.invalid("name", "no such alias");
        }
        return alias;
    }

    private static Json addAlias(Request request, GuestFirewall firewall) {
        var alias = new LinkedHashMap<String, String>();
        fill(alias, request, "cidr", "comment");
        if (firewall.aliases.putIfAbsent(request.text("name"), alias) != null) {
            throw SimError.invalid("name", "alias '%s' already exists".formatted(request.text("name")));
        }
        return Json.Null.NULL;
    }

    private static Json changeAlias(Request request, GuestFirewall firewall) {
        requireAlias(request, firewall);
        var alias = new LinkedHashMap<String, String>();
        fill(alias, request, "cidr", "comment");
        firewall.aliases.remove(request.text("name"));
        firewall.aliases.put(request.text("rename", request.text("name")), alias);
        return Json.Null.NULL;
    }

    private static void fill(Map<String, String> into, Request request, String... names) {
        for (var name : names) {
            request.find(name).ifPresent(value -> into.put(name, value));
        }
    }

    private static Json sets(GuestFirewall firewall) {
        var digest =
                Digests.of(firewall.sets.isEmpty() ? "" : firewall.sets.keySet().toString());
        var rows = new ArrayList<Json>();
        firewall.sets.forEach((name, set) -> rows.add(Rows.of("name", name)
                .putText("comment", set.get("").getOrDefault("comment", ""))
                .put("digest", digest)
                .json()));
        return new Json.Arr(rows);
    }

    private static Json addSet(Request request, GuestFirewall firewall) {
        var name = request.text("name");
        if (request.has("rename")) {
            var set = firewall.sets.remove(request.text("rename"));
            if (set == null) {
                throw SimError.invalid("rename", "IPSet '%s' does not exist".formatted(request.text("rename")));
            }
            firewall.sets.put(name, set);
            return Json.Null.NULL;
        }
        var own = new LinkedHashMap<String, String>();
        fill(own, request, "comment");
        var set = new TreeMap<String, SequencedMap<String, String>>(Map.of("", own));
        if (firewall.sets.putIfAbsent(name, set) != null) {
            throw SimError.invalid("name", "IPSet '%s' already exists".formatted(name));
        }
        return Json.Null.NULL;
    }

    private static SequencedMap<String, SequencedMap<String, String>> set(Request request, GuestFirewall firewall) {
        var set = firewall.sets.get(request.text("name"));
        if (set == null) {
            throw new SimError("no such IPSet '%s'".formatted(request.text("name")));
        }
        return set;
    }

    private static Json entries(SequencedMap<String, SequencedMap<String, String>> set) {
        var rows = new ArrayList<Json>();
        set.forEach((cidr, entry) -> {
            if (!cidr.isEmpty()) {
                rows.add(entry(cidr, entry, set));
            }
        });
        return new Json.Arr(rows);
    }

    private static Json entry(String cidr, Map<String, String> entry, Map<?, ?> set) {
        return Rows.of("cidr", cidr)
                .putText("comment", entry.getOrDefault("comment", ""))
                .putIf(entry.getOrDefault("nomatch", "0").equals("1"), "nomatch", 1)
                .put("digest", Digests.of(set.toString()))
                .json();
    }

    private static Json addEntry(Request request, SequencedMap<String, SequencedMap<String, String>> set) {
        var cidr = request.text("cidr");
        var entry = new LinkedHashMap<String, String>();
        fill(entry, request, "comment", "nomatch");
        if (set.putIfAbsent(cidr, entry) != null) {
            throw SimError.invalid("cidr", "address '%s' already exists".formatted(cidr));
        }
        return Json.Null.NULL;
    }

    private static SequencedMap<String, String> requireEntry(
            Request request, SequencedMap<String, SequencedMap<String, String>> set) {
        var entry = set.get(request.text("cidr"));
        if (entry == null) {
            throw SimError.invalid("cidr", "no such IP/Network");
        }
        return entry;
    }

    private static Json refs(Request request, GuestFirewall firewall, String scope) {
        var rows = new ArrayList<Json>();
        var wanted = request.text("type", "");
        if (!scope.equals("dc")) {
            addRefs(rows, request.cluster().firewall, "dc", wanted);
        }
        addRefs(rows, firewall, scope, wanted);
        return new Json.Arr(rows);
    }

    private static void addRefs(List<Json> rows, GuestFirewall firewall, String scope, String wanted) {
        if (!wanted.equals("alias")) {
            firewall.sets
                    .keySet()
                    .forEach(name ->
                            rows.add(Json.obj("name", name, "ref", "+" + name, "scope", scope, "type", "ipset")));
        }
        if (!wanted.equals("ipset")) {
            firewall.aliases
                    .keySet()
                    .forEach(name -> rows.add(Json.obj("name", name, "ref", name, "scope", scope, "type", "alias")));
        }
    }

    // ---- security groups ----

    private static GuestFirewall group(Request request) {
        var group = request.cluster().firewallGroups.get(request.text("group"));
        if (group == null) {
            throw new SimError("no such security group '%s'".formatted(request.text("group")));
        }
        return group;
    }

    private static Json groups(Request request) {
        var groups = request.cluster().firewallGroups;
        var digest = Digests.of(groups.keySet().toString());
        var rows = new ArrayList<Json>();
        groups.forEach((name, group) -> rows.add(Rows.of("group", name)
                .putText("comment", group.options.getOrDefault("comment", ""))
                .put("digest", digest)
                .json()));
        return new Json.Arr(rows);
    }

    private static Json addGroup(Request request) {
        var groups = request.cluster().firewallGroups;
        var name = request.text("group");
        if (request.has("rename")) {
            var group = groups.remove(request.text("rename"));
            if (group == null) {
                throw new SimError("Security group '%s' does not exist".formatted(request.text("rename")));
            }
            fill(group.options, request, "comment");
            groups.put(name, group);
            return Json.Null.NULL;
        }
        var group = new GuestFirewall();
        fill(group.options, request, "comment");
        if (groups.putIfAbsent(name, group) != null) {
            throw SimError.invalid("group", "Security group '%s' already exists".formatted(name));
        }
        return Json.Null.NULL;
    }

    private static Json removeGroup(Request request) {
        if (!group(request).rules.isEmpty()) {
            throw new SimError("Security group '%s' is not empty".formatted(request.text("group")));
        }
        request.cluster().firewallGroups.remove(request.text("group"));
        return Json.Null.NULL;
    }
}
