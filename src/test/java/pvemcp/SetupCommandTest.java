package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pvemcp.cli.Exit;
import pvemcp.sim.Credentials;
import pvemcp.sim.PveSim;
import pvemcp.sim.time.SimTime;

/// `pve-mcp setup` as it is typed, by flags and at a terminal.
class SetupCommandTest {
    @TempDir
    Path home;

    private final Map<String, String> env = new HashMap<>();
    private final PveSim sim = PveSim.start(
            cluster -> {
                cluster.addNode("pve1");
                return Credentials.operator(cluster);
            },
            SimTime.byHand(Instant.parse("2026-11-21T12:00:00Z")));
    private String typed = "";
    private boolean terminal;

    @AfterEach
    void end() {
        sim.close();
    }

    @Test
    void without_a_terminal_every_missing_answer_is_named_at_once_with_what_helps_to_give_it() {
        var told = run("setup", "--host", sim.url(), "--tier", "operator");

        assertThat(told.status()).isEqualTo(Exit.USAGE);
        assertThat(told.err())
                .contains("--fingerprint is missing: the host shows " + sim.fingerprint())
                .contains("--secret-file is missing")
                .contains("--client is missing: claude-desktop")
                .doesNotContain("--host");
        assertThat(told.out().lines().map(String::strip))
                .containsSubsequence(
                        "pveum user add 'mcp@pve' --comment pve-mcp",
                        "pveum role add McpOperator --privs 'VM.Audit VM.GuestAgent.Audit VM.PowerMgmt VM.Snapshot"
                                + " VM.Snapshot.Rollback VM.Backup'",
                        "pveum user token add 'mcp@pve' 'agent' --privsep 1 --expire $(date -d '+1 year' +%s)",
                        "pveum acl modify /vms --users 'mcp@pve' --tokens 'mcp@pve!agent' --roles McpOperator");
        assertThat(configuration()).doesNotExist();
    }

    @Test
    void answers_that_make_no_sense_are_named_with_the_missing_ones() {
        var told = run(
                "setup",
                "--host",
                "http://pve1",
                "--fingerprint",
                "AA:BB",
                "--tier",
                "operater",
                "--token-id",
                "root@pam",
                "--client",
                "curser");

        assertThat(told.status()).isEqualTo(Exit.USAGE);
        assertThat(told.err())
                .contains("--host: Proxmox VE speaks https alone")
                .contains("--fingerprint: 'AA:BB' is no SHA-256 fingerprint")
                .contains("did you mean 'operator'?")
                .contains("--token-id: 'root@pam' is no token id")
                .contains("did you mean 'cursor'?")
                .contains("--secret-file is missing");
    }

    @Test
    void release_8_gets_no_privilege_that_only_9_has() {
        assertThat(run("setup", "--tier", "operator", "--release", "8").out())
                .contains("--privs 'VM.Audit VM.PowerMgmt")
                .doesNotContain("GuestAgent");
    }

