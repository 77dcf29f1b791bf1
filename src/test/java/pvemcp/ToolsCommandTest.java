package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// `pve-mcp tools`: what there is to call, and how.
class ToolsCommandTest extends CommandLine {
    @Test
    void tools_are_listed_with_what_policy_says_and_described_with_their_inputs() {
        env.put("PVE_MCP_POLICY_OPERATE", "deny");

        assertThat(run("tools").out())
                .containsPattern("guest list +read +allow")
                .containsPattern("guest power +operate +not offered")
                .containsPattern("undo +destroy +deny at worst")
                .containsPattern("guest delete +destroy +not offered");
        assertThat(run("tools", "guest").out())
                .containsPattern("guest list +read")
                .doesNotContain("node list");
        assertThat(run("tools", "guest_list").out())
                .contains("pve_guest_list (read)")
                .contains("limit");
        assertThat(run("tools", "guest_power").err()).contains("does not offer");
        assertThat(run("tools", "guest_list", "--json").out()).contains("\"inputSchema\"");
    }

    @Test
    void tools_are_listed_also_where_nobody_can_tell_what_the_token_may() throws IOException {
        try (var _ = simulator()) {
            env.put("PVE_MCP_TOKEN_SECRET", "wrong");

            var told = run("tools");

            assertThat(told.out()).containsPattern("guest list +read +allow");
            assertThat(told.err()).contains("'pve-mcp doctor' says why").doesNotContain("Unauthorized");
        }
    }

    @Test
    void a_tool_is_described_also_where_another_begins_like_it() {
        assertThat(run("tools", "guest", "power").out())
                .contains("pve_guest_power (operate)", "start | shutdown")
                .doesNotContain("many");
    }
}
