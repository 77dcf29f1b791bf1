package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.cli.Exit;

/// `pve-mcp serve --http`, and `pve-mcp alive`, which asks such a server.
class ServeHttpCommandTest extends CommandLine {
    @Test
    void an_address_that_others_can_reach_is_not_served_to_anybody() {
        var served = run("serve", "--http", "0.0.0.0:0", "--demo");

        assertThat(served.status()).isEqualTo(Exit.USAGE);
        assertThat(served.err()).contains("nobody would be asked who they are");
    }

    @Test
    void what_cannot_be_served_over_http_is_said_before_anything_listens() {
        assertThat(run("serve", "--http", "127.0.0.1", "--demo").err()).contains("write HOST:PORT");
        assertThat(run("serve", "--http=:8765", "--demo").err()).contains("write HOST:PORT");
        assertThat(run("serve", "--demo").err()).contains("without --http");

        env.put("PVE_MCP_HTTP_TLS_KEY", "key.pem");
        assertThat(run("serve", "--http", "127.0.0.1:0").err()).contains("go together");
        env.put("PVE_MCP_HTTP_TLS_CERTIFICATE", "chain.pem");
        assertThat(run("serve", "--http", "127.0.0.1:0").err())
                .contains("TLS: ")
                .contains("chain.pem");
    }

    @Test
    void a_server_over_http_says_where_it_is_and_answers_there() throws Exception {
        try (var server = new Served(env, directory, "serve", "--http", "127.0.0.1:0", "--demo")) {
            assertThat(server.told()).contains("serving MCP at http://127.0.0.1:");
            assertThat(server.get("/readyz")).isEqualTo("ready\n");
            assertThat(server.call("", "pve_node_list", "{}")).contains("pve1");
            assertThat(run("alive", server.address()).status()).isEqualTo(Exit.OK);
        }
    }

    @Test
    void a_server_that_does_not_answer_is_not_alive() {
        var asked = run("alive", "127.0.0.1:1");
        assertThat(asked.status()).isEqualTo(Exit.FAILED);
        assertThat(asked.err()).contains("nobody answers at http://127.0.0.1:1/healthz");
        assertThat(run("alive", "two words").err()).contains("write HOST:PORT");

        env.put("PVE_MCP_HTTP_TLS_CERTIFICATE", "src/test/resources/pvemcp/pve/authority.pem");
        assertThat(run("alive", "127.0.0.1:1").err()).contains("nobody answers at https://");
    }
}
