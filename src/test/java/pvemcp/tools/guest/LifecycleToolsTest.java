package pvemcp.tools.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

class LifecycleToolsTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static boolean isRunning(Lab lab, int vmid) {
        return lab.ask(cluster -> cluster.guest(vmid).isRunning());
    }

    private static String nodeOf(Lab lab, int vmid) {
        return lab.ask(cluster -> cluster.guest(vmid).node);
    }

    private static boolean exists(Lab lab, int vmid) {
        return lab.ask(cluster -> cluster.guests.containsKey(vmid));
    }

    private static String config(Lab lab, int vmid, String option) {
        return lab.ask(cluster -> cluster.guest(vmid).config.getOrDefault(option, ""));
    }

    @Test
    void a_vm_is_made_with_an_iso_and_sane_defaults_that_are_told() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call(
                            "pve_vm_create",
                            "name",
                            "fresh",
                            "iso",
                            "local:iso/debian-13.2.0-amd64-netinst.iso",
                            "options",
                            "{\"cpu\":\"host\"}"))
                    .shows(
                            "guest: fresh (100) on pve1",
                            "storage local-lvm, bridge vmbr0, 2 cores, 2 GiB RAM",
                            "outcome: done");
            assertThat(config(lab, 100, "scsi0"))
                    .startsWith("local-lvm:vm-100-disk-0")
                    .contains("size=32G");
            assertThat(config(lab, 100, "boot")).isEqualTo("order=scsi0;ide2;net0");
            assertThat(config(lab, 100, "cpu")).isEqualTo("host");
        }
    }

    @Test
    void a_vm_is_made_from_a_cloud_image_and_its_disk_enlarged() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call(
                            "pve_vm_create",
                            "name",
                            "cloudy",
                            "vmid",
                            300,
                            "image",
                            "local:import/debian-13-genericcloud-amd64.qcow2",
                            "disk",
                            "20G",
                            "start",
                            true))
                    .shows("guest: cloudy (300) on pve1", "outcome: done", "pve_guest_cloudinit");
            assertThat(config(lab, 300, "scsi0")).contains("size=20G");
            assertThat(config(lab, 300, "ide2")).contains("cloudinit");
            assertThat(isRunning(lab, 300)).isTrue();
        }
    }

    @Test
    void a_container_is_made_unprivileged_and_nothing_milder_lets_it_be_privileged() {
        try (var lab = Lab.of(Scenarios.homelab())
                .policy(_ ->
                        Policy.DEFAULT.with(Tier.CHANGE, Policy.Answer.ALLOW).with(Tier.EXECUTE, Policy.Answer.DENY))) {
            var template = "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst";
            that(lab.call("pve_ct_create", "name", "box", "template", template, "start", true))
                    .shows("guest: box (100) on pve1", "unprivileged, storage local-lvm", "outcome: done");
            assertThat(config(lab, 100, "unprivileged")).isEqualTo("1");
            that(lab.call("pve_ct_create", "name", "box2", "template", template, "options", "{\"unprivileged\":0}"))
                    .isRefusedBy("policy.execute");
            that(lab.call("pve_ct_create", "name", "box2", "template", template, "options", "{\"password\":\"x\"}"))
                    .failsWith("bad_arguments")
                    .saying("'password'", "would be written down");
        }
    }

    @Test
    void an_id_that_is_taken_is_answered_with_who_has_it_and_a_free_one() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_vm_create", "name", "fresh", "vmid", 101))
                    .failsWith("bad_arguments")
                    .saying("101 is taken by web on pve1; the next free id is 100");
        }
    }

    @Test
    void a_container_is_cloned_by_hostname_and_a_template_linked() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_clone", "guest", "debian-13-template", "name", "app"))
                    .shows("guest: app (100) on pve1", "linked clone of debian-13-template (900)", "outcome: done");
            assertThat(config(lab, 100, "scsi0")).contains("base-900-disk-0/vm-100-disk-0");
            that(lab.call("pve_guest_clone", "guest", "wiki-old", "name", "wiki-new"))
                    .shows("guest: wiki-new (106) on pve1", "full clone of wiki-old (130)", "outcome: done");
            assertThat(config(lab, 106, "hostname")).isEqualTo("wiki-new");
            that(lab.call("pve_guest_clone", "guest", "git", "name", "git2", "full", false))
                    .failsWith("bad_arguments")
                    .saying("git (103) on pve1 is no template");
        }
    }

    @Test
    void a_guest_becomes_a_template_once_it_is_off() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_template", "guest", "git"))
                    .failsWith("bad_arguments")
                    .saying("git (103) on pve1 runs");
            that(lab.call("pve_guest_template", "guest", "wiki-old")).shows("outcome: done");
            assertThat(config(lab, 130, "template")).isEqualTo("1");
        }
    }

    @Test
    void deleting_names_the_disks_beforehand_and_what_stands_in_the_way() {
        try (var lab = Lab.of(Scenarios.homelab()).policy(open -> open.with(Tier.DESTROY, Policy.Answer.ASK))) {
            var held = lab.call("pve_guest_delete", "guest", "wiki-old");
            that(held)
                    .wouldSend("DELETE /nodes/pve1/lxc/130 {\"purge\":1}")
                    .saying("delete wiki-old (130) on pve1 for good");
            assertThat(((ToolResult.Held) held).preview().warnings())
                    .anyMatch(line -> line.contains("rootfs local-lvm:vm-130-disk-0 8G"));
            lab.policy(open -> open.with(Tier.DESTROY, Policy.Answer.ALLOW));
            that(lab.call("pve_guest_delete", "guest", "git"))
                    .failsWith("bad_arguments")
                    .saying("git (103) on pve1 is not stopped (running)");
            that(lab.call("pve_guest_delete", "guest", "db")).isRefusedBy("policy.protect.flag");
            that(lab.call("pve_guest_delete", "guest", "wiki-old"))
                    .shows("outcome: done", "rootfs|local-lvm:vm-130-disk-0|8G");
            assertThat(exists(lab, 130)).isFalse();
        }
    }

    @Test
    void a_guest_replaced_by_another_under_its_id_is_not_deleted() {
        try (var lab = Lab.of(Scenes.small()).policy(open -> open.with(Tier.DESTROY, Policy.Answer.ASK))) {
            var held = lab.call("pve_guest_delete", "guest", "102");
            var ticket = Lab.yes(held);
            lab.with(cluster -> {
                cluster.guests.remove(102);
                Scenes.container(cluster, 102, "pve1", "payroll");
            });
            that(lab.call("pve_guest_delete", "guest", "102", "confirm", ticket))
                    .failsWith("conflict")
                    .saying("102 is 'payroll' by now, no longer 'dns'");
            assertThat(config(lab, 102, "hostname")).isEqualTo("payroll");
        }
    }

    private static Lab pair() {
        return Lab.of(Scenes.small()).with(cluster -> cluster.addNode("pve2"));
    }

    @Test
    void a_running_vm_moves_live_and_a_container_with_a_restart() {
        try (var lab = pair()) {
            that(lab.call("pve_guest_migrate", "guest", "web", "node", "pve2"))
                    .shows("from: pve1", "to: pve2", "way: live", "outcome: done");
            assertThat(nodeOf(lab, 101)).isEqualTo("pve2");
            that(lab.call("pve_guest_power", "guest", "dns", "action", "start")).isDone();
            that(lab.call("pve_guest_migrate", "guest", "dns", "node", "pve2"))
                    .shows("way: with a restart", "outcome: done");
            that(lab.call("pve_guest_migrate", "guest", "dns", "node", "pve2")).shows("way: not at all");
        }
    }

    @Test
    void what_stands_against_a_move_is_told_before_it_begins() {
        try (var lab = Lab.of(Scenarios.homelab()).with(cluster -> cluster.addNode("pve2"))) {
            that(lab.call("pve_guest_migrate", "guest", "homeassistant", "node", "pve2"))
                    .failsWith("bad_arguments")
                    .saying("cannot move to pve2", "it uses devices of this node", "usb0");
            assertThat(nodeOf(lab, 104)).isEqualTo("pve1");
        }
    }

    @Test
    void another_node_is_named_only_where_the_guest_could_move_to_it() {
        try (var lab = Lab.of(Scenarios.homelab()).with(cluster -> {
            cluster.addNode("pve2");
            cluster.addNode("pve3");
            cluster.storage("local-lvm").options.put("nodes", "pve1,pve3");
        })) {
            that(lab.call("pve_guest_migrate", "guest", "web", "node", "pve2"))
                    .saying("cannot move to pve2", "unavailable storages", "it could move to pve3");
            that(lab.call("pve_guest_migrate", "guest", "win11", "node", "pve3"))
                    .saying("a CD-ROM on local storage", "eject it")
                    .notSaying("it could move");
        }
    }

    @Test
    void a_move_that_takes_long_is_handed_back_and_the_guest_is_found_where_it_went() {
        try (var lab = Lab.of(Scenarios.homelab()).with(cluster -> cluster.addNode("pve2"))) {
            var going = lab.call("pve_guest_migrate", "guest", "git", "node", "pve2", "timeout", "5s");
            that(going).shows("local disks copied", "outcome: still running", "next: pve_task_wait task=UPID:pve1:");
            lab.advance(Duration.ofMinutes(5));
            that(lab.call("pve_guest_get", "guest", "git")).shows("node: pve2");
        }
    }

    @Test
    void all_guests_with_a_tag_are_stopped_and_each_is_accounted_for() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            lab.with(cluster -> cluster.guest(101).config.put("lock", "backup"));
            that(lab.call("pve_guest_power_many", "action", "shutdown", "tag", "dev"))
                    .shows(
                            "done: shutdown: 2 done, 0 failed",
                            "112|ci-runner|pve1|done|UPID:",
                            "120|k3s-dev|pve1|done|UPID:");
            that(lab.call("pve_guest_power_many", "action", "shutdown", "tag", "dev"))
                    .shows("0 done, 0 failed, 0 unfinished, 2 already so");
            that(lab.call("pve_guest_power_many", "action", "stop", "vmids", "101,103"))
                    .shows("stop: 1 done, 1 failed", "failed: VM is locked (backup)");
            that(lab.call("pve_guest_power_many", "action", "stop"))
                    .failsWith("bad_arguments")
                    .saying("say which guests");
        }
    }

    @Test
    void one_protected_guest_keeps_the_whole_selection_from_being_touched() {
        try (var lab = Lab.of(Scenarios.homelab()).protecting("vmid:102")) {
            that(lab.call("pve_guest_power_many", "action", "stop", "tag", "prod"))
                    .isRefusedBy("policy.protect.guests")
                    .saying("db");
            assertThat(isRunning(lab, 101)).isTrue();
        }
    }

    @Test
    void a_preview_of_many_lists_every_request() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_power_many", "action", "stop", "tag", "dev", "dry_run", true))
                    .shows(
                            "stop 2 guests: ci-runner (112), k3s-dev (120)",
                            "POST /nodes/pve1/lxc/112/status/stop",
                            "POST /nodes/pve1/qemu/120/status/stop");
            assertThat(isRunning(lab, 120)).isTrue();
        }
    }

    @Test
    void a_vm_hibernates_and_a_container_cannot() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_power", "guest", "git", "action", "hibernate"))
                    .shows("outcome: done", ":qmsuspend:103:");
            assertThat(isRunning(lab, 103)).isFalse();
            that(lab.call("pve_guest_power", "guest", "dns", "action", "hibernate"))
                    .failsWith("bad_arguments")
                    .saying("a container has no hibernate");
        }
    }

    @Test
    void a_guest_under_ha_is_followed_until_it_has_really_moved() {
        try (var lab = pair()) {
            lab.with(cluster -> cluster.ha.manage("vm:101"));
            that(lab.call("pve_guest_migrate", "guest", "web", "node", "pve2"))
                    .shows("outcome: done", ":hamigrate:101:");
            assertThat(nodeOf(lab, 101)).isEqualTo("pve2");
            that(lab.call("pve_guest_migrate", "guest", "web", "node", "pve1", "timeout", "4s"))
                    .shows("outcome: still running", "pve_guest_get guest=101 shows when it is done");
        }
    }

    @Test
    void a_guest_that_moved_meanwhile_is_changed_where_it_is() {
        try (var lab = pair()) {
            that(lab.call("pve_guest_get", "guest", "web")).shows("node: pve1");
            lab.with(cluster -> cluster.guest(101).node = "pve2");
            that(lab.call("pve_guest_set", "guest", "web", "cores", 3)).shows("cores|2|2|3");
        }
    }

    @Test
    void without_quorum_nothing_is_made_and_the_reason_told() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            lab.sim().faults().fail("qmcreate").with("unable to create VM 100 - cluster not ready - no quorum?");
            that(lab.call("pve_vm_create", "name", "fresh"))
                    .failsWith("task_failed")
                    .saying("no quorum?");
        }
    }

    @Test
    void a_storage_without_room_is_named_by_what_pve_says() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            lab.sim().faults().fail("qmclone").with("clone failed: No space left on device");
            that(lab.call("pve_guest_clone", "guest", "git", "name", "git2", "storage", "nas"))
                    .failsWith("task_failed")
                    .saying("No space left on device")
                    .hinting("a storage is full: pve_storage_list shows where there is room");
        }
    }
}
