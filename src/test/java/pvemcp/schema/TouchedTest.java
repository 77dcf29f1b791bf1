package pvemcp.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.json.Json;

final class TouchedTest {
    private final ApiSchema schema = ApiSchema.builtIn("9.2");

    private Touched touched(Verb verb, String path, Object... arguments) {
        var match = schema.match(verb, path).orElseThrow();
        return schema.touched(match.operation(), match.variables(), Json.obj(arguments));
    }

    @Test
    void a_guests_path_names_its_node_and_itself() {
        var touched = touched(Verb.POST, "/nodes/pve1/qemu/100/status/stop");
        assertThat(touched.nodes()).containsExactly("pve1");
        assertThat(touched.guests()).containsExactly(100);
        assertThat(touched.everyGuest()).isFalse();
    }

    @Test
    void arguments_name_what_a_call_reaches_beyond_its_path() {
        var clone = touched(
                Verb.POST,
                "/nodes/pve1/qemu/100/clone",
                "newid",
                120,
                "target",
                "pve2",
                "storage",
                "fast",
                "pool",
                "web");
        assertThat(clone.nodes()).containsExactlyInAnyOrder("pve1", "pve2");
        assertThat(clone.guests()).containsExactlyInAnyOrder(100, 120);
        assertThat(clone.storages()).containsExactly("fast");
        assertThat(clone.pools()).containsExactly("web");

        var create = touched(
                Verb.POST,
                "/nodes/pve1/qemu",
                "vmid",
                "130",
                "scsi0",
                "fast:32,ssd=1",
                "ide2",
                "local:iso/a.iso,media=cdrom",
                "net0",
                "virtio=02:00:00:00:00:01");
        assertThat(create.storages()).containsExactly("fast", "local");
        assertThat(create.guests()).containsExactly(130);
    }

    @Test
    void lists_name_each_of_their_guests_however_they_are_written() {
        assertThat(touched(Verb.POST, "/nodes/pve1/stopall", "vms", "100,101;102")
                        .guests())
                .containsExactly(100, 101, 102);
        assertThat(touched(
                                Verb.POST,
                                "/cluster/bulk-action/guest/shutdown",
                                "vms",
                                Json.arr(Json.num(100), Json.str("101")))
                        .guests())
                .containsExactly(100, 101);
        assertThat(touched(Verb.PUT, "/pools", "poolid", "web", "vms", "100,101", "storage", "fast")
                        .guests())
                .containsExactly(100, 101);
        assertThat(touched(
                        Verb.POST,
                        "/cluster/ha/rules",
                        "rule",
                        "r",
                        "type",
                        "node-affinity",
                        "resources",
                        "vm:100,ct:101",
                        "nodes",
                        "pve1:2,pve2"))
                .satisfies(touched -> {
                    assertThat(touched.guests()).containsExactly(100, 101);
                    assertThat(touched.nodes()).containsExactly("pve1", "pve2");
                });
    }

    @Test
    void a_bulk_call_that_names_no_guest_touches_every_one() {
        assertThat(touched(Verb.POST, "/cluster/bulk-action/guest/shutdown").everyGuest())
                .isTrue();
        assertThat(touched(Verb.POST, "/nodes/pve1/stopall").everyGuest()).isTrue();
        assertThat(touched(Verb.POST, "/nodes/pve1/stopall", "vms", "100").everyGuest())
                .isFalse();
        assertThat(touched(Verb.POST, "/nodes/pve1/vzdump", "all", 1, "exclude", "100")
                        .everyGuest())
                .isTrue();
        assertThat(touched(Verb.POST, "/nodes/pve1/vzdump", "all", 1, "exclude", "100")
                        .guests())
                .isEmpty();
    }

    @Test
    void a_volume_belongs_to_the_guest_in_its_name() {
        var backup = touched(
                Verb.DELETE, "/nodes/pve1/storage/nas/content/nas:backup/vzdump-lxc-205-2026_11_01-02_00_00.tar.zst");
        assertThat(backup.guests()).containsExactly(205);
        assertThat(backup.storages()).containsExactlyInAnyOrder("nas");
        var onServer =
                touched(Verb.DELETE, "/nodes/pve1/storage/pbs/content/pbs:backup%2Fvm%2F103%2F2026-11-21T02:00:00Z");
        assertThat(onServer.guests()).containsExactly(103);
        assertThat(touched(Verb.DELETE, "/nodes/pve1/storage/local/content/local:100/vm-100-disk-0.qcow2")
                        .guests())
                .containsExactly(100);
    }

    @Test
    void a_task_belongs_to_its_node_and_guest() {
        var stop =
                touched(Verb.DELETE, "/nodes/pve1/tasks/UPID:pve1:0000A1B2:00C0FFEE:6B011A88:vzdump:100:root@pam!mcp:");
        assertThat(stop.nodes()).containsExactly("pve1");
        assertThat(stop.guests()).containsExactly(100);
    }

    @Test
    void rights_touch_what_they_are_granted_on() {
        assertThat(touched(Verb.PUT, "/access/acl", "path", "/vms/100", "roles", "PVEAdmin")
                        .guests())
                .containsExactly(100);
        assertThat(touched(Verb.PUT, "/cluster/options", "keyboard", "de").isCluster())
                .isTrue();
    }
}
