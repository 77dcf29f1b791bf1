package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.cli.Console;
import pvemcp.config.Surroundings;
import pvemcp.config.TokenFile;
import pvemcp.lab.FaultProxy;
import pvemcp.lab.Scenes;
import pvemcp.oauth.SigningHouse;
import pvemcp.sim.Credentials;
import pvemcp.sim.PveSim;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.User;

/// Callers over HTTP who act at Proxmox VE with API tokens of their own: anna, who may use `db`, ben, who may use
/// `web`, and cleo, who has none.
@Timeout(300)
class OwnCredentialsTest {
    private static final String STOP = "{\"guest\":\"%s\",\"action\":\"stop\"}";

    @TempDir
    Path directory;

    private final Map<String, String> env = new HashMap<>();
    private final Map<String, Credentials> own = new HashMap<>();
    private final Map<String, String> tokens = new HashMap<>();
    private PveSim sim;
    private FaultProxy wire;

    @BeforeEach
    void cluster() throws IOException {
        sim = PveSim.start(Scenes.small(), SimTime.ticking(Instant.parse("2026-11-21T12:00:00Z"), 1_000));
        wire = FaultProxy.before(sim);
        sim.change(cluster -> {
            own.put("anna", user(cluster, "anna@pve", "/vms/100"));
            own.put("ben", user(cluster, "ben@pve", "/vms/101"));
        });
        env.put("PVE_MCP_URL", wire.uri().toString());
        env.put("PVE_MCP_TOKEN_ID", sim.token().id());
        env.put("PVE_MCP_TOKEN_SECRET", sim.token().secret());
        env.put("PVE_MCP_FINGERPRINT", wire.fingerprint());
        env.put("PVE_MCP_AUDIT_FILE", directory.resolve("audit.jsonl").toString());
        env.put("PVE_MCP_POLICY_OPERATE", "allow");
        var file = new TokenFile(directory.resolve(".config/pve-mcp/tokens"));
        Files.createDirectories(file.path().getParent());
        for (var name : List.of("anna", "ben", "cleo")) {
            tokens.put(
                    name, file.add(TokenFile.reach(name, "operate", List.of())).reveal());
        }
    }

    @AfterEach
    void close() {
        wire.close();
        sim.close();
    }

    private static Credentials user(Cluster cluster, String id, String path) {
        cluster.access.users.put(id, new User(id));
        cluster.access.grant(new Acl(path, Acl.Kind.USER, id, "PVEVMUser", true));
        return Credentials.token(cluster, id, "mcp");
    }

    private Served serving(String head) throws IOException {
        var secret = directory.resolve("anna.secret");
        var attributes = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.deleteIfExists(secret);
        Files.createFile(secret, attributes);
        Files.writeString(secret, own.get("anna").secret() + "\n");
        var file = directory.resolve("pve-mcp.toml");
        Files.deleteIfExists(file);
        Files.createFile(file, attributes);
        Files.writeString(
                file,
                head
                        + """

                [[principal]]
                name = "anna"
                token_id = "%s"
                token_secret_file = "%s"

                [[principal]]
                name = "ben"
                token_id = "%s"
                token_secret = "%s"
                """.formatted(
                                        own.get("anna").id(),
                                        secret,
                                        own.get("ben").id(),
                                        own.get("ben").secret()));
        return new Served(env, directory, "serve", "--http", "127.0.0.1:0");
    }

    private String ask(Served server, String who, String tool, String arguments) throws Exception {
        return server.call(tokens.get(who), tool, arguments);
    }

    @Test
    void each_sees_and_does_what_proxmox_lets_them() throws Exception {
        try (var server = serving("")) {
            assertThat(ask(server, "anna", "pve_guest_list", "{}"))
                    .contains("db")
                    .doesNotContain("web");
            assertThat(ask(server, "ben", "pve_guest_list", "{}"))
                    .contains("web")
                    .doesNotContain("db");
            // Who has none of their own sees what the server's token sees.
            assertThat(ask(server, "cleo", "pve_guest_list", "{}")).contains("db", "web");

            assertThat(ask(server, "anna", "pve_guest_power", STOP.formatted("100")))
                    .contains("outcome: done", "anna@pve!mcp:");
            assertThat(ask(server, "anna", "pve_guest_power", STOP.formatted("101")))
                    .doesNotContain("outcome: done");
        }
        assertThat(directory.resolve("audit.jsonl"))
                .content()
                .contains("\"principal\":\"anna\"", "\"as\":\"anna@pve!mcp\"");
    }

