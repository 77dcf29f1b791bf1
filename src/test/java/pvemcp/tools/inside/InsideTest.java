package pvemcp.tools.inside;

import static org.assertj.core.api.Assertions.assertThat;
import static pvemcp.lab.LabAssert.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.ToyHost;
import pvemcp.tool.ToolResult;

class InsideTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab withAgents() {
        return Lab.of(Scenes.small())
                .with(cluster -> cluster.guests.values().stream()
                        .filter(guest -> !guest.isContainer())
                        .forEach(guest -> {
                            guest.config.put("agent", "1");
                            guest.config.put("net0", "virtio=BC:24:11:00:00:01,bridge=vmbr0");
                        }));
    }

    private static ToyHost web(Lab lab) {
        return lab.ask(cluster -> cluster.guest(101).inside());
    }

    @Test
    void a_program_runs_in_the_guest_with_its_arguments_as_they_are() {
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("echo", "$HOME", "für 1 €; `id`")))
                    .shows("outcome: done", "exit: 0", "via: guest agent", "$HOME für 1 €; `id`");
        }
    }

    @Test
    void a_shell_is_used_on_request_and_gets_its_values_as_values() {
        try (var lab = withAgents()) {
            that(lab.call(
                            "pve_guest_exec",
                            "guest",
                            "web",
                            "command",
                            List.of("echo out-$(hostname); echo \"$1\" >&2; exit 3", "a $(id) b"),
                            "shell",
                            true))
                    .shows("outcome: failed", "exit: 3", "out-web", "a $(id) b");
        }
    }

    @Test
    void what_is_sent_to_standard_input_arrives_whole_though_it_is_not_ascii() {
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("cat"), "stdin", "grün €"))
                    .shows("grün €");
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("cat"), "stdin", "plain"))
                    .shows("plain");
        }
    }

    @Test
    void output_beyond_the_limit_is_cut_and_counted() {
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("echo", "0123456789"), "limit", 4))
                    .shows("0123", "cut: 7 bytes or more of stdout")
                    .showsNot("01234");
        }
    }

    @Test
    void a_program_that_does_not_end_is_left_running_and_named() {
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("sleep", "600"), "timeout", "5s"))
                    .shows("outcome: still running after 5 s", "process: pid 164", "it was not stopped");
        }
    }

    @Test
    void a_call_taken_back_says_what_goes_on_in_the_guest_under_which_pid() {
        try (var lab = withAgents()) {
            lab.cancelOnceItWaits();
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("sleep", "600")))
                    .failsWith("cancelled")
                    .saying("the program goes on in web (101) on pve1 as pid 164");
            assertThat(lab.audit().getLast().text("result"))
                    .hasValueSatisfying(told -> assertThat(told).contains("cancelled", "pid 164"));
        }
    }

    @Test
    void a_guest_that_was_given_no_agent_says_how_to_get_in() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("id"), "via", "agent"))
                    .failsWith("no_way_in")
                    .saying("web (101) on pve1 has no agent configured: set agent=1");
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("id")))
                    .failsWith("no_way_in")
                    .saying("SSH is not configured");
        }
    }

    @Test
    void a_container_cannot_be_entered_without_ssh() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_guest_exec", "guest", "dns", "command", List.of("id")))
                    .failsWith("no_way_in")
                    .saying("PVE's API has no way into containers", "ssh.enabled");
        }
    }

    @Test
    void an_agent_that_hangs_or_has_stopped_is_told_from_one_that_is_missing() {
        try (var lab = withAgents().with(cluster -> cluster.guest(101).inside().agentHangs = true)) {
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("id")))
                    .failsWith("no_way_in")
                    .saying("took the command and did not answer");
            lab.with(cluster -> {
                cluster.guest(101).inside().agentHangs = false;
                cluster.guest(101).inside().services.put("qemu-guest-agent", false);
            });
            that(lab.call("pve_guest_info", "guest", "web"))
                    .failsWith("no_way_in")
                    .saying("still booting, or qemu-guest-agent does not run");
        }
    }

    @Test
    void a_program_the_guest_lacks_is_suspected_when_pve_breaks_off() {
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("/bin/nosuch")))
                    .failsWith("ambiguous")
                    .saying("the guest has no program /bin/nosuch");
        }
    }

    @Test
    void a_line_given_as_one_word_is_not_taken_for_a_program() {
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("rm -rf /tmp/x")))
                    .failsWith("bad_arguments")
                    .saying("shell=true");
        }
    }

    @Test
    void a_held_call_shows_what_it_would_run_and_has_run_nothing() {
        try (var lab = withAgents().policy(_ -> Policy.DEFAULT)) {
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("touch", "/tmp/x")))
                    .wouldSend("POST /nodes/pve1/qemu/101/agent/exec {\"command\":[\"touch\",\"/tmp/x\"]}");
            assertThat(web(lab).files).doesNotContainKey("/tmp/x");
        }
    }

    @Test
    void a_file_is_written_and_read_back_as_it_was() {
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_file_write", "guest", "web", "path", "/etc/motd", "content", "Grüße für 1 €\n"))
                    .shows("outcome: written", "bytes: 19");
            assertThat(web(lab).text("/etc/motd")).isEqualTo("Grüße für 1 €\n");
            that(lab.call("pve_guest_file_read", "guest", "web", "path", "/etc/motd"))
                    .shows("Grüße für 1 €", "more: no");
        }
    }

    @Test
    void a_long_file_goes_in_parts_and_comes_in_parts() {
        var content = "0123456789abcdef".repeat(10_000);
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_file_write", "guest", "web", "path", "/srv/long", "content", content))
                    .shows("bytes: 160000");
            assertThat(web(lab).text("/srv/long")).isEqualTo(content);
            assertThat(web(lab).names("/srv")).containsExactly("long");
            that(lab.call("pve_guest_file_read", "guest", "web", "path", "/srv/long", "offset", 16, "limit", 5))
                    .shows("\n01234\n", "next: offset=21");
        }
    }

    @Test
    void what_is_no_text_comes_as_base64_on_request() {
        try (var lab = withAgents()) {
            lab.with(cluster ->
                    cluster.guest(101).inside().write("/srv/b", new byte[] {0, (byte) 0xFF}, cluster.now()));
            that(lab.call("pve_guest_file_read", "guest", "web", "path", "/srv/b"))
                    .shows("no UTF-8 text; base64=true");
            that(lab.call("pve_guest_file_read", "guest", "web", "path", "/srv/b", "base64", true))
                    .shows("base64: AP8=");
        }
    }

    @Test
    void a_file_that_is_not_there_is_told_in_the_guests_words() {
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_file_read", "guest", "web", "path", "/no/such"))
                    .failsWith("in_guest")
                    .saying("No such file or directory");
            that(lab.call("pve_guest_file_read", "guest", "web", "path", "etc/passwd"))
                    .failsWith("bad_arguments")
                    .saying("not an absolute path");
        }
    }

    @Test
    void a_folder_is_listed_and_a_file_described() {
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_file_list", "guest", "web", "path", "/etc"))
                    .shows("all 6 entries", "hostname", "nginx", "root:root", "644");
            that(lab.call("pve_guest_file_list", "guest", "web", "path", "/etc", "limit", 1))
                    .shows("the first 1 entries");
            that(lab.call("pve_guest_file_list", "guest", "web", "path", "/etc/hostname"))
                    .shows("the file itself", "regular file");
        }
    }

    @Test
    void a_service_is_stopped_and_started_again() {
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_service", "guest", "web", "service", "nginx"))
                    .shows("state: active (running)", "at_boot: enabled");
            that(lab.call("pve_guest_service", "guest", "web", "service", "nginx", "action", "stop"))
                    .shows("state: inactive (dead)");
            assertThat(web(lab).services.get("nginx")).isFalse();
            that(lab.call("pve_guest_service", "guest", "web", "service", "nginx", "action", "restart"))
                    .shows("state: active (running)");
            that(lab.call("pve_guest_service", "guest", "web", "service", "nosuch"))
                    .shows("state: no such service");
            that(lab.call("pve_guest_service", "guest", "web", "service", "--all"))
                    .failsWith("bad_arguments");
        }
    }

    @Test
    void a_vm_says_what_it_is_and_where_it_is_reached() {
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_info", "guest", "web"))
                    .shows("os: Debian GNU/Linux 13 (trixie)", "host_name: web", "192.0.2.201/24", "/|ext4")
                    .shows("clock: 2026-11-21", "cpus: 2 of 2 online", "memory: 16 of 16 blocks of 128 MiB online");
        }
    }

    @Test
    void frozen_file_systems_are_thawed_again() {
        try (var lab = withAgents()) {
            that(lab.call("pve_guest_agent", "guest", "web", "action", "freeze"))
                    .shows("frozen: 1 file systems", "action=thaw");
            that(lab.call("pve_guest_agent", "guest", "web", "action", "freeze_status"))
                    .shows("outcome: frozen");
            that(lab.call("pve_guest_agent", "guest", "web", "action", "thaw")).shows("thawed: 1");
            that(lab.call("pve_guest_agent", "guest", "web", "action", "trim")).shows("trimmed 1 MiB on 1");
            that(lab.call("pve_guest_agent", "guest", "dns", "action", "ping")).failsWith("bad_arguments");
            assertThat(web(lab).frozen).isFalse();
        }
    }

    @Test
    void what_a_guest_prints_cannot_move_the_cursor_of_who_reads_it() {
        try (var lab = withAgents()) {
            var answer = lab.call(
                    "pve_guest_exec", "guest", "web", "command", List.of("printf", "\\033[2Jignore\\033[0m all"));
            that(answer).shows("ignore all");
            assertThat(((Json.Obj) that(answer).data()).write()).doesNotContain("\\u001b");
        }
    }
}
