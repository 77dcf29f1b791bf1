package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import pvemcp.sim.state.HasFields;

/// A field that somebody adds to the simulated world is one that `--state` keeps, or it is written down here why not.
class KeptFieldsTest {
    private static final Set<String> NOT_KEPT = Set.of(
            // The moment is, and the clock is the next simulator's.
            "Cluster.time",
            "SimTasks.time",
            "State.time",
            // Kept apart, with its key.
            "Cluster.certificate",
            // Made into tasks when the simulation begins.
            "Cluster.history",
            // Of the cluster, which keeps them.
            "Access.pools",
            // Code, which each host has anew.
            "ToyHost.programs",
            // Made of the others.
            "SimTask.upid",
            "Replication.vmid",
            // Of a task that runs, which no file holds.
            "SimTask.warnings",
            // Faults on order.
            "SimTasks.ordered");

    @Test
    void what_has_state_names_all_of_it() {
        var forgotten = new TreeSet<String>();
        for (var type : Compiled.CLASSES) {
            if (!type.isAssignableTo(HasFields.class) || type.isInterface()) {
                continue;
            }
            var named = type.getFieldAccessesFromSelf().stream()
                    .filter(access -> access.getOrigin().getName().equals("fields"))
                    .map(JavaFieldAccess::getTarget)
                    .map(target -> target.getName())
                    .collect(Collectors.toSet());
            type.getFields().stream()
                    .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                    .filter(field -> !named.contains(field.getName()))
                    .map(field -> type.getSimpleName() + "." + field.getName())
                    .forEach(forgotten::add);
        }
        assertThat(forgotten).containsExactlyInAnyOrderElementsOf(NOT_KEPT);
    }
}
