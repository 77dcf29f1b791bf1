package pvemcp.tools.inside;

import static org.assertj.core.api.Assertions.assertThat;
import static pvemcp.lab.LabAssert.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.remote.SshSettings;
import pvemcp.remote.SshTarget;
import pvemcp.sim.world.Sdn;
import pvemcp.sim.world.ToyHost;

class InsideOverSshTest {
    private static final String OTHER_KEY = "SHA256:" + "A".repeat(43);

    /// Two nodes, with a container on the second.
    private final Lab lab = Lab.of(Scenes.small())
            .with(cluster -> {
                cluster.addNode("pve2");
                Scenes.container(cluster, 105, "pve2", "cache");
                cluster.guest(105).ranSince(cluster.now().minusSeconds(600));
            })
            .enteringOverSsh();

    @AfterEach
    void close() {
        lab.close();
    }

    private ToyHost inside(int vmid) {
        return lab.ask(cluster -> cluster.guest(vmid).inside());
    }

    /// The way into a VM is at this address, whatever the VM says.
    private static SshSettings reaching(SshSettings settings, int vmid, String host) {
        var own = new SshSettings.Own(Optional.of(host), Optional.empty(), Optional.empty());
        return new SshSettings(true, settings.node(), Map.of(), settings.guest(), Map.of(vmid, own));
    }

    @Test
    void a_container_is_entered_on_the_node_that_runs_it() {
        assertThat(lab.call("pve_guest_exec", "guest", "cache", "command", List.of("printf", "%s", "$(id) für €")))
                .shows("exit: 0", "via: ssh root@192.0.2.12, /usr/sbin/pct exec 105", "$(id) für €");
    }

    @Test
    void a_container_that_has_moved_is_entered_where_it_is_now() {
        lab.with(cluster -> {
            cluster.guest(102).node = "pve2";
            cluster.guest(102).ranSince(cluster.now());
        });
        assertThat(lab.call("pve_guest_exec", "guest", "dns", "command", List.of("hostname")))
                .shows("ssh root@192.0.2.12, /usr/sbin/pct exec 102", "dns");
    }

    @Test
    void a_container_that_does_not_run_says_so() {
        assertThat(lab.call("pve_guest_exec", "guest", "dns", "command", List.of("hostname")))
                .shows("outcome: failed", "exit: 255", "container '102' not running");
    }

    @Test
    void a_program_that_is_not_in_the_container_is_told_from_one_that_fails() {
        assertThat(lab.call("pve_guest_exec", "guest", "cache", "command", List.of("htop")))
                .shows("exit: 127", "No such file or directory");
    }

    @Test
    void services_and_files_of_a_container_are_as_real_as_those_of_a_vm() {
        assertThat(lab.call("pve_guest_service", "guest", "cache", "service", "nginx", "action", "stop"))
                .shows("inactive (dead)", "pct exec 105");
        assertThat(inside(105).services).containsEntry("nginx", false);

        assertThat(lab.call("pve_guest_file_write", "guest", "cache", "path", "/srv/für 1 €.txt", "content", "grün\n"))
                .shows("bytes: 6");
        assertThat(inside(105).text("/srv/für 1 €.txt")).isEqualTo("grün\n");
        assertThat(lab.call("pve_guest_file_read", "guest", "cache", "path", "/srv/für 1 €.txt"))
                .shows("grün");
        assertThat(lab.call("pve_guest_file_list", "guest", "cache", "path", "/srv"))
                .shows("für 1 €.txt", "6 B", "root:root");
    }

    @Test
    void a_vm_is_the_same_by_its_agent_and_over_ssh() {
        lab.with(cluster -> {
            cluster.guest(101).config.put("agent", "1");
            cluster.guest(101).config.put("net0", "virtio=BC:24:11:00:00:01,bridge=vmbr0");
        });

        assertThat(lab.call("pve_guest_file_write", "guest", "web", "path", "/etc/motd", "content", "hello\n"))
                .shows("written");
        assertThat(lab.call("pve_guest_file_read", "guest", "web", "path", "/etc/motd", "via", "ssh"))
                .shows("hello");
        assertThat(lab.call("pve_guest_service", "guest", "web", "service", "cron", "action", "stop", "via", "ssh"))
                .shows("via: ssh root@192.0.2.201", "inactive (dead)");
        assertThat(inside(101).services).containsEntry("cron", false);
    }

