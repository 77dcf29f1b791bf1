package pvemcp;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/// The table of ARCHITECTURE.md section 3: which package may import which. What it does not list is forbidden.
class LayersTest {
    static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            entry("json", Set.of("text")),
            entry("schema", Set.of("json", "text")),
            entry("sim", Set.of("json", "text", "schema")),
            entry("view", Set.of("json", "text")),
            entry("pve", Set.of("json", "text")),
            entry("remote", Set.of("json", "text", "pve")),
            entry("query", Set.of("json", "pve", "text")),
            entry("text", Set.of()),
            entry("tool", Set.of("json", "text", "pve", "remote", "schema", "view")),
            entry("tools", Set.of("json", "text", "pve", "remote", "schema", "view", "tool", "query")),
            entry("gate", Set.of("json", "text", "pve", "schema", "tool")),
            entry("audit", Set.of("json", "text", "tool")),
            entry("dispatch", Set.of("json", "text", "pve", "remote", "schema", "view", "tool", "gate", "audit")),
            entry("log", Set.of("json", "text", "view", "tool", "dispatch")),
            entry("mcp", Set.of("json", "text", "view", "tool", "dispatch", "log")),
            entry("trace", Set.of("json", "text", "pve", "tool", "dispatch")),
            entry("oauth", Set.of("json", "text")),
            entry("replicas", Set.of("json", "text", "pve", "tool", "gate", "audit", "dispatch")),
            entry("systemd", Set.of("text")),
            entry("config", Set.of("json", "text", "gate", "pve", "remote", "tool")),
            entry(
                    "cli",
                    Set.of(
                            "json",
                            "text",
                            "schema",
                            "view",
                            "pve",
                            "remote",
                            "query",
                            "tool",
                            "tools",
                            "gate",
                            "audit",
                            "dispatch",
                            "log",
                            "mcp",
                            "oauth",
                            "systemd",
                            "config")));

    @Test
    void packages_import_only_what_the_architecture_allows() {
        var wrong = new TreeSet<String>();
        for (var type : Compiled.CLASSES) {
            var here = Compiled.layer(type);
            if (here.isEmpty()) {
                continue; // Main puts everything together.
            }
            var allowed = MAY_IMPORT.get(here);
            for (var dependency : type.getDirectDependenciesFromSelf()) {
                var there = Compiled.layer(dependency.getTargetClass());
                boolean ours = dependency.getTargetClass().getPackageName().startsWith("pvemcp");
                if (ours && !there.equals(here) && (allowed == null || !allowed.contains(there))) {
                    wrong.add("%s uses %s, but '%s' may import only %s (ARCHITECTURE.md, section 3)"
                            .formatted(
                                    type.getName(), dependency.getTargetClass().getName(), here, allowed));
                }
            }
        }
        Assertions.assertThat(wrong).isEmpty();
    }
}
