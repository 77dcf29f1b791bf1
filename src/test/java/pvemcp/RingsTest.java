package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// ARCHITECTURE.md section 7: which ring of the simulator may know which.
class RingsTest {
    /// What stands beside the rings, `PveSim` and what it is started with, is for all.
    private static final Map<String, Set<String>> RINGS = Map.of(
            "state", Set.of(),
            "time", Set.of(),
            "world", Set.of("state", "time"),
            "metrics", Set.of("world"),
            "task", Set.of("state", "time", "world"),
            "api", Set.of("state", "time", "world", "metrics", "task"),
            "http", Set.of("time", "world", "task", "api"),
            "ssh", Set.of("world"),
            "scenario", Set.of("world"));

    @Test
    void a_ring_of_the_simulator_knows_those_inside_it_alone() {
        var wrong = new TreeSet<String>();
        for (var type : Compiled.CLASSES) {
            var here = Compiled.ring(type);
            if (!Compiled.layer(type).equals("sim") || here.isEmpty()) {
                continue;
            }
            for (var dependency : type.getDirectDependenciesFromSelf()) {
                var target = dependency.getTargetClass();
                var there = Compiled.ring(target);
                boolean ring = Compiled.layer(target).equals("sim") && !there.isEmpty();
                if (ring && !there.equals(here) && !RINGS.get(here).contains(there)) {
                    wrong.add("%s uses %s".formatted(type.getName(), target.getName()));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }
}
