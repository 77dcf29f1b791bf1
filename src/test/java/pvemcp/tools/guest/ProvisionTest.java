package pvemcp.tools.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.world.Sdn;
import pvemcp.tool.ToolResult;

/// From nothing to a guest that answers.
class ProvisionTest {
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHbXqPr9yr0Ru1Y9rUGzPKaHd3kHkSy4YYhzSS3VSVT8 me";

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab homelab() {
        return Lab.of(Scenarios.homelab()).with(cluster -> cluster.guest(900).hasSystem = true);
    }

    private static String config(Lab lab, int vmid, String key) {
        return lab.ask(cluster -> cluster.guest(vmid).config.getOrDefault(key, ""));
    }

    @Test
    void a_template_becomes_a_guest_with_an_address_in_one_call() {
        try (var lab = homelab()) {
            that(lab.call(
                            "pve_guest_provision",
                            Json.obj("template", "debian-13-template", "name", "api", "vmid", 201)
                                    .with("cores", 4)
                                    .with("memory", "4G")
                                    .with("disk", "20G")
                                    .with("user", "admin")
                                    .with("ssh_keys", Json.strings(List.of(KEY)))
                                    .with("timeout", "2m")))
                    .shows("outcome: ready", "guest: api (201) on pve1", "address: 192.0.2.151", "clone");
            assertThat(config(lab, 201, "memory")).isEqualTo("4096");
            assertThat(config(lab, 201, "ciuser")).isEqualTo("admin");
            assertThat(config(lab, 201, "sshkeys")).startsWith("ssh-ed25519%20AAAA");
            assertThat(config(lab, 201, "scsi0")).contains("size=20");
            assertThat(lab.progress()).contains("clone", "configure", "resize", "start", "wait for an address");
        }
    }

    @Test
    void all_requests_are_shown_before_anything_is_made() {
        try (var lab = homelab()) {
            that(lab.call("pve_guest_provision", "template", "900", "name", "api", "memory", "4G", "dry_run", true))
                    .shows("/nodes/pve1/qemu/900/clone", "/config {\"memory\":4096}", "/status/start");
            assertThat(lab.<Integer>ask(cluster -> cluster.guests.size())).isEqualTo(12);
        }
    }

    @Test
    void a_later_step_that_fails_says_what_is_there_already() {
        try (var lab = homelab()) {
            lab.sim().faults().fail("qmstart").with("no space left");
            that(lab.call("pve_guest_provision", "template", "900", "name", "api", "vmid", 201, "memory", "4G"))
                    .failsWith("task_failed")
                    .saying("start failed: ", "no space left", "done before that: clone, configure")
                    .hinting("api (201) on pve1 stays as it is", "DELETE /nodes/pve1/qemu/201");
            assertThat(config(lab, 201, "memory")).isEqualTo("4096");
        }
    }

    @Test
    void what_a_later_step_would_be_refused_for_is_told_before_anything_is_made() {
        try (var lab = homelab()) {
            that(lab.call("pve_guest_provision", "template", "900", "name", "new", "cores", 0))
                    .failsWith("bad_arguments")
                    .saying("cores: value must have a minimum value of 1");
            that(lab.call("pve_guest_provision", "template", "900", "name", "new", "vmid", 101, "dry_run", true))
                    .failsWith("bad_arguments")
                    .saying("101 is taken by web");
            assertThat(lab.requests()).noneMatch(request -> request.startsWith("POST "));
        }
    }

    @Test
    void the_first_step_that_fails_leaves_nothing_and_says_only_that() {
        try (var lab = homelab()) {
            that(lab.call("pve_guest_provision", "template", "900", "name", "api", "vmid", 101))
                    .failsWith("pve_error")
                    .saying("unable to create VM 101: config file already exists");
        }
    }

    @Test
    void without_an_agent_the_address_cannot_be_known() {
        try (var lab = homelab()) {
            lab.with(cluster -> cluster.guest(900).config.put("agent", "0"));
            that(lab.call(
                            "pve_guest_provision",
                            "template",
                            "900",
                            "name",
                            "api",
                            "ip",
                            "192.0.2.77/24",
                            "gateway",
                            "192.0.2.1"))
                    .shows(
                            "outcome: started, not seen to be up yet",
                            "address: as given to it: 192.0.2.77",
                            "no guest agent");
        }
    }

