package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.tool.ToolResult;

/// Nobody is asked to agree to what PVE would refuse as it names what is not there, nor to what is so already.
class BeforeAskingTest {
    private static final String ASKS = "policy.destroy = \"ask\"\npolicy.execute = \"ask\"\n";

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab household() {
        return Lab.of(Scenes.household()).owner(ASKS);
    }

    private static ToolResult write(Lab lab, String method, String path, Json.Obj params) {
        return lab.call("pve_api_write", "method", method, "path", path, "params", params);
    }

    private static List<String> warnings(ToolResult result) {
        that(result).isHeld();
        return ((ToolResult.Held) result).preview().warnings();
    }

    // ---- names ----

    @Test
    void a_node_that_is_not_there_is_told_before_a_yes_with_the_one_that_was_meant() {
        try (var lab = household()) {
            that(lab.call("pve_replication_set", "guest", "web", "target", "PVE2"))
                    .failsWith("not_found")
                    .saying("no node 'PVE2' (did you mean 'pve2'?)")
                    .hinting("pve_node_list");
            that(lab.call("pve_replication_set", "guest", "web", "target", "nowhere"))
                    .failsWith("not_found")
                    .saying("no node 'nowhere': the nodes are pve1, pve2, pve3");
            that(lab.call("pve_replication_set", "guest", "web", "target", "PVE2", "dry_run", true))
                    .failsWith("not_found");
            that(lab.call("pve_replication_set", "guest", "web", "target", "pve3"))
                    .isHeld();
            assertThat(lab.audit()).noneMatch(line -> line.has("sent"));
        }
    }

    @Test
    void all_that_is_missing_is_told_at_once() {
        try (var lab = household()) {
            var params = Json.obj("newid", 999, "full", 1, "target", "pve4x", "storage", "local-lv");
            that(write(lab, "post", "/nodes/pve1/qemu/101/clone", params))
                    .failsWith("not_found")
                    .saying("no node 'pve4x'", "no storage 'local-lv' (did you mean 'local-lvm'?)");
        }
    }

    @Test
    void a_storage_that_is_not_there_is_told_wherever_it_stands() {
        try (var lab = household()) {
            that(lab.call("pve_guest_disk", "guest", "web", "action", "add", "size", "8G", "storage", "local-lv"))
                    .failsWith("not_found")
                    .saying("did you mean 'local-lvm'?");
            that(write(lab, "put", "/nodes/pve1/qemu/101/config", Json.obj("scsi5", "local-lv:8")))
                    .failsWith("not_found")
                    .saying("did you mean 'local-lvm'?");
            var failed = lab.call("pve_vm_create", "name", "new", "node", "pve1", "storage", "zzz");
            that(failed).failsWith("not_found");
            assertThat(((ToolResult.Failed) failed).what())
                    .isEqualTo("no storage 'zzz': the storages are backup, local, local-lvm, nas, pbs");
        }
    }

    @Test
    void a_disk_may_be_on_a_storage_that_is_not_shown() {
        try (var lab = household()) {
            // PVE lets the owner of a guest use its disks without any right on the storage.
            that(write(lab, "put", "/nodes/pve1/qemu/101/config", Json.obj("scsi5", "hidden:vm-101-disk-3,size=8G")))
                    .isHeld();
        }
    }

    @Test
    void a_storage_that_one_may_only_upload_to_is_not_shown_either() {
        try (var lab = household()) {
            var iso = Json.obj("content", "iso", "filename", "x.iso", "url", "https://example.org/x.iso");
            assertThat(warnings(write(lab, "post", "/nodes/pve1/storage/nass/download-url", iso)))
                    .contains("this token sees no storage 'nass' (did you mean 'nas'?)");
        }
    }

    @Test
    void what_is_about_to_be_made_may_have_a_name_that_is_new() {
        try (var lab = household()) {
            var storage = Json.obj("storage", "fresh", "type", "dir", "path", "/mnt/fresh");
            assertThat(warnings(write(lab, "post", "/storage", storage))).isEmpty();
        }
    }

    @Test
    void a_name_that_pve_takes_though_nothing_bears_it_is_a_warning() {
        try (var lab = household()) {
            var job = Json.obj("storage", "nas", "schedule", "02:00", "all", 1, "node", "pve4");
            assertThat(warnings(write(lab, "post", "/cluster/backup", job)))
                    .anyMatch(line -> line.startsWith("this token sees no node 'pve4' (did you mean 'pve1'?)"));
            assertThat(warnings(lab.call("pve_pool_set", "pool", "produ", "action", "add", "guests", List.of("web"))))
                    .containsExactly("this token sees no pool 'produ' (did you mean 'production'?)");
            assertThat(warnings(lab.call("pve_pool_set", "pool", "fresh", "action", "create")))
                    .isEmpty();
        }
    }

