package pvemcp.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static pvemcp.lab.LabAssert.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.gate.Policy;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.remote.SshHost;
import pvemcp.remote.SshSettings;

class InsideOverSshTest {
    private static final String OTHER_KEY = "SHA256:" + "A".repeat(43);

    @TempDir
    static Path keys;

    @TempDir
    Path folder;

    private static SshHost host;

    @BeforeAll
    static void start() throws IOException {
        host = new SshHost(keys);
    }

    @AfterAll
    static void stop() throws IOException {
        host.close();
    }

    @BeforeEach
    void forget() {
        host.lines.clear();
    }

    /// Two nodes; only the second one is reached.
    private static Lab lab(String fingerprint) {
        var account = host.account(fingerprint);
        var nodes = Map.of("pve1", "192.0.2.1", "pve2", "127.0.0.1");
        var guests = Map.of(101, new SshSettings.Own(Optional.of("127.0.0.1"), Optional.empty(), Optional.empty()));
        return Lab.of(Scenes.small())
                .with(cluster -> {
                    cluster.addNode("pve2");
                    Scenes.container(cluster, 105, "pve2", "cache");
                    cluster.guest(105).ranSince(cluster.now().minusSeconds(600));
                })
                .entering(new SshSettings(true, account, nodes, account, guests));
    }

    @Test
    void a_container_is_entered_on_the_node_that_runs_it() {
        try (var lab = lab(host.fingerprint())) {
            assertThat(lab.call("pve_guest_exec", "guest", "cache", "command", List.of("printf", "%s", "$(id) für €")))
                    .shows("exit: 0", "via: ssh root@127.0.0.1", "pct exec 105", "$(id) für €");
            assertThat(host.lines).singleElement().asString().startsWith("'/usr/sbin/pct' 'exec' '105' '--' 'printf'");
        }
    }

    @Test
    void a_container_that_has_moved_is_entered_where_it_is_now() {
        try (var lab = lab(host.fingerprint())) {
            lab.with(cluster -> cluster.guest(102).node = "pve2");
            assertThat(lab.call("pve_guest_exec", "guest", "dns", "command", List.of("true")))
                    .shows("pct exec 102");
        }
    }

    @Test
    void a_host_whose_key_is_not_known_is_not_entered() {
        try (var lab = lab(OTHER_KEY)) {
            assertThat(lab.call("pve_guest_exec", "guest", "cache", "command", List.of("id")))
                    .failsWith("no_way_in")
                    .saying("host key");
            assertThat(host.lines).isEmpty();
        }
    }

    @Test
    void a_vm_with_an_address_of_its_own_is_entered_directly() throws IOException {
        var file = folder.resolve("für 1 €.txt");
        try (var lab = lab(host.fingerprint())) {
            assertThat(lab.call("pve_guest_file_write", "guest", "web", "path", file.toString(), "content", "grün\n"))
                    .shows("bytes: 6");
            assertThat(Files.readString(file)).isEqualTo("grün\n");
            assertThat(lab.call("pve_guest_file_read", "guest", "web", "path", file.toString(), "via", "ssh"))
                    .shows("grün");
            assertThat(lab.call("pve_guest_file_list", "guest", "web", "path", folder.toString()))
                    .shows("für 1 €.txt", "6 B");
        }
    }

    @Test
    void what_was_printed_before_the_time_was_up_is_kept() {
        try (var lab = lab(host.fingerprint())) {
            assertThat(lab.call(
                            "pve_guest_exec",
                            "guest",
                            "cache",
                            "command",
                            List.of("echo begun; exec sleep 60"),
                            "shell",
                            true,
                            "timeout",
                            "1s"))
                    .shows("still running after 1 s", "begun");
        }
    }

    @Test
    void a_held_command_is_shown_and_has_not_gone_out() {
        try (var lab = lab(host.fingerprint()).policy(_ -> Policy.DEFAULT)) {
            assertThat(lab.call("pve_guest_exec", "guest", "cache", "command", List.of("rm", "-f", "/tmp/x")))
                    .wouldSend("ssh root@127.0.0.1:%s, /usr/sbin/pct exec 105: 'rm' '-f' '/tmp/x'"
                            .formatted(host.account(OTHER_KEY).port()));
            assertThat(host.lines).isEmpty();
        }
    }
}
