package pvemcp.sim.api;

import static pvemcp.sim.world.Sdn.Part.CONTROLLERS;
import static pvemcp.sim.world.Sdn.Part.DNS;
import static pvemcp.sim.world.Sdn.Part.IPAMS;
import static pvemcp.sim.world.Sdn.Part.SUBNETS;
import static pvemcp.sim.world.Sdn.Part.VNETS;
import static pvemcp.sim.world.Sdn.Part.ZONES;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Step;
import pvemcp.sim.world.Access;
import pvemcp.sim.world.Sdn;
import pvemcp.sim.world.Sdn.Part;

/// `/cluster/sdn`: definitions that wait until they are applied (PVE::API2::Network::SDN and below).
final class SdnApi {
    private static final String SDN = "/cluster/sdn";
    private static final Set<String> NOT_SETTINGS = Set.of("lock-token", "delete", "digest", "type");

    // What each type of zone cannot be without (PVE::Network::SDN::Zones::*Plugin::options).
    private static final Map<String, List<String>> REQUIRED = Map.of(
            "vlan", List.of("bridge"),
            "qinq", List.of("bridge", "tag"),
            "evpn", List.of("controller", "vrf-vxlan"),
            "faucet", List.of("bridge", "dp-id"));

    private SdnApi() {}

    static void add(Routes routes) {
        objects(routes, ZONES, "zones", "zone");
        objects(routes, CONTROLLERS, "controllers", "controller");
        objects(routes, IPAMS, "ipams", "ipam");
        objects(routes, DNS, "dns", "dns");
        objects(routes, VNETS, "vnets", "vnet");
        SdnSubnets.add(routes);
        SdnFabrics.add(routes);
        SdnNodes.add(routes);
        routes.on(Verb.GET, SDN, _ -> index())
                .on(Verb.PUT, SDN, SdnApi::apply)
                .on(Verb.POST, SDN + "/rollback", SdnApi::rollback)
                .on(Verb.POST, SDN + "/lock", SdnApi::lock)
                .on(Verb.DELETE, SDN + "/lock", SdnApi::unlock);
    }

    private static Json index() {
        return Json.of(List.of("vnets", "zones", "controllers", "ipams", "dns", "fabrics").stream()
                .map(id -> Json.obj("id", id))
                .toList());
    }

    /// The five operations that all parts have alike.
    private static void objects(Routes routes, Part part, String plural, String noun) {
        var list = SDN + "/" + plural;
        var one = list + "/{" + noun + "}";
        routes.on(Verb.GET, list, request -> list(request, part, noun))
                .on(Verb.POST, list, request -> create(request, part, noun))
                .on(Verb.GET, one, request -> {
                    var id = request.text(noun);
                    return row(request, part, noun, id, require(request, part, noun, id));
                })
                .on(Verb.PUT, one, request -> update(request, part, noun))
                .on(Verb.DELETE, one, request -> delete(request, part, noun));
    }

    private static Json list(Request request, Part part, String noun) {
        var sdn = request.cluster().sdn;
        var rows = new ArrayList<Json>();
        if (request.flag("pending")) {
            var ids = new TreeSet<>(sdn.running(part).keySet());
            ids.addAll(sdn.objects(part).keySet());
            ids.forEach(id -> rows.add(pending(sdn, part, noun, id)));
        } else if (request.flag("running")) {
            sdn.running(part)
                    .forEach((id, settings) -> rows.add(settings.with(noun, id).with("digest", Json.Null.NULL)));
        } else {
            sdn.objects(part).forEach((id, settings) -> rows.add(row(request, part, noun, id, settings)));
        }
        var wanted = request.text("type", "");
        rows.removeIf(row ->
                !wanted.isEmpty() && !((Json.Obj) row).text("type").orElse("").equals(wanted));
        return new Json.Arr(rows);
    }

    private static Json row(Request request, Part part, String noun, String id, Json.Obj settings) {
        if (request.flag("pending")) {
            return pending(request.cluster().sdn, part, noun, id);
        }
        return settings.with(noun, id).with("digest", digest(request.cluster().sdn, part));
    }

    static String digest(Sdn sdn, Part part) {
        // The built-in IPAM is not in the file.
        var file = new LinkedHashMap<>(sdn.objects(part));
        file.remove(part == IPAMS ? "pve" : "");
        return Digests.of(file.isEmpty() ? "" : file.toString());
    }

