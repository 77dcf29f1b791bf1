package pvemcp.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.gate.Policy.Answer;
import pvemcp.pve.Connection;
import pvemcp.pve.Connection.Credential;
import pvemcp.pve.Connection.Trust;
import pvemcp.pve.Secret;
import pvemcp.tool.Tier;

/// What other servers call `PROXMOX_*` is understood, whole configurations at a time.
class DialectsTest {
    private static final Credential TOKEN = new Credential.Token("mcp@pve!agent", new Secret("s3cret"));

    @TempDir
    Path directory;

    @Test
    void a_url_with_a_token_in_two_parts() {
        assertThat(connection(load(
                        "PROXMOX_URL", "https://pve1.example:8006/",
                        "PROXMOX_TOKEN_ID", "mcp@pve!agent",
                        "PROXMOX_TOKEN_SECRET", "s3cret")))
                .isEqualTo(new Connection(
                        "default",
                        List.of(URI.create("https://pve1.example:8006")),
                        TOKEN,
                        new Trust.Authorities(),
                        Duration.ofSeconds(30)));
    }

    @Test
    void a_host_with_user_and_token_in_three_parts_and_a_ca_file() throws IOException {
        var ca = Files.writeString(directory.resolve("ca.pem"), "");
        var connection = connection(load(
                "PROXMOX_HOST", "10.0.0.5",
                "PROXMOX_PORT", "8443",
                "PROXMOX_USER", "mcp@pve",
                "PROXMOX_TOKEN_NAME", "agent",
                "PROXMOX_TOKEN_VALUE", "s3cret",
                "PROXMOX_SSL_MODE", "Verify",
                "PROXMOX_SSL_CA_CERT", ca.toString()));

        assertThat(connection.endpoints()).containsExactly(URI.create("https://10.0.0.5:8443"));
        assertThat(connection.credential()).isEqualTo(TOKEN);
        assertThat(connection.trust()).isEqualTo(new Trust.CaFile(ca));
    }

    @Test
    void the_user_of_a_token_in_three_parts_is_root_where_none_is_named() {
        var connection = connection(
                load("PROXMOX_HOST", "pve1", "PROXMOX_TOKEN_NAME", "agent", "PROXMOX_TOKEN_VALUE", "s3cret"));

        assertThat(connection.credential()).isEqualTo(new Credential.Token("root@pam!agent", new Secret("s3cret")));
    }

