package pvemcp.tools;

import java.util.ArrayList;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestKind;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;
import pvemcp.tool.ToolContext;

/// The addresses by which a running guest can be reached: a VM's agent tells them, a container's node.
final class Addresses {
    private Addresses() {}

    /// Of all its interfaces, IPv4 first, without loopback and link-local ones; none where there is no agent to ask
    /// or the guest does not run.
    static List<String> of(ToolContext ctx, String node, GuestKind kind, int vmid) {
        try {
            var guest = ApiPath.of("/nodes/{node}/{kind}/{vmid}", node, kind.segment(), vmid);
            return kind == GuestKind.VM
                    ? reachable(
                            agent(ctx.pve().data(Verb.GET, guest + "/agent/network-get-interfaces", Json.Obj.EMPTY)))
                    : reachable(container(ctx.pve().data(Verb.GET, guest + "/interfaces", Json.Obj.EMPTY)));
        } catch (PveException e) {
            if (isSilent(e.fault())) {
                return List.of();
            }
            throw e;
        }
    }

    // "QEMU guest agent is not running", "No QEMU guest agent configured", "VM 101 is not running" (PVE::QemuServer)
    private static boolean isSilent(PveFault fault) {
        return fault instanceof PveFault.NoWayIn
                || fault instanceof PveFault.InGuest
                || (fault instanceof PveFault.Unexpected other
                        && (other.message().contains("guest agent")
                                || other.message().contains("not running")
                                || other.message().contains("qga command")));
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
                && !text.toLowerCase(java.util.Locale.ROOT).startsWith("fe80");
    }
}
