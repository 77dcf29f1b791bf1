package pvemcp.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import pvemcp.dispatch.Dispatcher;
import pvemcp.text.Nearest;
import pvemcp.tool.Tool;
import pvemcp.tools.Catalog;

/// Tools as people name them: with or without the `pve_`, with dashes or underscores.
final class ToolNames {
    private static final String PREFIX = "pve_";

    private ToolNames() {}

    static String full(String typed) {
        var name = typed.toLowerCase(Locale.ROOT).replace('-', '_');
        return name.startsWith(PREFIX) ? name : PREFIX + name;
    }

    static String shortened(String name) {
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    }

    /// The tool, among those that are offered.
    static Tool<?> find(String typed, Dispatcher dispatcher) {
        return dispatcher.tool(full(typed)).orElseThrow(() -> new UsageException(unknown(typed)));
    }

    /// What to say to a word that is neither a command nor a tool.
    static String unknown(String typed, Collection<String> commands) {
        var names = new ArrayList<>(commands);
        Catalog.ALL.forEach(set -> set.tools().forEach(tool -> names.add(shortened(tool.name()))));
        return "there is no command or tool '%s'%s: see pve-mcp --help and pve-mcp tools"
                .formatted(typed, Nearest.hint(shortened(full(typed)), names));
    }

    static String unknown(String typed) {
        var names = new ArrayList<String>();
        for (var set : Catalog.ALL) {
            set.tools().forEach(tool -> names.add(shortened(tool.name())));
        }
        if (names.contains(shortened(full(typed)))) {
            return "policy or configuration does not offer the tool '%s': pve-mcp tools says why".formatted(typed);
        }
        return "there is no tool '%s'%s: pve-mcp tools lists them"
                .formatted(typed, Nearest.hint(shortened(full(typed)), names));
    }

    /// All offered tools by their short names, in order.
    static List<String> offered(Dispatcher dispatcher) {
        return dispatcher.tools().stream().map(tool -> shortened(tool.name())).toList();
    }
}
