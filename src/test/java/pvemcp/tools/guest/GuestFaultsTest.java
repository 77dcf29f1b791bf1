package pvemcp.tools.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// What goes wrong with guests: for each its own answer, which says what it is and what to do.
class GuestFaultsTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab homelab() {
        return Lab.of(Scenarios.homelab());
    }

    private static boolean exists(Lab lab, int vmid) {
        return lab.ask(cluster -> cluster.guests.containsKey(vmid));
    }

    @Test
    void a_locked_guest_names_its_lock_and_where_to_see_who_holds_it() {
        try (var lab = homelab()) {
            lab.with(cluster -> cluster.guest(103).config.put("lock", "backup"));
            that(lab.call("pve_guest_nic", "guest", "git", "action", "add"))
                    .failsWith("locked")
                    .saying("VM 103: VM is locked (backup)")
                    .hinting("wait for the task that holds the lock (backup)", "pve_task_list running=true");
            that(lab.call("pve_guest_power", "guest", "git", "action", "reboot"))
                    .failsWith("task_failed")
                    .saying("VM is locked (backup)")
                    .hinting("pve_task_list guest=103 running=true");
        }
    }

    @Test
    void a_container_is_not_asked_for_what_only_vms_have_nor_a_vm_for_a_containers() {
        try (var lab = homelab()) {
            that(lab.call("pve_guest_agent", "guest", "dns", "action", "ping"))
                    .failsWith("bad_arguments")
                    .saying("dns (105) on pve1 is a container, and those have no agent");
            that(lab.call("pve_guest_power", "guest", "dns", "action", "reset"))
                    .failsWith("bad_arguments")
                    .saying("a container has no reset: stop and start it");
            that(lab.call("pve_guest_nic", "guest", "web", "action", "change", "nic", "net0", "ip", "dhcp"))
                    .failsWith("bad_arguments")
                    .saying("web (101) on pve1 is a VM");
        }
    }

    @Test
    void a_missing_agent_says_how_to_get_one() {
        try (var lab = homelab()) {
            lab.with(cluster -> cluster.guest(121).start(cluster.now()));
            that(lab.call("pve_guest_info", "guest", "win11"))
                    .failsWith("no_way_in")
                    .saying("has no agent configured: set agent=1, install qemu-guest-agent inside");
        }
    }

    @Test
    void a_hanging_agent_is_told_from_a_missing_one() {
        try (var lab = homelab()) {
            lab.with(cluster -> cluster.guest(101).inside().agentHangs = true);
            that(lab.call("pve_guest_info", "guest", "web"))
                    .failsWith("no_way_in")
                    .saying("took the command and did not answer", "hangs, sleeps or is busy");
        }
    }

    @Test
    void a_full_storage_says_where_there_is_room_and_leaves_no_guest_behind() {
        try (var lab = homelab()) {
            that(lab.call("pve_vm_create", "name", "huge", "vmid", 300, "storage", "local-lvm", "disk", "9000G"))
                    .failsWith("task_failed")
                    .saying("No space left on device")
                    .hinting("a storage is full", "pve_storage_list", "pve_storage_pressure");
            assertThat(exists(lab, 300)).isFalse();
            that(lab.call("pve_guest_disk", "guest", "git", "action", "add", "storage", "local-lvm", "size", "9000G"))
                    .failsWith("task_failed")
                    .hinting("a storage is full");
        }
    }

    @Test
    void an_id_that_is_taken_names_its_holder_and_a_free_one() {
        try (var lab = homelab()) {
            that(lab.call("pve_guest_clone", "guest", "900", "name", "fresh", "vmid", 101))
                    .failsWith("bad_arguments")
                    .saying("101 is taken by web on pve1; the next free id is 100");
        }
    }

    @Test
    void an_id_that_is_taken_between_the_look_and_the_act_is_not_overwritten() {
        try (var lab = homelab().policy(open -> open.with(Tier.CHANGE, Policy.Answer.ASK))) {
            var held = lab.call("pve_vm_create", "name", "fresh", "vmid", 300);
            var ticket = ((ToolResult.Held) held).ticket().text();
            lab.with(cluster -> Scenes.vm(cluster, 300, "pve1", "payroll"));
            that(lab.call("pve_vm_create", "name", "fresh", "vmid", 300, "confirm", ticket))
                    .failsWith("pve_error")
                    .saying("VM 300 already exists on node 'pve1'")
                    .hinting("pve_next_id");
            assertThat(lab.<String>ask(cluster -> cluster.guest(300).name())).isEqualTo("payroll");
        }
    }

    @Test
    void a_disk_that_cannot_have_snapshots_is_named_with_a_way_out() {
        try (var lab = homelab()) {
            that(lab.call("pve_snapshot_create", "guest", "media", "name", "one"))
                    .failsWith("pve_error")
                    .saying("snapshot feature is not available", "on nas", "move it with pve_guest_disk");
        }
    }

    @Test
    void without_quorum_nothing_is_written_and_the_answer_says_why() {
        try (var lab = Lab.of(Scenes.small()).with(cluster -> {
            cluster.name = "home";
            cluster.addNode("pve2").online = false;
            cluster.addNode("pve3").online = false;
        })) {
            that(lab.call("pve_guest_set", "guest", "web", "cores", 4))
                    .failsWith("no_quorum")
                    .saying("cluster not ready - no quorum?")
                    .hinting("until most nodes are back", "pve_cluster_status");
            that(lab.call("pve_vm_create", "name", "fresh", "node", "pve1", "storage", "local"))
                    .failsWith("no_quorum");
            that(lab.call("pve_guest_get", "guest", "web")).shows("web");
        }
    }

    @Test
    void a_guest_that_has_moved_meanwhile_is_followed_to_where_it_is_now() {
        try (var lab = Lab.of(Scenes.small()).with(cluster -> cluster.addNode("pve2"))) {
            that(lab.call("pve_guest_get", "guest", "web")).shows("pve1");
            lab.with(cluster -> cluster.guest(101).node = "pve2");
            that(lab.call("pve_guest_set", "guest", "web", "cores", 4)).shows("web (101) on pve2", "outcome: done");
            assertThat(lab.<String>ask(cluster -> cluster.guest(101).effective().get("cores")))
                    .isEqualTo("4");
        }
    }

    @Test
    void a_guest_replaced_under_its_id_is_not_taken_for_the_one_that_was_meant() {
        try (var lab = homelab()) {
            lab.call("pve_guest_get", "guest", "web"); // The list of guests is a moment old after this.
            lab.with(cluster -> cluster.guest(101).config.put("name", "payroll"));
            that(lab.call("pve_snapshot_rollback", "guest", "web", "name", "before-upgrade"))
                    .failsWith("conflict")
                    .saying("101 is 'payroll' by now, no longer 'web'");
        }
    }

    @Test
    void what_was_done_before_a_step_failed_is_told() {
        try (var lab = homelab()) {
            lab.sim().faults().fail("qmstart").with("no such device");
            that(lab.call(
                            "pve_guest_provision",
                            Json.obj("template", "900", "name", "api", "vmid", 300)
                                    .with("cores", 2)))
                    .failsWith("task_failed")
                    .saying("start failed", "done before that: clone, configure")
                    .hinting("api (300) on pve1 stays as it is");
            assertThat(exists(lab, 300)).isTrue();
        }
    }

    @Test
    void of_several_guests_each_says_how_it_fared() {
        try (var lab = homelab()) {
            lab.with(cluster -> cluster.guest(103).config.put("lock", "backup"));
            that(lab.call("pve_guest_power_many", "vmids", List.of("101", "103"), "action", "reboot"))
                    .shows("web", "git", "VM is locked (backup)");
        }
    }
}
