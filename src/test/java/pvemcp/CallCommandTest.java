package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import pvemcp.cli.Exit;
import pvemcp.json.Json;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.User;

/// Calls of tools as they are typed, with `pve-mcp call` and without.
class CallCommandTest extends CommandLine {
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
    void several_words_are_taken_with_commas_and_as_json() {
        for (var guests : List.of("web,dbb", "[\"web\", \"dbb\"]")) {
            assertThat(run("call", "backup_run", "guests=" + guests, "--demo").err())
                    .contains("dbb")
                    .doesNotContain("'web", "[");
        }
        assertThat(run("call", "backup_run", "guests=[\"web", "--demo"))
                .returns(Exit.USAGE, Ended::status)
                .satisfies(run -> assertThat(run.err()).contains("guests is not JSON"));
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
    void a_call_of_a_tool_that_policy_lets_nobody_make_is_refused_by_its_rule() {
        var refused = run("guest", "delete", "web", "--demo");

        assertThat(refused.status()).isEqualTo(Exit.REFUSED);
        assertThat(refused.err()).contains("refused (policy.destroy)", "set policy.destroy to ask or allow");
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
}
