package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import pvemcp.cli.Exit;

/// `pve-mcp serve` as a client starts it, on a pipe.
class ServeCommandTest extends CommandLine {
    @Test
    void without_a_cluster_the_server_answers_the_handshake_and_its_tools_say_what_is_missing() {
        typed = INITIALIZE + """
                {"jsonrpc":"2.0","method":"notifications/initialized"}
                {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pve_node_list","arguments":{}}}
                """;

        var served = run("serve");

        assertThat(served.status()).isEqualTo(Exit.OK);
        assertThat(served.lines()).hasSize(2);
        assertThat(served.lines().getFirst()).contains("\"serverInfo\"");
        assertThat(served.lines().getLast())
                .contains("not_configured: no cluster is configured")
                .contains("pve-mcp setup", "PVE_MCP_URL", "pve-mcp demo")
                .doesNotContain("node is up");
    }

    @Test
    void a_pipe_without_a_command_is_served_and_a_terminal_without_a_cluster_told_how_to_get_one() {
        typed = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n";
        assertThat(run().out()).contains("\"id\":1");

        terminal = true;
        var helped = run();
        assertThat(helped.out()).isEmpty();
        assertThat(helped.err()).contains("pve-mcp setup", "pve-mcp demo");
        assertThat(helped.status()).isEqualTo(Exit.USAGE);
    }

    @Test
    void a_tool_that_is_not_shown_is_told_apart_from_one_that_there_is_not() {
        typed = INITIALIZE + """
                {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pve_guest_clone","arguments":{}}}
                {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"pve_guest_delete","arguments":{}}}
                {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"pve_storage_get","arguments":{}}}
                {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"guest_list","arguments":{}}}
                """;

        assertThat(run("demo").out())
                .contains("guest_list (did you mean 'pve_guest_list'?)")
                .contains("pve_guest_clone is not offered here: this server shows fewer tools")
                .contains("names its toolset in toolsets; pve_api_search finds the operation")
                .contains("pve_storage_get (there is pve_storage_list, pve_storage_content");

        env.put("PVE_MCP_SURFACE", "all");
        assertThat(run("demo").out())
                .contains("missing argument 'guest'")
                .contains("pve_guest_delete is not offered here: the owner's policy");
    }

    @Test
    void a_configuration_that_cannot_be_used_stops_the_server_with_all_that_is_wrong_and_a_clean_stdout() {
        env.put("PVE_MCP_URLS", "https://pve1");
        env.put("PVE_MCP_POLICY_DESTROY", "maybe");

        var served = run("serve");

        assertThat(served.status()).isEqualTo(Exit.USAGE);
        assertThat(served.out()).isEmpty();
        assertThat(served.err())
                .contains("did you mean 'PVE_MCP_URL'?")
                .contains("'maybe' is no value of policy.destroy")
                .doesNotContain("\tat ");
    }

    @Test
    void a_server_says_what_it_serves_where_that_is_wanted() {
        env.put("PVE_MCP_LOG_LEVEL", "info");

        assertThat(run("serve").err()).containsPattern("serving [0-9]+ tools for no configured cluster");
    }

    @Test
    void the_cluster_is_connected_to_once_a_client_has_the_tools_or_later_where_that_is_wanted() throws IOException {
        var asked = INITIALIZE + """
                {"jsonrpc":"2.0","method":"notifications/initialized"}
                {"jsonrpc":"2.0","id":2,"method":"tools/list"}
                """;
        env.put("PVE_MCP_TOKEN_ID", "a@pve!b");
        env.put("PVE_MCP_TOKEN_SECRET", "secret");
        try (var early = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var late = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            env.put("PVE_MCP_URL", "https://127.0.0.1:" + early.getLocalPort());
            // The client stays until it has seen what it waits for: a server whose input ends connects to nothing
            // more.
            var typing = new PipedOutputStream();
            try (var server = new Running(new PipedInputStream(typing), env, directory, "serve")) {
                typing.write(asked.getBytes(StandardCharsets.UTF_8));
                typing.flush();
                assertThat(server.says()).contains("\"id\":1");
                assertThat(server.says()).contains("\"id\":2");
                early.setSoTimeout(60_000);
                early.accept().close();
                typing.close();
            }

            env.put("PVE_MCP_URL", "https://127.0.0.1:" + late.getLocalPort());
            env.put("PVE_MCP_CONNECT", "late");
            typed = asked;
            run("serve");
            late.setSoTimeout(1);
            assertThatThrownBy(late::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void read_only_serves_no_tool_that_writes() {
        typed = INITIALIZE + """
                {"jsonrpc":"2.0","id":2,"method":"tools/list"}
                """;

        assertThat(run("serve", "--read-only").out())
                .contains("pve_guest_list")
                .doesNotContain("\"name\":\"pve_api_write\"", "pve_guest_power");
    }
}
