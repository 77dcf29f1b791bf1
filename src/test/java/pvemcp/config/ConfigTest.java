package pvemcp.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.gate.Policy.Answer;
import pvemcp.pve.Connection;
import pvemcp.pve.Connection.Credential;
import pvemcp.pve.Connection.Trust;
import pvemcp.pve.Secret;
import pvemcp.tool.Tier;

/// What can be configured, where it may stand, and what is said of mistakes.
class ConfigTest extends ConfigFolder {
    /// As airlift's assertFullMapping: a key that is added and not mentioned here fails.
    @Test
    void every_key_is_understood_in_the_file_and_in_the_environment() throws IOException {
        var ca = Files.writeString(directory.resolve("ca.pem"), "");
        var values = new HashMap<Key, String>();
        values.put(Key.CLUSTER, "default");
        values.put(Key.URL, "https://pve1.example:8006");
        values.put(Key.HOST, "pve1.example");
        values.put(Key.PORT, "8007");
        values.put(Key.TOKEN_ID, "mcp@pve!agent");
        values.put(Key.TOKEN_SECRET, "s3cret");
        values.put(Key.USER, "root@pam");
        values.put(Key.PASSWORD, "s3cret");
        values.put(Key.TOTP, "JBSWY3DPEHPK3PXP");
        values.put(Key.TICKET, "PVE:root@pam:1");
        values.put(Key.CSRF, "1:abc");
        values.put(Key.CA_FILE, ca.toString());
        values.put(Key.FINGERPRINT, PIN);
        values.put(Key.TIMEOUT, "10s");
        values.put(Key.NAMES, "prod-*");
        values.put(Key.TIER, "change");
        values.put(Key.READ_ONLY, "true");
        values.put(Key.POLICY_READ, "deny");
        values.put(Key.POLICY_OPERATE, "allow");
        values.put(Key.POLICY_CHANGE, "deny");
        values.put(Key.POLICY_DESTROY, "ask");
        values.put(Key.POLICY_EXECUTE, "deny");
        values.put(Key.PROTECT_TAGS, "prod");
        values.put(Key.PROTECT_POOLS, "infra");
        values.put(Key.PROTECT_GUESTS, "100-199");
        values.put(Key.PROTECT_NODES, "pve1");
        values.put(Key.PROTECT_FLAG, "change");
        values.put(Key.WINDOWS, "Mon-Fri 08:00-17:00 Europe/Berlin");
        values.put(Key.CREATE_POOL, "sandbox");
        values.put(Key.HOST_OPTIONS, "hostpci");
        values.put(Key.URL_HOSTS, "cloud.example.org");
        values.put(Key.SNAPSHOT_FIRST, "rollback");
        values.put(Key.BACKUP_FIRST, "require");
        values.put(Key.BACKUP_AGE, "2d");
        values.put(Key.WITHOUT_ELICITATION, "deny");
        values.put(Key.STATE_DIRECTORY, "/state");
        values.put(Key.LIMIT_DESTROY, "1");
        values.put(Key.LIMIT_CHANGE, "2");
        values.put(Key.LIMIT_GUESTS, "3");
        values.put(Key.LIMIT_FAILURES, "4");
        values.put(Key.LIMIT_REPEATS, "6");
        values.put(Key.LIMIT_PER_NODE, "7");
        values.put(Key.LIMIT_PER_GUEST, "8");
        values.put(Key.LIMIT_WAIT, "9s");
        values.put(Key.CONNECT, "late");
        values.put(Key.SURFACE, "all");
        values.put(Key.TOOLSETS, "guests");
        values.put(Key.AUDIT_FILE, "audit.jsonl");
        values.put(Key.AUDIT_SEGMENT, "1");
        values.put(Key.HTTP_TOKENS, "/state/tokens");
        values.put(Key.HTTP_HOSTS, "pve-mcp.example");
        values.put(Key.HTTP_ORIGINS, "https://agent.example");
        values.put(Key.HTTP_TLS_CERTIFICATE, "/tls/certificate.pem");
        values.put(Key.HTTP_TLS_KEY, "/tls/key.pem");
        values.put(Key.HTTP_OWN_CREDENTIALS, "required");
        values.put(Key.HTTP_OAUTH_ISSUER, "https://login.example/realms/home");
        values.put(Key.HTTP_OAUTH_RESOURCE, "https://mcp.example/mcp");
        values.put(Key.HTTP_OAUTH_AUDIENCE, "mcp");
        values.put(Key.HTTP_OAUTH_SCOPES, "admin=execute");
        values.put(Key.HTTP_OAUTH_SCOPE_CLAIMS, "roles");
        values.put(Key.HTTP_OAUTH_PRINCIPAL_CLAIM, "oid");
        values.put(Key.HTTP_OAUTH_WITHIN_CLAIM, "pve_within");
        values.put(Key.HTTP_OAUTH_KEYS_URL, "https://login.example/keys");
        values.put(Key.HTTP_OAUTH_CA_FILE, ca.toString());
        values.put(Key.BACKUP_URL, "https://pbs.example:8007");
        values.put(Key.BACKUP_TOKEN_ID, "mcp@pbs!agent");
        values.put(Key.BACKUP_TOKEN_SECRET, "s3cret");
        values.put(Key.BACKUP_CA_FILE, ca.toString());
        values.put(Key.BACKUP_FINGERPRINT, PIN);
        values.put(Key.BACKUP_HOSTS, "10.0.0.5");
        values.put(Key.BACKUP_TIMEOUT, "5s");
        values.put(Key.FILES_UPLOAD, "/srv/images");
        values.put(Key.SECRETS_DIRECTORY, "/secrets");
        values.put(Key.SECRETS_HANDOVER, "/handover");
        values.put(Key.FILES_DOWNLOAD, "/srv/restored");
        values.put(Key.SECRETS_CREATE_TOKENS, "true");
        values.put(Key.SMOKE_FILE, "/state/smoke.jsonl");
        values.put(Key.SSH_ENABLED, "false");
        values.put(Key.SSH_USER, "ops");
        values.put(Key.SSH_PORT, "2222");
        values.put(Key.SSH_KEYS, "/keys/node");
        values.put(Key.SSH_AGENT, "true");
        values.put(Key.SSH_KNOWN_HOSTS, "/keys/known");
        values.put(Key.SSH_FINGERPRINTS, "SHA256:uNiVztksCsDhcc0u9e8BrJ3Sxs2AuwQzoWpFZ4ZdFzU");
        values.put(Key.SSH_NODES, "pve1=10.0.0.11");
        values.put(Key.SSH_GUEST_USER, "admin");
        values.put(Key.SSH_GUEST_KEYS, "/keys/guest");
        values.put(Key.SSH_GUESTS, "101=admin@192.0.2.7;/keys/web");
        values.put(Key.SHARED_DATABASE, "postgresql://db.example/pve-mcp");
        values.put(Key.SHARED_USER, "mcp");
        values.put(Key.SHARED_PASSWORD, "s3cret");
        values.put(Key.SHARED_KEY, "a key that all of the servers have");
        values.put(Key.LOG_LEVEL, "info");
        values.put(Key.LOG_FORMAT, "json");

        var where = List.of(Key.URL, Key.HOST);
        for (var key : Key.values()) {
            if (key.inTables()) {
                continue; // in the file only, below
            }
            assertThat(values).as("a value for the new key").containsKey(key);
            var wanted = new HashMap<Key, String>(Map.of(key, values.get(key)));
            if (!where.contains(key)) {
                var other = key == Key.PORT ? Key.HOST : Key.URL;
                wanted.put(other, values.get(other));
            }
            if (key.path().startsWith("http.oauth.")) {
                wanted.put(Key.HTTP_OAUTH_ISSUER, values.get(Key.HTTP_OAUTH_ISSUER));
                wanted.put(Key.HTTP_OAUTH_RESOURCE, values.get(Key.HTTP_OAUTH_RESOURCE));
            }
            if (key.ofBackupServer()) {
                List.of(Key.BACKUP_URL, Key.BACKUP_TOKEN_ID, Key.BACKUP_TOKEN_SECRET)
                        .forEach(part -> wanted.put(part, values.get(part)));
            }
            if (key.path().startsWith("shared.")) {
                wanted.put(Key.SHARED_DATABASE, values.get(Key.SHARED_DATABASE));
                wanted.put(Key.SHARED_KEY, values.get(Key.SHARED_KEY));
            }
            var login = switch (key) {
                case USER, PASSWORD, TOTP -> List.of(Key.USER, Key.PASSWORD);
                case TICKET, CSRF -> List.of(Key.TICKET);
                default -> List.of(Key.TOKEN_ID, Key.TOKEN_SECRET);
            };
            login.forEach(part -> wanted.put(part, values.get(part)));

            var env = new HashMap<String, String>();
            wanted.forEach((part, value) -> env.put(part.env(), value));
            var fromEnvironment = load(env);
            var toml = new StringBuilder();
            wanted.forEach((part, value) ->
                    toml.append(part.path()).append(" = \"").append(value).append("\"\n"));
            write("pve-mcp.toml", toml.toString(), "rw-------");
            var fromFile = load(Map.of());
            Files.delete(directory.resolve("pve-mcp.toml"));

            assertThat(setting(fromEnvironment, key).texts()).containsExactly(values.get(key));
            assertThat(setting(fromFile, key).texts()).containsExactly(values.get(key));
            assertThat(effect(fromFile)).isEqualTo(effect(fromEnvironment));
        }
    }