    @Test
    void flags_alone_connect_examine_and_print_the_entry_of_the_client() throws IOException {
        env.put("PVE_MCP_LAUNCHER", "/opt/pve-mcp/pve-mcp");

        var done = byFlags("--client", "claude-desktop");

        assertThat(done.status()).as(done.out() + done.err()).isEqualTo(Exit.OK);
        assertThat(done.out())
                .contains("wrote " + configuration() + " (0600)")
                .contains("the certificate is trusted (pinned)")
                .contains("claude_desktop_config.json (--write puts it there)")
                .contains("\"command\": \"/opt/pve-mcp/pve-mcp\"")
                .doesNotContain(sim.token().secret());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(configuration())))
                .isEqualTo("rw-------");
        assertThat(run("call", "node_list").out()).contains("pve1");
        assertThat(everything()).containsExactly(configuration());
    }

    @Test
    void a_file_that_has_the_secret_is_named_and_not_copied() throws IOException {
        var secret = home.resolve("secret");
        Files.createFile(secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(secret, sim.token().secret() + "\n");

        var done = setup("--secret-file", secret.toString(), "--client", "none");

        assertThat(done.status()).as(done.out() + done.err()).isEqualTo(Exit.OK);
        assertThat(configuration())
                .content()
                .contains("token_secret_file = \"" + secret)
                .doesNotContain(sim.token().secret());
    }

    @Test
    void another_connection_takes_the_place_of_the_old_one_and_policy_stays() throws IOException {
        Files.createDirectories(configuration().getParent());
        var before = """
                # mine
                url = [
                  "https://old.example:8006",
                ]
                token_id = "old@pve!t"
                token_secret = "old"
                timeout = "20s"

                [policy]
                change = "deny"
                """;
        Files.writeString(configuration(), before);

        assertThat(byFlags("--client", "none").status()).isEqualTo(Exit.OK);

        assertThat(configuration())
                .content()
                .contains("# mine", "timeout = \"20s\"", "change = \"deny\"", "url = \"" + sim.url())
                .doesNotContain("old");
        var copies = everything().stream()
                .filter(file -> !file.equals(configuration()))
                .toList();
        assertThat(copies).hasSize(1);
        assertThat(copies.getFirst()).hasContent(before);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copies.getFirst())))
                .isEqualTo("rw-------");
    }

    @Test
    void nothing_is_written_where_the_token_or_the_certificate_is_another() throws IOException {
        typed = "wrong\n";
        var refused = setup("--secret-file", "-", "--client", "cursor", "--write");
        assertThat(refused.status()).isEqualTo(Exit.UNREACHABLE);
        assertThat(refused.out()).contains("nothing was written", "it does not let us in");

        typed = sim.token().secret();
        var untrusted = run(
                "setup",
                "--host",
                sim.url(),
                "--fingerprint",
                "AA".repeat(32),
                "--token-id",
                sim.token().id(),
                "--secret-file",
                "-",
                "--client",
                "none");
        assertThat(untrusted.status()).isEqualTo(Exit.UNREACHABLE);
        assertThat(untrusted.out()).contains("the certificate is not trusted").contains(sim.fingerprint());

        assertThat(everything()).isEmpty();
    }

    @Test
    void variables_that_win_over_the_file_are_named() throws IOException {
        env.put("PVE_MCP_URL", "https://other.example:8006");

        assertThat(byFlags("--client", "none").out()).contains("unset PVE_MCP_URL");
    }

    @Test
    void at_a_terminal_it_asks_until_the_answers_make_sense() throws IOException {
        terminal = true;
        typed = String.join(
                "\n",
                sim.url() + "/#v1:0",
                "maybe",
                "yes",
                sim.token().id(),
                "auditor",
                "9",
                "hermes",
                "wrong",
                sim.token().secret(),
                "");

        var done = run("setup");

        assertThat(done.status()).as(done.out() + done.err()).isEqualTo(Exit.OK);
        assertThat(done.out())
                .contains("SHA-256 " + sim.fingerprint(), "openssl x509 -noout -fingerprint")
                .contains("'maybe' is no SHA-256 fingerprint")
                .contains("--roles PVEAuditor")
                .contains("it does not let us in")
                .contains("mcp_servers:\n  pve:\n    command: \"pve-mcp\"\n    args: [\"serve\"]");
    }

    @Test
    void at_a_terminal_an_end_of_the_input_writes_nothing() throws IOException {
        terminal = true;
        typed = sim.url() + "\nyes\n";

        assertThat(run("setup").err()).contains("the input ended; nothing was written");
        assertThat(everything()).isEmpty();
    }

    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @CsvSource(delimiter = '|', textBlock = """
            claude-desktop | .config/Claude/claude_desktop_config.json | {"theme":"dark","mcpServers":{"x":{"command":"y"}}}
            claude-code    | .claude.json             | {"mcpServers":{"pve":{"command":"old"},"x":{"command":"y"}},"n":1.50}
            cursor         | .cursor/mcp.json         | {"mcpServers":{"x":{"command":"y"}}}
            vs-code        | .config/Code/User/mcp.json | {"servers":{"x":{"command":"y"}},"inputs":[]}
            codex          | .codex/config.toml       | model = "m"; [mcp_servers.x]; command = "y"; [mcp_servers.pve]; command = "old"; [tui]
            gemini         | .gemini/settings.json    | {"x":true}
            goose          | .config/goose/config.yaml | extensions:;    x:;        cmd: y;    pve:;        cmd: old; ;GOOSE_MODE: auto
            hermes         | .hermes/config.yaml      | # mine;model: x
            openclaw       | .openclaw/openclaw.json  | {"mcp":{"servers":{"x":{"command":"y"}}}}
            """)
    void the_entry_goes_into_the_file_of_each_client_beside_what_is_there(String client, String name, String was)
            throws IOException {
        var file = home.resolve(name);
        var before = was.replace(";", "\n");
        Files.createDirectories(file.getParent());
        Files.writeString(file, before);

        var done = byFlags("--client", client, "--write");

        assertThat(done.status()).as(done.out() + done.err()).isEqualTo(Exit.OK);
        var after = Files.readString(file);
        assertThat(after).contains("x", "serve", "pve-mcp").doesNotContain("old");
        assertThat(everything().stream().filter(each -> each.toString().endsWith(".bak")))
                .singleElement()
                .satisfies(copy -> assertThat(copy).hasContent(before));
        assertThat(byFlags("--client", client, "--write").out()).contains("has the entry in " + file);
        assertThat(file).hasContent(after);
    }

    @Test
    void yaml_is_indented_as_it_was_and_numbers_in_json_stay_as_they_were() throws IOException {
        var goose = home.resolve(".config/goose/config.yaml");
        Files.createDirectories(goose.getParent());
        Files.writeString(goose, "extensions:\n    x:\n        cmd: y\nGOOSE_MODE: auto\n");
        var code = home.resolve(".claude.json");
        Files.writeString(code, "{\"n\": 1.50, \"big\": 12345678901234567890}");

        byFlags("--client", "goose", "--write");
        byFlags("--client", "claude-code", "--write");

        assertThat(goose).content().isEqualTo("""
                extensions:
                    pve:
                      enabled: true
                      type: stdio
                      name: pve
                      timeout: 300
                      cmd: "pve-mcp"
                      args: ["serve"]
                    x:
                        cmd: y
                GOOSE_MODE: auto
                """);
        assertThat(code).content().contains("1.50", "12345678901234567890", "\"type\": \"stdio\"");
    }

    @Test
    void a_file_with_comments_is_left_as_it_is_and_the_entry_shown() throws IOException {
        var file = home.resolve(".gemini/settings.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{ // mine\n}");

        var done = byFlags("--client", "gemini", "--write");

        assertThat(done.status()).isEqualTo(Exit.FAILED);
        assertThat(done.out()).contains("comments would be lost", "\"mcpServers\"");
        assertThat(file).hasContent("{ // mine\n}");
    }

    @Test
    void a_configuration_elsewhere_is_told_to_the_client() throws IOException {
        var file = home.resolve("elsewhere.toml");
        env.put("PVE_MCP_CONFIG", file.toString());

        assertThat(byFlags("--client", "codex").out())
                .contains("[mcp_servers.pve.env]\nPVE_MCP_CONFIG = \"" + file + "\"");
        assertThat(file).exists();
    }

    @Test
    void open_webui_is_told_how_to_reach_a_server_over_http() throws IOException {
        assertThat(byFlags("--client", "open-webui", "--write").out())
                .contains("serve --http", "http://127.0.0.1:8765/mcp");
    }

    // ---- help ----
    private Path configuration() {
        return home.resolve(".config/pve-mcp/config.toml");
    }

    private List<Path> everything() throws IOException {
        try (var files = Files.walk(home)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(home.resolve(".local")))
                    .filter(file -> !file.startsWith(home.resolve(".cache")))
                    .toList();
        }
    }

    private Ended byFlags(String... more) {
        typed = sim.token().secret() + "\n";
        var args = new ArrayList<>(List.of("--secret-file", "-"));
        args.addAll(List.of(more));
        return setup(args.toArray(String[]::new));
    }

    private Ended setup(String... more) {
        var args = new ArrayList<>(List.of(
                "setup",
                "--host",
                sim.url(),
                "--fingerprint",
                sim.fingerprint(),
                "--token-id",
                sim.token().id()));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    private Ended run(String... args) {
        return Ended.of(env, home, typed, terminal, args);
    }
}
