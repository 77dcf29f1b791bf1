package pvemcp.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pvemcp.pve.Connection.Credential;
import pvemcp.pve.Connection.Trust;

/// How Proxmox Backup Servers are configured, and what is said of mistakes.
class BackupsTest extends ConfigFolder {
    @Test
    void several_servers_stand_beside_one_cluster() throws IOException {
        var config = load("""
                url = "https://pve1.example:8006"
                token_id = "mcp@pve!agent"
                token_secret = "s3cret"

                [backup.house]
                url = "https://pbs.example:8007"
                token_id = "mcp@pbs!agent"
                token_secret = "geheim"
                fingerprint = "%s"
                hosts = ["10.0.0.5"]

                [backup.offsite]
                url = "https://pbs.far.example:8007"
                token_id = "mcp@pbs!far"
                token_secret_command = "echo weit"
                timeout = "5s"
                """.formatted(PIN), Map.of());

        assertThat(config.clusters()).extracting(ClusterSettings::name).containsExactly("default");
        assertThat(config.backups()).extracting(BackupSettings::name).containsExactly("house", "offsite");
        var house = config.backups().getFirst().connection();
        assertThat(house.endpoints()).containsExactly(URI.create("https://pbs.example:8007"));
        assertThat(house.trust()).isEqualTo(new Trust.Fingerprints(List.of(PIN)));
        assertThat(config.backups().getFirst().address().hosts()).containsExactly("pbs.example", "10.0.0.5");
        var far = config.backups().getLast().connection();
        assertThat(far.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(far.credential()).isInstanceOfSatisfying(Credential.BackupToken.class, token -> {
            assertThat(token.id()).isEqualTo("mcp@pbs!far");
            assertThat(token.secret().reveal()).isEqualTo("weit");
            assertThat(token).asString().doesNotContain("weit");
        });
    }

    @Test
    void a_variable_completes_the_table_of_the_same_name() throws IOException {
        var config = load(
                "[backup.far-away]\nurl = \"https://pbs.example:8007\"\n",
                Map.of(
                        "PVE_MCP_BACKUP_FAR_AWAY_TOKEN_ID",
                        "mcp@pbs!agent",
                        "PVE_MCP_BACKUP_FAR_AWAY_TOKEN_SECRET",
                        "geheim",
                        "PVE_MCP_BACKUP_NEAR_URL",
                        "https://near.example:8007",
                        "PVE_MCP_BACKUP_NEAR_TOKEN_ID",
                        "mcp@pbs!near",
                        "PVE_MCP_BACKUP_NEAR_TOKEN_SECRET",
                        "nah"));

        assertThat(config.backups())
                .extracting(BackupSettings::name, BackupSettings::principal)
                .containsExactlyInAnyOrder(tuple("far-away", "mcp@pbs!agent"), tuple("near", "mcp@pbs!near"));
        assertThat(config.settings()).extracting(Setting::name).contains("backup.far-away.token_secret");
        assertThat(config.settings()).asString().doesNotContain("geheim", "nah");
    }

    @Test
    void all_that_is_wrong_is_said_at_once() {
        assertThat(problemsOf("""
                [backup.house]
                url = "http://pbs.example:8007"
                token_id = "mcp@pbs!agent:9c1e7f9a"
                fingerprint = "12:34"

                [backup.offsite]
                urll = "https://pbs.far.example:8007"
                token_secret = "weit"
                timeout = "soon"
                """, Map.of()))
                .anySatisfy(problem -> assertThat(problem).contains("write https://pbs.example:8007"))
                .anySatisfy(problem -> assertThat(problem)
                        .contains("token_id ends before the ':'")
                        .doesNotContain("9c1e7f9a"))
                .anySatisfy(problem -> assertThat(problem).contains("backup.house.token_secret is missing"))
                .anySatisfy(problem -> assertThat(problem).contains("'12:34' is no fingerprint"))
                .anySatisfy(problem -> assertThat(problem)
                        .contains("there is no key 'backup.offsite.urll'")
                        .contains("did you mean 'backup.url'"))
                .anySatisfy(problem -> assertThat(problem).contains("backup.offsite.url is missing"))
                .anySatisfy(problem -> assertThat(problem).contains("backup.offsite.token_id is missing"))
                .anySatisfy(problem ->
                        assertThat(problem).contains("pve-mcp.toml:9").contains("soon"));
    }
}
