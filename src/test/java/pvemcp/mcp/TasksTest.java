package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy.Answer;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

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
        peer.send(Peer.modern(++id, method, params, capabilities));
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
    void nobody_can_make_up_the_name_of_a_task() {
        var name = start();
        int dot = name.lastIndexOf('.');
        var parts = new String(Base64.getUrlDecoder().decode(name.substring(0, dot)), StandardCharsets.UTF_8);
        assertThat(parts).startsWith("[\"stdio\",");
        var other = parts.replace("UPID:", "UPID:x").getBytes(StandardCharsets.UTF_8);
        var forged = Base64.getUrlEncoder().withoutPadding().encodeToString(other) + name.substring(dot);

        for (var wrong : List.of(forged, name.substring(0, dot), name + "A", "x", "x.y", ".", "")) {
            assertThat(code("tasks/get", "\"taskId\":\"" + wrong + "\"", KNOWS)).isEqualTo(-32602);
            assertThat(code("tasks/cancel", "\"taskId\":\"" + wrong + "\"", KNOWS))
                    .isEqualTo(-32602);
        }
    }

    @Test
    void whatever_takes_long_is_a_task() {
        try (var home = Lab.of(Scenes.household()).policy(policy -> policy.with(Tier.DESTROY, Answer.ALLOW))) {
            assertGoesOn(home.call("pve_guest_clone", "guest", "git", "name", "copy", "timeout", "0s"));
            assertGoesOn(home.call("pve_backup_run", "guests", "web", "storage", "backup", "timeout", "0s"));
            assertGoesOn(home.call("pve_guest_delete", "guest", "win11", "timeout", "0s"));
            assertGoesOn(home.call("pve_guest_migrate", "guest", "k3s-dev", "node", "pve2", "timeout", "0s"));
        }
    }

    private static void assertGoesOn(ToolResult result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        ToolResult.Done.class,
                        done -> assertThat(done.going()).as(done.data().write()).isPresent());
    }

    // ---- told of by themselves ----

    private void listen(String tasks) {
        peer.send("{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"method\":\"subscriptions/listen\",\"params\":{"
                + "\"notifications\":{\"taskIds\":" + tasks + "},\"_meta\":{\"progressToken\":1,"
                + "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
                + "\"io.modelcontextprotocol/clientCapabilities\":{" + KNOWS + "}}}}");
    }

    @Test
    void who_listens_to_a_task_is_told_how_it_stands_and_how_it_ends() {
        var task = start();
        listen("[\"" + task + "\",\"x.y\",\"" + task + "\"]");

        var accepted = peer.receiveJson();
        assertThat(accepted.text("method")).contains("notifications/subscriptions/acknowledged");
        assertThat(accepted.object("params").orElseThrow().object("notifications"))
                .contains(Json.obj("taskIds", Json.strings(List.of(task))));
        var first = peer.receiveJson();
        assertThat(first.text("method")).contains("notifications/tasks");
        assertThat(first.write())
                .contains("\"status\":\"working\"", "\"io.modelcontextprotocol/subscriptionId\":\"s\"")
                .contains(task);

        lab.advance(Duration.ofMinutes(10));

        var last = peer.receiveJson();
        // One look may begin before the ten minutes and end after them.
        while (last.write().contains("\"status\":\"working\"")) {
            last = peer.receiveJson();
        }
        assertThat(last.text("method")).contains("notifications/tasks");
        assertThat(last.write())
                .contains("\"status\":\"completed\"", "got timeout")
                .doesNotContain("progress\"");
    }

    @Test
    void listening_to_tasks_is_for_who_knows_them() {
        var wanted = "\"notifications\":{\"taskIds\":[\"" + start() + "\"]}";

        assertThat(code("subscriptions/listen", wanted, "")).isEqualTo(-32021);
        assertThat(code("subscriptions/listen", "\"notifications\":{\"taskIds\":7}", KNOWS))
                .isEqualTo(-32602);
    }

    @Test
    void what_has_gone_on_for_long_need_not_be_asked_for_every_moment() {
        var task = start();
        assertThat(get(task).whole("pollIntervalMs")).contains(2_000L);
        lab.advance(Duration.ofSeconds(50));
        assertThat(get(task).whole("pollIntervalMs").orElseThrow()).isBetween(5_000L, 6_000L);
    }
}
