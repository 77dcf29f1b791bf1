package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import pvemcp.cli.Exit;
import pvemcp.json.Json;

/// `pve-mcp policy check` as it is typed.
class PolicyCommandTest extends CommandLine {
    @Test
    void policy_check_says_which_rule_decides_and_does_nothing() throws IOException {
        try (var sim = simulator()) {
            Files.writeString(directory.resolve("pve-mcp.toml"), """
                    [[policy.rule]]
                    name = "no new pools"
                    answer = "deny"
                    tools = ["pve_api_write"]
                    tiers = ["change"]
                    """);

            var asks = run("policy", "check", "guest_power git stop", "--demo");
            assertThat(asks.status()).as(asks.err()).isEqualTo(Exit.OK);
            assertThat(asks.out())
                    .startsWith("asks first")
                    .contains("policy.operate", "'git'", "POST /nodes/", "/status/stop");

            var denied = run("policy", "check", "api_write", "post", "/pools", "params=poolid=shop", "--json");
            assertThat(denied.status()).as(denied.err()).isEqualTo(Exit.REFUSED);
            var json = (Json.Obj) Json.parse(denied.out());
            assertThat(json.text("answer")).contains("deny");
            assertThat(json.text("rule")).contains("policy.rule 'no new pools'");
            assertThat(json.text("tier")).contains("change");
            assertThat(pools(sim)).isEmpty();

            assertThat(run("policy", "check", "guest_delete git", "--demo").out())
                    .contains("denied", "policy.destroy");
            assertThat(run("policy", "check", "node_list").out()).startsWith("allowed");
            assertThat(run("policy", "check", "nodelst").status()).isEqualTo(Exit.USAGE);
            assertThat(run("policy", "chck", "node_list").status()).isEqualTo(Exit.USAGE);
            assertThat(directory.resolve("audit.jsonl")).doesNotExist();
        }
    }

    @Test
    void policy_check_says_which_backup_servers_a_reading_would_find_closed() throws IOException {
        try (var sim = simulator()) {
            backedUp(sim);
            Files.writeString(directory.resolve("pve-mcp.toml"), """
                    [[policy.rule]]
                    name = "friends"
                    answer = "deny"
                    backup_servers = ["vau*"]
                    """);

            assertThat(run("policy", "check", "backup_audit").out())
                    .startsWith("allowed")
                    .contains(
                            "  leaves  backup server vault: a rule of the owner's denies this on backup server vault");
            assertThat(run("policy", "check", "guest_list").out()).doesNotContain("vault");
        }
    }

    @Test
    void what_no_tool_lists_can_be_said_at_the_terminal_as_well() {
        env.put("PVE_MCP_POLICY_DESTROY", "ask");
        env.put("PVE_MCP_POLICY_BACKUP_FIRST", "require");
        try (var sim = homelab()) {
            sim.change(cluster -> cluster.guest(121).stop());

            assertThat(run("policy", "check", "guest_delete win11").out()).contains("denied", "policy.backup_first");
            assertThat(run("policy", "check", "guest_delete win12").err())
                    .contains("failed (not_found): no guest 'win12'");
            assertThat(run("policy", "check", "guest_delete win11 without_backup=true")
                            .out())
                    .contains("asks first");
            assertThat(run("call", "guest_delete", "win11", "--without-backup", "--yes", "--yes-to", "win11")
                            .status())
                    .isEqualTo(Exit.OK);
            assertThat(guests(sim)).doesNotContain(121);
        }
    }
}
