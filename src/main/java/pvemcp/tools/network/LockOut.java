package pvemcp.tools.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.tool.ToolContext;

/// Whether a change of a datacenter's or node's firewall would cut off those who manage it. What it says is a
/// warning, not a proof: it reads the rules as PVE::Firewall does, without the contents of address sets.
///
/// @param on whether the datacenter's firewall filters at all
/// @param policy for what no rule decides
/// @param rules those that come first, first
record LockOut(boolean on, String policy, List<Json.Obj> rules) {
    private static final Map<String, Integer> DOORS =
            Map.of("the API and web interface (tcp 8006)", 8006, "SSH (tcp 22)", 22);
    private static final List<String> MACROS_FOR_22 = List.of("SSH");

    /// What is in force now for a node, or for all of them.
    static LockOut now(ToolContext ctx, FirewallScope scope) {
        var options = ctx.pve().fields("/cluster/firewall/options");
        var rules = new ArrayList<Json.Obj>();
        scope.door(ctx).ruleRows().forEach(row -> rules.add(row.all()));
        if (scope.node().isPresent()) {
            var datacenter = new FirewallScope(Optional.empty(), Optional.empty(), Optional.empty());
            datacenter.door(ctx).ruleRows().forEach(row -> rules.add(row.all()));
        }
        // Rules.pm: a datacenter without policy_in drops.
        return new LockOut(options.flag("enable"), options.maybe("policy_in").orElse("DROP"), rules);
    }

    LockOut with(List<Json.Obj> other) {
        return new LockOut(on, policy, other);
    }

    LockOut with(Json.Obj options, List<String> unset) {
        boolean nowOn = !unset.contains("enable")
                && options.whole("enable").map(value -> value > 0).orElse(on);
        return new LockOut(
                nowOn,
                unset.contains("policy_in") ? "DROP" : options.text("policy_in").orElse(policy),
                rules);
    }

    /// What is shut after the change that was open before.
    List<String> warnings(LockOut after) {
        var warnings = new ArrayList<String>();
        DOORS.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(door -> {
            if (isOpen(door.getValue()) && !after.isOpen(door.getValue())) {
                warnings.add("this can lock you out: %s would be shut but for the nodes' own network"
                        .formatted(door.getKey()));
            }
        });
        if (!after.clusterTraffic() && clusterTraffic()) {
            warnings.add("this can split the cluster: corosync (udp 5405-5412) would be shut between nodes");
        }
        return warnings;
    }

    private boolean isOpen(int port) {
        return !on || decided("tcp", port, policy.equals("ACCEPT"));
    }

    /// PVE lets corosync through by itself (PVE::Firewall), unless a rule drops it.
    private boolean clusterTraffic() {
        return !on || decided("udp", 5405, true);
    }

    private boolean decided(String protocol, int port, boolean otherwise) {
        for (var rule : rules) {
            boolean counts = rule.whole("enable").orElse(0L) > 0
                    && rule.text("type").orElse("").equals("in")
                    && isAbout(rule, protocol, port);
            if (counts && rule.text("action").orElse("").equals("ACCEPT")) {
                return true;
            }
            // A rule that drops only some senders still lets others in.
            if (counts && !rule.has("source")) {
                return false;
            }
        }
        return otherwise;
    }

    private static boolean isAbout(Json.Obj rule, String protocol, int port) {
        if (rule.has("macro")) {
            return port == 22 && MACROS_FOR_22.contains(rule.text("macro").orElse(""));
        }
        var proto = rule.text("proto").orElse("");
        if (!proto.isEmpty() && !proto.equals(protocol)) {
            return false;
        }
        var ports = rule.text("dport").orElse("");
        if (ports.isEmpty()) {
            return !rule.has("dest");
        }
        for (var range : ports.split(",")) {
            var ends = range.split(":", 2);
            if (ends[0].equals("ssh") && port == 22) {
                return true;
            }
            if (range.matches("[0-9]+(:[0-9]+)?")
                    && Integer.parseInt(ends[0]) <= port
                    && port <= Integer.parseInt(ends[ends.length - 1])) {
                return true;
            }
        }
        return false;
    }
}
