package pvemcp.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestKind;
import pvemcp.pve.Pve;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;

/// The addresses by which a running guest can be reached. Of a container its node knows them; of a VM its agent, else
/// what the cluster gave it: a lease or reservation in the IPAM of its SDN, or a fixed address in its cloud-init
/// options.
public final class Addresses {
    // The one that PVE keeps itself, and the only one whose entries it lists (PVE::Network::SDN::Ipams::PVEPlugin).
    private static final String IPAM = "/cluster/sdn/ipams/pve/status";

    private Addresses() {}

    /// Of all its interfaces, IPv4 first, without loopback and link-local ones; none where nobody knows any.
    ///
    /// @param node that runs it; it need not be in the cluster's list of resources yet
    public static List<String> of(Pve pve, String node, GuestKind kind, int vmid) {
        var seen = seen(pve, node, kind, vmid);
        if (!seen.isEmpty() || kind == GuestKind.CONTAINER) {
            return seen;
        }
        var given = new ArrayList<>(told(pve, IPAM, rows -> leased(rows, vmid)));
        given.addAll(told(pve, path(node, kind, vmid) + "/config", Addresses::configured));
        return reachable(given.stream().distinct().toList());
    }

    /// The same, but only those that the guest has by now, not those that it was given: where there is one, it is up.
    public static List<String> seen(Pve pve, String node, GuestKind kind, int vmid) {
        var guest = path(node, kind, vmid);
        return kind == GuestKind.CONTAINER
                ? reachable(told(pve, guest + "/interfaces", Addresses::container))
                : reachable(told(pve, guest + "/agent/network-get-interfaces", Addresses::agent));
    }

    private static String path(String node, GuestKind kind, int vmid) {
        return ApiPath.of("/nodes/{node}/{kind}/{vmid}", node, kind.segment(), vmid);
    }

    private static List<String> told(Pve pve, String path, Function<Json, List<String>> reading) {
        try {
            return reading.apply(pve.data(Verb.GET, path, Json.Obj.EMPTY));
        } catch (PveException e) {
            if (isSilent(e.fault())) {
                return List.of();
            }
            throw e;
        }
    }

    // "QEMU guest agent is not running", "No QEMU guest agent configured", "VM 101 is not running" (PVE::QemuServer);
    // and an IPAM that is not there, or not for these eyes.
    private static boolean isSilent(PveFault fault) {
        return fault instanceof PveFault.Forbidden
                || fault instanceof PveFault.Missing
                || fault instanceof PveFault.NotImplemented
                || (fault instanceof PveFault.Unexpected other
                        && (other.message().contains("guest agent")
                                || other.message().contains("not running")
                                || other.message().contains("qga command")
                                || other.message().contains("ipam")));
    }

    private static List<String> leased(Json rows, int vmid) {
        return Fields.list(rows).stream()
                .filter(row -> row.text("vmid").equals(Integer.toString(vmid)))
                .map(row -> row.text("ip"))
                .toList();
    }

    /// `ipconfig0: ip=192.0.2.7/24,gw=192.0.2.1`; `dhcp` and `auto` are no addresses.
    private static List<String> configured(Json config) {
        var fields = Fields.of(config);
        var found = new ArrayList<String>();
        for (var key : fields.all().members().keySet()) {
            if (key.matches("ipconfig\\d+")) {
                var parts = fields.properties(key);
                parts.get("ip").map(Addresses::bare).ifPresent(found::add);
                parts.get("ip6").map(Addresses::bare).ifPresent(found::add);
            }
        }
        return found;
    }

    private static List<String> agent(Json answer) {
        var found = new ArrayList<String>();
        for (var nic : Fields.list(Fields.of(answer).raw("result"))) {
            for (var address : Fields.list(nic.raw("ip-addresses"))) {
                found.add(address.text("ip-address"));
            }
        }
        return found;
    }

    private static List<String> container(Json answer) {
        var found = new ArrayList<String>();
        for (var nic : Fields.list(answer)) {
            nic.maybe("inet").map(Addresses::bare).ifPresent(found::add);
            nic.maybe("inet6").map(Addresses::bare).ifPresent(found::add);
        }
        return found;
    }

    private static String bare(String address) {
        int slash = address.indexOf('/');
        return slash < 0 ? address : address.substring(0, slash);
    }

    private static List<String> reachable(List<String> all) {
        var good = new ArrayList<String>();
        all.stream().filter(Addresses::isIpv4).forEach(good::add);
        all.stream().filter(address -> isIpv6(address)).forEach(good::add);
        return good;
    }

    private static boolean isIpv4(String text) {
        return text.matches("(\\d{1,3}\\.){3}\\d{1,3}") && !text.startsWith("127.") && !text.startsWith("169.254.");
    }

    private static boolean isIpv6(String text) {
        return text.matches("[0-9a-fA-F]*:[0-9a-fA-F:.]+")
                && !text.equals("::1")
                && !text.toLowerCase(Locale.ROOT).startsWith("fe80");
    }
}
