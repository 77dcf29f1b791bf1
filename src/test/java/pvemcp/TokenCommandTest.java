package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.cli.Exit;

/// `pve-mcp token …`: who may use a server over HTTP, and how far.
class TokenCommandTest extends CommandLine {
    @Test
    void each_token_has_its_own_reach_and_its_own_name_in_the_log() throws Exception {
        env.put("PVE_MCP_POLICY_OPERATE", "allow");
        var looks = run("token", "add", "auditor").out().strip();
        var works = run("token", "add", "anna", "--tier", "operate", "--within", "guest=101")
                .out()
                .strip();
        assertThat(run("token", "list").lines()).containsExactly("auditor  read", "anna  operate  guest=101");
        assertThat(directory.resolve(".config/pve-mcp/tokens")).content().doesNotContain(looks, works);

        try (var _ = homelab()) {
            try (var server = new Served(env, directory, "serve", "--http", "127.0.0.1:0")) {
                assertThat(server.call("", "pve_node_list", "{}")).isEqualTo("401");
                assertThat(server.call("pve-mcp_guessed", "pve_node_list", "{}"))
                        .isEqualTo("401");

                assertThat(server.call(looks, "pve_node_list", "{}")).contains("pve1");
                assertThat(server.list(looks)).contains("pve_guest_list").doesNotContain("pve_guest_power");
                assertThat(server.list(works)).contains("pve_guest_power").doesNotContain("pve_guest_delete");

                var stop = "{\"guest\":\"%s\",\"action\":\"stop\"}";
                assertThat(server.call(works, "pve_guest_power", stop.formatted("102")))
                        .contains("refused by token.within")
                        .contains("'anna'");
                assertThat(server.call(works, "pve_guest_power", stop.formatted("101")))
                        .doesNotContain("refused");
                assertThat(directory.resolve("audit.jsonl")).content().contains("\"principal\":\"anna\"");

                assertThat(run("token", "remove", "anna").status()).isEqualTo(Exit.OK);
                assertThat(server.call(works, "pve_node_list", "{}")).isEqualTo("401");
                assertThat(server.call(looks, "pve_node_list", "{}")).contains("pve1");
            }
        }
    }

    @Test
    void tokens_that_make_no_sense_are_not_made() {
        assertThat(run("token", "add", "anna", "--tier", "operat").err()).contains("did you mean 'operate'?");
        assertThat(run("token", "add", "anna", "--within", "pol=dev").err()).contains("pool, tag, guest, node");
        assertThat(run("token", "add", "an na").err()).contains("is no name");
        assertThat(run("token", "remove", "anna").err()).contains("nobody called 'anna'");
        assertThat(run("token", "add", "anna").status()).isEqualTo(Exit.OK);
        assertThat(run("token", "add", "anna").err()).contains("'anna' has a token");
    }
}
