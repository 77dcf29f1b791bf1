package pvemcp.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pvemcp.tool.Tier;

/// The rules of a policy: how they are written, and what is said of mistakes.
class RuleConfigTest extends ConfigFolder {
    @Test
    void every_key_of_a_rule_is_understood_in_its_table() throws IOException {
        var values = new HashMap<Key, String>();
        values.put(Key.RULE_NAME, "night");
        values.put(Key.RULE_ANSWER, "deny");
        values.put(Key.RULE_TIERS, "operate");
        values.put(Key.RULE_TOOLS, "pve_guest_*");
        values.put(Key.RULE_CLUSTERS, "default");
        values.put(Key.RULE_NODES, "pve1");
        values.put(Key.RULE_POOLS, "shop");
        values.put(Key.RULE_TAGS, "prod");
        values.put(Key.RULE_GUESTS, "100-199");
        values.put(Key.RULE_NAMES, "web-*");
        values.put(Key.RULE_STORAGES, "local");
        values.put(Key.RULE_BACKUP_SERVERS, "offsite");
        values.put(Key.RULE_WHEN, "22:00-06:00");
        values.put(Key.RULE_SNAPSHOT_FIRST, "true");
        values.put(Key.RULE_BACKUP_FIRST, "off");
        var bare = "[[policy.rule]]\nanswer = \"ask\"\n";
        write("pve-mcp.toml", bare, "rw-------");
        var without = load(Map.of()).policy().rules();
        for (var key : Key.values()) {
            if (!key.ofRule()) {
                continue;
            }
            assertThat(values).as("a value for the new key").containsKey(key);
            var name = key.path().substring("policy.rule.".length());
            var line = "%s = \"%s\"\n".formatted(name, values.get(key));
            write("pve-mcp.toml", key == Key.RULE_ANSWER ? "[[policy.rule]]\n" + line : bare + line, "rw-------");
            var config = load(Map.of());
            assertThat(config.policy().rules()).hasSize(1).isNotEqualTo(without);
            assertThat(config.settings()).anySatisfy(setting -> {
                assertThat(setting.name()).isEqualTo("policy.rule[1]." + name);
                assertThat(setting.texts()).containsExactly(values.get(key));
                assertThat(setting.origin()).contains("pve-mcp.toml:").doesNotEndWith(":1");
            });
        }
    }

    @Test
    void all_that_is_wrong_with_rules_is_said_at_once_and_where() throws IOException {
        write("pve-mcp.toml", """
                [policy]
                windows = ["Mon-Fri 8-17"]

                [[policy.rule]]
                tags = ["prod"]

                [[policy.rule]]
                answer = "allow"
                tags = ["staging"]

                [[policy.rule]]
                answer = "perhaps"
                tiers = ["operate", "chnge"]
                guests = ["web"]
                tagz = "x"

                [[policy.rule]]
                answer = "deny"
                storages = ["local"]
                tags = ["prod"]
                when = ["Mon-Fri 25:00-26:00", "Someday 10:00-11:00", "10:00-11:00 Mars/Base"]

                [[policy.rule]]
                answer = "deny"
                backup_servers = ["offsite"]
                storages = ["local"]

                [[policy.rule]]
                answer = "deny"
                tiers = ["destroy"]
                backup_servers = ["offsite"]
                """, "rw-------");
        assertThatThrownBy(() -> load(Map.of()))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        wrong -> assertThat(wrong.problems())
                                .anyMatch(line -> line.contains("pve-mcp.toml:2: '8' is no time of day"))
                                .anyMatch(line -> line.contains("policy.rule[1] has no 'answer'"))
                                .anyMatch(line -> line.contains("policy.rule[2] allows: name the 'tiers'"))
                                .anyMatch(line -> line.contains("pve-mcp.toml:12:") && line.contains("'perhaps'"))
                                .anyMatch(line -> line.contains("'chnge'") && line.contains("did you mean 'change'?"))
                                .anyMatch(line -> line.contains("'web' is no guest id"))
                                .anyMatch(line -> line.contains("'policy.rule[3].tagz'"))
                                .anyMatch(line -> line.contains("policy.rule[4] holds for nothing"))
                                .anyMatch(line -> line.contains("policy.rule[5] holds for nothing: a backup server is"))
                                .anyMatch(line -> line.contains("policy.rule[6] holds for nothing: backup servers are"))
                                .anyMatch(line -> line.contains("pve-mcp.toml:21: '25:00' is no time of day"))
                                .anyMatch(line -> line.contains("'Someday' is no day"))
                                .anyMatch(line -> line.contains("'Mars/Base' is no time zone")));
    }

    @Test
    void a_rule_about_backup_servers_is_about_reads() throws IOException {
        write("pve-mcp.toml", "[[policy.rule]]\nanswer = \"deny\"\nbackup_servers = [\"offsite\"]\n", "rw-------");

        assertThat(load(Map.of()).policy().rules())
                .singleElement()
                .satisfies(rule -> assertThat(rule.tiers()).containsExactly(Tier.READ));
    }

    @Test
    void rules_have_an_order_so_they_are_in_the_file_only() throws IOException {
        write("pve-mcp.toml", "[policy.rule]\nanswer = \"deny\"\n", "rw-------");
        assertThatThrownBy(() -> load(Map.of())).hasMessageContaining("there is no key 'policy.rule.answer'");
        Files.delete(directory.resolve("pve-mcp.toml"));
        assertThatThrownBy(() -> load(Map.of("PVE_MCP_POLICY_RULE_ANSWER", "deny")))
                .hasMessageContaining("there is no setting 'PVE_MCP_POLICY_RULE_ANSWER'");
    }
}
