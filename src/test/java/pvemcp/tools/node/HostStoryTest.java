package pvemcp.tools.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.pve.Fields;
import pvemcp.sim.world.HostSettings.Disk;
import pvemcp.tool.ToolResult;

/// The daily work on hosts.
class HostStoryTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab withFreeDisk() {
        return Lab.of(Scenes.small())
                .with(cluster -> cluster.node("pve1")
                        .host
                        .disks
                        .add(new Disk("/dev/sdb", "Spare", "S1", "ATA", "hdd", 1_000_000_000_000L, "", "PASSED", 100)));
    }

    @Test
    void services_are_listed_with_how_many_run() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_node_services", "node", "pve1", "limit", 50))
                    .shows("23 services of pve1: ", " running", "pveproxy", "systemd-timesyncd");
        }
    }

    @Test
    void a_service_is_stopped_and_started_again() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_node_service", "node", "pve1", "service", "cron", "action", "stop"))
                    .shows("outcome: done", ":srvstop:cron:");
            assertThat(lab.<Boolean>ask(
                            cluster -> cluster.node("pve1").host.services.get("cron").running))
                    .isFalse();
            that(lab.call("pve_node_service", "node", "pve1", "service", "cron", "action", "start"))
                    .shows("outcome: done");
            assertThat(lab.<Boolean>ask(
                            cluster -> cluster.node("pve1").host.services.get("cron").running))
                    .isTrue();
        }
    }

    @Test
    void the_log_shows_what_was_asked_for_as_a_quotation() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_node_log", "node", "pve1", "lines", 5)).shows("shown: 5", "untrusted");
            lab.call("pve_guest_power", "guest", "web", "action", "stop");
            that(lab.call("pve_node_log", "node", "pve1", "service", "pvedaemon", "text", "END TASK"))
                    .shows("shown: 1", "matching: 1", ":qmstop:101:")
                    .showsNot("starting task");
            that(lab.call("pve_node_log", "node", "pve1", "until", "1h", "text", "qmstop"))
                    .shows("shown: 0");
        }
    }

    @Test
    void a_node_tells_what_it_can_do_and_how_it_backs_up() {
        try (var lab = Lab.of(Scenes.small())
                .with(cluster -> cluster.guest(101).config.put("net0", "virtio=BC:24:11:00:00:01,bridge=vmbr0"))) {
            that(lab.call("pve_node_system", "node", "pve1", "what", "cpus")).shows("kvm64");
            that(lab.call("pve_node_system", "node", "pve1", "what", "machines"))
                    .shows("q35");
            that(lab.call("pve_node_system", "node", "pve1", "what", "netstat")).shows("101");
            that(lab.call("pve_node_system", "node", "pve1", "what", "backup_defaults"))
                    .shows("keep-all=1");
        }
    }

    @Test
    void a_subscription_is_set_checked_and_removed_and_its_key_stays_with_the_owner() {
        try (var lab = Lab.of(Scenes.small()).knowingSecret("subscription", "pve4p-0123456789")) {
            that(subscribe(lab, Json.obj("key", "pve4p-0123456789")))
                    .failsWith("bad_arguments")
                    .saying("secret:");
            that(subscribe(lab, Json.obj("key", "secret:subscription"))).shows("outcome: done");
            assertThat(lab.<Optional<String>>ask(cluster -> cluster.node("pve1").host.subscription))
                    .contains("pve4p-0123456789");
            that(subscribe(lab, Json.obj("force", 1))).shows("outcome: done");
            that(subscribe(lab, Json.obj("delete", 1))).shows("outcome: done");
            assertThat(lab.<Optional<String>>ask(cluster -> cluster.node("pve1").host.subscription))
                    .isEmpty();
            assertThat(lab.requests()).contains("POST /nodes/pve1/subscription", "DELETE /nodes/pve1/subscription");
        }
    }

    private static ToolResult subscribe(Lab lab, Json.Obj values) {
        return lab.call("pve_node_set", "node", "pve1", "what", "subscription", "values", values);
    }

    @Test
    void a_bridge_waits_as_a_diff_until_it_is_applied() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_node_network_get", "node", "pve1"))
                    .shows("no changes wait", "vmbr0", "eno1")
                    .showsNot("vmbr1");
            var options = Json.obj("type", "bridge", "cidr", "198.51.100.1/24", "autostart", 1);
            that(lab.call(
                            "pve_node_network_set",
                            "node",
                            "pve1",
                            "action",
                            "create",
                            "iface",
                            "vmbr1",
                            "options",
                            options))
                    .shows("noted, not applied");
            that(lab.call("pve_node_network_get", "node", "pve1")).shows("changes wait", "+iface vmbr1 inet static");
            that(lab.call("pve_node_network_set", "node", "pve1", "action", "apply"))
                    .shows("outcome: done", ":srvreload:networking:");
            that(lab.call("pve_node_network_get", "node", "pve1")).shows("no changes wait", "198.51.100.1/24");
        }
    }

    @Test
    void changing_a_comment_keeps_the_address() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call(
                            "pve_node_network_set",
                            "node",
                            "pve1",
                            "action",
                            "change",
                            "iface",
                            "vmbr0",
                            "options",
                            Json.obj("comments", "uplink")))
                    .isDone();
            that(lab.call("pve_node_network_set", "node", "pve1", "action", "apply"))
                    .isDone();
            that(lab.call("pve_node_network_get", "node", "pve1")).shows("192.0.2.", "/24");
        }
    }

    @Test
    void reverting_drops_what_waits() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.call("pve_node_network_set", "node", "pve1", "action", "delete", "iface", "eno1");
            that(lab.call("pve_node_network_get", "node", "pve1")).shows("changes wait");
            that(lab.call("pve_node_network_set", "node", "pve1", "action", "revert"))
                    .shows("outcome: done");
            that(lab.call("pve_node_network_get", "node", "pve1")).shows("no changes wait", "eno1");
        }
    }

    @Test
    void an_interface_must_be_named_to_be_deleted() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_node_network_set", "node", "pve1", "action", "delete"))
                    .failsWith("bad_arguments")
                    .saying("argument 'iface': needed for 'delete'");
        }
    }

    @Test
    void updates_versions_and_repositories_are_three_views() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_node_updates", "node", "pve1"))
                    .shows("4 updates for pve1", "qemu-server", "9.2.6", "9.2.8");
            that(lab.call("pve_node_updates", "node", "pve1", "what", "versions"))
                    .shows("pve-manager", "9.2.11");
            that(lab.call("pve_node_updates", "node", "pve1", "what", "repositories"))
                    .shows("no-subscription");
            that(lab.call("pve_node_updates", "node", "pve1", "changelog", "qemu-server"))
                    .shows("changelog of qemu-server", "untrusted");
            that(lab.call("pve_node_updates_refresh", "node", "pve1")).shows("outcome: done", ":aptupdate::");
        }
    }

    /// The shape of a host with package sources, which neither the recorded host nor the simulated one has.
    @Test
    void an_entry_of_a_sources_file_is_one_row() {
        var answer = (Json.Obj) Json.parse("""
                {"files":[{"path":"/etc/apt/a.sources","repositories":[{"Enabled":1,"Types":["deb"],
                "URIs":["http://deb.debian.org/debian"],"Suites":["trixie","trixie-updates"],
                "Components":["main"]}]}],"errors":[{"path":"/etc/apt/b.list","error":"syntax"}],"infos":[],
                "standard-repos":[]}""");
        var repositories = HostReads.Repositories.of("pve1", Fields.of(answer));
        assertThat(repositories.repositories())
                .containsExactly(new HostReads.RepositoryLine(
                        true,
                        "deb",
                        "http://deb.debian.org/debian",
                        "trixie trixie-updates",
                        "main",
                        "/etc/apt/a.sources"));
        assertThat(repositories.problems().toString()).contains("/etc/apt/b.list: syntax");
    }

    @Test
    void disks_show_health_and_smart_values() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_node_disks", "node", "pve1")).shows("/dev/nvme0n1", "97 % left", "PASSED");
            that(lab.call("pve_node_disks", "node", "pve1", "what", "smart", "disk", "/dev/sda"))
                    .shows("health: PASSED", "Power_On_Hours", "11904");
            that(lab.call("pve_node_disks", "node", "pve1", "what", "lvm")).shows("pve");
            that(lab.call("pve_node_disks", "node", "pve1", "what", "smart")).failsWith("bad_arguments");
        }
    }

    @Test
    void a_free_disk_becomes_a_volume_group_and_a_used_one_does_not() {
        try (var lab = withFreeDisk()) {
            that(lab.call(
                            "pve_node_disk_prepare",
                            "node",
                            "pve1",
                            "action",
                            "lvm",
                            "disks",
                            List.of("/dev/sdb"),
                            "name",
                            "fast"))
                    .shows("outcome: done", ":lvmcreate:fast:");
            that(lab.call("pve_node_disk_prepare", "node", "pve1", "action", "init_gpt", "disks", List.of("/dev/sdb")))
                    .saying("already in use");
        }
    }

    @Test
    void making_a_volume_group_is_judged_as_destroying() {
        try (var lab = withFreeDisk().policy(_ -> Policy.DEFAULT)) {
            var result = lab.call(
                    "pve_node_disk_prepare",
                    "node",
                    "pve1",
                    "action",
                    "lvm",
                    "disks",
                    List.of("/dev/sdb"),
                    "name",
                    "fast");
            assertThat(result).isNotInstanceOf(ToolResult.Done.class);
            assertThat(lab.audit()).allMatch(line -> line.write().contains("destroy"));
        }
    }

    @Test
    void what_a_host_is_set_to_can_be_read_and_changed() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_node_set", "node", "pve1", "what", "time", "values", Json.obj("timezone", "UTC")))
                    .shows("done");
            that(lab.call("pve_node_system", "node", "pve1", "what", "time")).shows("timezone: UTC");
            that(lab.call(
                            "pve_node_set",
                            "node",
                            "pve1",
                            "what",
                            "dns",
                            "values",
                            Json.obj("search", "lab.example", "dns1", "192.0.2.53")))
                    .shows("done");
            that(lab.call("pve_node_system", "node", "pve1", "what", "dns")).shows("192.0.2.53");
            that(lab.call("pve_node_system", "node", "pve1", "what", "hosts")).shows("127.0.0.1 localhost");
            that(lab.call("pve_node_system", "node", "pve1", "what", "certificates"))
                    .shows("pve-ssl.pem", "until", "T")
                    .showsNot("BEGIN CERTIFICATE");
            that(lab.call("pve_node_system", "node", "pve1", "what", "report", "text", "load average"))
                    .shows("1 of 1 lines");
        }
    }

    @Test
    void a_node_reboots_with_all_that_runs_on_it() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_node_power", "node", "pve1", "action", "reboot"))
                    .shows("outcome: asked", "pve_node_list");
            assertThat(lab.<Boolean>ask(cluster -> cluster.guest(101).isRunning()))
                    .isFalse();
        }
    }

    @Test
    void a_node_with_a_protected_guest_does_not_reboot() {
        try (var lab = Lab.of(Scenes.small()).protecting("tag:prod")) {
            that(lab.call("pve_node_power", "node", "pve1", "action", "reboot")).isRefusedBy("policy.protect.tags");
            that(lab.call("pve_node_guests", "node", "pve1", "action", "stop")).isRefusedBy("policy.protect.tags");
            assertThat(lab.<Boolean>ask(cluster -> cluster.guest(100).isRunning()))
                    .isTrue();
        }
    }

    @Test
    void chosen_guests_of_a_node_stop_together() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_node_guests", "node", "pve1", "action", "stop", "guests", List.of(101)))
                    .shows("outcome: done", ":stopall:");
            assertThat(lab.<Boolean>ask(cluster -> cluster.guest(101).isRunning()))
                    .isFalse();
            assertThat(lab.<Boolean>ask(cluster -> cluster.guest(100).isRunning()))
                    .isTrue();
            that(lab.call("pve_node_guests", "node", "pve1", "action", "migrate"))
                    .failsWith("bad_arguments");
        }
    }

    @Test
    void guests_of_all_nodes_are_started_and_shut_down_together() {
        try (var lab = Lab.of(Scenes.small()).with(cluster -> cluster.addNode("pve2"))) {
            lab.with(cluster -> cluster.guest(102).node = "pve2");
            that(lab.call("pve_node_guests", "action", "start", "guests", List.of(102)))
                    .shows("outcome: done", ":bulk-start:");
            that(lab.call("pve_node_guests", "action", "stop", "guests", List.of(101, 102)))
                    .shows("outcome: done", ":bulk-shutdown:");
            assertThat(lab.<List<Integer>>ask(cluster -> cluster.guests.values().stream()
                            .filter(guest -> guest.isRunning())
                            .map(guest -> guest.vmid())
                            .toList()))
                    .containsExactly(100);
            lab.with(cluster -> cluster.guest(101).config.put("lock", "backup"));
            that(lab.call("pve_node_guests", "action", "start"))
                    .failsWith("task_failed")
                    .saying("Some guests failed to start: 101");
            lab.protecting("tag:prod");
            that(lab.call("pve_node_guests", "action", "stop")).isRefusedBy("policy.protect.tags");
        }
    }

    @Test
    void a_node_is_emptied_onto_another() {
        try (var lab = Lab.of(Scenes.small()).with(cluster -> cluster.addNode("pve2"))) {
            that(lab.call("pve_node_guests", "node", "pve1", "action", "migrate", "target", "pve2"))
                    .shows("outcome: done", ":migrateall:");
            assertThat(lab.<List<String>>ask(cluster -> cluster.guests.values().stream()
                            .map(guest -> guest.node)
                            .distinct()
                            .toList()))
                    .containsExactly("pve2");
            that(lab.call("pve_node_guests", "node", "pve2", "action", "migrate", "target", "pve9"))
                    .saying("no such cluster node 'pve9'");
        }
    }

    @Test
    void what_cannot_be_a_node_is_told_before_anything_is_sent() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_node_power", "node", "pve1/../x", "action", "reboot"))
                    .failsWith("bad_arguments");
        }
    }
}
