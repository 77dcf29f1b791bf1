package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy.Answer;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.tool.Tier;
import pvemcp.tools.Catalog;
import pvemcp.tools.Dashboard;

/// The dashboard for clients that can show pages, and for people at the address of a server.
class AppsTest {
    private static final String SHOWS =
            "\"extensions\":{\"io.modelcontextprotocol/ui\":{\"mimeTypes\":[\"text/html;profile=mcp-app\"]}}";
    private static final String URI = "ui://pve-mcp/dashboard";
    private static final String PAGE = new Dashboard().page();

    private static final String STOP =
            "\"name\":\"pve_guest_power\",\"arguments\":{\"guest\":\"web\",\"action\":\"stop\"";
    private static final String SENT = "POST /nodes/pve1/qemu/101/status/stop";

    private final Lab lab = Lab.of(Scenes.small());
    private Peer peer;
    private int id;

    @BeforeEach
    void open() {
        lab.policy(policy -> policy.with(Tier.OPERATE, Answer.ASK));
        peer = new Peer(new McpServer(lab.dispatcher(), new About("pve-mcp", "Proxmox VE", "1", ""), Emits.NOTHING));
    }

    @AfterEach
    void close() {
        peer.close();
        lab.close();
    }

    private Json.Obj modern(String method, String params, String capabilities) {
        peer.send(Peer.modern(++id, method, params, capabilities));
        return result();
    }

    private static Json.Obj held(Json.Obj result) {
        return result.object("_meta")
                .flatMap(meta -> meta.object("pve-mcp/held"))
                .orElseThrow();
    }

    private static String ticket(Json.Obj held) {
        return held.object("again").orElseThrow().text("confirm").orElseThrow();
    }

    private Json.Obj legacy(String method, String params) {
        peer.send(
                "{\"jsonrpc\":\"2.0\",\"id\":" + ++id + ",\"method\":\"" + method + "\",\"params\":{" + params + "}}");
        return result();
    }

    private Json.Obj result() {
        var answer = peer.receiveJson();
        return answer.object("result").orElseThrow(() -> new AssertionError(answer.write()));
    }

    private void shakeHands(String capabilities) {
        legacy(
                "initialize",
                "\"protocolVersion\":\"2025-06-18\",\"capabilities\":{" + capabilities
                        + "},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}");
    }

    /// The tools that are shown with the page.
    private static List<String> shown(Json.Obj tools) {
        var names = new ArrayList<String>();
        for (var tool : tools.array("tools").orElseThrow().items()) {
            var uri = ((Json.Obj) tool)
                    .object("_meta")
                    .flatMap(meta -> meta.object("ui"))
                    .flatMap(ui -> ui.text("resourceUri"));
            if (uri.isPresent()) {
                assertThat(uri).contains(URI);
                names.add(((Json.Obj) tool).text("name").orElseThrow());
            }
        }
        return names;
    }

    @Test
    void a_client_that_shows_pages_is_told_of_it_in_both_eras() {
        var modern = modern("tools/list", "", SHOWS);
        assertThat(shown(modern))
                .contains("pve_cluster_status", "pve_task_get", "pve_guest_power", "pve_guest_delete")
                .doesNotContain("pve_guest_list", "pve_api_read");
        assertThat(modern("resources/list", "", SHOWS).write()).contains(URI, "text/html;profile=mcp-app");
        assertThat(modern("server/discover", "", "").write()).contains("\"io.modelcontextprotocol/ui\":{}");

        shakeHands(SHOWS);
        assertThat(shown(legacy("tools/list", ""))).isEqualTo(shown(modern));
        assertThat(legacy("resources/list", "").write()).contains(URI);
    }

    @Test
    void another_client_gets_the_same_lists_and_answers_as_ever() {
        var other = SHOWS.replace("text/html;profile=mcp-app", "text/uri-list");
        for (var capabilities : List.of("", other, "\"extensions\":{}", "\"extensions\":[1]")) {
            assertThat(modern("tools/list", "", capabilities).write()).doesNotContain("ui://");
            assertThat(modern("resources/list", "", capabilities).write()).doesNotContain("ui://");
            assertThat(modern("tools/call", "\"name\":\"pve_cluster_status\"", capabilities)
                            .write())
                    .doesNotContain("pve-mcp/");
        }
        shakeHands("");
        assertThat(legacy("tools/list", "").write()).doesNotContain("ui://");
        assertThat(legacy("resources/list", "").write()).doesNotContain("ui://");
    }

    @Test
    void the_page_is_read_as_a_resource_that_may_reach_nothing() {
        var read = modern("resources/read", "\"uri\":\"" + URI + "\"", SHOWS);
        shakeHands(SHOWS);
        var older = legacy("resources/read", "\"uri\":\"" + URI + "\"");

        assertThat(older.array("contents")).isEqualTo(read.array("contents"));
        var content = (Json.Obj) read.array("contents").orElseThrow().items().getFirst();
        assertThat(content.text("uri")).contains(URI);
        assertThat(content.text("mimeType")).contains("text/html;profile=mcp-app");
        assertThat(content.text("text")).contains(PAGE);
        assertThat(content.object("_meta").orElseThrow().write())
                .contains("\"connectDomains\":[]", "\"resourceDomains\":[]", "\"frameDomains\":[]");
    }

