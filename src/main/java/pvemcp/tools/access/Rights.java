package pvemcp.tools.access;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import pvemcp.pve.Permissions;
import pvemcp.tool.Tier;

/// What a user or token may do, by part of the cluster and tier of calls, and the commands that would give it more.
///
/// @param granted what PVE worked out of grants, groups, pools and the token's own limits
/// @param areas the parts that are judged
public record Rights(Permissions granted, List<Area> areas) {
    public Rights {
        areas = List.copyOf(areas);
    }

    /// A part of the cluster, and what each tier of calls on it needs.
    ///
    /// @param path where PVE checks the privileges
    public record Area(String name, String path, Map<Tier, List<String>> needs) {}

    /// @param guestAgent whether the cluster has privileges of their own for the guest agent, as 9 has; in 8 all of
    ///     it needs `VM.Monitor`
    public static Rights of(Permissions granted, boolean guestAgent) {
        return new Rights(granted, areas(guestAgent));
    }

    /// The privileges that the typical call of each tier needs (PVE::AccessControl has them all); single calls need
    /// fewer or more, and PVE has the last word.
    private static List<Area> areas(boolean guestAgent) {
        return List.of(
                new Area(
                        "guests",
                        "/vms",
                        Map.of(
                                Tier.READ, List.of("VM.Audit"),
                                Tier.OPERATE, List.of("VM.PowerMgmt"),
                                Tier.CHANGE,
                                        List.of(
                                                "VM.Config.Options",
                                                "VM.Config.CPU",
                                                "VM.Config.Memory",
                                                "VM.Snapshot"),
                                Tier.DESTROY, List.of("VM.Allocate"),
                                Tier.EXECUTE, List.of(guestAgent ? "VM.GuestAgent.Unrestricted" : "VM.Monitor"))),
                new Area(
                        "nodes",
                        "/nodes",
                        Map.of(
                                Tier.READ, List.of("Sys.Audit"),
                                Tier.OPERATE, List.of("Sys.PowerMgmt"),
                                Tier.CHANGE, List.of("Sys.Modify"),
                                Tier.EXECUTE, List.of("Sys.Console"))),
                new Area(
                        "storage",
                        "/storage",
                        Map.of(
                                Tier.READ, List.of("Datastore.Audit"),
                                Tier.CHANGE, List.of("Datastore.AllocateSpace"),
                                Tier.DESTROY, List.of("Datastore.Allocate"))),
                new Area(
                        "pools",
                        "/pool",
                        Map.of(Tier.READ, List.of("Pool.Audit"), Tier.CHANGE, List.of("Pool.Allocate"))),
                new Area(
                        "network",
                        "/sdn",
                        Map.of(Tier.READ, List.of("SDN.Audit"), Tier.CHANGE, List.of("SDN.Allocate"))),
                new Area(
                        "users",
                        "/access",
                        Map.of(Tier.READ, List.of("Sys.Audit"), Tier.EXECUTE, List.of("Permissions.Modify"))));
    }

    /// `yes`, `no`, `–` where there is nothing to do, or the paths where it may.
    public String may(Area area, Tier tier) {
        var needed = area.needs().get(tier);
        if (needed == null) {
            return "–";
        }
        if (granted.on(area.path()).containsAll(needed)) {
            return "yes";
        }
        var places = new ArrayList<String>();
        granted.paths().forEach((path, held) -> {
            boolean below = path.startsWith(area.path() + "/") || (ofPools(area) && path.startsWith("/pool/"));
            if (below && held.keySet().containsAll(needed)) {
                places.add(path);
            }
        });
        if (places.isEmpty()) {
            return "no";
        }
        return places.size() <= 2 ? "on " + String.join(", ", places) : "on " + places.size() + " paths";
    }

    /// Guests and storages are members of pools, and what is given on a pool goes for its members.
    private static boolean ofPools(Area area) {
        return area.path().equals("/vms") || area.path().equals("/storage");
    }

    /// The commands that let `principal` do what it may not, for a root shell on a node.
    ///
    /// Rights given on a path take the place of those from above, so the role has those of its kind that are there
    /// already. A token never has more than its user, so both get it.
    public List<String> remedy(Area area, Tier tier, String principal) {
        var needed = area.needs().get(tier);
        var kind = needed.getFirst().substring(0, needed.getFirst().indexOf('.') + 1);
        var privileges = new LinkedHashSet<String>();
        granted.on(area.path()).stream().filter(name -> name.startsWith(kind)).forEach(privileges::add);
        privileges.addAll(needed);
        var role = "Mcp" + capital(area.name()) + capital(tier.word());
        int token = principal.indexOf('!');
        var lines = new ArrayList<String>();
        lines.add("pveum role add %s --privs '%s'".formatted(role, String.join(" ", privileges)));
        lines.add("pveum acl modify %s --users '%s' --roles %s"
                .formatted(area.path(), token < 0 ? principal : principal.substring(0, token), role));
        if (token >= 0) {
            lines.add("pveum acl modify %s --tokens '%s' --roles %s".formatted(area.path(), principal, role));
        }
        return lines;
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}
