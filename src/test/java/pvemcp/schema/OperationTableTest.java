package pvemcp.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pvemcp.json.Json;

final class OperationTableTest {
    private final ApiSchema nine = ApiSchema.builtIn("9.2");
    private final ApiSchema eight = ApiSchema.builtIn("8.4");

    @Test
    void the_table_knows_every_operation_and_no_other() {
        var known = new TreeSet<String>();
        nine.operations().forEach(operation -> known.add(operation.toString()));
        eight.operations().forEach(operation -> known.add(operation.toString()));
        assertThat(OperationTable.SHARED.rows().keySet()).containsExactlyInAnyOrderElementsOf(known);
    }

    @Test
    void summaries_are_short_and_differ() {
        assertThat(OperationTable.SHARED.rows().values())
                .allSatisfy(
                        row -> assertThat(row.summary()).hasSizeBetween(10, 80).matches("[A-Z][^.]*[^.]"));
        assertThat(OperationTable.SHARED.rows().values())
                .extracting(OperationTable.Row::summary)
                .doesNotHaveDuplicates();
    }

    @Test
    void only_gets_are_reads() {
        var wrong = new ArrayList<String>();
        OperationTable.SHARED.rows().forEach((operation, row) -> {
            if (row.danger() == Danger.READ && !operation.startsWith("GET ")) {
                wrong.add(operation);
            }
        });
        assertThat(wrong).isEmpty();
    }

    @Test
    void an_operation_that_nobody_reviewed_is_the_worst() {
        var unknown = new Operation(Verb.GET, "/nosuch", "index", "", () -> Json.Obj.EMPTY);
        assertThat(nine.danger(unknown, Json.Obj.EMPTY)).isEqualTo(Danger.EXECUTE);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nodes/{node}/qemu/{vmid}/config, READ",
        "POST, /nodes/{node}/qemu/{vmid}/status/start, OPERATE",
        "PUT, /nodes/{node}/qemu/{vmid}/config, CHANGE",
        "DELETE, /nodes/{node}/qemu/{vmid}, DESTROY",
        "POST, /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback, DESTROY",
        "POST, /nodes/{node}/execute, EXECUTE",
        "POST, /nodes/{node}/qemu/{vmid}/monitor, EXECUTE",
        "PUT, /nodes/{node}/qemu/{vmid}/sendkey, EXECUTE",
        "GET, /nodes/{node}/qemu/{vmid}/agent/file-read, EXECUTE",
        "GET, /nodes/{node}/query-url-metadata, EXECUTE",
        "GET, /nodes/{node}/scan/cifs, EXECUTE",
        "GET, /access/domains/{realm}, EXECUTE",
        "POST, /access/users/{userid}/token/{tokenid}, EXECUTE",
        "PUT, /access/acl, EXECUTE",
        "POST, /nodes/{node}/storage/{storage}/download-url, EXECUTE",
        "POST, /nodes/{node}/lxc/{vmid}/remote_migrate, EXECUTE",
    })
    void doors_and_secrets_are_told_from_reads_and_changes(Verb verb, String path, Danger danger) {
        assertThat(nine.danger(nine.operation(verb, path).orElseThrow(), Json.Obj.EMPTY))
                .isEqualTo(danger);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | /nodes/{node}/qemu | args | -monitor tcp::4444 | EXECUTE",
                "POST | /nodes/{node}/qemu | scsi0 | /dev/sda | EXECUTE",
                "POST | /nodes/{node}/qemu | scsi0 | format=raw,file=/etc/shadow | EXECUTE",
                "POST | /nodes/{node}/qemu | scsi0 | local-lvm:0,import-from=/etc/shadow | EXECUTE",
                "POST | /nodes/{node}/qemu | scsi0 | local-lvm:32,ssd=1 | CHANGE",
                "POST | /nodes/{node}/qemu | net0 | virtio,bridge=vmbr0 | CHANGE",
                "POST | /nodes/{node}/qemu | serial0 | socket | CHANGE",
                "POST | /nodes/{node}/qemu | serial0 | /dev/ttyS0 | EXECUTE",
                "POST | /nodes/{node}/qemu | usb0 | spice | CHANGE",
                "POST | /nodes/{node}/qemu | usb0 | mapping=stick | CHANGE",
                "POST | /nodes/{node}/qemu | usb0 | spice,usb3=1 | CHANGE",
                "POST | /nodes/{node}/qemu | usb0 | usb3=1,mapping=stick | CHANGE",
                "POST | /nodes/{node}/qemu | usb0 | 1234:abcd | EXECUTE",
                "POST | /nodes/{node}/qemu | usb0 | abcd:1234,usb3=1 | EXECUTE",
                "POST | /nodes/{node}/qemu | usb0 | host=1-2 | EXECUTE",
                "POST | /nodes/{node}/qemu | force | 1 | DESTROY",
                "PUT | /nodes/{node}/qemu/{vmid}/config | hostpci0 | mapping=gpu,pcie=1 | CHANGE",
                "PUT | /nodes/{node}/qemu/{vmid}/config | hostpci0 | 0000:01:00.0 | EXECUTE",
                "PUT | /nodes/{node}/qemu/{vmid}/config | hostpci0 | 01:00,pcie=1 | EXECUTE",
                "PUT | /nodes/{node}/qemu/{vmid}/config | hostpci0 | pcie=1,host=01:00 | EXECUTE",
                "PUT | /nodes/{node}/qemu/{vmid}/config | hostpci0 | pcie=1,01:00 | EXECUTE",
                "PUT | /nodes/{node}/qemu/{vmid}/config | hostpci0 | mapping=gpu,romfile=x.bin | EXECUTE",
                "PUT | /nodes/{node}/qemu/{vmid}/config | cicustom | user=local:snippets/a.yml | EXECUTE",
                "PUT | /nodes/{node}/qemu/{vmid}/config | delete | scsi1,unused0 | DESTROY",
                "PUT | /nodes/{node}/qemu/{vmid}/config | delete | scsi1 | CHANGE",
                "PUT | /nodes/{node}/qemu/{vmid}/unlink | force | true | DESTROY",
                "PUT | /nodes/{node}/lxc/{vmid}/config | mp0 | /srv,mp=/srv | EXECUTE",
                "PUT | /nodes/{node}/lxc/{vmid}/config | mp0 | local-lvm:8,mp=/srv | CHANGE",
                "PUT | /nodes/{node}/lxc/{vmid}/config | lxc.mount.entry | x | EXECUTE",
                "POST | /nodes/{node}/lxc | unprivileged | 0 | EXECUTE",
                "POST | /nodes/{node}/vzdump | script | /root/x.sh | EXECUTE",
                "GET | /nodes/{node}/qemu/{vmid}/config | current | 1 | READ",
            })
    void a_parameter_can_make_an_operation_worse(String verb, String path, String name, String value, Danger danger) {
        var operation = nine.operation(Verb.valueOf(verb), path).orElseThrow();
        assertThat(nine.danger(operation, Json.obj(name, value))).isEqualTo(danger);
    }
}
