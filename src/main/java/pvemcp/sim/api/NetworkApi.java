package pvemcp.sim.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Step;
import pvemcp.sim.world.HostSettings;
import pvemcp.sim.world.NetworkInterface;

/// `/nodes/{node}/network`: edits wait in a second file until they are applied or reverted (PVE::API2::Network)
final class NetworkApi {
    private static final Set<String> BRIDGES = Set.of("bridge", "OVSBridge");
    private static final Set<String> NOT_SETTINGS = Set.of("node", "iface", "delete");

    private NetworkApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/nodes/{node}/network", NetworkApi::list)
                .on(Verb.POST, "/nodes/{node}/network", NetworkApi::create)
                .on(Verb.PUT, "/nodes/{node}/network", NetworkApi::apply)
                .on(Verb.DELETE, "/nodes/{node}/network", NetworkApi::revert)
                .on(Verb.GET, "/nodes/{node}/network/{iface}", NetworkApi::read)
                .on(Verb.PUT, "/nodes/{node}/network/{iface}", NetworkApi::update)
                .on(Verb.DELETE, "/nodes/{node}/network/{iface}", NetworkApi::delete);
    }

    /// Bridges only for those who may use or audit them.
    private static Json list(Request request) {
        var host = request.node().host;
        var wanted = request.text("type", "");
        var rows = new ArrayList<Json>();
        host.plannedInterfaces().forEach((name, device) -> {
            boolean bridge = BRIDGES.contains(device.type());
            boolean typed = wanted.isEmpty()
                    || device.type().equals(wanted)
                    || (bridge && wanted.startsWith("any_"))
                    || wanted.equals("include_sdn");
            if (typed && (!bridge || request.mayAny("/sdn/zones/localnetwork/" + name, "SDN.Audit", "SDN.Use"))) {
                rows.add(row(device).with("iface", name));
            }
        });
        host.pendingInterfaces.ifPresent(
                pending -> request.beside("changes", Json.str(changes(host.interfaces, pending))));
        return new Json.Arr(rows);
    }

    private static Json.Obj row(NetworkInterface device) {
        var row = new Json.Obj(device.settings());
        return device.active() ? row.with("active", 1) : row;
    }

    /// The difference as PVE shows it.
    private static String changes(
            SequencedMap<String, NetworkInterface> present, SequencedMap<String, NetworkInterface> pending) {
        var before = HostSettings.file(present).lines().toList();
        var after = HostSettings.file(pending).lines().toList();
        return Diff.unified("/etc/network/interfaces", before, "/etc/network/interfaces.new", after);
    }

    private static NetworkInterface device(Request request) {
        return Optional.ofNullable(request.node().host.plannedInterfaces().get(request.text("iface")))
                .orElseThrow(() -> SimError.invalid("iface", "interface does not exist"));
    }

    private static Json read(Request request) {
        return row(device(request));
    }

    private static Json create(Request request) {
        var name = request.text("iface");
        if (request.node().host.plannedInterfaces().containsKey(name)) {
            throw SimError.invalid("iface", "interface already exists");
        }
        plan(request, name);
        return Json.Null.NULL;
    }

    private static Json update(Request request) {
        plan(request, device(request).name());
        return Json.Null.NULL;
    }

    private static void plan(Request request, String name) {
        var host = request.node().host;
        var settings = new LinkedHashMap<String, Json>();
        request.arguments().members().forEach((key, value) -> {
            if (!NOT_SETTINGS.contains(key)) {
                settings.put(key, key.equals("comments") ? Json.str(line(value)) : value);
            }
        });
        requireSound(request, name, settings);
        request.find("cidr").ifPresent(cidr -> {
            var parts = cidr.split("/", 2);
            settings.put("address", Json.str(parts[0]));
            settings.put("netmask", Json.str(parts[1]));
        });
        settings.put("method", Json.str(request.has("cidr") || request.has("address") ? "static" : "manual"));
        settings.put("method6", Json.str("manual"));
        settings.put("families", Json.arr(Json.str("inet")));
        settings.put("priority", Json.num(host.plannedInterfaces().size() + 3L));
        if (request.text("type").equals("bridge")) {
            settings.putIfAbsent("bridge_ports", Json.str(""));
            settings.put("bridge_stp", Json.str("off"));
            settings.put("bridge_fd", Json.str("0"));
        }
        if (request.flag("autostart")) {
            settings.put("autostart", Json.num(1));
        }
        var planned = new LinkedHashMap<>(host.plannedInterfaces());
        boolean active = planned.containsKey(name) && planned.get(name).active();
        planned.put(name, new NetworkInterface(name, settings, active));
        host.pendingInterfaces = Optional.of(planned);
    }

    private static String line(Json comment) {
        var text = comment.scalarText().orElse("");
        return text.endsWith("\n") ? text : text + "\n";
    }

    /// What PVE only notices when it writes the file (PVE::Network::Interfaces).
    private static void requireSound(Request request, String name, Map<String, Json> settings) {
        if (request.text("type").equals("vlan") && !settings.containsKey("vlan-raw-device") && !name.contains(".")) {
            throw new SimError(
                    "missing vlan-raw-device option at /usr/share/perl5/PVE/Network/Interfaces.pm line 954.");
        }
        for (var slave : request.text("slaves", "").strip().split("\\s+")) {
            var device = request.node().host.plannedInterfaces().get(slave);
            if (!slave.isEmpty() && (device == null || !List.of("eth", "bond").contains(device.type()))) {
                throw new SimError("bond '%s' - wrong interface type on slave '%s' ('%s' != 'eth or bond')"
                        .formatted(name, slave, device == null ? "" : device.type()));
            }
        }
    }

    private static Json delete(Request request) {
        var host = request.node().host;
        var planned = new LinkedHashMap<>(host.plannedInterfaces());
        planned.remove(device(request).name());
        host.pendingInterfaces = Optional.of(planned);
        return Json.Null.NULL;
    }

    private static Json revert(Request request) {
        request.node().host.pendingInterfaces = Optional.empty();
        return Json.Null.NULL;
    }

    private static Json apply(Request request) {
        var host = request.node().host;
        return request.start("srvreload", "networking", List.of(Step.act(Duration.ofSeconds(3), _ -> {
            host.pendingInterfaces.ifPresent(pending -> {
                var up = new LinkedHashMap<String, NetworkInterface>();
                pending.forEach((name, device) -> up.put(name, new NetworkInterface(name, device.settings(), true)));
                host.interfaces = up;
            });
            host.pendingInterfaces = Optional.empty();
        })));
    }
}
