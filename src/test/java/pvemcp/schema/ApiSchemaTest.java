package pvemcp.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;

final class ApiSchemaTest {
    private final ApiSchema schema = ApiSchema.builtIn("9.2.11");

    @Test
    void both_versions_hold_all_their_operations() {
        assertThat(schema.version()).isEqualTo("9.2");
        assertThat(schema.operations()).hasSize(661);
        assertThat(ApiSchema.builtIn("8.4.1").version()).isEqualTo("8.4");
        assertThat(ApiSchema.builtIn("8.4.1").operations()).hasSize(605);
        assertThat(ApiSchema.builtIn("").version()).isEqualTo("9.2");
        assertThat(ApiSchema.builtIn("10.0").version()).isEqualTo("9.2");
    }

    @Test
    void a_concrete_path_finds_its_operation_and_its_variables() {
        var match = schema.match(Verb.GET, "/nodes/pve1//qemu/100/config/").orElseThrow();
        assertThat(match.operation()).hasToString("GET /nodes/{node}/qemu/{vmid}/config");
        assertThat(match.variables()).containsExactly(Map.entry("node", "pve1"), Map.entry("vmid", "100"));
        assertThat(match.operation().variables()).containsExactly("node", "vmid");
    }

    @Test
    void a_volume_may_contain_slashes_raw_or_encoded() {
        for (var volume : new String[] {"local:iso/a.iso", "local%3Aiso%2Fa.iso"}) {
            var match = schema.match(Verb.GET, "/nodes/pve1/storage/local/content/" + volume)
                    .orElseThrow();
            assertThat(match.variables()).containsEntry("volume", "local:iso/a.iso");
        }
        assertThat(schema.match(Verb.GET, "/cluster/firewall/ipset/lan/10.0.0.0/24")
                        .orElseThrow()
                        .variables())
                .containsEntry("name", "lan")
                .containsEntry("cidr", "10.0.0.0/24");
    }

    @Test
    void what_pve_answers_with_501_matches_nothing() {
        assertThat(schema.match(Verb.GET, "/nosuch")).isEmpty();
        assertThat(schema.match(Verb.POST, "/version")).isEmpty();
        assertThat(schema.match(Verb.GET, "/pools/a%2Fb")).isEmpty();
        assertThat(schema.match(Verb.GET, "/nodes/pve1/storage/local/content/a%20b"))
                .isEmpty();
        assertThat(schema.verbs("/version")).containsExactly(Verb.GET);
        assertThat(schema.verbs("/nosuch")).isEmpty();
    }

    @Test
    void all_problems_are_told_at_once_with_the_nearest_names() {
        var create = schema.operation(Verb.POST, "/nodes/{node}/qemu").orElseThrow();
        var problems = schema.check(
                create, Json.obj("node", "pve", "vmid", "12", "onboot", "yes", "memroy", "64", "net32", "virtio"));
        assertThat(problems)
                .extracting(Problem::parameter)
                .containsExactlyInAnyOrder("vmid", "onboot", "memroy", "net32");
        assertThat(problems)
                .filteredOn(problem -> problem.nearest().isPresent())
                .extracting(
                        problem -> problem.parameter() + " " + problem.nearest().get())
                .containsExactlyInAnyOrder("memroy memory", "net32 net31");
    }
}
