package pvemcp.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;

/// Tasks take their time, and the time is moved by hand.
class TasksTest {
    private final PveSim sim = Worlds.bare();
    private final SimClient client = SimClient.of(sim);

    @AfterEach
    void stop() {
        sim.close();
    }

    private String start(String path) {
        return ((Json.Str) client.post(path, "").data()).value();
    }

    private Json.Obj status(String upid) {
        return client.get("/nodes/pve/tasks/" + upid + "/status").object();
    }

    private List<String> log(String upid, String query) {
        return client.get("/nodes/pve/tasks/" + upid + "/log" + query).rows().stream()
                .map(row -> row.text("t").orElseThrow())
                .toList();
    }

    @Test
    void a_task_runs_until_its_time_has_passed() {
        var upid = start("/nodes/pve/services/cron/restart");

        assertThat(status(upid).text("status")).contains("running");
        assertThat(status(upid).has("exitstatus")).isFalse();
        sim.advance(Duration.ofSeconds(2));
        assertThat(status(upid).text("status")).contains("stopped");
        assertThat(status(upid).text("exitstatus")).contains("OK");
    }

    @Test
    void a_log_grows_while_the_task_runs() {
        var upid = start("/nodes/pve/apt/update");
        var early = log(upid, "");
        sim.advance(Duration.ofMillis(1500));
        var later = log(upid, "");
        sim.advance(Duration.ofSeconds(10));
        var full = log(upid, "?limit=0");

        assertThat(early).containsExactly("starting apt-get update");
        assertThat(later).hasSizeBetween(2, 4);
        assertThat(full).hasSize(6).endsWith("TASK OK");
        assertThat(log(upid, "?start=1&limit=2")).isEqualTo(full.subList(1, 3));
    }

    @Test
    void a_log_without_lines_says_so() {
        assertThat(log(start("/nodes/pve/services/cron/restart"), "")).containsExactly("no content");
    }

    @Test
    void a_failed_task_keeps_its_reason() {
        sim.change(cluster -> cluster.node("pve").host.services.get("cron").unit = "masked");
        var upid = start("/nodes/pve/services/cron/restart");
        sim.advance(Duration.ofSeconds(2));

        assertThat(status(upid).text("exitstatus")).contains("command 'systemctl restart cron' failed: exit code 1");
        assertThat(log(upid, "")).last().asString().startsWith("TASK ERROR: command");
    }

    @Test
    void a_failure_on_order_takes_the_next_task_of_its_type_only() {
        sim.fail("srvrestart").with("timeout");
        var first = start("/nodes/pve/services/cron/restart");
        var second = start("/nodes/pve/services/cron/restart");
        sim.advance(Duration.ofSeconds(2));

        assertThat(status(first).text("exitstatus")).contains("timeout");
        assertThat(status(second).text("exitstatus")).contains("OK");
    }

    @Test
    void a_task_can_be_stopped_once_and_asked_to_again() {
        var upid = start("/nodes/pve/apt/update");
        sim.advance(Duration.ofMillis(100));

        assertThat(client.delete("/nodes/pve/tasks/" + upid).status()).isEqualTo(200);
        assertThat(client.delete("/nodes/pve/tasks/" + upid).status()).isEqualTo(200);
        assertThat(status(upid).text("exitstatus")).contains("received interrupt");
        assertThat(log(upid, "")).containsExactly("starting apt-get update", "TASK ERROR: received interrupt");
    }

    @Test
    void a_running_task_is_in_the_active_list_and_a_finished_one_in_the_archive() {
        start("/nodes/pve/services/cron/restart");
        sim.advance(Duration.ofSeconds(5));
        start("/nodes/pve/apt/update");

        assertThat(client.get("/nodes/pve/tasks").rows())
                .extracting(row -> row.text("type"))
                .containsExactly(Optional.of("srvrestart"));
        assertThat(client.get("/nodes/pve/tasks?source=active").rows())
                .extracting(row -> row.text("status"))
                .containsExactly(Optional.of("RUNNING"));
        assertThat(client.get("/nodes/pve/tasks?source=all&typefilter=aptupdate")
                        .rows())
                .hasSize(1);
        assertThat(client.get("/cluster/tasks").rows()).hasSize(2);
    }

    @Test
    void a_task_is_only_known_on_its_own_node() {
        var upid = start("/nodes/pve/apt/update");
        sim.change(cluster -> cluster.addNode("other"));

        var elsewhere = client.get("/nodes/other/tasks/" + upid + "/status");

        assertThat(elsewhere.problem("upid")).isEqualTo("no such task");
        assertThat(client.get("/nodes/pve/tasks/nonsense/status").problem("upid"))
                .isEqualTo("unable to parse worker upid");
    }

    @Test
    void a_reboot_leaves_the_tasks_of_a_host_without_an_end() {
        var upid = start("/nodes/pve/apt/update");
        client.post("/nodes/pve/status", "command=reboot");
        var away = client.get("/nodes/pve/status");
        sim.advance(Duration.ofMinutes(2));

        assertThat(away.status()).isEqualTo(595);
        assertThat(status(upid).text("exitstatus")).contains("unexpected status");
        assertThat(client.get("/nodes/pve/status").object().whole("uptime").orElseThrow())
                .isLessThan(60);
    }
}
