package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import pvemcp.pve.Permissions;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Tool;

/// A tool that is not listed, since the credential lacks what every operation of it wants, on every path there is.
///
/// @param lacks the privileges; one of several may be enough
public record Withheld(String tool, Set<String> lacks) {
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
            var wanted = new TreeSet<>(lacks);
            lines.add("without %s: %s".formatted(String.join(", ", wanted), String.join(", ", tools)));
            if (!identity.isEmpty()) {
                lines.add("  " + Explain.granting("/", identity, wanted.first()));
            }
        });
        return lines;
    }
}
