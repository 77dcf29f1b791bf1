package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.config.TokenFile;
import pvemcp.json.Json;
import pvemcp.lab.Scenes;
import pvemcp.sim.PveSim;
import pvemcp.sim.time.SimTime;

/// Work that goes on in the second of two clusters, where the guest `web` does not heed a shutdown, for anna and ben,
/// who both may do it.
@Timeout(300)
class TasksOverHttpTest {
    @TempDir
    Path directory;

    private final Map<String, String> env = new HashMap<>();
    private final Map<String, String> tokens = new HashMap<>();
    private PveSim home;
    private PveSim work;

    @BeforeEach
    void clusters() throws IOException {
        var now = Instant.parse("2026-11-21T12:00:00Z");
        home = PveSim.start(Scenes.small(), SimTime.byHand(now));
        work = PveSim.start(Scenes.small(), SimTime.byHand(now));
        work.change(cluster -> cluster.guest(101).hasSystem = false);
        cluster("HOME", home);
        cluster("WORK", work);
        env.put("PVE_MCP_AUDIT_FILE", directory.resolve("audit.jsonl").toString());
        env.put("PVE_MCP_POLICY_OPERATE", "allow");
        var file = new TokenFile(directory.resolve(".config/pve-mcp/tokens"));
        Files.createDirectories(file.path().getParent());
        for (var name : List.of("anna", "ben")) {
            tokens.put(
                    name, file.add(TokenFile.reach(name, "operate", List.of())).reveal());
        }
    }

    private void cluster(String name, PveSim sim) {
        env.put("PVE_MCP_CLUSTERS_%s_URL".formatted(name), sim.url());
        env.put("PVE_MCP_CLUSTERS_%s_TOKEN_ID".formatted(name), sim.token().id());
        env.put("PVE_MCP_CLUSTERS_%s_TOKEN_SECRET".formatted(name), sim.token().secret());
        env.put("PVE_MCP_CLUSTERS_%s_FINGERPRINT".formatted(name), sim.fingerprint());
    }

    @AfterEach
    void close() {
        work.close();
        home.close();
    }

    private Served serving() throws IOException {
        return new Served(env, directory, "serve", "--http", "127.0.0.1:0");
    }

    private static String named(String task) {
        return "\"taskId\":\"" + task + "\",";
    }

    private Json.Obj get(Served server, String who, String task) throws Exception {
        return server.ask(tokens.get(who), "tasks/get", task, named(task));
    }

    private static String status(Json.Obj answer) {
        return answer.object("result").flatMap(result -> result.text("status")).orElse(answer.write());
    }

    private String start(Served server) throws Exception {
        var arguments = "{\"guest\":\"web\",\"cluster\":\"work\",\"action\":\"shutdown\",\"timeout\":\"0s\"}";
        var answer = server.ask(
                tokens.get("anna"),
                "tools/call",
                "pve_guest_power",
                "\"name\":\"pve_guest_power\",\"arguments\":" + arguments + ",");
        return answer.object("result")
                .flatMap(result -> result.text("taskId"))
                .orElseThrow(() -> new AssertionError(answer.write()));
    }

    @Test
    void a_task_outlives_the_server_that_began_it_and_is_looked_for_in_its_cluster() throws Exception {
        String task;
        try (var first = serving()) {
            task = start(first);
        }
        try (var second = serving()) {
            assertThat(status(get(second, "anna", task))).isEqualTo("working");
            work.advance(Duration.ofMinutes(10));
            var ended = get(second, "anna", task);
            assertThat(status(ended)).isEqualTo("completed");
            assertThat(ended.write()).contains("got timeout");
        }
    }

    @Test
    void two_servers_of_one_owner_answer_for_each_others_tasks() throws Exception {
        try (var one = serving();
                var other = serving()) {
            var task = start(one);
            assertThat(status(get(other, "anna", task))).isEqualTo("working");
            other.ask(tokens.get("anna"), "tasks/cancel", task, named(task));
            assertThat(status(get(one, "anna", task))).isEqualTo("cancelled");
        }
    }

    @Test
    void a_task_is_nobody_elses() throws Exception {
        try (var server = serving()) {
            var task = start(server);
            assertThat(get(server, "ben", task).write()).contains("-32602", "Unknown task");
            assertThat(server.ask(tokens.get("ben"), "tasks/cancel", task, named(task))
                            .write())
                    .contains("-32602");
            assertThat(status(get(server, "anna", task))).isEqualTo("working");
        }
    }
}
