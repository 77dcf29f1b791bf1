package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;

/// `/cluster/status`, `nextid`, `options` and `log` (PVE::API2::Cluster)
final class ClusterApi {
    private static final int FIRST_ID = 100;
    private static final int LAST_ID = 1_000_000;
    private static final int LOG_LINES = 50;
    /// Options that are kept as `key=value,…` and shown as objects (PVE::DataCenterConfig).
    private static final Set<String> STRUCTURED = Set.of(
            "bwlimit",
            "crs",
            "ha",
            "migration",
            "next-id",
            "notify",
            "replication",
            "tag-style",
            "u2f",
            "user-tag-access",
            "webauthn");

    private ClusterApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/cluster/status", ClusterApi::status)
                .on(Verb.GET, "/cluster/nextid", ClusterApi::nextId)
                .on(Verb.GET, "/cluster/options", ClusterApi::options)
                .on(Verb.PUT, "/cluster/options", ClusterApi::updateOptions)
                .on(Verb.GET, "/cluster/log", ClusterApi::log);
    }

    /// A host that was never joined has no row for the cluster and the id 0.
    private static Json status(Request request) {
        var cluster = request.cluster();
        boolean joined = !cluster.name.isEmpty();
        var rows = new ArrayList<Json>();
        if (joined) {
            long online =
                    cluster.nodes.values().stream().filter(node -> node.online).count();
            rows.add(Json.obj(
                    "id",
                    "cluster",
                    "type",
                    "cluster",
                    "name",
                    cluster.name,
                    "version",
                    cluster.nodes.size() + 3,
                    "nodes",
                    cluster.nodes.size(),
                    "quorate",
                    online * 2 > cluster.nodes.size() ? 1 : 0));
        }
        for (var node : cluster.nodes.values()) {
            rows.add(Json.obj(
                    "id",
                    "node/" + node.name(),
                    "type",
                    "node",
                    "name",
                    node.name(),
                    "nodeid",
                    joined ? node.id() : 0,
                    "ip",
                    node.ip,
                    "level",
                    "",
                    "local",
                    node.name().equals(request.localNode()) ? 1 : 0,
                    "online",
                    node.online ? 1 : 0));
        }
        return new Json.Arr(rows);
    }

    private static Json nextId(Request request) {
        var guests = request.cluster().guests;
        var wanted = request.find("vmid");
        if (wanted.isPresent()) {
            if (guests.containsKey(Integer.parseInt(wanted.get()))) {
                throw SimError.invalid("vmid", "VM %s already exists".formatted(wanted.get()));
            }
            return Json.str(wanted.get());
        }
        var range = properties(request.cluster().options.text("next-id").orElse(""));
        int lower = Integer.parseInt(range.getOrDefault("lower", Integer.toString(FIRST_ID)));
        int upper = Integer.parseInt(range.getOrDefault("upper", Integer.toString(LAST_ID)));
        for (int id = lower; id < upper; id++) {
            if (!guests.containsKey(id)) {
                return Json.str(Integer.toString(id));
            }
        }
        throw new SimError("unable to get any free VMID in range [%d, %d]".formatted(lower, upper));
    }

    private static Map<String, String> properties(String text) {
        var properties = new LinkedHashMap<String, String>();
        for (var part : text.split(",")) {
            var pair = part.split("=", 2);
            if (pair.length == 2) {
                properties.put(pair[0], pair[1]);
            }
        }
        return properties;
    }

    private static Json options(Request request) {
        var kept = request.cluster().options;
        boolean auditor = request.may("/", "Sys.Audit");
        var shown = new LinkedHashMap<String, Json>();
        kept.members().forEach((name, value) -> {
            if (auditor || name.equals("console") || name.equals("tag-style")) {
                shown.put(name, shown(name, value.scalarText().orElse("")));
            }
        });
        if (auditor) {
            shown.putIfAbsent("mac_prefix", Json.str("BC:24:11"));
            shown.putIfAbsent("description", Json.str(""));
        }
        shown.put("allowed-tags", Json.strings(allowedTags(request)));
        return new Json.Obj(shown);
    }

    private static Json shown(String name, String value) {
        if (name.equals("description")) {
            return Json.str(value.endsWith("\n") ? value : value + "\n");
        }
        if (name.equals("registered-tags")) {
            return Json.strings(Request.split(value));
        }
        if (!STRUCTURED.contains(name)) {
            return Json.str(value);
        }
        var shown = new LinkedHashMap<String, Object>();
        properties(value)
                .forEach((key, part) -> shown.put(key, key.equals("user-allow-list") ? Request.split(part) : part));
        return Json.of(shown);
    }

    /// The tags that may be used without a right to invent new ones (PVE::GuestHelpers::get_allowed_tags).
    private static Set<String> allowedTags(Request request) {
        var options = request.cluster().options;
        var tags = new TreeSet<>(Request.split(options.text("registered-tags").orElse("")));
        var access = properties(options.text("user-tag-access").orElse(""));
        tags.addAll(Request.split(access.getOrDefault("user-allow-list", "")));
        boolean free = access.getOrDefault("user-allow", "free").equals("free");
        if (free || access.get("user-allow").equals("existing")) {
            request.cluster().guests.values().forEach(guest -> {
                if (request.may("/vms/" + guest.vmid(), "VM.Audit")) {
                    tags.addAll(Request.split(guest.config.getOrDefault("tags", "")));
                }
            });
        }
        return tags;
    }

    private static Json updateOptions(Request request) {
        var options = new LinkedHashMap<>(request.cluster().options.members());
        request.arguments().members().forEach((name, value) -> {
            if (!name.equals("delete")) {
                options.put(name, value);
            }
        });
        var range = properties(request.text("next-id", ""));
        int lower = Integer.parseInt(range.getOrDefault("lower", Integer.toString(FIRST_ID)));
        int upper = Integer.parseInt(range.getOrDefault("upper", Integer.toString(LAST_ID)));
        if (lower > upper) {
            throw new SimError("lower (%d) <= upper (%d) boundary rule broken".formatted(lower, upper));
        }
        request.list("delete").forEach(options::remove);
        request.cluster().options = new Json.Obj(options);
        return Json.Null.NULL;
    }

    /// What the tasks left in the cluster's log, newest first.
    private static Json log(Request request) {
        boolean auditor = request.may("/", "Sys.Syslog");
        record Line(long time, String node, long pid, String user, String text) {}
        var lines = new ArrayList<Line>();
        for (var task : request.tasks().all()) {
            if (!auditor && !task.user().split("!", 2)[0].equals(request.authId())) {
                continue;
            }
            lines.add(new Line(
                    task.started().getEpochSecond(),
                    task.node(),
                    task.pid(),
                    task.user(),
                    "starting task " + task.upid()));
            task.ended()
                    .ifPresent(end -> lines.add(new Line(
                            end.getEpochSecond(),
                            task.node(),
                            task.pid(),
                            task.user(),
                            "end task " + task.upid() + " " + task.exitStatus().orElse(""))));
        }
        lines.sort(Comparator.comparingLong(Line::time));
        List<Json> rows = new ArrayList<>();
        for (int i = lines.size() - 1; i >= 0 && rows.size() < request.whole("max", LOG_LINES); i--) {
            var line = lines.get(i);
            rows.add(Json.obj(
                    "uid", Integer.toString(i + 1),
                    "id", (i + 1) + ":" + line.node(),
                    "node", line.node(),
                    "pid", line.pid(),
                    "pri", 6,
                    "tag", "pvedaemon",
                    "time", line.time(),
                    "user", line.user(),
                    "msg", line.text()));
        }
        return new Json.Arr(rows);
    }
}
