package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.audit.AuditLog;
import pvemcp.dispatch.Cluster;
import pvemcp.dispatch.Offer;
import pvemcp.dispatch.Road;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Tokens;
import pvemcp.pve.Pve;
import pvemcp.schema.ApiSchema;
import pvemcp.tools.Catalog;
import pvemcp.tools.Catalog.Surface;
import pvemcp.tools.Prompts;

/// The playbooks as clients of both eras list and get them.
class PromptsTest {
    private static final Json GUESTS = Json.parse("""
            {"data":[{"type":"qemu","vmid":101,"name":"web","node":"pve1","status":"running"}]}""");

    /// A server of the default surface.
    private static McpServer server() {
        var cluster = new Cluster(
                "default", "mcp@pve!test", (_, _, _) -> (Json.Obj) GUESTS, Pve::new, () -> ApiSchema.builtIn("9.2"));
        var offer = new Offer(Catalog.tools(Surface.CORE, List.of()), List.of(), Prompts.ALL, "");
        var log = new AuditLog(Path.of("no-such-folder/audit.jsonl"), Clock.systemUTC());
        var road = new Road(offer, List.of(cluster), Policy.DEFAULT, log, Clock.systemUTC(), Path.of("."));
        return new McpServer(road, new About("pve-mcp", "Proxmox VE", "1.2.3", ""), Emits.NOTHING);
    }

    private static Json.Obj ask(boolean modern, String method, String params) {
        try (var peer = new Peer(server())) {
            if (modern) {
                peer.sendModern(7, method, params);
            } else {
                peer.send("""
                        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
                        "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""");
                peer.receive();
                peer.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
                peer.send("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"%s\",\"params\":{%s}}".formatted(method, params));
            }
            return ((Json.Obj) Json.parse(peer.receive())).object("result").orElseThrow();
        }
    }

    private static String text(Json.Obj result) {
        var message = (Json.Obj) result.array("messages").orElseThrow().items().getFirst();
        return message.object("content").orElseThrow().text("text").orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_menu_is_short_and_names_the_twins(boolean modern) {
        var prompts = ask(modern, "prompts/list", "").array("prompts").orElseThrow();

        assertThat(prompts.items()).hasSameSizeAs(Prompts.ALL);
        assertThat(prompts.write()).contains("\"Rescue a guest that will not start\"", "In one call: pve_why.");
        assertThat(Tokens.count(prompts.write())).isLessThanOrEqualTo(800);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void arguments_are_put_into_the_words(boolean modern) {
        var result = ask(modern, "prompts/get", "\"name\":\"rescue_guest\",\"arguments\":{\"guest\":\"web\"}");

        assertThat(text(result)).startsWith("The guest web does not start.").contains("`pve_why guest=web`");
        assertThat(result.text("description").orElseThrow()).endsWith("In one call: pve_why.");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_this_server_does_not_offer_is_said_at_the_end(boolean modern) {
        assertThat(text(ask(modern, "prompts/get", "\"name\":\"backup_review\"")))
                .endsWith("\nNot offered here: pve_job_list. Where one is needed, say so: its owner decides by "
                        + "surface, toolsets and policy.");
        assertThat(text(ask(modern, "prompts/get", "\"name\":\"morning_check\"")))
                .endsWith("Change nothing.");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void guests_and_nodes_are_completed(boolean modern) {
        var result = ask(
                modern,
                "completion/complete",
                "\"ref\":{\"type\":\"ref/prompt\",\"name\":\"rescue_guest\"},"
                        + "\"argument\":{\"name\":\"guest\",\"value\":\"w\"}");

        assertThat(result.object("completion").orElseThrow().array("values").orElseThrow())
                .isEqualTo(Json.strings(List.of("web")));
    }
}
