package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.audit.AuditLog;
import pvemcp.cli.Exit;
import pvemcp.json.Json;
import pvemcp.sim.Credentials;
import pvemcp.sim.PveSim;
import pvemcp.sim.SimOptions;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.BackupServer.Job;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.User;

/// Command lines as they are typed: what they print, where, and the status they end with.
class CommandLineTest {
    private static final String PIN = "AA".repeat(32);

    @TempDir
    Path directory;

    private final Map<String, String> env = new HashMap<>();
    private String typed = "";
    private boolean terminal;

    // ---- serving ----

    @Test
    void without_a_cluster_the_server_answers_the_handshake_and_its_tools_say_what_is_missing() {
        typed = """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
                "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
                {"jsonrpc":"2.0","method":"notifications/initialized"}
                {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pve_node_list","arguments":{}}}
                """;

        var served = run("serve");

        assertThat(served.status()).isEqualTo(Exit.OK);
        assertThat(served.lines()).hasSize(2);
        assertThat(served.lines().getFirst()).contains("\"serverInfo\"");
        assertThat(served.lines().getLast())
                .contains("not_configured: no cluster is configured")
                .contains("pve-mcp setup", "PVE_MCP_URL", "pve-mcp demo")
                .doesNotContain("node is up");
    }

    @Test
    void a_secret_that_cannot_be_read_is_told_as_the_fault_of_the_configuration_it_is() {
        env.put("PVE_MCP_URL", "https://192.0.2.1:8006");
        env.put("PVE_MCP_FINGERPRINT", "AA:".repeat(31) + "AA");
        env.put("PVE_MCP_TOKEN_ID", "mcp@pve!a");
        env.put("PVE_MCP_TOKEN_SECRET_FILE", directory.resolve("away").toString());

        var asked = run("call", "node_list");

        assertThat(asked.status()).isEqualTo(Exit.USAGE);
        assertThat(asked.err()).contains("away' does not exist").doesNotContain("node is up");
    }

    @Test
    void a_pipe_without_a_command_is_served_and_a_terminal_without_a_cluster_told_how_to_get_one() {
        typed = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n";
        assertThat(run().out()).contains("\"id\":1");

        terminal = true;
        var helped = run();
        assertThat(helped.out()).isEmpty();
        assertThat(helped.err()).contains("pve-mcp setup", "pve-mcp demo");
        assertThat(helped.status()).isEqualTo(Exit.USAGE);
    }

    @Test
    void demo_serves_the_simulated_cluster_on_a_pipe() {
        typed = """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
                "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
                {"jsonrpc":"2.0","method":"notifications/initialized"}
                {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pve_node_list","arguments":{}}}
                """;

        assertThat(run("demo").lines().getLast()).contains("pve1").contains("online");
    }

    @Test
    void a_tool_that_is_not_shown_is_told_apart_from_one_that_there_is_not() {
        typed = """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
                "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
                {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pve_guest_clone","arguments":{}}}
                {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"pve_guest_delete","arguments":{}}}
                {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"pve_storage_get","arguments":{}}}
                """;

        assertThat(run("demo").out())
                .contains("pve_guest_clone is not offered here: this server shows fewer tools")
                .contains("pve_storage_get (there is pve_storage_list, pve_storage_content");

        env.put("PVE_MCP_SURFACE", "all");
        assertThat(run("demo").out())
                .contains("missing argument 'guest'")
                .contains("pve_guest_delete is not offered here: the owner's policy");
    }

    @Test
    void a_configuration_that_cannot_be_used_stops_the_server_with_all_that_is_wrong_and_a_clean_stdout() {
        env.put("PVE_MCP_URLS", "https://pve1");
        env.put("PVE_MCP_POLICY_DESTROY", "maybe");

        var served = run("serve");

        assertThat(served.status()).isEqualTo(Exit.USAGE);
        assertThat(served.out()).isEmpty();
        assertThat(served.err())
                .contains("did you mean 'PVE_MCP_URL'?")
                .contains("'maybe' is no value of policy.destroy")
                .doesNotContain("\tat ");
    }

    @Test
    void a_server_says_what_it_serves_where_that_is_wanted() {
        env.put("PVE_MCP_LOG_LEVEL", "info");

        assertThat(run("serve").err()).containsPattern("serving [0-9]+ tools for no configured cluster");
    }

