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

    @Test
    void each_version_is_judged_by_its_own_words() {
        var eight = ApiSchema.builtIn("8.4");
        var roles = Json.obj("roleid", "Ops", "privs", "VM.Monitor");
        assertThat(eight.check(eight.operation(Verb.POST, "/access/roles").orElseThrow(), roles))
                .isEmpty();
        assertThat(schema.check(schema.operation(Verb.POST, "/access/roles").orElseThrow(), roles))
                .extracting(Problem::wire)
                .containsExactly("invalid format - invalid privilege 'VM.Monitor'\n");
        assertThat(eight.operation(Verb.GET, "/cluster/ha/rules")).isEmpty();
        assertThat(eight.check(
                        eight.operation(Verb.POST, "/cluster/sdn/zones").orElseThrow(),
                        Json.obj("zone", "much-too-long", "type", "simple")))
                .hasSize(1);
    }

    @Test
    void the_variant_of_a_type_is_judged_alone() {
        var rule = schema.operation(Verb.POST, "/cluster/ha/rules").orElseThrow();
        assertThat(schema.check(
                        rule, Json.obj("rule", "r1", "type", "node-affinity", "resources", "vm:100", "nodes", "pve")))
                .isEmpty();
        assertThat(schema.check(
                        rule,
                        Json.obj("rule", "r1", "type", "node-affinity", "resources", "vm:100", "affinity", "positive")))
                .extracting(Problem::parameter)
                .containsExactly("oneOf[node-affinity].nodes", "affinity");
        assertThat(schema.check(rule, Json.obj("rule", "r1", "resources", "vm:100")))
                .extracting(Problem::parameter)
                .containsExactly("type", "resources");
    }

    @Test
    void a_json_array_stands_for_a_list_and_a_scalar_for_an_array_of_one() {
        var stop = schema.operation(Verb.POST, "/nodes/{node}/stopall").orElseThrow();
        assertThat(schema.check(stop, Json.obj("node", "pve", "vms", Json.arr(Json.num(100), Json.str("101")))))
                .isEmpty();
        var start =
                schema.operation(Verb.POST, "/cluster/bulk-action/guest/start").orElseThrow();
        assertThat(schema.check(start, Json.obj("vms", "100"))).isEmpty();
        assertThat(schema.check(start, Json.obj("vms", "100,101")))
                .containsExactly(new Problem("vms[0]", "type check ('integer') failed - got '100,101'"));
    }
}
