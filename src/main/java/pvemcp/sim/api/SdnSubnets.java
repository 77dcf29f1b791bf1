package pvemcp.sim.api;

import static pvemcp.sim.world.Sdn.Part.SUBNETS;
import static pvemcp.sim.world.Sdn.Part.VNETS;
import static pvemcp.sim.world.Sdn.Part.ZONES;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Sdn;
import pvemcp.sim.world.Sdn.Address;

/// Subnets of virtual networks, and the addresses that the built-in IPAM gives out of them
/// (PVE::API2::Network::SDN::Subnets, Ips).
final class SdnSubnets {
    private static final String LIST = "/cluster/sdn/vnets/{vnet}/subnets";
    private static final String IPS = "/cluster/sdn/vnets/{vnet}/ips";

    private SdnSubnets() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, LIST, SdnSubnets::list)
                .on(Verb.POST, LIST, SdnSubnets::create)
                .on(Verb.GET, LIST + "/{subnet}", SdnSubnets::read)
                .on(Verb.PUT, LIST + "/{subnet}", SdnSubnets::update)
                .on(Verb.DELETE, LIST + "/{subnet}", SdnSubnets::delete)
                .on(Verb.POST, IPS, SdnSubnets::addAddress)
                .on(Verb.PUT, IPS, SdnSubnets::changeAddress)
                .on(Verb.DELETE, IPS, SdnSubnets::removeAddress)
                .on(Verb.GET, "/cluster/sdn/ipams/{ipam}/status", SdnSubnets::addresses);
    }

    private static Json list(Request request) {
        var sdn = request.cluster().sdn;
        var vnet = request.text("vnet");
        var ids = new TreeSet<>(sdn.objects(SUBNETS).keySet());
        ids.addAll(sdn.running(SUBNETS).keySet());
        var rows = new ArrayList<Json>();
        for (var id : ids) {
            var present = request.flag("running")
                    ? sdn.running(SUBNETS).get(id)
                    : sdn.objects(SUBNETS).get(id);
            var any = Optional.ofNullable(present)
                    .or(() -> Optional.ofNullable(sdn.running(SUBNETS).get(id)));
            boolean shown = present != null || request.flag("pending");
            if (shown
                    && any.flatMap(settings -> settings.text("vnet")).orElse("").equals(vnet)) {
                rows.add(row(request, id, any.orElseThrow()));
            }
        }
        return new Json.Arr(rows);
    }

    private static Json.Obj row(Request request, String id, Json.Obj settings) {
        var sdn = request.cluster().sdn;
        var row = request.flag("pending") ? SdnApi.pending(sdn, SUBNETS, "subnet", id) : settings.with("subnet", id);
        if (row.object("pending").isPresent()) {
            // What names the subnet is not a change of it.
            var changes = row.object("pending").get();
            for (var name : List.of("zone", "vnet", "network", "mask", "cidr")) {
                changes = changes.without(name);
            }
            row = row.with("pending", changes);
        }
        for (var name : List.of("zone", "vnet", "network", "mask", "cidr")) {
            row = row.with(name, settings.get(name).orElse(Json.Null.NULL));
        }
        return row.with("id", id)
                .with("dhcp-range", ranges(settings))
                .with("digest", request.flag("pending") ? Json.Null.NULL : Json.str(SdnApi.digest(sdn, SUBNETS)));
    }

    private static Json ranges(Json.Obj settings) {
        var ranges = new ArrayList<Json>();
        for (var range : settings.array("dhcp-range").orElse(Json.Arr.EMPTY).items()) {
            var parts = Json.Obj.EMPTY;
            for (var part : range.scalarText().orElse("").split(",", -1)) {
                parts = parts.with(part.substring(0, part.indexOf('=')), part.substring(part.indexOf('=') + 1));
            }
            ranges.add(parts);
        }
        return new Json.Arr(ranges);
    }

    private static Json.Obj subnet(Request request) {
        return SdnApi.require(request, SUBNETS, "subnet", request.text("subnet"));
    }

    private static Json read(Request request) {
        return row(request, request.text("subnet"), subnet(request));
    }

    private static Json create(Request request) {
        var vnet = request.text("vnet");
        var cidr = request.text("subnet");
        var zone = SdnApi.require(request, VNETS, "vnet", vnet).text("zone").orElse("");
        var id = zone + "-" + cidr.replace('/', '-');
        var settings = SdnApi.settings(request, "subnet")
                .with("type", "subnet")
                .with("zone", zone)
                .with("network", cidr.substring(0, cidr.indexOf('/')))
                .with("mask", cidr.substring(cidr.indexOf('/') + 1))
                .with("cidr", cidr);
        return SdnApi.locked(request, "create sdn subnet object failed", () -> {
            var objects = request.cluster().sdn.objects(SUBNETS);
            if (objects.containsKey(id)) {
                throw new SimError("sdn subnet object ID '%s' already defined".formatted(id));
            }
            requireGateway(settings);
            objects.put(id, settings);
        });
    }

    private static void requireGateway(Json.Obj settings) {
        var cidr = settings.text("cidr").orElse("");
        settings.text("gateway").ifPresent(gateway -> {
            if (!Sdn.contains(cidr, gateway)) {
                throw SdnApi.inner("gateway", "%s is not in subnet %s".formatted(gateway, cidr));
            }
        });
    }

    private static Json update(Request request) {
        var id = request.text("subnet");
        return SdnApi.locked(request, "update sdn subnet object failed", () -> {
            var settings = SdnApi.changed(request, subnet(request), "subnet", "vnet");
            requireGateway(settings);
            request.cluster().sdn.objects(SUBNETS).put(id, settings);
        });
    }

    private static Json delete(Request request) {
        var id = request.text("subnet");
        return SdnApi.locked(request, "delete sdn subnet object failed", () -> {
            var sdn = request.cluster().sdn;
            if (!sdn.objects(SUBNETS).containsKey(id)) {
                throw new SimError("zone '' doesn't exist in IPAM DB");
            }
            if (sdn.addresses.stream().anyMatch(address -> address.subnet().equals(id))) {
                throw new SimError("cannot delete subnet '%s', not empty".formatted(id));
            }
            sdn.objects(SUBNETS).remove(id);
        });
    }

    // ---- addresses ----

    private static Json addAddress(Request request) {
        var sdn = request.cluster().sdn;
        var ip = request.text("ip");
        if (sdn.addresses.stream().anyMatch(address -> address.ip().equals(ip))) {
            throw new SimError("IP '%s' already exists".formatted(ip));
        }
        sdn.addresses.add(new Address(
                request.text("zone"),
                request.text("vnet"),
                subnetOf(request, ip),
                ip,
                request.text("mac", ""),
                Optional.empty()));
        return Json.Null.NULL;
    }

    private static Json changeAddress(Request request) {
        var mac = request.text("mac", "");
        var ip = request.text("ip");
        var subnet = subnetOf(request, ip);
        var vmid = request.arguments().whole("vmid").map(Long::intValue);
        var addresses = request.cluster().sdn.addresses;
        addresses.removeIf(address -> address.mac().equals(mac) || address.ip().equals(ip));
        addresses.add(new Address(request.text("zone"), request.text("vnet"), subnet, ip, mac, vmid));
        return Json.Null.NULL;
    }

    private static Json removeAddress(Request request) {
        var ip = request.text("ip");
        request.cluster().sdn.addresses.removeIf(address -> address.ip().equals(ip));
        return Json.Null.NULL;
    }

    /// PVE::Network::SDN::Subnets::find_ip_subnet
    private static String subnetOf(Request request, String ip) {
        for (var subnet : request.cluster().sdn.running(SUBNETS).entrySet()) {
            boolean here = subnet.getValue().text("vnet").orElse("").equals(request.text("vnet"));
            if (here && Sdn.contains(subnet.getValue().text("cidr").orElse(""), ip)) {
                return subnet.getKey();
            }
        }
        throw new SimError("can't find any subnet for ip " + ip);
    }

    private static Json addresses(Request request) {
        SdnApi.require(request, Sdn.Part.IPAMS, "ipam", request.text("ipam"));
        var sdn = request.cluster().sdn;
        var rows = new ArrayList<Json>();
        sdn.running(SUBNETS).forEach((id, subnet) -> {
            var gateway = subnet.text("gateway");
            var zone = sdn.running(ZONES).get(subnet.text("zone").orElse(""));
            boolean managed = zone != null && zone.has("ipam");
            if (gateway.isPresent() && managed) {
                rows.add(address(
                                request,
                                id,
                                subnet.text("zone").orElse(""),
                                subnet.text("vnet").orElse(""),
                                gateway.get())
                        .put("gateway", 1)
                        .json());
            }
        });
        for (var address : sdn.addresses) {
            rows.add(address(request, address.subnet(), address.zone(), address.vnet(), address.ip())
                    .putText("mac", address.mac())
                    .putIf("vmid", address.vmid())
                    .json());
        }
        return new Json.Arr(rows);
    }

    private static Rows address(Request request, String subnet, String zone, String vnet, String ip) {
        var found = request.cluster().sdn.running(SUBNETS).get(subnet);
        var cidr = found == null ? "" : found.text("cidr").orElse("");
        return Rows.of("subnet", cidr, "zone", zone, "vnet", vnet, "ip", ip);
    }
}
