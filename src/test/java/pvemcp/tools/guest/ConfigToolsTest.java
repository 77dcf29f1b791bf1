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

class ConfigToolsTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static String config(Lab lab, int vmid, String option) {
        return lab.ask(cluster -> cluster.guest(vmid).config.getOrDefault(option, ""));
    }

    @Test
    void tags_may_be_parted_by_anything_and_a_call_for_nothing_asks_nobody() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_guest_set", "guest", "web", "tags", "b,a; c", "dry_run", "yes"))
                    .shows("-> a;b;c");
            that(lab.call("pve_guest_set", "guest", "web", "dry_run", "perhaps"))
                    .failsWith("bad_arguments")
                    .saying("'dry_run': neither true nor false");
            that(lab.call("pve_guest_set", "guest", "web"))
                    .failsWith("bad_arguments")
                    .saying("nothing was said to be changed");
            that(lab.call("pve_guest_migrate", "guest", "web", "node", "pve9", "dry_run", true))
                    .failsWith("bad_arguments")
                    .saying("there is no node 'pve9'");
        }
    }

    @Test
    void a_change_shows_before_and_after_and_what_waits_for_a_restart() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_set", "guest", "web", "memory", "6G", "add_tags", "edge", "name", "www"))
                    .shows(
                            "guest: web (101) on pve1",
                            "outcome: done",
                            "option|before|now|after_restart",
                            "memory|4096|4096|6144",
                            "name|web|www|",
                            "tags|prod;web|edge;prod;web|",
                            "pve_guest_power action=reboot applies what waits");
            that(lab.call("pve_guest_set", "guest", "www", "revert", "memory")).shows("memory|6144|4096");
            that(lab.call("pve_guest_set", "guest", "www", "cores", 2)).shows("nothing to change");
        }
    }

    @Test
    void a_preview_shows_the_diff_and_the_request_with_its_digest() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_set", "guest", "dns", "memory", "1G", "dry_run", true))
                    .shows(
                            "change dns (105) on pve1: memory: 512 -> 1024",
                            "PUT /nodes/pve1/lxc/105/config",
                            "\"memory\":\"1024\"",
                            "\"digest\":");
            assertThat(config(lab, 105, "memory")).isEqualTo("512");
        }
    }

    @Test
    void any_option_of_pve_can_be_set_but_a_dangerous_one_is_judged_as_what_it_is() {
        try (var lab = Lab.of(Scenarios.homelab()).policy(open -> open.with(Tier.EXECUTE, Policy.Answer.DENY))) {
            that(lab.call("pve_guest_set", "guest", "dns", "options", "{\"startup\":\"order=1\",\"cpulimit\":0.5}"))
                    .shows("cpulimit||0.5", "startup||order=1");
            that(lab.call("pve_guest_set", "guest", "git", "options", "{\"hostpci0\":\"0000:01:00.0\"}"))
                    .isRefusedBy("policy.execute");
            that(lab.call("pve_guest_set", "guest", "homeassistant", "options", "{\"usb1\":\"abcd:1234,usb3=1\"}"))
                    .isRefusedBy("policy.execute");
            that(lab.call("pve_guest_set", "guest", "git", "options", "{\"hostpci0\":\"mapping=gpu\"}"))
                    .shows("hostpci0|||mapping=gpu");
            that(lab.call("pve_guest_set", "guest", "git", "options", "{\"memroy\":1}"))
                    .failsWith("bad_arguments")
                    .saying("memroy", "did you mean 'memory'?");
            that(lab.call("pve_guest_set", "guest", "git", "options", "{\"cipassword\":\"x\"}"))
                    .failsWith("bad_arguments")
                    .saying("'cipassword'", "would be written down");
        }
    }

    @Test
    void an_option_of_vms_is_refused_for_a_container_in_clear_words() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_set", "guest", "dns", "agent", true))
                    .failsWith("bad_arguments")
                    .saying("dns (105) on pve1 is a container, only VMs have them");
            that(lab.call("pve_guest_cloudinit", "guest", "dns", "user", "me"))
                    .failsWith("bad_arguments")
                    .saying("is a container; cloud-init is for VMs");
        }
    }

    @Test
    void a_locked_guest_is_not_changed_and_the_lock_is_named() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            lab.with(cluster -> cluster.guest(101).config.put("lock", "backup"));
            that(lab.call("pve_guest_set", "guest", "web", "cores", 4))
                    .failsWith("locked")
                    .saying("(backup)");
            assertThat(config(lab, 101, "cores")).isEqualTo("2");
        }
    }

    @Test
    void notes_are_extended_and_a_password_in_them_is_warned_about() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_notes", "guest", "media", "text", "admin password: hunter2", "append", true))
                    .shows("outcome: done", "looks as if it held a password");
            assertThat(config(lab, 110, "description")).startsWith("Jellyfin").contains("hunter2");
            that(lab.call("pve_guest_notes", "guest", "media", "text", "")).showsNot("looks as if");
            assertThat(config(lab, 110, "description")).isEmpty();
        }
    }

    @Test
    void a_nic_keeps_its_address_when_it_changes_its_bridge() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            var before = config(lab, 103, "net0");
            var mac = before.replaceFirst(".*?([0-9A-F:]{17}).*", "$1");
            that(lab.call(
                            "pve_guest_nic",
                            "guest",
                            "git",
                            "action",
                            "change",
                            "nic",
                            "net0",
                            "vlan",
                            20,
                            "firewall",
                            true))
                    .shows("net0|" + before);
            assertThat(config(lab, 103, "net0")).contains("virtio=" + mac, "tag=20", "firewall=1");
            that(lab.call("pve_guest_nic", "guest", "dns", "action", "add", "ip", "192.0.2.54/24"))
                    .shows("net1||");
            assertThat(config(lab, 105, "net1")).contains("name=eth1", "bridge=vmbr0", "ip=192.0.2.54/24");
            that(lab.call("pve_guest_nic", "guest", "git", "action", "add")).shows("net1||virtio=");
            that(lab.call("pve_guest_nic", "guest", "git", "action", "remove", "nic", "net1"))
                    .shows("net1|virtio=");
            assertThat(config(lab, 103, "net1")).isEmpty();
            that(lab.call("pve_guest_nic", "guest", "git", "action", "change", "nic", "net7"))
                    .failsWith("bad_arguments")
                    .saying("git (103) on pve1 has no net7");
            that(lab.call("pve_guest_nic", "guest", "git", "action", "add", "bridge", "vmbr0,tag=1"))
                    .failsWith("bad_arguments")
                    .saying("has a comma");
        }
    }

    @Test
    void a_change_that_cannot_be_plugged_in_is_told_to_wait_for_the_restart() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_nic", "guest", "git", "action", "change", "nic", "net0", "bridge", "vmbr9"))
                    .shows(
                            "not applied while it runs, but kept for the next restart",
                            "hotplug problem",
                            "bridge=vmbr9");
        }
    }

    @Test
    void a_disk_is_added_enlarged_moved_detached_attached_and_deleted() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call(
                            "pve_guest_disk",
                            "guest",
                            "git",
                            "action",
                            "add",
                            "size",
                            "10G",
                            "options",
                            "{\"discard\":\"on\"}"))
                    .shows("scsi1||local-lvm:vm-103-disk-1");
            that(lab.call("pve_guest_disk", "guest", "git", "action", "resize", "disk", "scsi1", "size", "+5G"))
                    .shows("size=10G", "size=15G", "file system inside");
            that(lab.call("pve_guest_disk", "guest", "git", "action", "move", "disk", "scsi1", "storage", "nas"))
                    .shows("outcome: done", "nas:", "unused0||local-lvm:vm-103-disk-1");
            that(lab.call("pve_guest_disk_delete", "guest", "git", "disk", "unused0"))
                    .shows("unused0|local-lvm:vm-103-disk-1|");
            that(lab.call("pve_guest_power", "guest", "git", "action", "stop")).isDone();
            that(lab.call("pve_guest_disk", "guest", "git", "action", "detach", "disk", "scsi1"))
                    .shows("kept as an unused disk", "unused0||nas:");
            that(lab.call("pve_guest_disk", "guest", "git", "action", "attach", "disk", "unused0"))
                    .shows("scsi1||nas:");
            that(lab.call("pve_guest_disk_delete", "guest", "git", "disk", "scsi1"))
                    .shows("scsi1|nas:");
            assertThat(config(lab, 103, "scsi1") + config(lab, 103, "unused0")).isEmpty();
        }
    }

    @Test
    void a_size_that_says_no_unit_or_would_make_a_disk_smaller_is_refused() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_disk", "guest", "git", "action", "add", "size", "8"))
                    .failsWith("bad_arguments")
                    .saying("'8' has no unit", "8G is GiB");
            that(lab.call("pve_guest_disk", "guest", "git", "action", "resize", "disk", "scsi0", "size", "+10"))
                    .failsWith("bad_arguments")
                    .saying("'10' has no unit");
            that(lab.call("pve_guest_disk", "guest", "git", "action", "resize", "disk", "scsi0", "size", "1G"))
                    .failsWith("bad_arguments")
                    .saying("scsi0 of git (103) on pve1 has ", "PVE only enlarges");
        }
    }

    @Test
    void a_misspelt_option_to_unset_is_told() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_set", "guest", "git", "delete", "netO"))
                    .shows("nothing to change", "it has no netO (did you mean 'net0'?)");
        }
    }

    @Test
    void the_preview_of_a_deletion_names_the_volume() {
        try (var lab = Lab.of(Scenarios.homelab()).policy(open -> open.with(Tier.DESTROY, Policy.Answer.ASK))) {
            that(lab.call("pve_guest_disk_delete", "guest", "media", "disk", "mp0"))
                    .isHeld()
                    .saying("delete mp0 of media (110) on pve1", "nas:");
            // An unused disk is data too, whichever way it is deleted.
            lab.with(cluster -> cluster.guest(110).config.put("unused0", "nas:110/vm-110-disk-9.raw"));
            that(lab.call("pve_guest_set", "guest", "media", "delete", "unused0"))
                    .isHeld();
        }
    }

    @Test
    void a_mount_point_is_added_and_deleted_with_its_data() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_power", "guest", "media", "action", "stop"))
                    .isDone();
            that(lab.call("pve_guest_disk", "guest", "media", "action", "add", "size", "8G", "path", "/data"))
                    .shows("mp1||local-lvm:vm-110-disk-", "mp=/data");
            that(lab.call("pve_guest_disk_delete", "guest", "media", "disk", "mp1"))
                    .shows("unused0", "unused0 was mp1");
            assertThat(config(lab, 110, "unused0") + config(lab, 110, "mp1")).isEmpty();
            that(lab.call("pve_guest_disk", "guest", "media", "action", "add", "size", "8G"))
                    .failsWith("bad_arguments")
                    .saying("missing argument 'path'");
        }
    }

    @Test
    void a_cd_is_ejected_and_inserted() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_disk", "guest", "win11", "action", "eject"))
                    .shows("ide2|local:iso/virtio-win");
            assertThat(config(lab, 121, "ide2")).startsWith("none");
            that(lab.call(
                            "pve_guest_disk",
                            "guest",
                            "win11",
                            "action",
                            "insert",
                            "volume",
                            "nas:iso/Win11_25H2_English_x64.iso"))
                    .shows("nas:iso/Win11_25H2_English_x64.iso");
        }
    }

    @Test
    void a_full_storage_is_told_in_its_own_words() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_disk", "guest", "git", "action", "add", "size", "90000G", "storage", "nas"))
                    .failsWith("task_failed");
        }
    }

    @Test
    void cloud_init_keys_are_sent_as_pve_wants_them_and_the_drive_written_anew() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            var key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0CL4V1zq0D8bV0eZ+abcdefghijklmnopqrstuvwxyz0 me@home";
            that(lab.call("pve_guest_clone", "guest", "debian-13-template", "name", "app"))
                    .isDone();
            that(lab.call(
                            "pve_guest_cloudinit",
                            "guest",
                            "app",
                            "user",
                            "me",
                            "ssh_keys",
                            Json.strings(List.of(key)),
                            "ipconfig",
                            "ip=192.0.2.9/24,gw=192.0.2.1"))
                    .shows("outcome: done; drive written anew", "ciuser||me", "ipconfig0|ip=dhcp|ip=192.0.2.9/24");
            assertThat(config(lab, 100, "sshkeys"))
                    .startsWith("ssh-ed25519%20AAAA")
                    .contains("%2B")
                    .doesNotContain(" ");
            that(lab.call("pve_guest_cloudinit_dump", "guest", "app"))
                    .shows("user: me", "ssh-ed25519 AAAA", "<untrusted-x source=\"cloud-init user\">");
            that(lab.call("pve_guest_cloudinit", "guest", "git", "user", "me"))
                    .shows("a cloud-init drive is added on local-lvm", "ide0|||local-lvm:vm-103-cloudinit");
        }
    }

    @Test
    void a_configuration_tells_what_is_not_yet_on_its_cloud_init_drive() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_clone", "guest", "debian-13-template", "name", "app"))
                    .isDone();
            that(lab.call("pve_guest_power", "guest", "app", "action", "start")).isDone();
            that(lab.call("pve_guest_config", "guest", "app")).showsNot("ciuser");
            that(lab.call("pve_guest_set", "guest", "app", "options", Json.obj("ciuser", "me")))
                    .isDone();
            that(lab.call("pve_guest_config", "guest", "app")).shows("not_on_drive: ciuser");
        }
    }

    @Test
    void no_value_brings_a_device_of_the_host_along() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            for (var volume : new String[] {"/dev/sda", "file=/dev/sda", "cdrom", "local:x,file=/dev/sda"}) {
                that(lab.call("pve_guest_disk", "guest", "git", "action", "attach", "volume", volume))
                        .failsWith("bad_arguments");
                that(lab.call("pve_vm_create", "name", "fresh", "image", volume))
                        .failsWith("bad_arguments");
            }
            that(lab.call(
                            "pve_guest_disk",
                            "guest",
                            "git",
                            "action",
                            "add",
                            "size",
                            "1G",
                            "options",
                            "{\"import-from\":\"/etc/shadow\"}"))
                    .failsWith("bad_arguments")
                    .saying("'import-from' cannot be set here");
            assertThat(config(lab, 103, "scsi1")).isEmpty();
        }
    }
}
