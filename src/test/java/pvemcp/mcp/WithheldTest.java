package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.sim.world.Acl;

/// The list of tools is cut to what the token may do, once that is known, and whoever has seen another is told.
@Timeout(300)
class WithheldTest {
    private static final String CHANGED = "notifications/tools/list_changed";

    /// A client of the older era: what it asks is answered in place, what it is told comes to a queue.
    private static final class Client {
        private final Session session;
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        private int id;

        Client(Lab lab) {
            var about = new About("pve-mcp", "Proxmox VE", "1", "A test.");
            session = new McpServer(lab.dispatcher(), about, Emits.TOOLS)
                    .open("somebody", message -> told.add(message.text()), Runnable::run);
            ask("initialize", Json.obj("protocolVersion", "2025-11-25", "capabilities", Json.Obj.EMPTY));
            session.receive(
                    Json.obj("jsonrpc", "2.0", "method", "notifications/initialized"),
                    message -> told.add(message.text()));
        }

        Json.Obj ask(String method, Json.Obj params) {
            var answers = new LinkedBlockingQueue<String>();
            var request = Json.obj("jsonrpc", "2.0", "id", ++id, "method", method, "params", params);
            session.receive(request, message -> answers.add(message.text()));
            return ((Json.Obj) Json.parse(answers.remove())).object("result").orElse(Json.Obj.EMPTY);
        }

        List<String> tools() {
            return ask("tools/list", Json.Obj.EMPTY).array("tools").orElseThrow().items().stream()
                    .map(tool -> ((Json.Obj) tool).text("name").orElseThrow())
                    .toList();
        }

        String next() throws InterruptedException {
            return String.valueOf(told.poll(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void a_token_that_may_only_look_is_told_a_shorter_list_once_that_is_known() throws InterruptedException {
        try (var lab = Lab.of(Scenes.small()).holding("/", "VM.Audit", "Sys.Audit", "Datastore.Audit")) {
            var client = new Client(lab);
            assertThat(client.tools()).contains("pve_guest_power", "pve_guest_delete", "pve_node_get");
            assertThat(client.next()).contains(CHANGED);
            assertThat(client.tools())
                    .contains("pve_guest_list", "pve_guest_get", "pve_node_get", "pve_health", "pve_api_write")
                    .doesNotContain("pve_guest_power", "pve_guest_delete", "pve_access_grant", "pve_node_log");
        }
    }

    @Test
    void what_is_not_listed_still_answers_whoever_has_an_older_list() throws InterruptedException {
        try (var lab = Lab.of(Scenes.small()).holding("/", "VM.Audit")) {
            var client = new Client(lab);
            client.tools();
            assertThat(client.next()).contains(CHANGED);
            var power = Json.obj("name", "pve_guest_power", "arguments", Json.obj("guest", "web", "action", "stop"));
            assertThat(client.ask("tools/call", power).write()).contains("may not VM.PowerMgmt on /vms/101");
        }
    }

    @Test
    void a_right_on_one_guest_is_enough_for_a_tool_to_be_listed() throws InterruptedException {
        try (var lab = Lab.of(Scenes.small()).holding("/vms/101", "VM.Audit", "VM.PowerMgmt")) {
            var client = new Client(lab);
            client.tools();
            assertThat(client.next()).contains(CHANGED);
            assertThat(client.tools()).contains("pve_guest_power").doesNotContain("pve_node_get", "pve_guest_delete");
        }
    }

    @Test
    void a_token_that_is_given_more_finds_its_tools_again() throws InterruptedException {
        try (var lab = Lab.of(Scenes.small()).holding("/", "VM.Audit")) {
            var client = new Client(lab);
            client.tools();
            assertThat(client.next()).contains(CHANGED);
            lab.with(cluster ->
                    cluster.access.grant(new Acl("/vms/101", Acl.Kind.USER, "limited@pve", "PVEVMUser", true)));
            lab.advance(Duration.ofMinutes(11));
            client.ask("tools/call", Json.obj("name", "pve_guest_list", "arguments", Json.Obj.EMPTY));
            assertThat(client.next()).contains(CHANGED);
            assertThat(client.tools()).contains("pve_guest_power").doesNotContain("pve_node_get");
        }
    }

    @Test
    void a_subscriber_of_the_newer_era_is_told_as_well() throws InterruptedException {
        try (var lab = Lab.of(Scenes.small()).holding("/", "VM.Audit")) {
            var client = new Client(lab);
            var meta = Json.obj(
                    "io.modelcontextprotocol/protocolVersion",
                    "2026-07-28",
                    "io.modelcontextprotocol/clientCapabilities",
                    Json.Obj.EMPTY);
            var wanted = Json.obj("_meta", meta, "notifications", Json.obj("toolsListChanged", true));
            client.session.receive(
                    Json.obj("jsonrpc", "2.0", "id", 99, "method", "subscriptions/listen", "params", wanted),
                    message -> client.told.add(message.text()));
            assertThat(client.next()).contains("acknowledged", "\"toolsListChanged\":true");
            client.tools();
            assertThat(List.of(client.next(), client.next()))
                    .allSatisfy(each -> assertThat(each).contains(CHANGED))
                    .anySatisfy(each -> assertThat(each).contains("subscriptionId"));
        }
    }

    @Test
    void all_tools_are_listed_again_while_rights_cannot_be_read() throws InterruptedException {
        var silent = new AtomicBoolean();
        try (var lab = Lab.of(Scenes.small()).holding("/", "VM.Audit").through(wire -> (verb, path, params) -> {
            if (silent.get() && path.equals("/access/permissions")) {
                throw new PveException(new PveFault.Unreachable("pve1", "no answer"));
            }
            return wire.send(verb, path, params);
        })) {
            var client = new Client(lab);
            int all = client.tools().size();
            assertThat(client.next()).contains(CHANGED);
            assertThat(client.tools()).hasSizeLessThan(all);
            silent.set(true);
            lab.advance(Duration.ofMinutes(11));
            client.tools();
            assertThat(client.next()).contains(CHANGED);
            assertThat(client.tools()).hasSize(all);
        }
    }

    @Test
    void whoever_may_do_everything_is_told_nothing() throws InterruptedException {
        var asked = new LinkedBlockingQueue<String>();
        try (var lab = Lab.of(Scenes.small()).through(wire -> (verb, path, params) -> {
            asked.add(path);
            return wire.send(verb, path, params);
        })) {
            var client = new Client(lab);
            int all = client.tools().size();
            assertThat(asked.poll(60, TimeUnit.SECONDS)).isEqualTo("/access/permissions");
            assertThat(asked.poll(60, TimeUnit.SECONDS)).isEqualTo("/version");
            assertThat(client.tools()).hasSize(all);
            assertThat(client.told).isEmpty();
        }
    }
}