    /// What runs, with what waits beside it (PVE::Network::SDN::pending_config).
    static Json.Obj pending(Sdn sdn, Part part, String noun, String id) {
        var runs = sdn.running(part).get(id);
        var wanted = sdn.objects(part).get(id);
        var type = (wanted == null ? runs : wanted).get("type").orElse(Json.Null.NULL);
        if (wanted == null) {
            return head(runs, noun, id, type).with("state", "deleted").with("pending", Json.Obj.EMPTY);
        }
        if (runs == null) {
            return head(Json.Obj.EMPTY, noun, id, type).with("state", "new").with("pending", wanted.without("type"));
        }
        var changes = new LinkedHashMap<String, Json>();
        wanted.members().forEach((key, value) -> {
            if (!runs.get(key).equals(Optional.of(value))) {
                changes.put(key, value);
            }
        });
        runs.members().keySet().stream()
                .filter(key -> !wanted.has(key))
                .forEach(key -> changes.put(key, Json.str("deleted")));
        var row = head(runs, noun, id, type);
        return changes.isEmpty() ? row : row.with("state", "changed").with("pending", new Json.Obj(changes));
    }

    private static Json.Obj head(Json.Obj settings, String noun, String id, Json type) {
        return settings.with(noun, id).with("type", type).with("digest", Json.Null.NULL);
    }

    /// An object as it is written down.
    static Json.Obj require(Request request, Part part, String noun, String id) {
        var found = request.cluster().sdn.objects(part).get(id);
        if (found == null) {
            throw new SimError(
                    part == ZONES
                            ? "sdn '%s' does not exist".formatted(id)
                            : "sdn %s '%s' does not exist".formatted(noun, id));
        }
        return found;
    }

    private static Json create(Request request, Part part, String noun) {
        var id = request.text(noun);
        var settings = settings(request, noun).with("type", request.text("type", noun));
        requireComplete(part, settings);
        return locked(request, "create sdn %s object failed".formatted(noun), () -> {
            var objects = request.cluster().sdn.objects(part);
            if (objects.containsKey(id)) {
                throw new SimError("sdn %s object ID '%s' already defined".formatted(noun, id));
            }
            requireSound(request, part, settings);
            objects.put(id, settings);
        });
    }

    private static Json update(Request request, Part part, String noun) {
        var id = request.text(noun);
        return locked(request, "update sdn %s object failed".formatted(noun), () -> {
            var sdn = request.cluster().sdn;
            Digests.assertUnchanged(request, digest(sdn, part), "");
            var settings = changed(request, require(request, part, noun, id), noun);
            requireComplete(part, settings);
            requireSound(request, part, settings);
            sdn.objects(part).put(id, settings);
        });
    }

    private static Json delete(Request request, Part part, String noun) {
        var id = request.text(noun);
        require(request, part, noun, id);
        return locked(request, "delete sdn %s object failed".formatted(noun), () -> {
            var sdn = request.cluster().sdn;
            if (part == ZONES) {
                sdn.objects(VNETS).forEach((vnet, settings) -> {
                    if (settings.text("zone").orElse("").equals(id)) {
                        throw new SimError(("zone %s is used by vnet %s at "
                                        + "/usr/share/perl5/PVE/Network/SDN/Zones/Plugin.pm line 149.")
                                .formatted(id, vnet));
                    }
                });
            }
            boolean subnets = part == VNETS
                    && sdn.objects(SUBNETS).values().stream()
                            .anyMatch(subnet -> subnet.text("vnet").orElse("").equals(id));
            if (subnets) {
                throw inner("vnet", "Can't delete vnet if subnets exists");
            }
            sdn.objects(part).remove(id);
        });
    }

    /// A problem with a parameter that PVE finds too late for a 400.
    static SimError inner(String parameter, String problem) {
        return new SimError("400 Parameter verification failed.\n%s: %s".formatted(parameter, problem));
    }

    /// Runs under the lock of the whole configuration; what goes wrong there is said after a prefix.
    static Json locked(Request request, String problem, Runnable change) {
        try {
            request.cluster().sdn.requireLock(request.text("lock-token", ""));
            change.run();
        } catch (SimError refused) {
            throw refused.getMessage().endsWith(" does not exist")
                    ? refused
                    : new SimError(problem + ": " + refused.getMessage());
        }
        return Json.Null.NULL;
    }