    @Test
    void all_that_is_wrong_with_ssh_is_said_at_once() {
        assertThatThrownBy(() -> load(Map.of(
                        "PVE_MCP_SSH_ENABLED", "true",
                        "PVE_MCP_SSH_PORT", "70000",
                        "PVE_MCP_SSH_NODES", "pve1",
                        "PVE_MCP_SSH_GUESTS", "web=192.0.2.7",
                        "PVE_MCP_SSH_FINGERPRINTS", "AA:BB")))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        wrong -> assertThat(wrong.problems())
                                .hasSize(5)
                                .anyMatch(line -> line.contains("'70000' is not a port"))
                                .anyMatch(line -> line.contains("'pve1' is not NODE=HOST"))
                                .anyMatch(line -> line.contains("'web=192.0.2.7' is not VMID=USER@HOST"))
                                .anyMatch(line -> line.contains("nobody could log in")));
    }

    @Test
    void the_default_policy_allows_reads_denies_destroying_and_asks_about_the_rest() {
        assertThat(load(Map.of()).policy()).isEqualTo(Policy.DEFAULT);
        assertThat(load(Map.of("PVE_MCP_POLICY_LIMIT_WAIT", "10s")).policy().limits())
                .as("the defaults of the keys")
                .isEqualTo(Policy.Limits.DEFAULT);
    }

    @Test
    void a_policy_is_read_from_its_keys() throws IOException {
        write("pve-mcp.toml", """
                [policy]
                operate = "allow"
                destroy = "ask"
                without_elicitation = "deny"
                protect.tags = ["prod", "db"]
                protect.guests = [100, "200-299"]
                """, "rw-r--r--");

        var policy = load(Map.of()).policy();

        assertThat(policy.answer(Tier.OPERATE)).isEqualTo(Answer.ALLOW);
        assertThat(policy.answer(Tier.DESTROY)).isEqualTo(Answer.ASK);
        assertThat(policy.unasked()).isEqualTo(Policy.Unasked.DENY);
        assertThat(policy.protect().tags()).containsExactly("prod", "db");
        assertThat(policy.protect().vmids()).containsExactly("100", "200-299");
    }

    @Test
    void read_only_leaves_nothing_but_reads() {
        var policy = load(Map.of("PVE_MCP_READ_ONLY", "true", "PVE_MCP_POLICY_OPERATE", "allow"))
                .policy();

        assertThat(policy.answer(Tier.READ)).isEqualTo(Answer.ALLOW);
        assertThat(policy.answer(Tier.OPERATE)).isEqualTo(Answer.DENY);
    }

    // ---- clusters ----

    @Test
    void one_cluster_needs_no_name() {
        var connection = connection(load(token("https://pve1.example:8006/")));

        assertThat(connection)
                .isEqualTo(new Connection(
                        "default",
                        List.of(URI.create("https://pve1.example:8006")),
                        new Credential.Token("mcp@pve!agent", new Secret("s3cret")),
                        new Trust.Authorities(),
                        Duration.ofSeconds(30)));
    }

    @Test
    void clusters_keep_the_order_in_which_they_were_written() throws IOException {
        var names = List.of("work", "home", "lab", "attic", "zoo", "berlin");
        var text = new StringBuilder();
        names.forEach(name -> text.append("[clusters.%s]\nurl = \"https://pve.example\"\n".formatted(name))
                .append("token_id = \"mcp@pve!agent\"\ntoken_secret_command = \"echo one\"\n"));
        write("pve-mcp.toml", text.toString(), "rw-------");

        assertThat(load(Map.of()).clusters()).extracting(ClusterSettings::name).containsExactlyElementsOf(names);
    }

    @Test
    void several_clusters_stand_in_tables_and_one_of_them_is_meant_by_default() throws IOException {
        write("pve-mcp.toml", """
                cluster = "prod"
                [clusters.lab]
                host = "10.0.0.1"
                token_id = "mcp@pve!agent"
                token_secret = "one"
                [clusters.prod]
                url = ["https://pve1.example:8006", "https://pve2.example:8006"]
                token_id = "mcp@pve!agent"
                fingerprint = "%s"
                """.formatted(PIN.replace(":", "").toLowerCase(Locale.ROOT)), "rw-------");

        var clusters = load(Map.of("PVE_MCP_CLUSTERS_PROD_TOKEN_SECRET", "two")).clusters();

        assertThat(clusters).extracting(ClusterSettings::name).containsExactly("prod", "lab");
        assertThat(clusters.getFirst().endpoints()).hasSize(2);
        assertThat(clusters.getFirst().trust()).isEqualTo(new Trust.Fingerprints(List.of(PIN)));
        assertThat(clusters.getFirst().connection().credential())
                .isEqualTo(new Credential.Token("mcp@pve!agent", new Secret("two")));
        assertThat(clusters.getLast().endpoints()).containsExactly(URI.create("https://10.0.0.1:8006"));
    }

    @Test
    void nothing_configured_is_no_cluster_and_no_error() {
        assertThat(load(Map.of()).clusters()).isEmpty();
    }

    // ---- which source wins ----

    @Test
    void the_environment_wins_over_the_file_and_the_file_over_dotenv() throws IOException {
        write("pve-mcp.toml", "surface = 'lean'\nlog.level = 'info'\n", "rw-r--r--");
        write(".env", """
                # settings of the lab
                export PVE_MCP_SURFACE="all"
                PVE_MCP_LOG_LEVEL=warn
                PVE_MCP_TOOLSETS='guests, nodes'   # two
                """, "rw-r--r--");

        var config = load(Map.of("PVE_MCP_LOG_LEVEL", "error"));

        assertThat(config.text(Key.LOG_LEVEL)).isEqualTo("error");
        assertThat(config.text(Key.SURFACE)).isEqualTo("lean");
        assertThat(config.list(Key.TOOLSETS)).containsExactly("guests", "nodes");
        assertThat(setting(config, Key.SURFACE).origin()).endsWith("pve-mcp.toml:1");
        assertThat(setting(config, Key.TOOLSETS).origin()).isEqualTo(".env:4");
    }

    @Test
    void the_file_of_the_home_directory_is_read_where_there_is_no_nearer_one() throws IOException {
        Files.createDirectories(home.resolve(".config/pve-mcp"));
        write("home/.config/pve-mcp/config.toml", "surface = 'lean'", "rw-r--r--");

        assertThat(load(Map.of()).text(Key.SURFACE)).isEqualTo("lean");

        write("pve-mcp.toml", "surface = 'all'", "rw-r--r--");
        assertThat(load(Map.of()).text(Key.SURFACE)).isEqualTo("all");
    }

    // ---- mistakes ----

    @Test
    void all_mistakes_are_told_at_once_each_with_the_right_name() throws IOException {
        write("pve-mcp.toml", """
                urls = "https://pve1.example:8006"
                [policy]
                destory = "ask"
                change = "alow"
                protect.guests = ["web"]
                protect.tags = ["wrok:prod"]
                """, "rw-------");

        assertThat(problemsOf(Map.of("PVE_MCP_TOKEN_SECERT", "x", "PVE_MCP_SURFACE", "huge")))
                .map(problem -> problem.replace(directory + "/", ""))
                .containsExactlyInAnyOrder(
                        "pve-mcp.toml:1: there is no key 'urls' (did you mean 'url'?)",
                        "pve-mcp.toml:3: there is no key 'policy.destory' (did you mean 'policy.destroy'?)",
                        "pve-mcp.toml:4: 'alow' is no value of policy.change (did you mean 'allow'?): "
                                + "it is one of allow, ask, deny",
                        "pve-mcp.toml:5: 'web' is no guest id: write an id such as 100 or a range such as 100-199 "
                                + "(names change)",
                        "pve-mcp.toml:6: 'wrok:prod': there is no cluster 'wrok'",
                        "PVE_MCP_TOKEN_SECERT: there is no setting 'PVE_MCP_TOKEN_SECERT' "
                                + "(did you mean 'PVE_MCP_TOKEN_SECRET'?)",
                        "PVE_MCP_SURFACE: 'huge' is no value of surface: it is one of lean, core, all");
    }

    @Test
    void what_is_missing_for_a_cluster_is_named() {
        assertThat(problemsOf(Map.of("PVE_MCP_TOKEN_ID", "mcp@pve!agent")))
                .containsExactly(
                        "PVE_MCP_TOKEN_ID: no 'url' says where the cluster is: set url (or PVE_MCP_URL), "
                                + "such as https://pve1.example:8006",
                        "PVE_MCP_TOKEN_ID: token_secret (or PVE_MCP_TOKEN_SECRET) is missing");
        assertThat(problemsOf(Map.of("PVE_MCP_HOST", "pve1")))
                .singleElement()
                .asString()
                .contains("nothing says as whom to log in");
    }

    @Test
    void a_url_is_https_and_has_nothing_but_a_host_and_a_port() {
        assertThat(problemsOf(token("http://pve1:8006")))
                .singleElement()
                .asString()
                .contains("write https://pve1:8006");
        assertThat(problemsOf(token("pve1:8006"))).singleElement().asString().contains("is no URL");
        assertThat(problemsOf(token("https://pve1/pve")))
                .singleElement()
                .asString()
                .contains("has a path");
        assertThat(problemsOf(token("https://root:geheim@pve1")))
                .singleElement()
                .asString()
                .contains("token_id")
                .doesNotContain("geheim");
    }

    @Test
    void a_token_pasted_whole_is_told_apart_without_repeating_its_secret() {
        assertThat(problemsOf(
                        without(token("https://pve1"), "TOKEN_ID", Map.of("TOKEN_ID", "mcp@pve!agent=0000-geheim"))))
                .singleElement()
                .asString()
                .contains("token_id ends before the '='")
                .doesNotContain("geheim");
    }

    @Test
    void a_sha1_fingerprint_is_recognised_as_one() {
        assertThat(problemsOf(without(token("https://pve1"), "", Map.of("FINGERPRINT", PIN.substring(0, 59)))))
                .singleElement()
                .asString()
                .contains("is a SHA-1 fingerprint");
    }

    @Test
    void a_file_that_is_not_toml_says_so() throws IOException {
        write("pve-mcp.toml", "url = https://pve1\n", "rw-------");
        assertThat(problemsOf(Map.of())).singleElement().asString().contains("pve-mcp.toml:1: this is not TOML");

        write("pve-mcp.toml", "surface = \"all\"\n\nport = = 3\ntimeout = \"9s\"\n", "rw-------");
        assertThat(problemsOf(Map.of())).singleElement().asString().contains("pve-mcp.toml:3: this is not TOML");

        Files.write(directory.resolve("pve-mcp.toml"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThat(problemsOf(Map.of())).singleElement().asString().contains("it is not text in UTF-8");
    }

    @Test
    void a_url_with_a_port_that_there_is_not_says_so() {
        assertThat(problemsOf(Map.of("PVE_MCP_URL", "https://pve1:99999")))
                .anySatisfy(
                        problem -> assertThat(problem)
                                .isEqualTo(
                                        "PVE_MCP_URL: 'https://pve1:99999' has a port that there is not: one is a number from 1 to 65535"));
    }

    private static Setting setting(Config config, Key key) {
        return config.settings().stream()
                .filter(setting -> setting.key() == key)
                .findFirst()
                .orElseThrow();
    }

    private static List<Object> effect(Config config) {
        return List.of(
                config.policy(),
                connection(config),
                config.path(Key.AUDIT_FILE),
                config.auditSegment(),
                config.text(Key.SURFACE),
                config.backups(),
                config.text(Key.LOG_LEVEL));
    }
}
