package pvemcp.tools.network;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.read;

import pvemcp.tool.Toolset;

/// Firewalls: of the datacenter, of nodes, of guests, and the security groups they share.
public final class FirewallTools {
    public static final Toolset FIREWALL = Toolset.of(
            "firewall",
            "Firewalls of datacenter, nodes, guests",
            read("pve_firewall_get", """
                    Show a firewall: datacenter, guest, node or group.""", FirewallGet.class),
            change("pve_firewall_rule", """
                    Add, change, move or delete a firewall rule: datacenter, guest, node or group. A new one is off and first unless said otherwise.""", FirewallRuleChange.class),
            change("pve_firewall_set", """
                    Set firewall options such as enable, policy_in. Warns of a lock-out.""", FirewallSet.class),
            change("pve_firewall_object", """
                    Create, change or delete an alias, IP set, its entry or a security group.""", FirewallObject.class));

    private FirewallTools() {}
}