    static Json.Obj settings(Request request, String... ids) {
        var settings = new LinkedHashMap<String, Json>();
        request.arguments().members().forEach((name, value) -> {
            if (!NOT_SETTINGS.contains(name) && !List.of(ids).contains(name)) {
                settings.put(name, isFlag(request, name) ? Json.num(request.flag(name) ? 1 : 0) : value);
            }
        });
        return new Json.Obj(settings);
    }

    private static boolean isFlag(Request request, String name) {
        return request.operation()
                .parameters()
                .object(name)
                .flatMap(parameter -> parameter.text("type"))
                .filter("boolean"::equals)
                .isPresent();
    }

    static Json.Obj changed(Request request, Json.Obj present, String... ids) {
        var settings = present;
        for (var name : request.list("delete")) {
            settings = settings.without(name);
        }
        return settings.with(settings(request, ids));
    }

    private static void requireComplete(Part part, Json.Obj settings) {
        if (part == ZONES) {
            for (var name : REQUIRED.getOrDefault(settings.text("type").orElse(""), List.of())) {
                if (!settings.has(name)) {
                    throw new SimError("missing value for required option '%s'".formatted(name));
                }
            }
        }
    }

    private static void requireSound(Request request, Part part, Json.Obj settings) {
        if (part == VNETS) {
            var zone = request.cluster()
                    .sdn
                    .objects(ZONES)
                    .get(settings.text("zone").orElse(""));
            if (zone == null) {
                throw new SimError("cannot lookup undefined type! at "
                        + "/usr/share/perl5/PVE/API2/Network/SDN/Vnets.pm line 326.");
            }
            boolean tagged = !zone.text("type").orElse("").equals("simple");
            if (tagged && !settings.has("tag")) {
                throw inner("tag", "missing vlan tag");
            }
        }
        if (part == DNS) {
            // No simulated host reaches a name server.
            throw new SimError(
                    "dns api error: Invalid response from server: 500 Can't connect to %s (Connection refused)"
                            .formatted(settings.text("url")
                                    .orElse("")
                                    .replaceFirst("^https?://", "")
                                    .replaceFirst("/.*", "")));
        }
    }

    /// Every online node is told to reload; the task does not wait for how that ends (PVE::API2::Network::SDN).
    private static Json apply(Request request) {
        var cluster = request.cluster();
        var sdn = cluster.sdn;
        sdn.requireLock(request.text("lock-token", ""));
        sdn.commit();
        if (request.arguments().flag("release-lock").orElse(true)) {
            sdn.unlock();
        }
        var steps = new ArrayList<Step>();
        for (var node : cluster.nodes.values()) {
            steps.add(Step.say(Duration.ofMillis(500), node.name() + ": reloading network config"));
            steps.add(Step.act(work -> {
                if (node.online) {
                    request.tasks()
                            .start(
                                    node.name(),
                                    "srvreload",
                                    "networking",
                                    Access.ROOT, // by pvesh, in root's name
                                    List.of(Step.act(Duration.ofSeconds(3), _ -> reload(sdn, node.name()))));
                } else {
                    work.say("command 'pvesh set /nodes/%s/network' failed: exit code 255".formatted(node.name()));
                }
            }));
        }
        return Json.str(request.tasks().start(request.localNode(), "reloadnetworkall", "", request.authId(), steps));
    }

    private static void reload(Sdn sdn, String node) {
        if (sdn.stuck.contains(node)) {
            throw new SimError("command 'ifreload -a' failed: exit code 1");
        }
        sdn.load(node);
    }

    private static Json rollback(Request request) {
        var sdn = request.cluster().sdn;
        sdn.requireLock(request.text("lock-token", ""));
        sdn.rollback();
        if (request.arguments().flag("release-lock").orElse(true)) {
            sdn.unlock();
        }
        return Json.Null.NULL;
    }

    private static Json lock(Request request) {
        var token = request.cluster().freshUuid();
        locked(
                request,
                "could not acquire lock for SDN config",
                () -> request.cluster().sdn.lock(token, request.flag("allow-pending")));
        return Json.str(token);
    }

    private static Json unlock(Request request) {
        var sdn = request.cluster().sdn;
        if (request.flag("force")) {
            sdn.unlock();
            return Json.Null.NULL;
        }
        return locked(request, "could not release lock", sdn::unlock);
    }
}