    @Test
    void the_cluster_is_connected_to_once_a_client_has_the_tools_or_later_where_that_is_wanted() throws IOException {
        var asked = """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
                "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
                {"jsonrpc":"2.0","method":"notifications/initialized"}
                {"jsonrpc":"2.0","id":2,"method":"tools/list"}
                """;
        env.put("PVE_MCP_TOKEN_ID", "a@pve!b");
        env.put("PVE_MCP_TOKEN_SECRET", "secret");
        try (var early = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var late = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            env.put("PVE_MCP_URL", "https://127.0.0.1:" + early.getLocalPort());
            // The client stays until it has seen what it waits for: a server whose input ends connects to nothing
            // more.
            var typing = new PipedOutputStream();
            try (var server = new Running(new PipedInputStream(typing), env, directory, "serve")) {
                typing.write(asked.getBytes(StandardCharsets.UTF_8));
                typing.flush();
                assertThat(server.says()).contains("\"id\":1");
                assertThat(server.says()).contains("\"id\":2");
                early.setSoTimeout(60_000);
                early.accept().close();
                typing.close();
            }

            env.put("PVE_MCP_URL", "https://127.0.0.1:" + late.getLocalPort());
            env.put("PVE_MCP_CONNECT", "late");
            typed = asked;
            run("serve");
            late.setSoTimeout(1);
            assertThatThrownBy(late::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void an_address_that_others_can_reach_is_not_served_to_anybody() {
        var served = run("serve", "--http", "0.0.0.0:0", "--demo");

        assertThat(served.status()).isEqualTo(Exit.USAGE);
        assertThat(served.err()).contains("nobody would be asked who they are");
    }

    @Test
    void what_cannot_be_served_over_http_is_said_before_anything_listens() {
        assertThat(run("serve", "--http", "127.0.0.1", "--demo").err()).contains("write HOST:PORT");
        assertThat(run("serve", "--http=:8765", "--demo").err()).contains("write HOST:PORT");
        assertThat(run("serve", "--demo").err()).contains("without --http");

        env.put("PVE_MCP_HTTP_TLS_KEY", "key.pem");
        assertThat(run("serve", "--http", "127.0.0.1:0").err()).contains("go together");
        env.put("PVE_MCP_HTTP_TLS_CERTIFICATE", "chain.pem");
        assertThat(run("serve", "--http", "127.0.0.1:0").err())
                .contains("TLS: ")
                .contains("chain.pem");
    }

    @Test
    void a_server_over_http_says_where_it_is_and_answers_there() throws Exception {
        try (var server = new Served(env, directory, "serve", "--http", "127.0.0.1:0", "--demo")) {
            assertThat(server.told()).contains("serving MCP at http://127.0.0.1:");
            assertThat(server.get("/readyz")).isEqualTo("ready\n");
            assertThat(server.call("", "pve_node_list", "{}")).contains("pve1");
            assertThat(run("alive", server.address()).status()).isEqualTo(Exit.OK);
        }
    }

    @Test
    void a_server_that_does_not_answer_is_not_alive() {
        var asked = run("alive", "127.0.0.1:1");
        assertThat(asked.status()).isEqualTo(Exit.FAILED);
        assertThat(asked.err()).contains("nobody answers at http://127.0.0.1:1/healthz");
        assertThat(run("alive", "two words").err()).contains("write HOST:PORT");

        env.put("PVE_MCP_HTTP_TLS_CERTIFICATE", "src/test/resources/pvemcp/pve/authority.pem");
        assertThat(run("alive", "127.0.0.1:1").err()).contains("nobody answers at https://");
    }

    @Test
    void each_token_has_its_own_reach_and_its_own_name_in_the_log() throws Exception {
        env.put("PVE_MCP_POLICY_OPERATE", "allow");
        var looks = run("token", "add", "auditor").out().strip();
        var works = run("token", "add", "anna", "--tier", "operate", "--within", "guest=101")
                .out()
                .strip();
        assertThat(run("token", "list").lines()).containsExactly("auditor  read", "anna  operate  guest=101");
        assertThat(directory.resolve(".config/pve-mcp/tokens")).content().doesNotContain(looks, works);

        var soon = SimTime.ticking(Instant.parse("2026-11-21T12:00:00Z"), 1_000);
        try (var sim = PveSim.start(SimOptions.of(Scenarios.homelab(), soon))) {
            configure(sim);
            try (var server = new Served(env, directory, "serve", "--http", "127.0.0.1:0")) {
                assertThat(server.call("", "pve_node_list", "{}")).isEqualTo("401");
                assertThat(server.call("pve-mcp_guessed", "pve_node_list", "{}"))
                        .isEqualTo("401");

                assertThat(server.call(looks, "pve_node_list", "{}")).contains("pve1");
                assertThat(server.list(looks)).contains("pve_guest_list").doesNotContain("pve_guest_power");
                assertThat(server.list(works)).contains("pve_guest_power").doesNotContain("pve_guest_delete");

                var stop = "{\"guest\":\"%s\",\"action\":\"stop\"}";
                assertThat(server.call(works, "pve_guest_power", stop.formatted("102")))
                        .contains("refused by token.within")
                        .contains("'anna'");
                assertThat(server.call(works, "pve_guest_power", stop.formatted("101")))
                        .doesNotContain("refused");
                assertThat(directory.resolve("audit.jsonl")).content().contains("\"principal\":\"anna\"");

                assertThat(run("token", "remove", "anna").status()).isEqualTo(Exit.OK);
                assertThat(server.call(works, "pve_node_list", "{}")).isEqualTo("401");
                assertThat(server.call(looks, "pve_node_list", "{}")).contains("pve1");
            }
        }
    }

    @Test
    void tokens_that_make_no_sense_are_not_made() {
        assertThat(run("token", "add", "anna", "--tier", "operat").err()).contains("did you mean 'operate'?");
        assertThat(run("token", "add", "anna", "--within", "pol=dev").err()).contains("pool, tag, guest, node");
        assertThat(run("token", "add", "an na").err()).contains("is no name");
        assertThat(run("token", "remove", "anna").err()).contains("nobody called 'anna'");
        assertThat(run("token", "add", "anna").status()).isEqualTo(Exit.OK);
        assertThat(run("token", "add", "anna").err()).contains("'anna' has a token");
    }

    @Test
    void read_only_serves_no_tool_that_writes() {
        typed = """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
                "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
                {"jsonrpc":"2.0","id":2,"method":"tools/list"}
                """;

        assertThat(run("serve", "--read-only").out())
                .contains("pve_guest_list")
                .doesNotContain("\"name\":\"pve_api_write\"", "pve_guest_power");
    }

    // ---- calls ----

    @Test
    void a_call_prints_its_answer_and_with_json_its_data() {
        var shown = run("call", "node_list", "--demo");
        var json = run("call", "pve_node_list", "--demo", "--json");

        assertThat(shown.status()).isEqualTo(Exit.OK);
        assertThat(shown.out()).contains("pve1").contains("online");
        assertThat(Json.parse(json.out())).isInstanceOf(Json.Obj.class);
        assertThat(json.err()).isEmpty();
    }

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

    @Test
    void the_name_of_a_tool_is_a_command() {
        assertThat(run("node-list", "--demo").out()).contains("pve1");
    }

    @Test
    void arguments_may_be_named_bare_or_json() {
        for (var line : List.of(
                List.of("path=/version"),
                List.of("/version"),
                List.of("--path", "/version"),
                List.of("--path=/version"),
                List.of("{\"path\": \"/version\"}"))) {
            var args = new ArrayList<>(List.of("call", "api_read", "--demo"));
            args.addAll(line);
            assertThat(run(args.toArray(String[]::new)).out()).as("%s", line).contains("9.2");
        }
    }

    @Test
    void a_tool_is_called_by_its_words_alone() {
        assertThat(run("guest", "list", "running", "kind=vm", "--demo").out())
                .contains("web")
                .doesNotContain("stopped");
        assertThat(run("guest", "list", "--demo", "--plain").out()).contains("\n101\tweb\tvm\trunning\tpve1\t");
        assertThat(run("guest", "list", "--demo", "--plain", "--json").status()).isEqualTo(Exit.USAGE);
        assertThat(run("guest", "get", "web", "--demo", "--color=always").out()).contains("\u001b[32mrunning");
        assertThat(run("guest", "get", "web", "--demo", "--color=sometimes").status())
                .isEqualTo(Exit.USAGE);
        assertThat(run("guest").err()).contains("guest what?");
    }

    @Test
    void all_that_is_wrong_with_the_arguments_is_told_at_once() {
        for (var named : List.of(List.of("action=bogus", "frce=1"), List.of("--action", "bogus", "--frce", "1"))) {
            var args = new ArrayList<>(List.of("call", "guest_power", "web", "--demo"));
            args.addAll(named);
            assertThat(run(args.toArray(String[]::new)))
                    .returns(Exit.USAGE, Ended::status)
                    .satisfies(run -> assertThat(run.err()).contains("'frce'", "'bogus'", "start, shutdown"));
        }
    }

    @Test
    void a_tool_is_described_also_where_another_begins_like_it() {
        assertThat(run("tools", "guest", "power").out())
                .contains("pve_guest_power (operate)", "start | shutdown")
                .doesNotContain("many");
    }

    @Test
    void a_wrong_name_is_told_with_the_right_one() {
        assertThat(run("call", "node_lst", "--demo"))
                .returns(Exit.USAGE, Ended::status)
                .returns("", Ended::out)
                .satisfies(run -> assertThat(run.err()).contains("did you mean 'node_list'?"));
        assertThat(run("call", "api_read", "pth=/version", "--demo").err()).contains("did you mean 'path'?");
        assertThat(run("nodelst"))
                .returns(Exit.USAGE, Ended::status)
                .satisfies(run -> assertThat(run.err()).doesNotContain("\tat "));
        assertThat(run("serve", "--readonly").status()).isEqualTo(Exit.USAGE);
    }

    @Test
    void a_held_call_wants_a_yes() throws IOException {
        try (var sim = simulator()) {
            String[] create = {"call", "api_write", "method=POST", "path=/pools", "params={\"poolid\":\"shop\"}"};
            var without = run(create);
            assertThat(without.status()).isEqualTo(Exit.REFUSED);
            assertThat(without.err()).contains("POST /pools").contains("--yes");
            assertThat(pools(sim)).isEmpty();

            terminal = true;
            typed = "n\n";
            assertThat(run(create).status()).isEqualTo(Exit.REFUSED);
            assertThat(pools(sim)).isEmpty();

            typed = "y\n";
            assertThat(run(create).status()).isEqualTo(Exit.OK);
            assertThat(pools(sim)).containsExactly("shop");

            terminal = false;
            typed = "";
            create[4] = "params=poolid=other";
            var yes = new ArrayList<>(List.of(create));
            yes.add("--yes");
            assertThat(run(yes.toArray(String[]::new)).status()).isEqualTo(Exit.OK);
            assertThat(pools(sim)).containsExactly("other", "shop");
        }
        assertThat(Files.readString(directory.resolve("audit.jsonl"))).contains("pve_api_write");
    }

    /// Only somebody who has logged in sets passwords, and nobody types one where others read it.
    @Test
    void a_password_is_typed_and_not_written_on_the_command_line() throws IOException {
        try (var sim = simulator()) {
            sim.change(cluster -> {
                cluster.access.users.get("root@pam").password = "rooted";
                cluster.access.users.put("joe@pve", new User("joe@pve"));
            });
            String[] call = {
                "call", "access_set", "what=user", "action=password", "id=joe@pve", "options=password=secret:-", "--yes"
            };
            typed = "correct horse\n";
            assertThat(run(call))
                    .returns(Exit.REFUSED, Ended::status)
                    .satisfies(run -> assertThat(run.err()).contains("PVE lets no API token set a password"));

            env.remove("PVE_MCP_TOKEN_ID");
            env.remove("PVE_MCP_TOKEN_SECRET");
            env.put("PVE_MCP_USER", "root@pam");
            env.put("PVE_MCP_PASSWORD", "rooted");
            assertThat(run(call))
                    .returns(Exit.OK, Ended::status)
                    .satisfies(run -> assertThat(run.out() + run.err()).doesNotContain("correct horse"));
            assertThat(sim.<String>ask(cluster -> cluster.access.users.get("joe@pve").password))
                    .isEqualTo("correct horse");
        }
        assertThat(Files.readString(directory.resolve("audit.jsonl"))).doesNotContain("correct horse");
    }

    @Test
    void what_policy_denies_is_refused() throws IOException {
        try (var _ = simulator()) {
            env.put("PVE_MCP_POLICY_CHANGE", "deny");
            env.put("PVE_MCP_POLICY_EXECUTE", "deny");

            var refused = run("call", "api_write", "POST", "/pools", "params=poolid=shop", "--yes");

            assertThat(refused.status()).isEqualTo(Exit.REFUSED);
            assertThat(refused.err()).containsPattern("policy.(change|execute)");
        }
    }

    @Test
    void what_no_tool_lists_can_be_said_at_the_terminal_as_well() {
        env.put("PVE_MCP_POLICY_DESTROY", "ask");
        env.put("PVE_MCP_POLICY_BACKUP_FIRST", "require");
        var soon = SimTime.ticking(Instant.parse("2026-11-21T12:00:00Z"), 1_000);
        try (var sim = PveSim.start(SimOptions.of(Scenarios.homelab(), soon))) {
            configure(sim);
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

    @Test
    void reconcile_tells_what_became_of_calls_that_died_and_what_stays_open() throws IOException {
        var soon = SimTime.ticking(Instant.parse("2026-11-21T12:00:00Z"), 1_000);
        try (var sim = PveSim.start(SimOptions.of(Scenarios.homelab(), soon))) {
            configure(sim);
            var rebooted = run("call", "guest_power", "web", "reboot", "--yes").out();
            var task = rebooted.replaceFirst("(?s).*(UPID:\\S+).*", "$1");
            try (var log = new AuditLog(directory.resolve("audit.jsonl"), Clock.systemUTC())) {
                var died = Json.obj("event", "begin", "process", "999999999 1");
                var call = Json.obj("tool", "pve_guest_power", "as", sim.token().id());
                long begin = log.record(died.with("call", call.with("cluster", "default")));
                log.note(Json.obj("event", "task", "begin", begin, "task", task));
                log.record(died.with("call", call.with("cluster", "elsewhere")));
            }

            var reconciled = run("audit", "reconcile");

            assertThat(reconciled.status()).isEqualTo(Exit.OK);
            assertThat(reconciled.out())
                    .contains("pve_guest_power: found done: all tasks", "left open", "its process is gone");
            assertThat(run("audit", "reconcile").out()).startsWith("nothing to write down");
        }
    }

    @Test
    void a_person_at_a_terminal_says_yes_to_what_a_client_holds() throws IOException {
        try (var sim = simulator()) {
            env.put("PVE_MCP_STATE_DIRECTORY", directory.resolve("state").toString());
            env.put("PVE_MCP_POLICY_WITHOUT_ELICITATION", "approve");
            assertThat(run("approve").out()).contains("no call waits");

            var held = served("");
            var id = held.replaceFirst("(?s).*pve-mcp approve ([A-Z0-9]{8})'.*", "$1");
            assertThat(id).as(held).hasSize(8);
            assertThat(run("approve").out()).contains(id, "pool shop");
            assertThat(run("approve", id).status()).isEqualTo(Exit.REFUSED); // no terminal
            assertThat(served(id)).contains("nobody has said yes");
            assertThat(run("approve", "NOSUCHID").status()).isEqualTo(Exit.USAGE);

            terminal = true;
            typed = "y\n";
            var agreed = run("approve", id.toLowerCase(Locale.ROOT));
            assertThat(agreed.status()).as(agreed.err()).isEqualTo(Exit.OK);
            assertThat(agreed.err()).contains("wants to call pve_api_write (change)", "POST /pools");
            typed = "y\n";
            assertThat(run("approve", id).status()).isEqualTo(Exit.REFUSED); // answered already
            terminal = false;
            assertThat(pools(sim)).isEmpty();

            assertThat(served(id)).contains("outcome: done");
            assertThat(pools(sim)).containsExactly("shop");
            assertThat(served(id)).contains("used already");
        }
    }

    /// What a client without elicitation is told when it wants to make a pool.
    private String served(String confirm) {
        typed = """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
                "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
                {"jsonrpc":"2.0","method":"notifications/initialized"}
                {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pve_api_write","arguments":{\
                "method":"post","path":"/pools","params":{"poolid":"shop"}CONFIRM}}}
                """.replace("CONFIRM", confirm.isEmpty() ? "" : ",\"confirm\":\"" + confirm + "\"");
        return run("serve").lines().getLast();
    }

    @Test
    void destroying_wants_the_name_typed_at_the_terminal_too() throws IOException {
        try (var sim = simulator()) {
            env.put("PVE_MCP_POLICY_DESTROY", "ask");
            sim.change(cluster -> {
                var guest = new Container(102, "pve1");
                guest.config.put("hostname", "dns");
                cluster.guests.put(102, guest);
            });
            String[] delete = {"call", "guest_delete", "dns", "timeout=1s"};
            assertThat(run("call", "guest_delete", "dns", "--yes"))
                    .returns(Exit.REFUSED, Ended::status)
                    .satisfies(run -> assertThat(run.err()).contains("--yes-to 'dns'"));
            terminal = true;
            typed = "y\n";
            assertThat(run(delete).status()).isEqualTo(Exit.REFUSED);
            assertThat(guests(sim)).containsExactly(102);
            assertThat(run("call", "guest_delete", "dns", "--yes-to", "dnss").status())
                    .isEqualTo(Exit.REFUSED);
            typed = "dns\n";
            assertThat(run(delete).err()).contains("type 'dns' to go ahead");
            sim.advance(Duration.ofMinutes(1));
            assertThat(guests(sim)).isEmpty();
        }
    }

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

    // ---- the way to a cluster ----

    @Test
    void the_doctor_goes_the_whole_way_and_says_what_the_token_may() throws IOException {
        try (var _ = simulator()) {
            var told = run("doctor");

            assertThat(told.status()).isEqualTo(Exit.OK);
            assertThat(told.out())
                    .contains("the certificate is trusted (pinned)", "Proxmox VE 9.2", "guests", "policy denies");
        }
    }

    @Test
    void the_doctor_names_the_commands_that_would_give_the_token_a_right() throws IOException {
        try (var sim = PveSim.start(
                cluster -> {
                    cluster.addNode("pve1");
                    cluster.access.users.put("look@pve", new User("look@pve"));
                    cluster.access.grant(new Acl("/", Acl.Kind.USER, "look@pve", "PVEAuditor", true));
                    return Credentials.token(cluster, "look@pve", "agent");
                },
                SimTime.byHand(Instant.parse("2026-11-21T12:00:00Z")))) {
            configure(sim);

            var told = run("doctor", "--fix");

            assertThat(told.out()).containsPattern("guests +yes +no +no");
            assertThat(told.out())
                    .contains("pveum role add McpGuestsOperate --privs 'VM.Audit VM.GuestAgent.Audit VM.PowerMgmt'")
                    .contains("pveum acl modify /vms --users 'look@pve' --roles McpGuestsOperate")
                    .contains("pveum acl modify /vms --tokens 'look@pve!agent' --roles McpGuestsOperate")
                    .containsPattern("[0-9]+ of 30 tools are not listed")
                    .contains("without VM.PowerMgmt: pve_guest_power");
            assertThat(run("tools").out())
                    .contains("clients do not see", "without VM.PowerMgmt: pve_guest_power")
                    .contains("pveum acl modify /vms --tokens 'look@pve!agent' --roles PVEVMUser")
                    .contains("pveum role add McpSysModify --privs Sys.Modify && pveum acl modify / --tokens");
        }
    }

    @Test
    void the_doctor_shows_how_to_pin_a_certificate_that_is_not_trusted() throws IOException {
        try (var sim = simulator()) {
            env.remove("PVE_MCP_FINGERPRINT");

            var told = run("doctor");

            assertThat(told.status()).isEqualTo(Exit.UNREACHABLE);
            assertThat(told.out())
                    .contains("the certificate is not trusted")
                    .contains("fingerprint = \"" + sim.fingerprint() + "\"");
            assertThat(run("call", "node_list").status()).isEqualTo(Exit.UNREACHABLE);
        }
    }

    @Test
    void the_doctor_tells_a_wrong_secret_from_a_host_that_is_not_there() throws IOException {
        try (var _ = simulator()) {
            env.put("PVE_MCP_TOKEN_SECRET", "wrong");
            var refused = run("doctor");
            assertThat(refused.status()).isEqualTo(Exit.UNREACHABLE);
            assertThat(refused.out()).contains("it does not let us in").doesNotContain("wrong");

            env.put("PVE_MCP_URL", "https://127.0.0.1:1");
            var away = run("doctor");
            assertThat(away.status()).isEqualTo(Exit.UNREACHABLE);
            assertThat(away.out()).contains("it is not reached");
        }
    }

    /// The backup server beside the simulated cluster, configured as `vault`.
    private void backedUp(PveSim sim) {
        var beside = sim.backupServer();
        env.put("PVE_MCP_BACKUP_VAULT_URL", beside.url());
        env.put("PVE_MCP_BACKUP_VAULT_TOKEN_ID", beside.token().id());
        env.put("PVE_MCP_BACKUP_VAULT_TOKEN_SECRET", beside.token().secret());
        env.put("PVE_MCP_BACKUP_VAULT_FINGERPRINT", beside.fingerprint());
    }

    @Test
    void the_doctor_says_what_each_backup_server_shows() throws IOException {
        try (var sim = simulator()) {
            backedUp(sim);
            sim.change(cluster -> {
                var server = cluster.backupServer;
                server.add("main", 4L << 40, 3L << 40);
                var ended = Optional.of(cluster.now().minus(Duration.ofHours(6)));
                var next = Optional.of(cluster.now().plus(Duration.ofHours(18)));
                server.add(
                        new Job("verify", "v-main", "main", "daily", ended, next, "disk on fire"),
                        List.of("disk on fire", "OK"));
                server.add(new Job("prune", "p-main", "main", "daily", ended, next, "OK"), List.of("OK"));
            });

            var told = run("doctor");

            assertThat(told.status()).isEqualTo(Exit.OK);
            assertThat(told.out())
                    .contains("backup server 'vault' as mcp@pbs!sim", "Proxmox Backup Server 4.0")
                    .contains("datastore main is used to 75 % of 4 TiB", "garbage collection: 0 jobs")
                    .contains("!   verify v-main on main: disk on fire; last ended well ", "prune: 1 job\n")
                    .doesNotContain(sim.backupServer().token().secret());

            sim.change(cluster -> cluster.backupServer.showsTasks = false);
            assertThat(run("doctor").out())
                    .contains("acl update /system/tasks Audit --auth-id 'mcp@pbs!sim'")
                    .contains("verify v-main on main: disk on fire");
        }
    }

    @Test
    void the_doctor_says_what_keeps_a_backup_server_from_showing_anything() throws IOException {
        try (var sim = simulator()) {
            backedUp(sim);
            sim.change(cluster -> cluster.backupServer.isShown = false);
            var blind = run("doctor");
            assertThat(blind.status()).isEqualTo(Exit.FAILED);
            assertThat(blind.out()).contains("acl update /datastore DatastoreAudit --auth-id 'mcp@pbs!sim'");

            env.put("PVE_MCP_BACKUP_VAULT_TOKEN_SECRET", "falsches");
            var refused = run("doctor");
            assertThat(refused.status()).isEqualTo(Exit.UNREACHABLE);
            assertThat(refused.out())
                    .contains("Proxmox VE 9.2", "it does not let us in: authentication failed", "list-tokens")
                    .doesNotContain("falsches");

            env.remove("PVE_MCP_BACKUP_VAULT_FINGERPRINT");
            assertThat(run("doctor").out())
                    .contains(
                            "[backup.vault]",
                            "fingerprint = \"" + sim.backupServer().fingerprint() + "\"");

            env.put("PVE_MCP_BACKUP_VAULT_URL", "https://127.0.0.1:1");
            assertThat(run("doctor").out()).contains("it is not reached");
        }
    }

    @Test
    void the_doctor_passes_notices_on() {
        env.put("PROXMOX_URL", "https://127.0.0.1:1/api2/json");
        env.put("PROXMOX_API_TOKEN", "mcp@pve!agent=s3cret");
        env.put("PROXMOX_INSECURE", "true");

        assertThat(run("doctor").out())
                .contains("PROXMOX_INSECURE=true is not followed")
                .contains("PVE_MCP_FINGERPRINT");
    }

    // ---- the rest ----

    @Test
    void config_shows_every_value_with_its_origin_and_no_secret() {
        env.put("PVE_MCP_URL", "https://pve1.example:8006");
        env.put("PVE_MCP_TOKEN_ID", "mcp@pve!agent");
        env.put("PVE_MCP_TOKEN_SECRET", "geheim");
        env.put("PVE_MCP_FINGERPRINT", PIN);

        var shown = run("config");

        assertThat(shown.out())
                .containsPattern("url +https://pve1.example:8006 +PVE_MCP_URL")
                .containsPattern("token_secret +••• +PVE_MCP_TOKEN_SECRET")
                .containsPattern("policy.destroy +deny +default")
                .doesNotContain("geheim");
        assertThat(run("config", "--json").out())
                .contains("\"origin\": \"PVE_MCP_URL\"")
                .doesNotContain("geheim");
    }

    @Test
    void tools_are_listed_with_what_policy_says_and_described_with_their_inputs() {
        env.put("PVE_MCP_POLICY_OPERATE", "deny");

        assertThat(run("tools").out())
                .containsPattern("guest list +read +allow")
                .containsPattern("guest power +operate +not offered");
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
    void tab_completes_tools_inputs_and_names_of_the_cluster() {
        assertThat(run("__complete", "node_l").lines()).containsExactly("node_list", "node_log");
        assertThat(run("__complete", "guest_power", "guest=web", "act").lines()).containsExactly("action=");
        assertThat(run("__complete", "guest_power", "action=re").lines())
                .containsExactly("action=reboot", "action=reset", "action=resume");
        assertThat(run("__complete", "guest", "sh").lines()).containsExactly("shutdown");
        assertThat(run("__complete", "guest", "list", "r").lines()).contains("running");
        assertThat(run("__complete", "--demo", "node_get", "pv").lines()).contains("pve1");
        assertThat(run("__complete", "node_get", "pv").out()).isEmpty();
    }

    @Test
    void each_shell_gets_a_script_it_can_read() throws Exception {
        for (var shell : List.of("bash", "zsh", "fish")) {
            var script = run("completion", shell).out();
            assertThat(script).contains("__complete").contains("doctor").doesNotContain("COMMANDS");
            if (Files.isExecutable(Path.of("/bin/" + shell))) {
                var file = Files.writeString(directory.resolve("completion"), script);
                var check = new ProcessBuilder(shell, "-n", file.toString())
                        .redirectErrorStream(true)
                        .start();
                assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .isEmpty();
                assertThat(check.waitFor()).isZero();
            }
        }
        assertThat(run("completion", "csh").status()).isEqualTo(Exit.USAGE);
    }

    @Test
    void the_simulator_runs_alone_and_says_how_to_get_in() throws Exception {
        try (var sim = new Running(Map.of(), directory, "sim", "--port", "0", "--scenario", "homelab")) {
            connectTo(sim);
            assertThat(env).doesNotContainKey("PVE_MCP_BACKUP_URL");
            assertThat(run("call", "node_list").out()).contains("pve1");
        }
    }

    @Test
    void a_backup_server_beside_the_simulator_is_configured_by_its_lines() throws Exception {
        try (var sim = new Running(Map.of(), directory, "sim", "--port", "0", "--backup-port", "0")) {
            connectTo(sim);

            assertThat(run("doctor").out())
                    .contains("backup server 'pbs' as mcp@pbs!sim", "datastore house is used to 61.1 % of 3.5 TiB");
            assertThat(run("call", "backup_audit").out())
                    .contains("pbs:house", "pull-anna", "no job covers it; verification of the newest failed");
            var port = env.get("PVE_MCP_BACKUP_URL").replaceAll(".*:", "");
            assertThat(run("sim", "--port", "0", "--backup-port", port).err())
                    .contains("cannot listen on port 0 or " + port, "0 takes a free one");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fleet", "troubled"})
    void each_scenario_has_a_backup_server_that_its_storages_lie_on(String scenario) throws Exception {
        try (var sim = new Running(
                Map.of(), directory, "sim", "--port=0", "--backup-port=0", "--scenario", scenario, "--guests=5")) {
            connectTo(sim);

            assertThat(run("call", "backup_audit").out()).contains("pbs:main").doesNotContain("- backup server pbs");
        }
    }

    @Test
    void the_simulator_goes_on_from_the_file_that_it_left() throws Exception {
        var file = directory.resolve("lab.json");
        try (var sim = new Running(Map.of(), directory, "sim", "--port", "0", "--strict", "--state", "lab.json")) {
            connectTo(sim);
            var done = run("call", "snapshot_create", "guest=web", "name=kept", "--yes");
            assertThat(done.status()).as(done.out() + done.err()).isEqualTo(Exit.OK);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        var before = Map.copyOf(env);
        try (var sim = new Running(Map.of(), directory, "sim", "--port", "0", "--state", file.toString())) {
            assertThat(sim.says()).startsWith("pve-mcp: it goes on from " + file);
            connectTo(sim);
            assertThat(env).containsEntry("PVE_MCP_TOKEN_SECRET", before.get("PVE_MCP_TOKEN_SECRET"));
            assertThat(env).containsEntry("PVE_MCP_FINGERPRINT", before.get("PVE_MCP_FINGERPRINT"));
            assertThat(run("call", "snapshot_list", "guest=web").out()).contains("kept");
        }
    }

    @Test
    void a_file_that_no_simulator_left_is_not_touched() throws Exception {
        var file = Files.writeString(directory.resolve("lab.json"), "{\"guests\":[]}");

        var told = run("sim", "--port", "0", "--state", "lab.json");

        assertThat(told.status()).isEqualTo(Exit.USAGE);
        assertThat(told.err()).contains(file + " is not to be gone on from: it is no saved simulator");
        assertThat(file).hasContent("{\"guests\":[]}");
        Files.writeString(file, "guests");
        assertThat(run("sim", "--state", "lab.json").err()).contains(file + " is no saved simulator");
    }

    /// Has the following lines be about this simulator.
    private void connectTo(Running sim) {
        var told = sim.saysUntil("curl").stream()
                .filter(line -> line.startsWith("PVE_MCP_"))
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1].replace("'", "")));
        assertThat(told.keySet()).contains("PVE_MCP_URL", "PVE_MCP_FINGERPRINT");
        env.putAll(told);
    }

    @Test
    void the_tour_shows_calls_with_their_answers_takes_more_and_ends_with_what_a_client_needs() {
        terminal = true;
        env.put("TERM", "dumb");
        env.put("PVE_MCP_LAUNCHER", "/opt/pve-mcp/pve-mcp");
        typed = "node_list\nhelp node_get\nnode_lst\nexit\n";

        var told = run("demo");

        assertThat(told.status()).isEqualTo(Exit.OK);
        assertThat(told.out())
                .contains("> pve_guest_list status=running", "web")
                .containsPattern("> pve_task_get UPID:pve1:[^\n]*:vzdump:")
                .contains("POST /nodes/pve1/qemu/120/status/shutdown")
                .containsPattern("> pve_task_get UPID:pve1:[^\n]*:qmshutdown:120:")
                .contains("pve_node_get (read)")
                .contains("did you mean 'node_list'?")
                .contains("\"command\": \"/opt/pve-mcp/pve-mcp\"");
    }

    @Test
    void help_and_version_go_to_standard_output() {
        assertThat(run("--help").out()).contains("doctor", "Exit status").doesNotContain("__complete");
        assertThat(run("call", "--help").out()).contains("--yes");
        assertThat(run("--version").out()).startsWith("pve-mcp ");
    }

    // ---- help ----
    private Ended run(String... args) {
        return Ended.of(env, directory, typed, terminal, args);
    }

    private PveSim simulator() {
        var sim = PveSim.start(
                cluster -> {
                    cluster.addNode("pve1");
                    return Credentials.operator(cluster);
                },
                SimTime.byHand(Instant.parse("2026-11-21T12:00:00Z")));
        configure(sim);
        return sim;
    }

    private void configure(PveSim sim) {
        env.put("PVE_MCP_URL", sim.url());
        env.put("PVE_MCP_TOKEN_ID", sim.token().id());
        env.put("PVE_MCP_TOKEN_SECRET", sim.token().secret());
        env.put("PVE_MCP_FINGERPRINT", sim.fingerprint());
        env.put("PVE_MCP_AUDIT_FILE", directory.resolve("audit.jsonl").toString());
    }

    private static List<Integer> guests(PveSim sim) {
        return sim.ask(cluster -> List.copyOf(cluster.guests.keySet()));
    }

    private static List<String> pools(PveSim sim) {
        return sim.ask(cluster -> List.copyOf(cluster.pools.sequencedKeySet()));
    }
}