    @Test
    void a_bridge_that_is_not_there_is_a_warning_in_the_preview() {
        try (var lab = household()) {
            Object[] nic = {"guest", "web", "action", "add", "bridge", "vmbr9"};
            var told =
                    "pve1 lists no bridge 'vmbr9' (did you mean 'vmbr0'?); without its bridge a guest does not start";
            assertThat(warnings(lab.call("pve_guest_nic", nic))).containsExactly(told);
            that(lab.call("pve_guest_nic", "guest", "web", "action", "add", "bridge", "vmbr9", "dry_run", true))
                    .shows(told);
            assertThat(warnings(lab.call("pve_guest_nic", "guest", "web", "action", "add", "bridge", "vmbr0")))
                    .isEmpty();
        }
    }

    @Test
    void a_network_of_sdn_is_a_bridge_too() {
        try (var lab = Lab.of(Scenes.household())) {
            write(lab, "post", "/cluster/sdn/zones", Json.obj("zone", "lan", "type", "simple"));
            write(lab, "post", "/cluster/sdn/vnets", Json.obj("vnet", "guests0", "zone", "lan"));
            that(lab.call("pve_guest_nic", "guest", "web", "action", "add", "bridge", "guests0", "dry_run", true))
                    .shows("bridge=guests0")
                    .showsNot("lists no bridge");
        }
    }

    @Test
    void policy_has_its_say_before_names_are_looked_up() {
        try (var lab = Lab.of(Scenes.household()).owner("policy.change = \"deny\"\n")) {
            that(lab.call("pve_replication_set", "guest", "web", "target", "nowhere"))
                    .isRefusedBy("policy.change");
        }
    }

    @Test
    void a_read_that_names_a_node_or_storage_wrongly_tells_the_nearest() {
        try (var lab = household()) {
            that(lab.call("pve_node_get", "node", "PVE1"))
                    .failsWith("not_found")
                    .saying("no node 'PVE1' (did you mean 'pve1'?)")
                    .notSaying("hostname lookup")
                    .hinting("pve_node_list");
            that(lab.call("pve_storage_content", "storage", "local-lv"))
                    .failsWith("not_found")
                    .saying("no storage 'local-lv' (did you mean 'local-lvm'?)")
                    .hinting("pve_storage_list");
            that(lab.call("pve_api_read", "path", "/storage/nass")).saying("(did you mean 'nas'?)");
        }
    }

    // ---- what is so already ----

    @Test
    void what_is_so_already_is_told_without_asking_or_sending_anything() {
        try (var lab = household()) {
            that(lab.call("pve_guest_nic", "guest", "web", "action", "change", "nic", "net0", "bridge", "vmbr0"))
                    .shows("nothing to change: it is so already");
            that(lab.call("pve_guest_set", "guest", "web", "name", "web")).shows("it is so already");
            that(lab.call("pve_guest_set", "guest", "web", "name", "web2")).isHeld();
            that(lab.call("pve_guest_power_many", "action", "start", "vmids", List.of(101)))
                    .shows("1 already so");
            that(lab.call("pve_guest_migrate", "guest", "web", "node", "pve1")).shows("not at all: it is there");
            assertThat(lab.requests()).allMatch(request -> request.startsWith("GET "));
            assertThat(lab.audit()).noneMatch(line -> line.has("sent"));
        }
    }

    @Test
    void it_costs_nothing_of_a_budget() {
        try (var lab = Lab.of(Scenes.household()).owner("policy.limit.change = 1\n")) {
            for (int i = 0; i < 2; i++) {
                that(lab.call("pve_guest_set", "guest", "web", "name", "web")).isDone();
            }
            var held = lab.call("pve_guest_set", "guest", "web", "name", "web2");
            that(lab.approved(held, "pve_guest_set", "guest", "web", "name", "web2"))
                    .isDone();
        }
    }

    @Test
    void policy_and_a_rehearsal_come_before_it() {
        try (var lab = Lab.of(Scenes.household()).owner("policy.change = \"deny\"\n")) {
            that(lab.call("pve_guest_set", "guest", "web", "name", "web")).isRefusedBy("policy.change");
        }
        try (var lab = household()) {
            that(lab.call("pve_guest_set", "guest", "web", "name", "web", "dry_run", true))
                    .shows("it would change nothing");
        }
    }
}
