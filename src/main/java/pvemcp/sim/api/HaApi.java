package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Ha;
import pvemcp.sim.world.HaResource;

/// `/cluster/ha`: which guests are looked after, by which rules or groups (PVE::API2::HA::Resources, Rules and
/// Groups). What comes of it is up to [HaManager].
final class HaApi {
    private static final String RESOURCES = "/cluster/ha/resources";
    private static final String RULES = "/cluster/ha/rules";
    private static final String GROUPS = "/cluster/ha/groups";
    private static final Set<String> NUMBERS =
            Set.of("max_restart", "max_relocate", "failback", "strict", "disable", "restricted", "nofailback", "order");
    private static final List<String> OPTIONS =
            List.of("state", "comment", "max_restart", "max_relocate", "failback", "group");

    private HaApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, RESOURCES, HaApi::resources)
                .on(Verb.POST, RESOURCES, HaApi::create)
                .on(Verb.GET, RESOURCES + "/{sid}", request -> row(request, resource(request)))
                .on(Verb.PUT, RESOURCES + "/{sid}", HaApi::update)
                .on(Verb.DELETE, RESOURCES + "/{sid}", HaApi::delete)
                .on(Verb.POST, RESOURCES + "/{sid}/migrate", request -> move(request, "migrate"))
                .on(Verb.POST, RESOURCES + "/{sid}/relocate", request -> move(request, "relocate"))
                .on(Verb.GET, RULES, HaApi::rules)
                .on(Verb.POST, RULES, HaApi::createRule)
                .on(Verb.GET, RULES + "/{rule}", request -> ruleRow(request, rule(request)))
                .on(Verb.PUT, RULES + "/{rule}", HaApi::updateRule)
                .on(Verb.DELETE, RULES + "/{rule}", HaApi::deleteRule)
                .on(Verb.GET, GROUPS, HaApi::groups)
                .on(Verb.POST, GROUPS, HaApi::createGroup)
                .on(Verb.GET, GROUPS + "/{group}", HaApi::readGroup)
                .on(Verb.PUT, GROUPS + "/{group}", HaApi::updateGroup)
                .on(Verb.DELETE, GROUPS + "/{group}", HaApi::deleteGroup);
    }

    private static Ha ha(Request request) {
        return request.cluster().ha;
    }

    private static Rows typed(Rows row, SequencedMap<String, String> options) {
        options.forEach((key, value) -> row.put(key, NUMBERS.contains(key) ? Json.num(Long.parseLong(value)) : value));
        return row;
    }

    // ---- resources ----

    private static Json resources(Request request) {
        var type = request.find("type");
        return Json.of(ha(request).resources.values().stream()
                .filter(resource ->
                        type.map(resource.sid().substring(0, 2)::equals).orElse(true))
                .map(resource -> row(request, resource))
                .toList());
    }

    private static String digest(Request request) {
        var text = new StringBuilder();
        ha(request).resources.forEach((sid, resource) -> text.append(sid).append(resource.options));
        return Digests.of(text.toString());
    }

    private static Json row(Request request, HaResource resource) {
        var sid = resource.sid();
        return typed(Rows.of("sid", sid, "type", sid.substring(0, 2), "state", resource.requested()), resource.options)
                .put("digest", digest(request))
                .json();
    }

    /// `vm:100`, also where only `100` was said (PVE::HA::Config::parse_sid).
    private static String sid(Request request) {
        var text = request.text("sid");
        if (text.indexOf(':') >= 0) {
            return text;
        }
        var guest = request.cluster().guests.get(Integer.parseInt(text));
        return guest == null ? "vm:" + text : Ha.sid(guest);
    }

    private static HaResource resource(Request request) {
        var resource = ha(request).resources.get(sid(request));
        if (resource == null) {
            throw new SimError("no such resource '%s'".formatted(sid(request)));
        }
        return resource;
    }

    private static Json create(Request request) {
        var sid = sid(request);
        var guest = request.cluster().guests.get(Integer.parseInt(sid.substring(3)));
        if (guest == null) {
            throw new SimError("resource '%s' does not exist in cluster".formatted(sid));
        }
        if (!Ha.sid(guest).equals(sid)) {
            throw new SimError("resource '%s' - guest with ID %d is not a %s"
                    .formatted(sid, guest.vmid(), sid.startsWith("ct:") ? "container" : "VM"));
        }
        requireGroup(request);
        if (ha(request).resources.containsKey(sid)) {
            throw new SimError("create resource failed: resource ID '%s' already defined".formatted(sid));
        }
        var resource = new HaResource(sid);
        resource.crmState = "";
        set(request, resource.options, OPTIONS);
        ha(request).resources.put(sid, resource);
        HaManager.wake(request);
        return Json.Null.NULL;
    }

    private static void requireGroup(Request request) {
        if (!request.has("group")) {
            return;
        }
        var groups = ha(request)
                .groups
                .orElseThrow(() -> new SimError("invalid parameter 'group': ha groups have been migrated to rules"));
        if (!groups.containsKey(request.text("group"))) {
            throw new SimError("HA group '%s' does not exist".formatted(request.text("group")));
        }
    }

    private static void set(Request request, SequencedMap<String, String> options, List<String> known) {
        known.forEach(name -> request.find(name).ifPresent(value -> options.put(name, value)));
        request.list("delete").forEach(options::remove);
    }

    private static Json update(Request request) {
        var resource = resource(request);
        requireGroup(request);
        Digests.assertUnchanged(request, digest(request), "update resources config failed: ");
        request.find("state").ifPresent(state -> HaManager.requireSound(resource, state));
        set(request, resource.options, OPTIONS);
        HaManager.wake(request);
        return Json.Null.NULL;
    }

    private static Json delete(Request request) {
        var sid = sid(request);
        if (!ha(request).resources.containsKey(sid)) {
            throw new SimError("cannot delete service '%s', not HA managed!".formatted(sid));
        }
        if (request.arguments().flag("purge").orElse(true)) {
            ha(request).forget(sid);
        } else {
            ha(request).resources.remove(sid);
        }
        return Json.Null.NULL;
    }

    /// PVE looks neither at the node nor at the guest before it hands the wish to the manager.
    private static Json move(Request request, String how) {
        var resource = resource(request);
        HaManager.requireSound(resource, "");
        HaManager.move(request, resource, request.text("node"), how);
        return Json.obj("sid", resource.sid(), "requested-node", request.text("node"));
    }

    // ---- rules ----

    private static Json rules(Request request) {
        var type = request.find("type");
        var sid = request.find("resource");
        var rows = new ArrayList<Json>();
        ha(request).rules.forEach((name, rule) -> {
            boolean fits = type.map(rule.get("type")::equals).orElse(true)
                    && sid.map(wanted -> Request.split(rule.get("resources")).contains(wanted))
                            .orElse(true);
            if (fits) {
                rows.add(ruleRow(request, name));
            }
        });
        return new Json.Arr(rows);
    }

    private static Json ruleRow(Request request, String name) {
        var rules = ha(request).rules;
        int order = List.copyOf(rules.sequencedKeySet()).indexOf(name) + 1;
        return typed(Rows.of("rule", name, "order", order), rules.get(name))
                .put("digest", Digests.of(rules.toString()))
                .json();
    }

    private static String rule(Request request) {
        var name = request.text("rule");
        if (!ha(request).rules.containsKey(name)) {
            throw new SimError("no such ha rule '%s'".formatted(name));
        }
        return name;
    }

    private static SequencedMap<String, String> ruleOptions(Request request, SequencedMap<String, String> before) {
        var options = new LinkedHashMap<>(before);
        options.putAll(request.others(Set.of("rule", "digest", "delete")));
        request.list("delete").forEach(options::remove);
        return options;
    }

    private static void requireKnown(Request request, SequencedMap<String, String> options) {
        var strangers = Request.split(options.getOrDefault("resources", "")).stream()
                .filter(sid -> !ha(request).resources.containsKey(sid))
                .sorted()
                .toList();
        if (!strangers.isEmpty()) {
            throw new SimError("cannot use unmanaged resource(s) %s.".formatted(String.join(", ", strangers)));
        }
        var missing = Request.split(options.getOrDefault("nodes", "")).stream()
                .map(node -> node.split(":", 2)[0])
                .filter(node -> !request.cluster().nodes.containsKey(node))
                .sorted()
                .toList();
        if (!missing.isEmpty()) {
            throw new SimError("cannot use non-existant node(s) %s.".formatted(String.join(", ", missing)));
        }
    }

    // PVE::HA::Rules::ResourceAffinity
    private static void requireEffect(String action, String name, SequencedMap<String, String> options) {
        boolean alone = Request.split(options.getOrDefault("resources", "")).size() < 2;
        if (options.get("type").equals("resource-affinity") && alone) {
            throw new SimError(("%s failed: 400 Rule '%s' is invalid.\n"
                            + "resources: rule is ineffective as there are less than two resources")
                    .formatted(action, name));
        }
    }

    private static Json createRule(Request request) {
        var name = request.text("rule");
        var options = ruleOptions(request, new TreeMap<>());
        requireKnown(request, options);
        if (ha(request).rules.containsKey(name)) {
            throw new SimError("create ha rule failed: HA rule '%s' already defined".formatted(name));
        }
        requireEffect("create ha rule", name, options);
        ha(request).rules.put(name, options);
        return Json.Null.NULL;
    }

    private static Json updateRule(Request request) {
        var name = request.text("rule");
        var before = ha(request).rules.get(name);
        if (before == null) {
            throw new SimError("update HA rules failed: HA rule '%s' does not exist".formatted(name));
        }
        Digests.assertUnchanged(request, Digests.of(ha(request).rules.toString()), "update HA rules failed: ");
        var options = ruleOptions(request, before);
        requireKnown(request, options);
        requireEffect("update HA rules", name, options);
        ha(request).rules.put(name, options);
        return Json.Null.NULL;
    }

    /// No matter whether there is one.
    private static Json deleteRule(Request request) {
        ha(request).rules.remove(request.text("rule"));
        return Json.Null.NULL;
    }

    // ---- groups ----

    private static SequencedMap<String, SequencedMap<String, String>> groups(Request request, String doing) {
        return ha(request)
                .groups
                .orElseThrow(() -> new SimError("cannot %s: ha groups have been migrated to rules".formatted(doing)));
    }

    private static Json groups(Request request) {
        var rows = new ArrayList<Json>();
        groups(request, "index groups").forEach((name, group) -> rows.add(groupRow(request, name, group)));
        return new Json.Arr(rows);
    }

    private static Json groupRow(Request request, String name, SequencedMap<String, String> group) {
        return typed(Rows.of("group", name, "type", "group"), group)
                .put("digest", Digests.of(ha(request).groups.toString()))
                .json();
    }

    private static SequencedMap<String, String> group(Request request, String doing) {
        var group = groups(request, doing).get(request.text("group"));
        if (group == null) {
            throw new SimError("no such ha group '%s'".formatted(request.text("group")));
        }
        return group;
    }

    private static Json readGroup(Request request) {
        return groupRow(request, request.text("group"), group(request, "read group"));
    }

    private static Json createGroup(Request request) {
        var groups = groups(request, "create group");
        var name = request.text("group");
        if (groups.containsKey(name)) {
            throw new SimError("create ha group failed: ha group ID '%s' already defined".formatted(name));
        }
        var group = new TreeMap<String, String>();
        set(request, group, List.of("nodes", "comment", "restricted", "nofailback"));
        groups.put(name, group);
        return Json.Null.NULL;
    }

    private static Json updateGroup(Request request) {
        set(request, group(request, "update group"), List.of("nodes", "comment", "restricted", "nofailback"));
        return Json.Null.NULL;
    }

    private static Json deleteGroup(Request request) {
        var name = request.text("group");
        group(request, "delete group");
        ha(request).resources.values().stream()
                .filter(resource -> name.equals(resource.options.get("group")))
                .findFirst()
                .ifPresent(resource -> {
                    throw new SimError(
                            "delete group failed: ha group is used by resource '%s'".formatted(resource.sid()));
                });
        groups(request, "delete group").remove(name);
        return Json.Null.NULL;
    }
}
