package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Notifications;
import pvemcp.sim.world.Notifications.Part;
import pvemcp.text.Word;

/// `/cluster/notifications`: targets, and the matchers that choose among them (PVE::API2::Cluster::Notifications).
final class NotificationsApi {
    private static final String BASE = "/cluster/notifications";
    private static final Set<String> NOT_SETTINGS = Set.of("name", "delete", "digest");
    // Kept apart by PVE and never given out.
    private static final List<String> SECRETS = List.of("token", "password");
    private static final List<String> TYPES =
            List.of("package-updates", "fencing", "replication", "vzdump", "system-mail");

    private NotificationsApi() {}

    static void add(Routes routes) {
        for (var part : Part.values()) {
            var list = part.isEndpoint() ? BASE + "/endpoints/" + Word.of(part) : BASE + "/matchers";
            routes.on(Verb.GET, list, request -> list(request, part))
                    .on(Verb.POST, list, request -> create(request, part))
                    .on(Verb.GET, list + "/{name}", request -> read(request, part))
                    .on(Verb.PUT, list + "/{name}", request -> update(request, part))
                    .on(Verb.DELETE, list + "/{name}", request -> delete(request, part));
        }
        routes.on(Verb.GET, BASE + "/targets", NotificationsApi::targets)
                .on(Verb.POST, BASE + "/targets/{name}/test", NotificationsApi::test)
                .on(Verb.GET, BASE + "/matcher-fields", _ -> fields())
                .on(Verb.GET, BASE + "/matcher-field-values", NotificationsApi::values);
    }

    private static Notifications of(Request request) {
        return request.cluster().notifications;
    }

    private static Json list(Request request, Part part) {
        var rows = new ArrayList<Json>();
        of(request).entries(part).forEach((name, entry) -> rows.add(open(entry).with("name", name)));
        return new Json.Arr(rows);
    }

    private static Json.Obj open(Json.Obj entry) {
        var shown = entry;
        for (var secret : SECRETS) {
            shown = shown.without(secret);
        }
        if (shown.has("secret")) {
            var names = new ArrayList<Json>();
            for (var item : shown.array("secret").orElse(Json.Arr.EMPTY).items()) {
                names.add(Json.str(item.scalarText().orElse("").replaceFirst(",value=.*", "")));
            }
            shown = shown.with("secret", new Json.Arr(names));
        }
        return shown;
    }

    private static Json read(Request request, Part part) {
        var name = request.text("name");
        var entry = of(request).require(part, name);
        return open(entry).with("name", name).with("digest", digest(request));
    }

    private static String digest(Request request) {
        var file = new StringBuilder();
        for (var part : Part.values()) {
            of(request).entries(part).forEach((name, entry) -> file.append(name).append(entry.write()));
        }
        return (Digests.of(file.toString()) + Digests.of("")).substring(0, 64);
    }

    private static Json create(Request request, Part part) {
        var all = of(request);
        var name = request.text("name");
        boolean taken = part.isEndpoint()
                ? all.kindOf(name).isPresent()
                : all.entries(part).containsKey(name);
        if (taken) {
            throw refused("Cannot create '%s', an entity with the same name already exists".formatted(name));
        }
        var entry = changed(request, Json.Obj.EMPTY).with("origin", "user-created");
        requireTargets(request, entry);
        all.entries(part).put(name, entry);
        return Json.Null.NULL;
    }

    private static Json update(Request request, Part part) {
        var all = of(request);
        var name = request.text("name");
        var present = all.require(part, name);
        Digests.assertUnchanged(request, digest(request), "");
        var entry = changed(request, present);
        if (present.text("origin").orElse("").equals("builtin")) {
            entry = entry.with("origin", "modified-builtin");
        }
        requireTargets(request, entry);
        all.entries(part).put(name, entry);
        return Json.Null.NULL;
    }

    private static Json.Obj changed(Request request, Json.Obj present) {
        var members = new LinkedHashMap<>(present.members());
        request.list("delete").forEach(members::remove);
        request.arguments().members().forEach((name, value) -> {
            if (!NOT_SETTINGS.contains(name)) {
                members.put(name, value);
            }
        });
        return new Json.Obj(members);
    }

    private static void requireTargets(Request request, Json.Obj matcher) {
        for (var target : matcher.array("target").orElse(Json.Arr.EMPTY).items()) {
            var name = target.scalarText().orElse("");
            if (of(request).kindOf(name).isEmpty()) {
                throw new SimError(404, "not found: '%s'".formatted(name), Map.of());
            }
        }
    }

    /// The two that come with PVE come back instead of going.
    private static Json delete(Request request, Part part) {
        var all = of(request);
        var name = request.text("name");
        all.require(part, name);
        if (all.reset(name)) {
            return Json.Null.NULL;
        }
        var users = part.isEndpoint() ? all.matchersTo(name) : List.<String>of();
        if (!users.isEmpty()) {
            throw refused("cannot delete '%s', referenced by: %s".formatted(name, String.join(", ", users)));
        }
        all.entries(part).remove(name);
        return Json.Null.NULL;
    }

    private static SimError refused(String why) {
        return new SimError(400, why, Map.of());
    }

    private static Json targets(Request request) {
        var rows = new ArrayList<Json>();
        for (var part : Part.values()) {
            if (part.isEndpoint()) {
                of(request)
                        .entries(part)
                        .forEach((name, entry) -> rows.add(Rows.of(
                                        "name", name,
                                        "type", Word.of(part),
                                        "origin", entry.text("origin").orElse(""))
                                .putIf("comment", entry.text("comment"))
                                .putIf("disable", entry.get("disable"))
                                .json()));
            }
        }
        return new Json.Arr(rows);
    }

    private static Json test(Request request) {
        var name = request.text("name");
        var all = of(request);
        if (all.kindOf(name).isEmpty()) {
            throw new SimError(404, "target '%s' not found".formatted(name), Map.of());
        }
        if (all.unreachable.contains(name)) {
            throw new SimError("could not notify via target '%s': Connection refused (os error 111)".formatted(name));
        }
        all.sent.add(name);
        return Json.Null.NULL;
    }

    private static Json fields() {
        return Json.arr(Json.obj("name", "type"), Json.obj("name", "hostname"), Json.obj("name", "job-id"));
    }

    private static Json values(Request request) {
        var rows = new ArrayList<Json>();
        TYPES.forEach(type -> rows.add(Json.obj("field", "type", "value", type)));
        request.cluster().nodes.keySet().forEach(node -> rows.add(Json.obj("field", "hostname", "value", node)));
        request.cluster().backupJobs.keySet().forEach(job -> rows.add(Json.obj("field", "job-id", "value", job)));
        return new Json.Arr(rows);
    }
}