    @Test
    void a_vm_with_an_address_of_its_own_is_entered_directly() {
        lab.enteringOverSsh(settings -> reaching(settings, 101, "192.0.2.201"));
        assertThat(lab.call("pve_guest_exec", "guest", "web", "command", List.of("hostname")))
                .shows("via: ssh root@192.0.2.201", "web");
    }

    @Test
    void a_vm_without_an_agent_is_found_by_its_lease() {
        lab.with(cluster -> cluster.sdn.addresses.add(
                new Sdn.Address("lan", "web", "lan-192.0.2.0-24", "192.0.2.201", "", Optional.of(101))));
        assertThat(lab.call("pve_guest_exec", "guest", "web", "command", List.of("hostname")))
                .shows("via: ssh root@192.0.2.201", "web");
    }

    @Test
    void a_vm_without_an_agent_is_found_by_its_fixed_address() {
        lab.with(cluster -> cluster.guest(101).config.put("ipconfig0", "ip=192.0.2.201/24,gw=192.0.2.1"));
        assertThat(lab.call("pve_guest_exec", "guest", "web", "command", List.of("hostname")))
                .shows("via: ssh root@192.0.2.201", "web");
    }

    @Test
    void a_vm_whose_address_nobody_knows_says_so() {
        assertThat(lab.call("pve_guest_exec", "guest", "web", "command", List.of("hostname")))
                .failsWith("no_way_in")
                .saying("no address of web (101) on pve1 is known");
    }

    @Test
    void an_address_where_nothing_answers_says_so() {
        lab.enteringOverSsh(settings -> reaching(settings, 101, "192.0.2.77"));
        assertThat(lab.call("pve_guest_exec", "guest", "web", "command", List.of("hostname")))
                .failsWith("no_way_in")
                .saying("Connection refused");
    }

    @Test
    void a_host_whose_key_is_not_known_is_not_entered() {
        lab.enteringOverSsh(settings -> {
            var own = settings.node();
            var other = new SshTarget.HostKey.Pinned(List.of(OTHER_KEY));
            var node = new SshSettings.Account(own.user(), own.port(), own.keys(), false, other);
            return new SshSettings(true, node, Map.of(), node, Map.of());
        });
        assertThat(lab.call("pve_guest_exec", "guest", "cache", "command", List.of("touch", "/srv/here")))
                .failsWith("no_way_in")
                .saying("host key");
        assertThat(inside(105).files).doesNotContainKey("/srv/here");
    }

    @Test
    void what_was_printed_before_the_time_was_up_is_kept() {
        assertThat(lab.call(
                        "pve_guest_exec",
                        "guest",
                        "cache",
                        "command",
                        List.of("echo begun; sleep 60; echo over"),
                        "shell",
                        true,
                        "timeout",
                        "1s"))
                .shows("still running after 1 s", "begun")
                .showsNot("over\n");
    }

    @Test
    void a_call_taken_back_says_that_ssh_leaves_the_program_running() {
        lab.cancelOnceItWaits();
        assertThat(lab.call("pve_guest_exec", "guest", "cache", "command", List.of("sleep", "600")))
                .failsWith("cancelled")
                .saying("pct exec 105 may go on there, under a pid that SSH does not tell");
    }

    @Test
    void a_held_command_is_shown_and_has_not_gone_out() {
        lab.policy(_ -> Policy.DEFAULT);
        assertThat(lab.call("pve_guest_exec", "guest", "cache", "command", List.of("rm", "-f", "/etc/motd")))
                .wouldSend("ssh root@192.0.2.12, /usr/sbin/pct exec 105: 'rm' '-f' '/etc/motd'");
        assertThat(inside(105).files).containsKey("/etc/motd");
    }
}
