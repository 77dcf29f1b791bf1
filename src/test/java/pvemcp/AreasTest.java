package pvemcp;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/// The packages of the tools: an area knows `common` and itself, `common` knows no area. So a tool is read with its
/// neighbours and nothing else.
class AreasTest {
    /// What sums up several areas may look into them.
    private static final Map<String, Set<String>> BESIDES = Map.of("answer", Set.of("cluster", "network", "storage"));

    @Test
    void an_area_of_tools_knows_no_other() {
        var wrong = new TreeSet<String>();
        for (var type : Compiled.CLASSES) {
            var here = Compiled.ring(type);
            if (!Compiled.layer(type).equals("tools") || here.isEmpty()) {
                continue; // The catalogue and its like know all areas.
            }
            for (var dependency : type.getDirectDependenciesFromSelf()) {
                var other = dependency.getTargetClass();
                var there = Compiled.ring(other);
                boolean known = there.equals(here)
                        || there.equals("common")
                        || BESIDES.getOrDefault(here, Set.of()).contains(there);
                if (Compiled.layer(other).equals("tools") && !known) {
                    wrong.add("%s uses %s: what several areas share goes to tools.common"
                            .formatted(type.getName(), other.getName()));
                }
            }
        }
        Assertions.assertThat(wrong).isEmpty();
    }
}
