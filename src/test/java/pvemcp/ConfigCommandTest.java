package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// `pve-mcp config` as it is typed.
class ConfigCommandTest extends CommandLine {
    @Test
    void config_shows_every_value_with_its_origin_and_no_secret() {
        env.put("PVE_MCP_URL", "https://pve1.example:8006");
        env.put("PVE_MCP_TOKEN_ID", "mcp@pve!agent");
        env.put("PVE_MCP_TOKEN_SECRET", "geheim");
        env.put("PVE_MCP_FINGERPRINT", "AA".repeat(32));

        var shown = run("config");

        assertThat(shown.out())
                .containsPattern("url +https://pve1.example:8006 +PVE_MCP_URL")
                .containsPattern("token_secret +••• +PVE_MCP_TOKEN_SECRET")
                .containsPattern("policy.destroy +deny +default")
                .doesNotContain("geheim");
        assertThat(run("config", "--json").out())
                .contains("\"origin\": \"PVE_MCP_URL\"")
                .doesNotContain("geheim");
    }
}
