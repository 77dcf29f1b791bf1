package pvemcp.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import pvemcp.lab.Golden;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Operation;
import pvemcp.sim.api.AllRoutes;

/// What the simulator can do is what its page says: `docs/simulator-coverage.md` is made of its routes.
class CoverageTest {
    private static final ApiSchema SCHEMA = ApiSchema.builtIn("9.2");
    private static final Set<String> COVERED = AllRoutes.of(SCHEMA).covered();

    @Test
    void the_page_lists_what_is_simulated_and_what_is_not() {
        Golden.check("docs/simulator-coverage.md", page());
    }

    @Test
    void most_of_the_interface_is_simulated() {
        assertThat(COVERED.size()).isGreaterThan(SCHEMA.operations().size() / 2);
    }

    private static String page() {
        var areas = new TreeMap<String, List<Operation>>();
        SCHEMA.operations()
                .forEach(operation -> areas.computeIfAbsent(area(operation), _ -> new ArrayList<>())
                        .add(operation));
        var page = new StringBuilder(
                """
                # What the simulator covers

                <!-- Made by CoverageTest from the routes of the simulator and the schema of Proxmox VE 9.2. -->

                %d of the %d operations of Proxmox VE 9.2. What is not simulated answers 501 with a message that says so, after the same \
                checks of login and parameters. How to use it: [the simulator](guide/simulator.md).

                | area | simulated | of |
                |---|--:|--:|
                """.formatted(COVERED.size(), SCHEMA.operations().size()));
        areas.forEach((area, operations) -> page.append("| [%s](#%s) | %d | %d |\n"
                .formatted(
                        area,
                        area.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'),
                        count(operations),
                        operations.size())));
        areas.forEach((area, operations) -> list(area, operations, page));
        return page.toString();
    }

    /// The first two steps of a path that say something: `nodes qemu`, `cluster sdn`, `access`.
    private static String area(Operation operation) {
        var steps = List.of(operation.path().split("/", -1)).stream()
                .filter(step -> !step.isEmpty() && !step.startsWith("{"))
                .toList();
        if (steps.isEmpty()) {
            return "root";
        }
        boolean divided = Set.of("nodes", "cluster", "access").contains(steps.getFirst());
        return divided && steps.size() > 1 ? steps.get(0) + " " + steps.get(1) : steps.getFirst();
    }

    private static long count(List<Operation> operations) {
        return operations.stream()
                .filter(operation -> COVERED.contains(operation.toString()))
                .count();
    }

    private static void list(String area, List<Operation> operations, StringBuilder page) {
        var paths = operations.stream()
                .collect(Collectors.groupingBy(Operation::path, LinkedHashMap::new, Collectors.toList()));
        page.append("\n## %s\n\n| path | simulated | not |\n|---|---|---|\n".formatted(area));
        for (Map.Entry<String, List<Operation>> path : paths.entrySet()) {
            page.append("| `%s` | %s | %s |\n"
                    .formatted(path.getKey(), verbs(path.getValue(), true), verbs(path.getValue(), false)));
        }
    }

    private static String verbs(List<Operation> operations, boolean covered) {
        return operations.stream()
                .filter(operation -> COVERED.contains(operation.toString()) == covered)
                .map(operation -> operation.verb().name())
                .collect(Collectors.joining(" "));
    }
}
