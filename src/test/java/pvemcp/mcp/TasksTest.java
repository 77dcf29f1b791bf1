package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy.Answer;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.tool.Tier;

/// Calls whose work goes on, for a client that knows tasks: the guest `web` does not heed a shutdown.
class TasksTest {
    private static final String KNOWS = "\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}";
    private static final String SHUTDOWN = "\"name\":\"pve_guest_power\",\"arguments\":"
            + "{\"guest\":\"web\",\"action\":\"shutdown\",\"timeout\":\"2s\"}";

    private Lab lab;
    private Peer peer;
    private int id;

    @BeforeEach
    void open() {
        lab = Lab.of(Scenes.small()).with(cluster -> cluster.guest(101).hasSystem = false);
        peer = peer(lab);
    }

    private static Peer peer(Lab lab) {
        var about = new About("pve-mcp", "Proxmox VE", "1", "A lab.");
        return new Peer(new McpServer(lab.dispatcher(), about, Emits.NOTHING));
    }

    @AfterEach
    void close() {
        peer.close();
        lab.close();
    }

    private Json.Obj ask(String method, String params, String capabilities) {
        peer.send("{\"jsonrpc\":\"2.0\",\"id\":" + ++id + ",\"method\":\"" + method + "\",\"params\":{" + params
                + (params.isEmpty() ? "" : ",")
                + "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
                + "\"io.modelcontextprotocol/clientCapabilities\":{" + capabilities + "}}}}");
        return peer.receiveJson();
    }

    private Json.Obj result(String method, String params) {
        var answer = ask(method, params, KNOWS);
        return answer.object("result").orElseThrow(() -> new AssertionError(answer.write()));
    }

    private long code(String method, String params, String capabilities) {
        return ask(method, params, capabilities)
                .object("error")
                .orElseThrow()
                .whole("code")
                .orElseThrow();
    }

    private String start() {
        var task = result("tools/call", SHUTDOWN);
        assertThat(task.text("resultType")).contains("task");
        assertThat(task.text("status")).contains("working");
        return task.text("taskId").orElseThrow();
    }

    private Json.Obj get(String task) {
        return result("tasks/get", "\"taskId\":\"" + task + "\"");
    }

    @Test
    void the_extension_is_told_of() {
        assertThat(result("server/discover", "").write()).contains("\"extensions\":{\"io.modelcontextprotocol/tasks\"");
    }

    @Test
    void a_task_can_be_asked_for_until_it_has_its_result() {
        var task = start();
        assertThat(get(task).text("status")).contains("working");
        assertThat(get(task).has("result")).isFalse();

        lab.advance(Duration.ofMinutes(10));

        var ended = get(task);
        assertThat(ended.text("status")).contains("completed");
        assertThat(ended.text("resultType")).contains("complete");
        assertThat(ended.object("result").orElseThrow().write())
                .contains("\"isError\":true")
                .contains("got timeout");
    }

    @Test
    void another_server_of_the_same_cluster_knows_the_task_too() {
        var task = start();
        try (var replica = peer(lab)) {
            replica.send(Peer.modern(1, "tasks/get", "\"taskId\":\"" + task + "\"")
                    .replace("{\"elicitation\":{}}", "{" + KNOWS + "}"));
            assertThat(replica.receive()).contains("\"status\":\"working\"");
        }
    }

    @Test
    void cancelling_stops_the_task_where_policy_allows_it() {
        var task = start();

        assertThat(result("tasks/cancel", "\"taskId\":\"" + task + "\"").has("taskId"))
                .isFalse();

        assertThat(get(task).text("status")).contains("cancelled");
        result("tasks/cancel", "\"taskId\":\"" + task + "\"");
    }

    @Test
    void cancelling_stops_nothing_that_policy_does_not_let_stop() {
        var task = start();
        lab.policy(policy -> policy.with(Tier.OPERATE, Answer.DENY));
        try (var strict = peer(lab)) {
            strict.send(Peer.modern(1, "tasks/cancel", "\"taskId\":\"" + task + "\"")
                    .replace("{\"elicitation\":{}}", "{" + KNOWS + "}"));
            assertThat(strict.receive()).contains("\"resultType\":\"complete\"");
        }
        assertThat(get(task).text("status")).contains("working");
    }

    @Test
    void who_does_not_know_tasks_gets_none() {
        var answer = ask("tools/call", SHUTDOWN, "").write();
        assertThat(answer).contains("still running").doesNotContain("taskId");
        assertThat(code("tasks/get", "\"taskId\":\"x\"", "")).isEqualTo(-32021);
    }

    @Test
    void a_task_of_somebody_else_is_unknown() {
        var parts = new String(Base64.getUrlDecoder().decode(start()), StandardCharsets.UTF_8);
        assertThat(parts).startsWith("[\"stdio\",");
        var other = parts.replace("\"stdio\"", "\"anna\"").getBytes(StandardCharsets.UTF_8);
        var forged = Base64.getUrlEncoder().withoutPadding().encodeToString(other);

        for (var name : new String[] {forged, "x", ""}) {
            assertThat(code("tasks/get", "\"taskId\":\"" + name + "\"", KNOWS)).isEqualTo(-32602);
        }
        assertThat(code("tasks/cancel", "\"taskId\":\"" + forged + "\"", KNOWS)).isEqualTo(-32602);
    }
}