    @Test
    void each_request_carries_the_credentials_of_who_asked_and_no_others() throws Exception {
        try (var server = serving("[http]\nown_credentials = \"required\"\n")) {
            ask(server, "anna", "pve_guest_power", STOP.formatted("100"));
            var annas = wire.seen().size();
            ask(server, "ben", "pve_guest_list", "{}");
            var seen = wire.seen();
            assertThat(seen.subList(0, annas))
                    .filteredOn(request -> !request.header("authorization").isEmpty())
                    .filteredOn(request -> request.target().contains("qemu")
                            || request.target().contains("resources"))
                    .isNotEmpty()
                    .allSatisfy(request -> assertThat(request.header("authorization"))
                            .isEqualTo(own.get("anna").header()));
            assertThat(seen.subList(annas, seen.size()))
                    .filteredOn(request -> request.target().contains("resources"))
                    .isNotEmpty()
                    .allSatisfy(request -> assertThat(request.header("authorization"))
                            .isEqualTo(own.get("ben").header()));
            // None of the tokens that callers have shown.
            assertThat(seen)
                    .allSatisfy(request -> tokens.values()
                            .forEach(token -> assertThat(request.headers() + request.target() + request.body())
                                    .doesNotContain(token)));
        }
    }

    @Test
    void nothing_that_was_read_for_one_answers_another() throws Exception {
        try (var server = serving("[policy.limit]\nrepeats = 0\n");
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new HashMap<String, List<Future<String>>>();
            for (int i = 0; i < 30; i++) {
                for (var who : List.of("anna", "ben")) {
                    answers.computeIfAbsent(who, _ -> new ArrayList<>())
                            .add(callers.submit(() -> ask(server, who, "pve_guest_list", "{}")));
                }
            }
            for (var answer : answers.get("anna")) {
                assertThat(answer.get()).contains("db").doesNotContain("web");
            }
            for (var answer : answers.get("ben")) {
                assertThat(answer.get()).contains("web").doesNotContain("db");
            }
        }
    }

    @Test
    void where_it_is_required_nobody_acts_with_the_servers() throws Exception {
        try (var server = serving("[http]\nown_credentials = \"required\"\n")) {
            assertThat(server.told()).contains("required, 2 have some");
            assertThat(ask(server, "anna", "pve_guest_list", "{}")).contains("db");

            var refused = server.send(server.reading("/mcp").header("Authorization", "Bearer " + tokens.get("cleo")));

            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("'cleo' has no credentials of their own at Proxmox VE");
        }
    }

    @Test
    void where_it_is_required_the_server_needs_no_credentials_itself() throws Exception {
        env.remove("PVE_MCP_TOKEN_ID");
        env.remove("PVE_MCP_TOKEN_SECRET");
        try (var server = serving("[http]\nown_credentials = \"required\"\n")) {
            assertThat(ask(server, "anna", "pve_guest_power", STOP.formatted("100")))
                    .contains("outcome: done");
            assertThat(ask(server, "ben", "pve_guest_list", "{}")).contains("web");

            var theirs = List.of(own.get("anna").header(), own.get("ben").header());
            assertThat(wire.seen())
                    .isNotEmpty()
                    .allSatisfy(request -> assertThat(theirs.contains(request.header("authorization"))
                                    || (request.header("authorization").isEmpty()
                                            && request.target().startsWith("/pve-docs/")))
                            .as(request.target())
                            .isTrue());
        }
        assertThat(run("doctor"))
                .contains("this server has no credentials of its own", "'default' lets them in as anna@pve!mcp");
        assertThat(run("call", "node_list")).contains("is not entered: this server has no credentials of its own");
        Files.delete(directory.resolve("pve-mcp.toml"));
        assertThat(run("doctor")).contains("nothing says as whom to log in");
    }

