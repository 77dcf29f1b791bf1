package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.cli.Exit;

/// `pve-mcp demo`: for a client on a pipe a cluster, for a person at a terminal a tour.
class DemoCommandTest extends CommandLine {
    @Test
    void demo_serves_the_simulated_cluster_on_a_pipe() {
        typed = INITIALIZE + """
                {"jsonrpc":"2.0","method":"notifications/initialized"}
                {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pve_node_list","arguments":{}}}
                """;

        assertThat(run("demo").lines().getLast()).contains("pve1").contains("online");
    }

    @Test
    void the_tour_shows_calls_with_their_answers_takes_more_and_ends_with_what_a_client_needs() {
        terminal = true;
        env.put("TERM", "dumb");
        env.put("PVE_MCP_LAUNCHER", "/opt/pve-mcp/pve-mcp");
        typed = "node_list\nhelp node_get\nnode_lst\nexit\n";

        var told = run("demo");

        assertThat(told.status()).isEqualTo(Exit.OK);
        assertThat(told.out())
                .contains("> pve_guest_list status=running", "web")
                .containsPattern("> pve_task_get UPID:pve1:[^\n]*:vzdump:")
                .contains("POST /nodes/pve1/qemu/120/status/shutdown")
                .containsPattern("> pve_task_get UPID:pve1:[^\n]*:qmshutdown:120:")
                .contains("pve_node_get (read)")
                .contains("did you mean 'node_list'?")
                .contains("\"command\": \"/opt/pve-mcp/pve-mcp\"");
    }
}
