package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static pvemcp.lab.LabAssert.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.sim.scenario.Scenarios;

/// A guest that is only about to be made is judged by the id, pool, storage and node it will have.
class NewGuestsTest {
    private static final String TEMPLATE = "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst";

    private static Lab protecting(String... what) {
        return Lab.of(Scenarios.homelab()).protecting(what);
    }

    private static int guests(Lab lab) {
        return lab.ask(cluster -> cluster.guests.size());
    }

    @Test
    void an_id_in_a_protected_range_is_not_given_to_a_new_guest() {
        try (var lab = protecting("vmid:200-299")) {
            int before = guests(lab);
            assertThat(lab.call("pve_vm_create", "name", "fresh", "vmid", 250)).isRefusedBy("policy.protect.guests");
            assertThat(lab.call("pve_ct_create", "name", "fresh", "template", TEMPLATE, "vmid", 250))
                    .isRefusedBy("policy.protect.guests");
            assertThat(lab.call("pve_guest_clone", "guest", "900", "name", "fresh", "vmid", 250))
                    .isRefusedBy("policy.protect.guests");
            assertThat(lab.call("pve_guest_provision", "template", "900", "name", "fresh", "vmid", 250))
                    .isRefusedBy("policy.protect.guests");
            assertThat(guests(lab)).isEqualTo(before);
            assertThat(lab.call("pve_vm_create", "name", "fresh", "vmid", 300)).shows("fresh (300)");
        }
    }

    @Test
    void the_next_free_id_is_judged_where_none_is_given() {
        try (var lab = protecting("vmid:100-199")) {
            assertThat(lab.call("pve_vm_create", "name", "fresh"))
                    .isRefusedBy("policy.protect.guests")
                    .saying("guest 100", "has a protected id (100-199)");
            assertThat(lab.call("pve_guest_clone", "guest", "900", "name", "fresh"))
                    .isRefusedBy("policy.protect.guests");
        }
    }

    @Test
    void nothing_is_made_in_a_protected_pool() {
        try (var lab = protecting("pool:production")) {
            assertThat(lab.call("pve_vm_create", "name", "fresh", "pool", "production"))
                    .isRefusedBy("policy.protect.pools");
            assertThat(lab.call("pve_guest_clone", "guest", "900", "name", "fresh", "pool", "production"))
                    .isRefusedBy("policy.protect.pools");
            assertThat(lab.call("pve_guest_clone", "guest", "900", "name", "fresh", "pool", "playground"))
                    .shows("fresh (100)");
        }
    }

    @Test
    void an_option_of_the_callers_own_is_no_way_round() {
        try (var lab = protecting("pool:production")) {
            assertThat(lab.call(
                            "pve_vm_create", Json.obj("name", "fresh").with("options", Json.obj("pool", "production"))))
                    .isRefusedBy("policy.protect.pools");
        }
    }

    @Test
    void a_storage_of_a_protected_pool_takes_no_new_disks() {
        try (var lab = protecting("pool:playground")) {
            assertThat(lab.call("pve_vm_create", "name", "fresh", "storage", "nas"))
                    .isRefusedBy("policy.protect.pools")
                    .saying("storage nas is in the protected pool 'playground'");
            assertThat(lab.call(
                            "pve_vm_create", Json.obj("name", "fresh").with("options", Json.obj("scsi1", "nas:32"))))
                    .isRefusedBy("policy.protect.pools");
            assertThat(lab.call("pve_vm_create", "name", "fresh", "storage", "local-lvm"))
                    .shows("fresh (100)");
        }
    }

    @Test
    void nothing_is_made_on_a_protected_node() {
        try (var lab = protecting("node:pve1")) {
            assertThat(lab.call("pve_vm_create", "name", "fresh")).isRefusedBy("policy.protect.nodes");
            assertThat(lab.call("pve_ct_create", "name", "fresh", "template", TEMPLATE))
                    .isRefusedBy("policy.protect.nodes");
        }
    }

    @Test
    void a_template_is_not_built_with_a_protected_id() {
        try (var lab = protecting("vmid:9000-9999")) {
            assertThat(lab.call(
                            "pve_template_build",
                            Json.obj("image", "local:import/debian-13-genericcloud-amd64.qcow2", "name", "golden")
                                    .with("node", "pve1")
                                    .with("storage", "local-lvm")
                                    .with("vmid", 9000)))
                    .isRefusedBy("policy.protect.guests");
        }
    }

    @Test
    void a_backup_is_not_restored_to_a_protected_id() {
        try (var lab = protecting("vmid:200-299")) {
            var archive = lab.<String>ask(cluster -> cluster.storage("backup").volumes("pve1").keySet().stream()
                    .filter(name -> name.contains("qemu-101"))
                    .findFirst()
                    .orElseThrow());
            assertThat(lab.call("pve_backup_restore", "archive", "backup:" + archive, "vmid", 250))
                    .isRefusedBy("policy.protect.guests");
        }
    }
}
