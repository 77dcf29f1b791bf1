package pvemcp.tools.cluster;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.read;

import java.util.List;
import java.util.Optional;
import pvemcp.pve.Fields;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestKind;
import pvemcp.pve.PveException;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;

/// High availability: the guests that the cluster starts, stops and moves by itself, and the rules it keeps. PVE 9
/// has rules where PVE 8 had groups; the tools know which a cluster has.
public final class HaTools {
    public static final Toolset HA = Toolset.of(
            "ha",
            "High availability",
            read("pve_ha_get", "Show HA: managers, guests with state and wanted state, rules or groups.", HaGet.class),
            change("pve_ha_guest_set", """
                    Put a guest under HA, take it out, or have HA migrate or relocate it.""", HaGuestSet.class),
            change("pve_ha_rule_set", """
                    Set or delete an HA rule, on PVE 8 a group.""", HaRuleSet.class));

    static final String RESOURCES = "/cluster/ha/resources";
    static final String RULES = "/cluster/ha/rules";
    static final String GROUPS = "/cluster/ha/groups";

    private HaTools() {}

    /// As HA names the guest: `vm:101`, `ct:102`.
    public static String sid(Guest guest) {
        return (guest.kind() == GuestKind.CONTAINER ? "ct:" : "vm:") + guest.vmid();
    }

    static Optional<Fields> named(List<Fields> rows, String key, String name) {
        return rows.stream().filter(row -> row.text(key).equals(name)).findFirst();
    }

    /// The groups, where the cluster still has them: on PVE 8, and on 9 until its last node runs 9. After that PVE
    /// refuses to list them (PVE::API2::HA::Groups).
    static Optional<List<Fields>> groups(ToolContext ctx) {
        try {
            return Optional.of(ctx.pve().rows(GROUPS));
        } catch (PveException e) {
            if (e.fault().toString().contains("migrated to rules")) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