    /// Its token is the server's own, and sees everybody's backups.
    @Test
    void no_backup_server_is_shown_to_who_has_their_own() throws Exception {
        var beside = sim.backupServer();
        env.put("PVE_MCP_BACKUP_VAULT_URL", beside.url());
        env.put("PVE_MCP_BACKUP_VAULT_TOKEN_ID", beside.token().id());
        env.put("PVE_MCP_BACKUP_VAULT_TOKEN_SECRET", beside.token().secret());
        env.put("PVE_MCP_BACKUP_VAULT_FINGERPRINT", beside.fingerprint());
        try (var server = serving("")) {
            assertThat(ask(server, "cleo", "pve_query", "{}")).contains("pbs_datastores");
            assertThat(ask(server, "anna", "pve_query", "{}"))
                    .contains("guests")
                    .doesNotContain("pbs_");
            assertThat(ask(server, "anna", "pve_query", "{\"sql\":\"select * from pbs_datastores\"}"))
                    .contains("no Proxmox Backup Server is configured for this caller");
        }
    }

    @Test
    void where_it_is_off_all_act_with_the_servers() throws Exception {
        try (var server = serving("[http]\nown_credentials = \"off\"\n")) {
            assertThat(ask(server, "anna", "pve_guest_list", "{}")).contains("db", "web");
        }
    }

    @Test
    void the_subject_of_an_access_token_may_have_credentials_too() throws Exception {
        try (var house = new SigningHouse()) {
            var head = """
                    [http]
                    own_credentials = "required"
                    [http.oauth]
                    issuer = "%s"
                    resource = "https://mcp.example/mcp"
                    [[principal]]
                    name = "oauth:alice"
                    token_id = "%s"
                    token_secret = "%s"
                    """.formatted(
                            house.issuer(), own.get("ben").id(), own.get("ben").secret());
            try (var server = serving(head)) {
                var claims = house.claims("https://mcp.example/mcp", Instant.now());
                assertThat(server.call(house.signed(claims), "pve_guest_list", "{}"))
                        .contains("web")
                        .doesNotContain("db");
                // Neither by her name in the file of tokens, nor by one like it.
                for (var other : List.of("anna", "oauth:alice", "Alice")) {
                    assertThat(server.call(house.signed(claims.subject(other)), "pve_guest_list", "{}"))
                            .as(other)
                            .isEqualTo("403");
                }
            }
        }
    }

    @Test
    void a_task_of_one_is_no_task_of_another() throws Exception {
        try (var server = serving("")) {
            var started = ask(server, "anna", "pve_guest_power", STOP.formatted("100"));
            var task = started.replaceFirst("(?s).*(UPID:[^\\\\\" ]*:).*", "$1");
            var wait = "{\"task\":\"%s\"}".formatted(task);
            assertThat(ask(server, "anna", "pve_task_get", wait)).contains("OK");
            assertThat(ask(server, "ben", "pve_task_get", wait)).doesNotContain("OK");
        }
    }

    @Test
    void the_secrets_of_all_are_masked_where_the_configuration_is_shown() throws Exception {
        serving("").close();

        assertThat(run("config"))
                .contains("principal[2].token_secret", "anna.secret")
                .doesNotContain(own.get("ben").secret());
    }

    @Test
    void the_doctor_looks_whether_each_is_let_in_and_the_issuer_is_reached() throws Exception {
        try (var house = new SigningHouse()) {
            serving("[http.oauth]\nissuer = \"%s\"\nresource = \"https://mcp.example/mcp\"\n".formatted(house.issuer()))
                    .close();
            assertThat(run("doctor"))
                    .contains("it is reached and has 1 keys that sign", "have to be for https://mcp.example/mcp")
                    .contains("'default' lets them in as anna@pve!mcp", "'default' lets them in as ben@pve!mcp");

            sim.change(cluster -> cluster.access.users.get("ben@pve").tokens.clear());
            house.down(true);
            assertThat(run("doctor"))
                    .contains("its keys cannot be had", "it answers 503")
                    .contains("'default' lets them in as anna@pve!mcp", "it does not let us in")
                    .doesNotContain("lets them in as ben@pve!mcp");
        }
    }

    private String run(String... command) {
        var out = new ByteArrayOutputStream();
        var to = new PrintStream(out, true, StandardCharsets.UTF_8);
        var console = new Console(InputStream.nullInputStream(), to, to, false, false, 200);
        Main.run(List.of(command), console, new Surroundings(env, directory, directory));
        return out.toString(StandardCharsets.UTF_8);
    }
}