    @Test
    void answers_bring_the_page_its_figures_beside_the_text_of_the_model() {
        var list = modern("tools/call", "\"name\":\"pve_guest_list\"", SHOWS);
        var meta = list.object("_meta").orElseThrow();
        assertThat(meta.object("pve-mcp/data")
                        .orElseThrow()
                        .array("rows")
                        .orElseThrow()
                        .items())
                .isNotEmpty();
        assertThat(meta.has("io.modelcontextprotocol/serverInfo")).isTrue();
        assertThat(list.has("structuredContent")).isFalse();

        var rows = "\"name\":\"pve_api_read\",\"arguments\":{\"path\":\"/nodes/pve1/qemu/101/rrddata\","
                + "\"params\":{\"timeframe\":\"hour\"}}";
        assertThat(modern("tools/call", rows, SHOWS)
                        .object("_meta")
                        .orElseThrow()
                        .write())
                .contains("\"netin\":", "\"maxmem\":");
    }

    @Test
    void a_held_call_brings_its_preview_and_how_it_is_made_after_all() {
        var held = held(modern("tools/call", STOP + "}", SHOWS));

        assertThat(held.text("tool")).contains("pve_guest_power");
        assertThat(held.array("requests").orElseThrow().write()).contains(SENT);
        assertThat(held.flag("elsewhere")).contains(false);
        modern("tools/call", STOP + ",\"confirm\":\"" + ticket(held) + "\"}", SHOWS);
        assertThat(lab.requests()).contains(SENT);
    }

    @Test
    void where_a_person_approves_at_a_terminal_the_page_has_nothing_that_does() {
        lab.owner("policy.without_elicitation = \"approve\"\n");
        peer.close();
        open();
        var held = held(modern("tools/call", STOP + "}", SHOWS));

        assertThat(held.flag("elsewhere")).contains(true);
        var id = held.object("again").orElseThrow().text("confirm").orElseThrow();
        assertThat(id).hasSize(8);
        var unapproved = modern("tools/call", STOP + ",\"confirm\":\"" + id + "\"}", SHOWS);
        assertThat(unapproved.write()).contains("error not_approved");
        assertThat(lab.requests()).doesNotContain(SENT);
    }

    @Test
    void a_no_on_the_page_is_final() {
        var ticket = ticket(held(modern("tools/call", STOP + "}", SHOWS)));
        var declined = modern("tools/call", STOP + ",\"confirm\":\"no " + ticket + "\"}", SHOWS);
        assertThat(declined.write()).contains("refused by user");

        var again = modern("tools/call", STOP + ",\"confirm\":\"" + ticket + "\"}", SHOWS);
        assertThat(again.flag("isError")).contains(true);
        assertThat(lab.requests()).doesNotContain(SENT);
    }

    @Test
    void a_client_that_asks_its_user_gets_no_ticket_for_a_page() {
        var asked = modern("tools/call", STOP + "}", "\"elicitation\":{}," + SHOWS);

        assertThat(asked.text("resultType")).contains("input_required");
        assertThat(asked.write()).doesNotContain("pve-mcp/held");
    }

    // ---- the page itself ----

    @Test
    void the_page_fetches_nothing_from_elsewhere_and_makes_no_markup_of_text() {
        var addresses = Pattern.compile("(?i)\\b(?:https?:)?//[a-z0-9]")
                .matcher(PAGE)
                .results()
                .map(found -> PAGE.substring(found.start(), Math.min(PAGE.length(), found.start() + 40)))
                .filter(address -> !address.startsWith("http://www.w3.org/2000/svg"))
                .toList();
        assertThat(addresses).isEmpty();
        assertThat(PAGE)
                .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(")
                .doesNotContain(
                        "new Function", "localStorage", "sessionStorage", "document.cookie", "@import", "import(")
                .doesNotContainPattern("<[^>]*\\s(?:style|on[a-z]+)=");
        assertThat(PAGE.split("<script>", -1)).hasSize(2);
        assertThat(PAGE.split("<style>", -1)).hasSize(2);
    }

    @Test
    void every_tool_the_page_calls_is_there_and_known_to_it() {
        var tools = Catalog.tools(Catalog.Surface.CORE, List.of());
        var named = new HashSet<String>();
        Pattern.compile("'(pve_[a-z_]+)'").matcher(PAGE).results().forEach(found -> named.add(found.group(1)));
        assertThat(named).hasSizeGreaterThan(8);
        for (var name : named) {
            var tool = tools.stream().filter(each -> each.name().equals(name)).findFirst();
            assertThat(tool).as(name).isPresent();
            assertThat(new Dashboard().reads(tool.get())).as(name).isTrue();
        }
    }

    // ---- at the address of a server ----

    @Test
    void people_find_the_page_at_the_servers_address_under_a_strict_policy() throws IOException {
        var open = Entrance.open(
                new McpServer(lab.dispatcher(), new About("pve-mcp", "Proxmox VE", "1", ""), Emits.NOTHING));
        try (var http = Http.start(HttpSettings.local().with(new Dashboard()), open, new Metrics(), Clock.systemUTC());
                var browser = new HttpPeer(http.port())) {
            var answer = browser.send(browser.bare("/"));

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(PAGE);
            var headers = answer.headers();
            assertThat(headers.firstValue("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(headers.firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(headers.firstValue("Set-Cookie")).isEmpty();
            assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
                    .contains(
                            "default-src 'none'", "script-src 'sha256-", "connect-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(browser.send(browser.bare("/").method("POST", BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(405);
            assertThat(browser.raw("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
                    .contains("403");
        }
    }
}