    @Test
    void a_url_with_the_path_of_the_api_a_token_in_one_part_and_milliseconds() {
        var connection = connection(load(
                "PROXMOX_URL", "https://pve1.example:8006/api2/json",
                "PROXMOX_API_TOKEN", "mcp@pve!agent=s3cret",
                "PROXMOX_TIMEOUT", "1500"));

        assertThat(connection.endpoints()).containsExactly(URI.create("https://pve1.example:8006"));
        assertThat(connection.credential()).isEqualTo(TOKEN);
        assertThat(connection.timeout()).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void a_ticket_with_its_csrf_token() {
        var connection = connection(load(
                "PROXMOX_URL", "https://pve1.example:8006/api2/json",
                "PROXMOX_TICKET", "PVE:root@pam:1",
                "PROXMOX_CSRF_TOKEN", "1:abc"));

        assertThat(connection.credential())
                .isEqualTo(new Credential.Ticket(new Secret("PVE:root@pam:1"), Optional.of(new Secret("1:abc"))));
    }

    @Test
    void several_clusters_the_first_of_them_the_default() {
        var clusters = load(
                        "PROXMOX_CLUSTERS", "prod, lab",
                        "PROXMOX_CLUSTER_prod_API_URL", "https://pve1.example/whatever",
                        "PROXMOX_CLUSTER_prod_TOKEN_ID", "mcp@pve!agent",
                        "PROXMOX_CLUSTER_prod_TOKEN_SECRET", "s3cret",
                        "PROXMOX_CLUSTER_lab_API_URL", "https://lab.example:8007",
                        "PROXMOX_CLUSTER_lab_TOKEN_ID", "mcp@pve!agent",
                        "PROXMOX_CLUSTER_lab_TOKEN_SECRET", "s3cret",
                        "PROXMOX_CLUSTER_PATTERNS", "prod-:prod,p-:prod, test-:lab")
                .clusters();

        assertThat(clusters).extracting(ClusterSettings::name).containsExactly("prod", "lab");
        assertThat(clusters.getFirst().endpoints()).containsExactly(URI.create("https://pve1.example:8006"));
        assertThat(clusters.getLast().endpoints()).containsExactly(URI.create("https://lab.example:8007"));
        assertThat(clusters)
                .extracting(ClusterSettings::names)
                .containsExactly(List.of("prod-*", "p-*"), List.of("test-*"));
    }

    @Test
    void switches_that_turn_the_check_of_certificates_off_are_not_followed_and_said_so() {
        for (var insecure : List.of(
                List.of("PROXMOX_TLS_INSECURE", "yes"),
                List.of("PROXMOX_INSECURE", "true"),
                List.of("PROXMOX_SSL_MODE", "insecure"),
                List.of("PROXMOX_VERIFY", "false"))) {
            var config = load(
                    "PROXMOX_URL",
                    "https://pve1.example:8006",
                    "PROXMOX_API_TOKEN",
                    "mcp@pve!agent=s3cret",
                    insecure.getFirst(),
                    insecure.getLast());

            assertThat(connection(config).trust()).isEqualTo(new Trust.Authorities());
            assertThat(config.notices())
                    .singleElement()
                    .asString()
                    .startsWith(insecure.getFirst() + "=" + insecure.getLast() + " is not followed")
                    .contains("PVE_MCP_FINGERPRINT");
        }
    }

    @Test
    void a_check_that_stays_on_needs_no_words() {
        var config = load("PROXMOX_VERIFY", "true", "PROXMOX_TLS_INSECURE", "0", "PROXMOX_SSL_MODE", "strict");

        assertThat(config.notices()).isEmpty();
    }

    @Test
    void what_opens_dangerous_tools_elsewhere_makes_them_ask_here() {
        var destructive = load("PROXMOX_ENABLE_DESTRUCTIVE", "true");
        var elevated = load("PROXMOX_ALLOW_ELEVATED", "true", "PVE_MCP_POLICY_DESTROY", "deny");

        assertThat(destructive.policy().answer(Tier.DESTROY)).isEqualTo(Answer.ASK);
        assertThat(elevated.policy().answer(Tier.CHANGE)).isEqualTo(Answer.ASK);
        assertThat(elevated.policy().answer(Tier.DESTROY)).isEqualTo(Answer.DENY);
        var closed = load("PROXMOX_ENABLE_DESTRUCTIVE", "0", "PROXMOX_ALLOW_ELEVATED", "true")
                .policy();
        assertThat(closed.answer(Tier.DESTROY)).isEqualTo(Answer.DENY);
        assertThat(closed.answer(Tier.OPERATE)).isEqualTo(Answer.ASK);
        var basic = load("PROXMOX_ALLOW_ELEVATED", "false").policy();
        assertThat(basic.answer(Tier.OPERATE)).isEqualTo(Answer.DENY);
        assertThat(basic.answer(Tier.READ)).isEqualTo(Answer.ALLOW);
        assertThat(load("PROXMOX_ENABLE_DESTRUCTIVE", "false").policy().answer(Tier.DESTROY))
                .isEqualTo(Answer.DENY);
    }

    @Test
    void our_own_words_put_a_foreign_configuration_aside_but_a_fingerprint_joins_it() {
        var pin = "AA".repeat(32);
        var joined = load(
                "PROXMOX_URL", "https://pve1.example:8006",
                "PROXMOX_API_TOKEN", "mcp@pve!agent=s3cret",
                "PVE_MCP_FINGERPRINT", pin);
        var aside = load(
                "PROXMOX_URL", "https://elsewhere.example",
                "PVE_MCP_URL", "https://pve1.example:8006",
                "PVE_MCP_TOKEN_ID", "mcp@pve!agent",
                "PVE_MCP_TOKEN_SECRET", "s3cret");

        assertThat(connection(joined).trust()).isInstanceOf(Trust.Fingerprints.class);
        assertThat(connection(aside).endpoints()).containsExactly(URI.create("https://pve1.example:8006"));
        assertThat(aside.notices())
                .containsExactly("PROXMOX_URL and its kin are ignored, because a cluster is configured by"
                        + " PVE_MCP_TOKEN_ID");
    }

    @Test
    void what_has_no_use_here_is_named_without_its_value() {
        var config = load("PROXMOX_DEFAULT_LXC_PASSWORD", "geheim", "PROXMOX_SSH_HOST", "10.0.0.9");

        assertThat(config.notices()).hasSize(2);
        assertThat(config.notices().toString())
                .contains("PROXMOX_SSH_HOST", "PROXMOX_DEFAULT_LXC_PASSWORD")
                .doesNotContain("geheim");
    }

    private static Connection connection(Config config) {
        return config.clusters().getFirst().connection();
    }

    private Config load(String... namesAndValues) {
        Map<String, String> env = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            env.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return Config.load(new Surroundings(env, directory, directory));
    }

    @Test
    void ways_into_guests_over_ssh_are_taken_over() {
        var ssh = load(
                        "PROXMOX_SSH_KEY", "/keys/node",
                        "PROXMOX_SSH_USER", "ops",
                        "PROXMOX_SSH_HOST", "10.0.0.11",
                        "PROXMOX_SSH_NODE", "pve1",
                        "PROXMOX_VM_SSH_USER", "admin",
                        "PROXMOX_VM_101_SSH_HOST", "192.0.2.7",
                        "PROXMOX_VM_101_SSH_KEY", "/keys/web")
                .ssh();

        assertThat(ssh.enabled()).isTrue();
        assertThat(ssh.node().user()).isEqualTo("ops");
        assertThat(ssh.node().keys()).containsExactly(Path.of("/keys/node"));
        assertThat(ssh.nodes()).containsEntry("pve1", "10.0.0.11");
        assertThat(ssh.guest().user()).isEqualTo("admin");
        var own = ssh.guests().get(101);
        assertThat(own.host()).contains("192.0.2.7");
        assertThat(own.user()).isEmpty();
        assertThat(own.key()).contains(Path.of("/keys/web"));
    }

    @Test
    void ssh_stays_off_where_its_switch_says_so() {
        assertThat(load("PROXMOX_SSH_ENABLED", "false", "PROXMOX_SSH_KEY_PATH", "/keys/node")
                        .ssh()
                        .enabled())
                .isFalse();
    }
}
