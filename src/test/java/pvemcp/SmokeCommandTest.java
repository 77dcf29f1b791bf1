package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import pvemcp.cli.Exit;
import pvemcp.json.Json;

/// `pve-mcp smoke` as it is typed.
class SmokeCommandTest extends CommandLine {
    @Test
    void smoke_tests_run_on_the_demo_and_say_how_they_ended() {
        var reads = run("smoke", "--demo");
        assertThat(reads.status()).as(reads.err()).isEqualTo(Exit.OK);
        assertThat(reads.out()).contains("passed: 12 ok");

        var writes = run("smoke", "lifecycle", "--write", "--demo", "--json");
        assertThat(writes.status()).as(writes.err() + writes.out()).isEqualTo(Exit.OK);
        var report = (Json.Obj) Json.parse(writes.out());
        assertThat(report.text("verdict").orElseThrow()).startsWith("passed: 6 ok, 0 failed");
        assertThat(writes.out()).contains("smoke-ok", "deleted");

        assertThat(run("smoke", "clone", "--write", "--source", "101", "--demo").status())
                .isEqualTo(Exit.FAILED);
        assertThat(run("smoke", "cleanup", "--demo").out()).contains("nothing is left");
    }

    @Test
    void smoke_tests_make_nothing_without_a_flag() {
        assertThat(run("smoke", "read-only", "backup", "--demo"))
                .returns(Exit.USAGE, Ended::status)
                .satisfies(run -> assertThat(run.err()).contains("backup", "--write"));
        assertThat(run("smoke", "lifecycl", "--write", "--demo").err()).contains("did you mean 'lifecycle'?");
    }

    @Test
    void smoke_tests_on_a_configured_cluster_pass_its_policy() throws IOException {
        try (var sim = simulator()) {
            assertThat(run("smoke").out()).contains("passed");
            assertThat(run("smoke", "lifecycle", "--write", "--yes"))
                    .returns(Exit.REFUSED, Ended::status)
                    .satisfies(run -> assertThat(run.err()).contains("policy.destroy"));
            assertThat(sim.<Integer>ask(cluster -> (int) cluster.guests.values().stream()
                            .filter(guest -> guest.config.toString().contains("mcp-smoke"))
                            .count()))
                    .isZero();
        }
    }

    @Test
    void the_recipe_for_a_smoke_token_is_printed() {
        assertThat(run("smoke", "recipe", "--node", "pve7", "--source", "900").out())
                .contains("pveum role add McpSmoke", "/nodes/pve7", "/vms/900", "token add mcp-smoke@pve");
    }
}
