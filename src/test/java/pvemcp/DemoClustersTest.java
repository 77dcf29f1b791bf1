package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.cli.Console;
import pvemcp.config.Surroundings;

/// A demo of two clusters, to try what the guide says of several.
@Timeout(300)
class DemoClustersTest {
    @TempDir
    Path directory;

    @Test
    void two_clusters_are_listed_together_and_told_apart_by_their_names() throws Exception {
        try (var server =
                new Served(Map.of(), directory, "serve", "--http", "127.0.0.1:0", "--demo", "--clusters", "2")) {
            assertThat(server.list("")).contains("\"cluster\"");
            assertThat(server.call("", "pve_guest_list", "{\"fields\":\"cluster,id,name\"}"))
                    .contains("7 work", "prod-db", "homeassistant");
            assertThat(server.call("", "pve_guest_get", "{\"guest\":\"shop-front\"}"))
                    .contains("cluster: work");
            assertThat(server.call("", "pve_guest_get", "{\"guest\":\"homeassistant\"}"))
                    .contains("cluster: home");
            assertThat(server.call("", "pve_guest_power", "{\"guest\":\"git\",\"action\":\"stop\"}"))
                    .contains("not_unique", "cluster=home", "cluster=work");
        }
    }

    @Test
    void over_a_pipe_it_is_the_same_demo() {
        var out = run("demo", "--clusters", "2");
        assertThat(out).contains("\"id\":1", "home, work");
        assertThat(run("demo", "--clusters=2")).contains("home, work");
    }

    @Test
    void there_is_no_demo_of_other_numbers() {
        assertThat(run("demo", "--clusters", "3")).contains("a demo has 1 or 2 clusters, not 3");
        assertThat(run("serve", "--http", "127.0.0.1:0", "--clusters", "2")).contains("--clusters goes with --demo");
    }

    private String run(String... args) {
        var asked = """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
                "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
                {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pve_cluster_status","arguments":{}}}
                """;
        var out = new ByteArrayOutputStream();
        var to = new PrintStream(out, true, StandardCharsets.UTF_8);
        var in = new ByteArrayInputStream(asked.getBytes(StandardCharsets.UTF_8));
        Main.run(
                List.of(args),
                new Console(in, to, to, false, false, 0),
                new Surroundings(Map.of(), directory, directory));
        return out.toString(StandardCharsets.UTF_8);
    }
}
