package pvemcp.sim.api;

import static pvemcp.sim.world.Sdn.Part.CONTROLLERS;
import static pvemcp.sim.world.Sdn.Part.SUBNETS;
import static pvemcp.sim.world.Sdn.Part.VNETS;
import static pvemcp.sim.world.Sdn.Part.ZONES;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.world.Sdn;

/// What the nodes do of the software-defined networks, and would do (PVE::API2::Nodes::SDN, dry-run).
final class SdnNodes {
    private static final String ZONES_PATH = "/nodes/{node}/sdn/zones";

    private SdnNodes() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, ZONES_PATH, SdnNodes::zones)
                .on(Verb.GET, ZONES_PATH + "/{zone}/content", SdnNodes::content)
                .on(Verb.GET, ZONES_PATH + "/{zone}/bridges", SdnNodes::bridges)
                .on(Verb.GET, ZONES_PATH + "/{zone}/ip-vrf", _ -> Json.Arr.EMPTY)
                .on(Verb.GET, "/nodes/{node}/sdn/vnets/{vnet}/mac-vrf", _ -> Json.Arr.EMPTY)
                .on(Verb.GET, "/cluster/sdn/dry-run", SdnNodes::dryRun);
    }

    private static Json zones(Request request) {
        var sdn = request.cluster().sdn;
        var node = request.node().name();
        var rows = new ArrayList<Json>();
        sdn.running(ZONES).forEach((zone, settings) -> {
            if (Sdn.isOn(settings, node) && request.mayAny("/sdn/zones/" + zone, "SDN.Audit", "SDN.Use")) {
                rows.add(Json.obj("zone", zone, "status", sdn.status(node)));
            }
        });
        return new Json.Arr(rows);
    }

    private static Json content(Request request) {
        var sdn = request.cluster().sdn;
        var status = sdn.status(request.node().name());
        var rows = new ArrayList<Json>();
        sdn.running(VNETS).forEach((vnet, settings) -> {
            if (settings.text("zone").equals(request.find("zone"))) {
                var row = Rows.of("vnet", vnet, "status", status);
                switch (status) {
                    case "pending" ->
                        row.put("statusmsg", "local sdn network configuration is not yet generated, please reload");
                    // PVE::Network::SDN::Zones::Plugin::status
                    case "error" -> row.put("statusmsg", "missing " + vnet);
                    default -> {}
                }
                rows.add(row.json());
            }
        });
        return new Json.Arr(rows);
    }

    /// The bridges of a zone with the guests that are plugged in.
    private static Json bridges(Request request) {
        var sdn = request.cluster().sdn;
        var node = request.node().name();
        var rows = new ArrayList<Json>();
        sdn.running(VNETS).forEach((vnet, settings) -> {
            if (settings.text("zone").equals(request.find("zone"))) {
                rows.add(Json.obj(
                        "name",
                        vnet,
                        "vlan_filtering",
                        settings.flag("vlanaware").orElse(false) ? "1" : "0",
                        "ports",
                        ports(request, node, vnet)));
            }
        });
        return new Json.Arr(rows);
    }

    private static List<Json> ports(Request request, String node, String vnet) {
        var ports = new ArrayList<Json>();
        for (var guest : request.cluster().guests.values()) {
            guest.config.forEach((key, value) -> {
                boolean plugged = key.matches("net\\d+") && ("," + value + ",").contains(",bridge=" + vnet + ",");
                if (plugged && guest.node.equals(node) && guest.isRunning()) {
                    ports.add(Json.obj(
                            "name",
                            (guest.type().equals("lxc") ? "veth" : "tap") + guest.vmid() + "i" + key.substring(3),
                            "vmid",
                            guest.vmid(),
                            "index",
                            key));
                }
            });
        }
        return ports;
    }

    // ---- the files that applying would write ----

    private static Json dryRun(Request request) {
        var sdn = request.cluster().sdn;
        var node = request.node().name();
        var before = new ArrayList<String>();
        var routed = new ArrayList<String>();
        sdn.onNode(node, ZONES).ifPresent(zones -> {
            before.addAll(interfaces(
                    zones,
                    sdn.onNode(node, VNETS).orElseThrow(),
                    sdn.onNode(node, SUBNETS).orElseThrow(),
                    node));
            routed.addAll(routing(sdn.onNode(node, CONTROLLERS).orElseThrow(), node));
        });
        var after = interfaces(sdn.objects(ZONES), sdn.objects(VNETS), sdn.objects(SUBNETS), node);
        return new Rows()
                .putIf("interfaces-diff", diff("/etc/network/interfaces.d/sdn", before, after))
                .putIf("frr-diff", diff("/etc/frr/frr.conf", routed, routing(sdn.objects(CONTROLLERS), node)))
                .json();
    }

    private static List<String> interfaces(
            SequencedMap<String, Json.Obj> zones,
            SequencedMap<String, Json.Obj> vnets,
            SequencedMap<String, Json.Obj> subnets,
            String node) {
        var lines = new ArrayList<String>();
        vnets.forEach((vnet, settings) -> {
            var zone = zones.get(settings.text("zone").orElse(""));
            if (zone == null || !Sdn.isOn(zone, node)) {
                return;
            }
            lines.addAll(List.of("auto " + vnet, "iface " + vnet));
            subnets.values().forEach(subnet -> {
                if (subnet.text("vnet").orElse("").equals(vnet)) {
                    subnet.text("gateway")
                            .ifPresent(gateway -> lines.add("\taddress %s/%s"
                                    .formatted(gateway, subnet.text("mask").orElse(""))));
                }
            });
            var bridge = zone.text("bridge")
                    .map(name -> name + "v" + settings.text("tag").orElse(""));
            lines.addAll(List.of("\tbridge_ports " + bridge.orElse("none"), "\tbridge_stp off", "\tbridge_fd 0"));
            zone.text("mtu").ifPresent(mtu -> lines.add("\tmtu " + mtu));
            settings.text("alias").ifPresent(alias -> lines.add("\talias " + alias));
            lines.add("");
        });
        return lines;
    }

    /// What FRR's file begins with stands there even where nothing is routed.
    private static List<String> routing(SequencedMap<String, Json.Obj> controllers, String node) {
        var lines = new ArrayList<>(List.of("frr defaults datacenter", "hostname " + node));
        controllers.forEach((name, settings) -> {
            lines.add("router bgp " + settings.text("asn").orElse(""));
            settings.text("peers").ifPresent(peers -> lines.add(" neighbor " + peers + " peer-group " + name));
        });
        return lines;
    }

    private static Optional<String> diff(String file, List<String> before, List<String> after) {
        return before.equals(after)
                ? Optional.empty()
                : Optional.of(Diff.unified(file, before, "/proc/self/fd/13", after));
    }
}
