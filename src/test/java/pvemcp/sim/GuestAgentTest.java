package pvemcp.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;

class GuestAgentTest {
    private static final String AGENT = "/nodes/pve1/qemu/101/agent";

    private static PveSim homelab() {
        return PveSim.start(Scenarios.homelab(), SimTime.byHand(Worlds.NOON));
    }

    private static Json.Obj shell(PveSim sim, String script) {
        var client = SimClient.of(sim);
        var form = "command=/bin/sh&command=-c&command=" + URLEncoder.encode(script, StandardCharsets.UTF_8);
        var pid = client.post(AGENT + "/exec", form).object().whole("pid").orElseThrow();
        sim.advance(Duration.ofSeconds(1));
        return client.get(AGENT + "/exec-status?pid=" + pid).object();
    }

    @Test
    void a_service_stays_stopped_until_somebody_starts_it() {
        try (var sim = homelab()) {
            assertThat(shell(sim, "systemctl is-active nginx").text("out-data")).contains("active\n");
            shell(sim, "systemctl stop nginx");
            assertThat(shell(sim, "systemctl is-active nginx || echo down").text("out-data"))
                    .contains("inactive\ndown\n");
            shell(sim, "systemctl restart nginx");
            assertThat(shell(sim, "systemctl is-active nginx").whole("exitcode"))
                    .contains(0L);
        }
    }

    @Test
    void what_a_shell_writes_the_agent_reads() {
        try (var sim = homelab()) {
            shell(sim, "echo one > /tmp/list; echo two >> /tmp/list && cat /tmp/list | grep t > /tmp/found");
            var found =
                    SimClient.of(sim).get(AGENT + "/file-read?file=/tmp/found").object();
            assertThat(found.text("content")).contains("two\n");
        }
    }

    @Test
    void a_program_that_is_not_there_says_so() {
        try (var sim = homelab()) {
            var result = shell(sim, "nosuch; echo $?");
            assertThat(result.text("err-data")).contains("sh: 1: nosuch: not found\n");
            assertThat(result.text("out-data")).contains("127\n");
        }
    }

    @Test
    void a_machine_that_just_started_has_no_agent_yet() {
        try (var sim = homelab()) {
            var client = SimClient.of(sim);
            client.post("/nodes/pve1/qemu/101/status/reset", "");
            sim.advance(Duration.ofSeconds(2));
            assertThat(client.post(AGENT + "/ping", "").reason()).isEqualTo("QEMU guest agent is not running");
            sim.advance(Duration.ofSeconds(30));
            assertThat(client.post(AGENT + "/ping", "").status()).isEqualTo(200);
        }
    }
}
