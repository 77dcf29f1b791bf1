package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import pvemcp.pve.Permissions;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Tool;

/// A tool that is not listed, since the credential lacks what every operation of it wants, on every path there is.
///
/// @param lacks the privileges; one of several may be enough
public record Withheld(String tool, Set<String> lacks) {
    private static final int NAMED = 4;

    public Withheld {
        lacks = Set.copyOf(new TreeSet<>(lacks));
    }

    /// Those of `tools` that surely cannot work for who has these rights.
    public static List<Withheld> of(List<Tool<?>> tools, ApiSchema schema, Permissions granted) {
        var held = granted.anywhere();
        var withheld = new ArrayList<Withheld>();
        for (var tool : tools) {
            var lacks = Sends.lacking(tool.name(), schema, held);
            if (!lacks.isEmpty()) {
                withheld.add(new Withheld(tool.name(), lacks));
            }
        }
        return withheld;
    }

    /// A line a privilege, or choice of privileges: which tools want it, and the command that would give it.
    ///
    /// @param identity whom to give it to, such as `mcp@pve!agent`; empty where that is not known
    public static List<String> told(List<Withheld> withheld, String identity) {
        var byLack = new LinkedHashMap<Set<String>, List<String>>();
        withheld.forEach(each ->
                byLack.computeIfAbsent(each.lacks(), _ -> new ArrayList<>()).add(each.tool()));
        var lines = new ArrayList<String>();
        byLack.forEach((lacks, tools) -> {
            var wanted = List.copyOf(new TreeSet<>(lacks));
            var named = String.join(", ", wanted.subList(0, Math.min(NAMED, wanted.size())));
            var others = wanted.size() > NAMED ? " and %d more".formatted(wanted.size() - NAMED) : "";
            lines.add("without %s%s: %s".formatted(named, others, String.join(", ", tools)));
            if (!identity.isEmpty()) {
                lines.add("  " + remedy(identity, wanted.getFirst()));
            }
        });
        return lines;
    }

    /// Rights on a path take the place of those from above, so a role of PVE's is given where it has what is usual
    /// there; where only Administrator has the privilege, a role of its own is added at the top.
    private static String remedy(String identity, String privilege) {
        var kind = privilege.substring(0, privilege.indexOf('.'));
        return switch (kind) {
            case "VM" -> Explain.granting("/vms", identity, privilege);
            case "Datastore" -> Explain.granting("/storage", identity, privilege);
            case "Pool", "SDN", "Mapping" -> Explain.granting("/" + kind.toLowerCase(Locale.ROOT), identity, privilege);
            default -> {
                var role = "Mcp" + privilege.replace(".", "");
                yield "pveum role add %s --privs %s && pveum acl modify / %s '%s' --roles %s"
                        .formatted(role, privilege, Explain.kind(identity), identity, role);
            }
        };
    }
}
