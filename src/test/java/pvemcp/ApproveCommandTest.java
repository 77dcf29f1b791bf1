package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import pvemcp.cli.Exit;

/// `pve-mcp approve`: a yes from beside the client.
class ApproveCommandTest extends CommandLine {
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
        typed = INITIALIZE + """
                {"jsonrpc":"2.0","method":"notifications/initialized"}
                {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pve_api_write","arguments":{\
                "method":"post","path":"/pools","params":{"poolid":"shop"}CONFIRM}}}
                """.replace("CONFIRM", confirm.isEmpty() ? "" : ",\"confirm\":\"" + confirm + "\"");
        return run("serve").lines().getLast();
    }
}
