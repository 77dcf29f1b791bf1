package pvemcp.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pvemcp.json.Json;
import pvemcp.text.Word;

final class SearchTest {
    private static final ApiSchema SCHEMA = ApiSchema.builtIn("9.2");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create vm | POST /nodes/{node}/qemu",
                "clone container | POST /nodes/{node}/lxc/{vmid}/clone",
                "delete snapshot of vm | DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}",
                "list backups on a storage | GET /nodes/{node}/storage/{storage}/content",
                "prune backups | DELETE /nodes/{node}/storage/{storage}/prunebackups",
                "move disk to another storage | POST /nodes/{node}/qemu/{vmid}/move_disk",
                "next free guest id | GET /cluster/nextid",
                "task log | GET /nodes/{node}/tasks/{upid}/log",
                "reboot node | POST /nodes/{node}/status",
                "ha rules | GET /cluster/ha/rules",
                "storage usage over time | GET /nodes/{node}/storage/{storage}/rrddata",
                "api tokens | GET /access/users/{userid}/token",
                "who may do what: effective privileges | GET /access/permissions",
                "start vm | POST /nodes/{node}/qemu/{vmid}/status/start",
                "upload iso | POST /nodes/{node}/storage/{storage}/upload",
                "subscription | GET /nodes/{node}/subscription",
                "quorum | GET /cluster/status",
                "smart | GET /nodes/{node}/disks/smart",
            })
    void the_operation_one_means_comes_first(String words, String operation) {
        assertThat(SCHEMA.search(words, 5)).first().hasToString(operation);
    }

    @Test
    void words_no_operation_has_find_nothing() {
        assertThat(SCHEMA.search("xyzzy", 10)).isEmpty();
        assertThat(SCHEMA.search("", 10)).isEmpty();
        assertThat(SCHEMA.search("list xyzzy", 10)).isEmpty();
    }

    @Test
    void a_parameters_name_finds_its_operations() {
        assertThat(SCHEMA.search("mac_prefix", 1)).first().hasToString("PUT /cluster/options");
    }

    @Test
    void every_description_is_lean() {
        for (var operation : SCHEMA.operations()) {
            assertThat(SCHEMA.describe(operation, "").length())
                    .as("%s", operation)
                    .isLessThan(4000);
        }
    }

    @Test
    void a_description_says_what_an_operation_needs_and_takes() {
        assertThat(SCHEMA.describe(operation("POST", "/nodes/{node}/qemu/{vmid}/snapshot"), ""))
                .isEqualTo("""
                POST /nodes/{node}/qemu/{vmid}/snapshot
                Take a snapshot of a VM.
                class: change; starts a task of type qmsnapshot
                needs: VM.Snapshot on /vms/{vmid}
                parameters (* must be given):
                node* string pve-node, in the path
                vmid* integer pve-vmid 100..999999999, in the path
                snapname* string pve-configid to 40 characters
                description string
                vmstate boolean
                """);
    }

    @Test
    void of_very_many_parameters_only_the_names_are_told_until_one_is_asked_for() {
        var create = operation("POST", "/nodes/{node}/qemu");
        assertThat(SCHEMA.describe(create, ""))
                .contains("vmid* integer")
                .contains("net0..31")
                .doesNotContain("net0..31 key=value");
        assertThat(SCHEMA.describe(create, "net3"))
                .contains("net0..31 key=value list")
                .contains("  model* e1000|")
                .contains("  tag integer 1..4094")
                .doesNotContain("scsi");
        assertThat(SCHEMA.describe(create, "nosuch")).contains("no parameter is called like 'nosuch'");
    }

    @Test
    void parameters_that_depend_on_a_type_say_so() {
        assertThat(SCHEMA.describe(operation("POST", "/cluster/ha/rules"), ""))
                .contains("type* node-affinity|resource-affinity")
                .contains("affinity* positive|negative, for resource-affinity only")
                .contains("resources* string pve-ha-resource-id-list\n");
    }

    @Test
    void a_hosts_own_texts_are_told_on_one_line_without_control_characters() {
        var live = ApiSchema.fromApidoc("""
                const apiSchema = [{"path": "/lamps", "info": {"PUT": {"name": "set", "method": "PUT", "description": "Set. Makes it aglow.",
                  "parameters": {"properties": {"colour": {"type": "string",
                    "description": "The\\ncolour\\u001b[31m it shines in. More of it."}}}}}}];
                """, "9.9");
        assertThat(live.describe(live.operation(Verb.PUT, "/lamps").orElseThrow(), ""))
                .contains("colour* string — The colour[31m it shines in\n")
                .contains("class: execute");
        assertThat(live.search("aglow", 1)).hasSize(1);
    }

    private static Operation operation(String verb, String path) {
        return SCHEMA.operation(Verb.valueOf(verb), path).orElseThrow();
    }

    @Test
    void danger_and_description_agree() {
        var clone = operation("POST", "/nodes/{node}/qemu/{vmid}/clone");
        assertThat(SCHEMA.describe(clone, "")).contains("class: " + Word.of(SCHEMA.danger(clone, Json.Obj.EMPTY)));
    }
}
