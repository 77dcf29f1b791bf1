package pvemcp.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.gate.Policy;
import pvemcp.gate.Policy.Answer;
import pvemcp.pve.Connection;
import pvemcp.pve.Connection.Credential;
import pvemcp.pve.Connection.Trust;
import pvemcp.pve.Secret;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Tier;

/// What can be configured, where it may stand, and what is said of mistakes.
class ConfigTest {
    private static final String PIN =
            "12:34:56:78:9A:BC:DE:F0:12:34:56:78:9A:BC:DE:F0:12:34:56:78:9A:BC:DE:F0:12:34:56:78:9A:BC:DE:F0";

    @TempDir
    Path directory;

    private Path home;

    @BeforeEach
    void home() throws IOException {
        home = Files.createDirectory(directory.resolve("home"));
    }

    // ---- every key ----

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
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> load(Map.of()))
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
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> load(Map.of()))
                .hasMessageContaining("there is no key 'policy.rule.answer'");
        Files.delete(directory.resolve("pve-mcp.toml"));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> load(Map.of("PVE_MCP_POLICY_RULE_ANSWER", "deny")))
                .hasMessageContaining("there is no setting 'PVE_MCP_POLICY_RULE_ANSWER'");
    }

    @Test
    void all_that_is_wrong_with_ssh_is_said_at_once() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> load(Map.of(
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
                """.formatted(PIN.replace(":", "").toLowerCase(java.util.Locale.ROOT)), "rw-------");

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

    // ---- secrets ----

    @Test
    void a_secret_comes_from_a_file_or_a_command_too() throws IOException {
        write("secret", "from-file\n", "rw-------");

        var file = load(without(token("https://pve1.example"), "TOKEN_SECRET", Map.of("TOKEN_SECRET_FILE", "secret")));
        var command = load(
                without(token("https://pve1.example"), "TOKEN_SECRET", Map.of("TOKEN_SECRET_COMMAND", "echo x'y'z")));

        assertThat(connection(file).credential())
                .isEqualTo(new Credential.Token("mcp@pve!agent", new Secret("from-file")));
        assertThat(connection(command).credential())
                .isEqualTo(new Credential.Token("mcp@pve!agent", new Secret("xyz")));
    }

    @Test
    void a_command_that_fails_is_named() {
        var config =
                load(without(token("https://pve1.example"), "TOKEN_SECRET", Map.of("TOKEN_SECRET_COMMAND", "exit 3")));

        var error = catchThrowableOfType(ConfigException.class, () -> connection(config));

        assertThat(error.problems())
                .containsExactly("PVE_MCP_TOKEN_SECRET_COMMAND: the command 'exit 3' ended with exit status 3");
    }

    /// As Kubernetes mounts the files of a secret in a pod with an `fsGroup`.
    @Test
    void a_file_of_roots_may_be_the_groups_to_read_but_nobody_elses_and_not_to_write() throws IOException {
        write("secret", "x", "r--r-----");
        var file = directory.resolve("secret");
        assumeThat(Files.getAttribute(file, "unix:uid")).isEqualTo(0);

        assertThat(SecretFile.whyNotPrivate(file, "pve-mcp")).isEmpty();
        assertThat(SecretFile.whyNotPrivate(file, "root")).get().asString().contains("can be read by others");
        for (var mode : List.of("rw-rw----", "r--r--r--", "r-----r--")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertThat(SecretFile.whyNotPrivate(file, "pve-mcp")).as(mode).isPresent();
        }
    }

    @Test
    void a_secret_file_that_others_can_read_is_refused_with_the_way_to_put_it_right() throws IOException {
        for (var mode : List.of("rw-r-----", "rw----r--", "rw-r--r--")) {
            write("secret", "x", mode);
            assertThat(problemsOf(without(
                            token("https://pve1.example"), "TOKEN_SECRET", Map.of("TOKEN_SECRET_FILE", "secret"))))
                    .singleElement()
                    .asString()
                    .contains("can be read by others (" + mode + "): chmod 600 '" + directory.resolve("secret"));
        }
    }

    @Test
    void a_secret_file_has_to_be_a_regular_file_with_something_in_it_in_a_safe_place() throws IOException {
        var open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        write("open/secret", "x", "rw-------");
        write("empty", "\n", "rw-------");
        var link = Files.createSymbolicLink(directory.resolve("link"), open.resolve("secret"));
        var expected = Map.of(
                "missing",
                "does not exist",
                "home",
                "is not a regular file",
                "empty",
                "is empty",
                "open/secret",
                "can be written by everybody: chmod o-w",
                link.getFileName().toString(),
                "can be written by everybody: chmod o-w");

        expected.forEach((file, why) -> assertThat(problemsOf(
                        without(token("https://pve1.example"), "TOKEN_SECRET", Map.of("TOKEN_SECRET_FILE", file))))
                .singleElement()
                .asString()
                .startsWith("PVE_MCP_TOKEN_SECRET_FILE: ")
                .contains(why));
    }

    @Test
    void a_file_with_a_secret_in_it_is_its_owners_alone() throws IOException {
        write("pve-mcp.toml", "url = 'https://pve1'\ntoken_id = 'a@pve!b'\ntoken_secret = 'c'\n", "rw-r--r--");

        assertThat(problemsOf(Map.of()))
                .singleElement()
                .asString()
                .contains("chmod 600")
                .contains("_file or _command");
    }

    @Test
    void a_file_that_everybody_can_write_decides_nothing() throws IOException {
        write("pve-mcp.toml", "policy.destroy = 'allow'\n", "rw-rw-rw-");

        assertThat(problemsOf(Map.of())).singleElement().asString().contains("can be written by everybody");
    }

    @Test
    void dotenv_runs_no_command() throws IOException {
        write(".env", "PVE_MCP_TOKEN_SECRET_COMMAND=touch owned\n", "rw-------");

        assertThat(problemsOf(Map.of()))
                .singleElement()
                .asString()
                .startsWith(".env:1: ")
                .contains("not taken from .env");
    }

    @Test
    void a_secret_is_masked_wherever_a_setting_is_shown() {
        var config = load(token("https://pve1.example"));

        assertThat(config.settings().toString()).contains("mcp@pve!agent").doesNotContain("s3cret");
        assertThat(config.clusters().toString()).doesNotContain("s3cret");
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

        assertThat(problemsOf(Map.of())).singleElement().asString().contains("this is not TOML");
    }

    // ---- help ----

    private Config load(Map<String, String> env) {
        return Config.load(new Surroundings(env, directory, home));
    }

    private List<String> problemsOf(Map<String, String> env) {
        return catchThrowableOfType(ConfigException.class, () -> load(env)).problems();
    }

    private static Connection connection(Config config) {
        return config.clusters().getFirst().connection();
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

    private static Map<String, String> token(String url) {
        return Map.of("PVE_MCP_URL", url, "PVE_MCP_TOKEN_ID", "mcp@pve!agent", "PVE_MCP_TOKEN_SECRET", "s3cret");
    }

    private static Map<String, String> without(Map<String, String> env, String key, Map<String, String> instead) {
        var changed = new HashMap<>(env);
        changed.remove("PVE_MCP_" + key);
        instead.forEach((name, value) -> changed.put("PVE_MCP_" + name, value));
        return changed;
    }

    private void write(String name, String text, String mode) throws IOException {
        var file = directory.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void a_secret_that_others_can_read_is_not_used() throws IOException {
        var secrets = Files.createDirectory(directory.resolve("secrets"));
        var file = Files.writeString(secrets.resolve("root"), "hunter2\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        var env = Map.of("PVE_MCP_SECRETS_DIRECTORY", secrets.toString());
        var vault = Config.load(new Surroundings(env, directory, home)).vault();

        var refused = catchThrowableOfType(BadArguments.class, () -> vault.named("password", "secret:root"));
        assertThat(refused).hasMessageContaining("can be read by others").hasMessageNotContaining("hunter2");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(vault.named("password", "secret:root")).isEqualTo(new Secret("hunter2"));
    }

    @Test
    void what_is_for_a_person_goes_into_files_of_their_own_that_only_they_can_read() throws IOException {
        var env = Map.of("PVE_MCP_SECRETS_HANDOVER", directory.resolve("for-me").toString());
        var vault = Config.load(new Surroundings(env, directory, home)).vault();

        var first = vault.hand("console-101", ".json", "{}");
        var second = vault.hand("console-101", ".json", "[]");

        assertThat(first).hasContent("{}");
        assertThat(second).isNotEqualTo(first).hasContent("[]");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(second)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(second.getParent())))
                .isEqualTo("rwx------");
    }
}