    @Test
    void what_does_more_than_change_a_guest_is_not_taken_along() {
        try (var lab = homelab()) {
            that(lab.call(
                            "pve_guest_provision",
                            "template",
                            "900",
                            "name",
                            "x",
                            "options",
                            Json.obj("hookscript", "local:snippets/x")))
                    .failsWith("bad_arguments")
                    .saying("'hookscript' does more than this tool may");
            that(lab.call("pve_guest_provision", "template", "900", "name", "x", "ip", "dhcp,gw=1.2.3.4"))
                    .failsWith("bad_arguments");
            that(lab.call(
                            "pve_backup_run",
                            "guests",
                            "web",
                            "storage",
                            "backup",
                            "options",
                            Json.obj("script", "/tmp/x")))
                    .failsWith("bad_arguments");
        }
    }

    @Test
    void an_address_without_its_prefix_is_missed_before_half_of_a_guest_is_there() {
        try (var lab = homelab()) {
            that(lab.call("pve_guest_provision", "template", "900", "name", "x", "ip", "192.0.2.77"))
                    .failsWith("bad_arguments")
                    .saying("'192.0.2.77' is neither dhcp nor an IPv4 address with its prefix, such as 192.0.2.7/24");
            assertThat(lab.<Integer>ask(cluster -> cluster.guests.size())).isEqualTo(12);
        }
    }

    @Test
    void a_container_is_provisioned_too() {
        try (var lab = homelab()) {
            that(lab.call(
                            "pve_guest_provision",
                            "template",
                            "wiki-old",
                            "name",
                            "wiki",
                            "vmid",
                            202,
                            "ip",
                            "192.0.2.80/24"))
                    .shows("outcome: ready", "address: 192.0.2.80");
            that(lab.call("pve_guest_provision", "template", "wiki-old", "name", "x", "user", "me"))
                    .failsWith("bad_arguments");
        }
    }

    @Test
    void a_cloud_image_becomes_a_template_that_can_be_provisioned() {
        try (var lab = homelab()) {
            that(lab.call(
                            "pve_template_build",
                            Json.obj("image", "local:import/debian-13-genericcloud-amd64.qcow2", "name", "trixie")
                                    .with("node", "pve1")
                                    .with("storage", "local-lvm")
                                    .with("vmid", 901)
                                    .with("disk", "12G")))
                    .shows("outcome: ready", "next: pve_guest_provision template=901");
            assertThat(config(lab, 901, "template")).isEqualTo("1");
            that(lab.call("pve_guest_provision", "template", "trixie", "name", "one", "start", false, "vmid", 203))
                    .shows("outcome: made", "next: pve_guest_power guest=203 action=start");
        }
    }

    @Test
    void an_inventory_has_the_addresses_that_can_be_known() {
        try (var lab = homelab()) {
            that(lab.call("pve_inventory_export", "tag", "prod", "form", "ini", "user", "ops"))
                    .shows(
                            "web ansible_host=192.0.2.201 ansible_user=ops proxmox_vmid=101",
                            "dns ansible_host=192.0.2.53",
                            "[tag_prod]",
                            "[proxmox_containers]");
            that(lab.call("pve_inventory_export", "node", "pve1", "form", "json"))
                    .shows("\"_meta\"", "\"ansible_host\": \"192.0.2.53\"")
                    .showsNot("debian-13-template");
            that(lab.call("pve_inventory_export"))
                    .shows(
                            "without an address (stopped, or nobody knows it: no agent, no lease in SDN): ",
                            "children:");
        }
    }

    @Test
    void a_name_cannot_break_out_of_the_inventory() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.with(cluster -> {
                cluster.guest(102).config.put("hostname", "web\"]\nroot: x");
                cluster.guest(101).config.put("name", "dup");
                cluster.guest(100).config.put("name", "dup");
            });
            that(lab.call("pve_inventory_export")).shows("\"web---root:-x\":", "\"dup-100\":", "\"dup-101\":");
        }
    }

    @Test
    void an_inventory_has_the_lease_of_a_vm_without_an_agent() {
        try (var lab = homelab()) {
            lab.with(cluster -> {
                cluster.guest(121).start(cluster.now());
                cluster.sdn.addresses.add(
                        new Sdn.Address("lan", "web", "lan-10.9.0.0-24", "10.9.0.21", "", Optional.of(121)));
            });
            that(lab.call("pve_inventory_export", "form", "ini")).shows("win11 ansible_host=10.9.0.21");
        }
    }
}
