package pvemcp.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.tool.Tier;

/// What a user or token may do in PVE, read off `GET /access/permissions`, and the commands that would give it more.
///
/// @param granted privileges by path of PVE's ACL; what is true goes for everything below it too
record Rights(SequencedMap<String, Map<String, Boolean>> granted) {
    /// A part of the cluster, and what each tier of calls on it needs.
    ///
    /// @param path where PVE checks the privileges
    record Area(String name, String path, Map<Tier, List<String>> needs) {}

    /// The privileges that the typical call of each tier needs (PVE::AccessControl has them all); single calls need
    /// fewer or more, and PVE has the last word.
    static final List<Area> AREAS = List.of(
            new Area(
                    "guests",
                    "/vms",
                    Map.of(
                            Tier.READ, List.of("VM.Audit"),
                            Tier.OPERATE, List.of("VM.PowerMgmt"),
                            Tier.CHANGE,
                                    List.of("VM.Config.Options", "VM.Config.CPU", "VM.Config.Memory", "VM.Snapshot"),
                            Tier.DESTROY, List.of("VM.Allocate"))),
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
            new Area("pools", "/pool", Map.of(Tier.READ, List.of("Pool.Audit"), Tier.CHANGE, List.of("Pool.Allocate"))),
            new Area("users", "/access", Map.of(Tier.EXECUTE, List.of("Permissions.Modify"))));

    static Rights read(Json data) {
        var granted = new TreeMap<String, Map<String, Boolean>>();
        if (data instanceof Json.Obj paths) {
            paths.members().forEach((path, value) -> {
                var privileges = new TreeMap<String, Boolean>();
                if (value instanceof Json.Obj object) {
                    object.members()
                            .keySet()
                            .forEach(name ->
                                    privileges.put(name, object.flag(name).orElse(false)));
                }
                granted.put(path, privileges);
            });
        }
        return new Rights(granted);
    }

    /// `yes`, `no`, `–` where there is nothing to do, or the paths where it may.
    String may(Area area, Tier tier) {
        var needed = area.needs().get(tier);
        if (needed == null) {
            return "–";
        }
        if (held(area.path()).containsAll(needed)) {
            return "yes";
        }
        var places = new ArrayList<String>();
        for (var path : granted.sequencedKeySet()) {
            boolean below = path.startsWith(area.path() + "/") || (ofPools(area) && path.startsWith("/pool/"));
            if (below && granted.get(path).keySet().containsAll(needed)) {
                places.add(path);
            }
        }
        if (places.isEmpty()) {
            return "no";
        }
        return places.size() <= 2 ? "on " + String.join(", ", places) : "on " + places.size() + " paths";
    }

    /// Guests and storages are members of pools, and what is given on a pool goes for its members.
    private static boolean ofPools(Area area) {
        return area.path().equals("/vms") || area.path().equals("/storage");
    }

    /// The privileges on a path: those given there, else those that come down from above.
    Set<String> held(String path) {
        var own = granted.get(path);
        if (own != null) {
            return own.keySet();
        }
        var above = path.equals("/") ? "" : path.lastIndexOf('/') == 0 ? "/" : path.substring(0, path.lastIndexOf('/'));
        var inherited = new TreeSet<String>();
        if (granted.containsKey(above)) {
            granted.get(above).forEach((privilege, propagates) -> {
                if (propagates) {
                    inherited.add(privilege);
                }
            });
        } else if (!above.isEmpty() && !above.equals("/")) {
            inherited.addAll(held(above));
        }
        return inherited;
    }

    /// The commands that let `principal` do what it may not, for a root shell on a node.
    ///
    /// Rights given on a path take the place of those from above, so the role has those of its kind that are there
    /// already. A token never has more than its user, so both get it.
    List<String> remedy(Area area, Tier tier, String principal) {
        var needed = area.needs().get(tier);
        var kind = needed.getFirst().substring(0, needed.getFirst().indexOf('.') + 1);
        var privileges = new LinkedHashSet<String>();
        held(area.path()).stream().filter(name -> name.startsWith(kind)).forEach(privileges::add);
        privileges.addAll(needed);
        var role = "Mcp" + capital(area.name()) + capital(tier.name().toLowerCase(Locale.ROOT));
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
