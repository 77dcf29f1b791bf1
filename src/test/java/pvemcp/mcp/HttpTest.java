package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pvemcp.json.Json;

/// Streamable HTTP as a client meets it, in both eras.
@Timeout(300)
class HttpTest {
    private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
    private static final String SLOW =
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"slow\"}}";

    private final Workshop workshop = new Workshop();
    private final McpServer server = Peer.server(workshop, Emits.EVERYTHING);
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-01T00:00:00Z"));
    private Http http;
    private HttpPeer peer;

    @BeforeEach
    void listen() throws IOException {
        http = Http.start(HttpSettings.local(), Entrance.open(server), new Metrics(), now::get);
        peer = new HttpPeer(http.port());
    }

    @AfterEach
    void close() {
        peer.close();
        http.close();
    }

    private static Json.Obj json(String text) {
        return (Json.Obj) Json.parse(text);
    }

    private static long code(String text) {
        return json(text).object("error").orElseThrow().whole("code").orElseThrow();
    }

    // ---- modern ----

    @Test
    void a_modern_request_stands_alone_and_is_answered_as_json() {
        var answer = peer.send(peer.call(1, "echo", "\"arguments\":{\"text\":\"grüße\"}"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Mcp-Session-Id")).isEmpty();
        assertThat(answer.body()).contains("grüße").contains("\"resultType\":\"complete\"");
        // A call that takes a second, as on a machine that is busy, has its answer in a stream.
        var list = peer.send(peer.modern(2, "tools/list", ""));
        assertThat(list.headers().firstValue("Content-Type")).contains("application/json");
    }

    @Test
    void progress_comes_as_events_and_the_answer_ends_the_stream() {
        var call = Peer.modern(1, "tools/call", "\"name\":\"steps\"")
                .replace("\"_meta\":{", "\"_meta\":{\"progressToken\":\"p\",");
        var request = peer.request(call)
                .header("MCP-Protocol-Version", "2026-07-28")
                .header("Mcp-Method", "tools/call")
                .header("Mcp-Name", "steps");

        try (var stream = peer.open(request)) {
            assertThat(stream.response().headers().firstValue("X-Accel-Buffering"))
                    .contains("no");
            for (var message : List.of("starting", "half way", "still half way")) {
                assertThat(stream.next().orElseThrow().write()).contains("notifications/progress", message);
            }
            assertThat(stream.next().orElseThrow().text("method")).contains("notifications/progress");
            assertThat(stream.next().orElseThrow().write()).contains("arrived");
            assertThat(stream.next()).isEmpty();
        }
        // There is nothing to take up again in this era.
        assertThat(peer.open(request).lastId()).isEmpty();
    }

    @Test
    void headers_must_say_what_the_body_says() {
        var noMethod = peer.request(Peer.modern(1, "tools/list", "")).header("MCP-Protocol-Version", "2026-07-28");
        var otherMethod = noMethod.copy().header("Mcp-Method", "prompts/list");
        var otherTool = peer.modern(2, "tools/call", "\"name\":\"echo\"").header("Mcp-Name", "stop");
        var noVersion = peer.request(Peer.modern(3, "tools/list", "")).header("Mcp-Method", "tools/list");

        for (var request : List.of(noMethod, otherMethod, otherTool, noVersion)) {
            var answer = peer.send(request);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(code(answer.body())).isEqualTo(-32020);
            assertThat(json(answer.body()).has("id")).isTrue();
        }
    }

    @Test
    void what_is_not_there_has_its_own_status() {
        var unknown = peer.send(peer.modern(1, "ping", ""));
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(code(unknown.body())).isEqualTo(-32601);

        var noMeta = peer.send(peer.request("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\",\"params\":{}}")
                .header("MCP-Protocol-Version", "2026-07-28")
                .header("Mcp-Method", "tools/list"));
        assertThat(noMeta.statusCode()).isEqualTo(400);
        assertThat(code(noMeta.body())).isEqualTo(-32602);

        var future = peer.send(peer.request(Peer.modern(3, "tools/list", "").replace("2026-07-28", "2099-01-01"))
                .header("MCP-Protocol-Version", "2099-01-01")
                .header("Mcp-Method", "tools/list"));
        assertThat(future.statusCode()).isEqualTo(400);
        assertThat(code(future.body())).isEqualTo(-32022);
    }

    @Test
    void hanging_up_cancels_a_modern_request() throws InterruptedException {
        var stream = peer.open(peer.call(1, "slow", ""));
        assertThat(workshop.begun.tryAcquire(60, TimeUnit.SECONDS)).isTrue();

        stream.close();

        assertThat(workshop.stopped.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_subscription_is_a_stream_that_opens_with_what_it_will_tell() {
        var wanted = "\"notifications\":{\"toolsListChanged\":true}";
        try (var stream = peer.open(peer.modern(5, "subscriptions/listen", wanted))) {
            assertThat(stream.next().orElseThrow().text("method")).contains("notifications/subscriptions/acknowledged");
            server.changes().promptsChanged();
            server.changes().toolsChanged();
            assertThat(stream.next().orElseThrow().text("method")).contains("notifications/tools/list_changed");
        }
    }

    // ---- the older revisions ----

    @Test
    void a_session_lives_from_the_handshake_to_its_deletion() {
        assertThat(peer.send(peer.request(PING)).statusCode()).isEqualTo(400);

        var session = peer.initialize("{}");
        assertThat(peer.send(peer.inSession(session, PING)).statusCode()).isEqualTo(200);

        var deletion = peer.bare("/mcp").header("Mcp-Session-Id", session).DELETE();
        assertThat(peer.send(deletion).statusCode()).isEqualTo(204);
        assertThat(peer.send(peer.inSession(session, PING)).statusCode()).isEqualTo(404);
    }

    @Test
    void a_session_that_nobody_uses_ends() {
        var forgotten = peer.initialize("{}");
        now.updateAndGet(time -> time.plus(HttpSessions.IDLE));
        var used = peer.initialize("{}");
        now.updateAndGet(time -> time.plusSeconds(1));

        http.lookAfterClients();

        assertThat(peer.send(peer.inSession(forgotten, PING)).statusCode()).isEqualTo(404);
        assertThat(peer.send(peer.inSession(used, PING)).statusCode()).isEqualTo(200);
    }

    @Test
    void a_question_goes_out_on_the_stream_of_the_call_and_its_answer_comes_in_by_itself() {
        var session = peer.initialize("{\"elicitation\":{}}");
        var call = "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/call\",\"params\":{\"name\":\"stop\"}}";

        try (var stream = peer.open(peer.inSession(session, call))) {
            var question = stream.next().orElseThrow();
            assertThat(question.text("method")).contains("elicitation/create");
            var yes = Json.obj(
                    "jsonrpc",
                    "2.0",
                    "id",
                    question.get("id").orElseThrow(),
                    "result",
                    Json.obj("action", "accept", "content", Json.obj("approve", true)));
            assertThat(peer.send(peer.inSession(session, yes.write())).statusCode())
                    .isEqualTo(202);
            assertThat(stream.next().orElseThrow().write()).contains("stopped for test 1");
            assertThat(stream.next()).isEmpty();
        }
    }

    @Test
    void a_call_outlives_its_connection_and_its_answer_is_taken_up_again() {
        var session = peer.initialize("{}");
        String last;
        try (var stream = peer.open(peer.inSession(session, SLOW))) {
            stream.awaitPrimer();
            last = stream.lastId();
        }
        workshop.enough.countDown();

        var again = peer.bare("/mcp")
                .header("Accept", "text/event-stream")
                .header("Mcp-Session-Id", session)
                .header("Last-Event-ID", last)
                .GET();
        try (var stream = peer.open(again)) {
            assertThat(stream.next().orElseThrow().write()).contains("at last");
            assertThat(stream.next()).isEmpty();
        }
        assertThat(workshop.interrupted).hasValue(0);
    }

    @Test
    void a_cancelled_call_ends_its_stream_without_an_answer() throws InterruptedException {
        var session = peer.initialize("{}");
        try (var stream = peer.open(peer.inSession(session, SLOW))) {
            stream.awaitPrimer();
            peer.send(peer.inSession(
                    session,
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"," + "\"params\":{\"requestId\":7}}"));
            assertThat(stream.next()).isEmpty();
        }
        assertThat(workshop.stopped.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void what_belongs_to_no_request_comes_by_get_to_one_connection() {
        var session = peer.initialize("{}");
        var get = peer.bare("/mcp")
                .header("Accept", "text/event-stream")
                .header("Mcp-Session-Id", session)
                .GET();
        try (var first = peer.open(get)) {
            first.awaitPrimer();
            server.changes().toolsChanged();
            assertThat(first.next().orElseThrow().text("method")).contains("notifications/tools/list_changed");
        }
        server.changes().promptsChanged();
        try (var second = peer.open(get.copy().header("Last-Event-ID", "0-1"))) {
            second.awaitPrimer();
            assertThat(second.next().orElseThrow().text("method")).contains("notifications/prompts/list_changed");
        }
    }

    // ---- who may come in ----

    @Test
    void another_name_than_ours_is_refused() {
        var head = "POST /mcp HTTP/1.1\r\nContent-Length: 0\r\n";
        assertThat(peer.raw(head + "Host: evil.example:80\r\n\r\n")).contains("403");
        assertThat(peer.raw(head + "Host: localhost.evil.example\r\n\r\n")).contains("403");
        assertThat(peer.raw(head + "Host: localhost\r\nHost: evil.example\r\n\r\n"))
                .contains("403");
        assertThat(peer.raw(head + "Host: LOCALHOST:" + http.port() + "\r\n\r\n"))
                .contains("415");
    }

    @Test
    void pages_of_other_origins_are_refused() {
        var own = "http://localhost:" + http.port();
        assertThat(peer.send(peer.modern(1, "tools/list", "").header("Origin", own))
                        .statusCode())
                .isEqualTo(200);
        for (var origin : List.of("http://localhost:1", "https://evil.example", "null", "http://127.0.0.1")) {
            assertThat(peer.send(peer.modern(1, "tools/list", "").header("Origin", origin))
                            .statusCode())
                    .as(origin)
                    .isEqualTo(403);
        }
    }

    @Test
    void a_page_that_is_listed_may_read_the_answer() throws IOException {
        var settings = new HttpSettings(
                HttpSettings.local().address(), List.of(), List.of("https://tools.example"), Optional.empty());
        try (var open = Http.start(settings, Entrance.open(server), new Metrics(), now::get);
                var page = new HttpPeer(open.port())) {
            var preflight = page.bare("/mcp")
                    .header("Origin", "https://tools.example")
                    .header("Access-Control-Request-Headers", "mcp-method")
                    .method("OPTIONS", BodyPublishers.noBody());
            var allowed = page.send(preflight);
            assertThat(allowed.statusCode()).isEqualTo(204);
            assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("https://tools.example");
            assertThat(allowed.headers().firstValue("Access-Control-Allow-Headers"))
                    .contains("mcp-method");
        }
    }

    @Test
    void without_a_known_token_nobody_gets_further_than_the_door() throws IOException {
        var servers = Map.of("one", server, "two", server);
        var entrance = new Entrance() {
            @Override
            public boolean open() {
                return false;
            }

            @Override
            public Admission admit(Optional<String> token) {
                return token.filter(servers::containsKey)
                        .<Admission>map(name -> new Admission.Welcome(new Visitor(name, servers.get(name))))
                        .orElseGet(() -> new Admission.Unknown("not known"));
            }
        };
        try (var guarded = Http.start(HttpSettings.local(), entrance, new Metrics(), now::get);
                var guest = new HttpPeer(guarded.port())) {
            var none = guest.send(guest.modern(1, "tools/list", ""));
            assertThat(none.statusCode()).isEqualTo(401);
            assertThat(none.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"pve-mcp\"");
            var wrong = guest.send(guest.modern(1, "tools/list", "").header("Authorization", "Bearer three"));
            assertThat(wrong.headers().firstValue("WWW-Authenticate"))
                    .hasValueSatisfying(challenge -> assertThat(challenge).contains("invalid_token"));
            assertThat(guest.send(guest.modern(1, "tools/list", "").header("Authorization", "Bearer one"))
                            .statusCode())
                    .isEqualTo(200);

            var begin = "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":"
                    + "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{}}}";
            var session = guest.send(guest.request(begin).header("Authorization", "Bearer one"))
                    .headers()
                    .firstValue("Mcp-Session-Id")
                    .orElseThrow();
            assertThat(guest.send(guest.inSession(session, PING).header("Authorization", "Bearer two"))
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void a_port_for_everybody_without_tokens_is_not_opened() {
        var everywhere = new HttpSettings(new InetSocketAddress("0.0.0.0", 0), List.of(), List.of(), Optional.empty());
        assertThatThrownBy(() -> Http.start(everywhere, Entrance.open(server), new Metrics(), now::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody would be asked for a token");
    }

    // ---- limits ----

    @Test
    void what_is_no_message_is_refused_with_a_reason() {
        assertThat(peer.send(peer.request("{")).statusCode()).isEqualTo(400);
        assertThat(code(peer.send(peer.request("{")).body())).isEqualTo(-32700);
        assertThat(code(peer.send(peer.request("[" + PING + "]")).body())).isEqualTo(-32600);
        assertThat(peer.send(peer.request(" ".repeat((1 << 20) + 1))).statusCode())
                .isEqualTo(413);
        assertThat(peer.send(peer.bare("/mcp").PUT(BodyPublishers.noBody())).statusCode())
                .isEqualTo(405);
        assertThat(peer.send(peer.bare("/other")).statusCode()).isEqualTo(404);
    }

    @Test
    void calls_whose_clients_have_gone_keep_their_places_until_they_end() throws Exception {
        var two = new Http.Bounds(2, Endpoint.SLOW_BEAT);
        try (var narrow = Http.start(HttpSettings.local(), Entrance.open(server), new Metrics(), now::get, two);
                var client = new HttpPeer(narrow.port())) {
            var session = client.initialize("{}");
            for (var id : List.of("71", "72")) {
                client.open(client.inSession(session, SLOW.replace("7", id))).close();
            }

            awaitAnswer(client, session, "some whose clients have gone");
            workshop.enough.countDown();
            awaitAnswer(client, session, "\"result\"");
        }
    }

    private static void awaitAnswer(HttpPeer client, String session, String words) throws InterruptedException {
        var end = Instant.now().plusSeconds(60);
        var body = client.send(client.inSession(session, PING)).body();
        while (!body.contains(words)) {
            assertThat(Instant.now()).as(body).isBefore(end);
            Thread.sleep(50);
            body = client.send(client.inSession(session, PING)).body();
        }
    }

    @Test
    void more_than_can_be_served_is_told_to_wait() throws IOException {
        var entrance = Entrance.open(server);
        var oneAtATime = new Http.Bounds(1, Endpoint.SLOW_BEAT);
        try (var narrow = Http.start(HttpSettings.local(), entrance, new Metrics(), now::get, oneAtATime);
                var first = new HttpPeer(narrow.port());
                var second = new HttpPeer(narrow.port())) {
            var call = first.open(first.call(1, "slow", ""));

            var turnedAway = second.send(second.call(2, "echo", "\"arguments\":{\"text\":\"a\"}"));

            assertThat(turnedAway.statusCode()).isEqualTo(503);
            assertThat(turnedAway.headers().firstValue("Retry-After")).contains("1");
            assertThat(turnedAway.body()).contains("Too many requests at once");
            assertThat(second.send(second.bare("/healthz")).statusCode()).isEqualTo(200);
            workshop.enough.countDown();
            assertThat(call.next().orElseThrow().write()).contains("at last");
        }
    }

    @Test
    void what_is_no_path_of_ours_is_refused() {
        var rest = " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
        for (var line :
                List.of("CONNECT evil.example:443", "OPTIONS *", "GET http://localhost/other", "GET /%2e%2e/mcp")) {
            assertThat(peer.raw(line + rest)).as(line).doesNotContain("200").doesNotContain("500");
        }
        assertThat(peer.send(peer.bare("/readyz")).statusCode()).isEqualTo(200);
    }

    // ---- health and end ----

    @Test
    void prometheus_is_told_what_was_called_and_how_it_ended() throws IOException {
        var metrics = new Metrics();
        var counted = new McpServer(
                metrics.around(workshop), new About("pve-mcp", "Proxmox VE", "1", "A workshop."), Emits.NOTHING);
        try (var measured = Http.start(HttpSettings.local(), Entrance.open(counted), metrics, now::get);
                var client = new HttpPeer(measured.port())) {
            client.send(client.call(1, "echo", "\"arguments\":{\"text\":\"a\"}"));
            client.send(client.call(2, "echo", "\"arguments\":{\"text\":\"b\"}"));
            client.send(client.call(3, "failing", ""));
            client.send(client.call(4, "denied", ""));
            client.send(client.call(5, "broken", ""));
            client.send(client.modern(6, "ping", ""));
            client.initialize("{}");

            assertThat(client.send(client.bare("/metrics")).body())
                    .contains(
                            "pve_mcp_tool_calls_total{principal=\"http\",tool=\"echo\",outcome=\"done\",code=\"\"} 2\n",
                            "tool=\"failing\",outcome=\"failed\",code=\"locked\"} 1\n",
                            "tool=\"denied\",outcome=\"refused\",code=\"policy.destroy\"} 1\n",
                            "tool=\"broken\",outcome=\"failed\",code=\"bug\"} 1\n",
                            "pve_mcp_tool_call_seconds_bucket{le=\"+Inf\"} 5\n",
                            "pve_mcp_tool_call_seconds_count 5\n",
                            "pve_mcp_http_answers_total{status=\"404\"} 1\n",
                            "pve_mcp_http_requests_in_flight ",
                            "pve_mcp_sessions 1\n");
        }
    }

    @Test
    void what_runs_may_end_and_subscriptions_end_with_their_result() throws InterruptedException {
        assertThat(peer.send(peer.bare("/healthz")).body()).isEqualTo("alive\n");
        assertThat(peer.send(peer.bare("/readyz")).statusCode()).isEqualTo(200);
        var call = peer.open(peer.call(1, "slow", ""));
        var subscription =
                peer.open(peer.modern(2, "subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true}"));
        subscription.next();

        var drain = Thread.startVirtualThread(() -> http.drain(Duration.ofMinutes(1)));

        assertThat(subscription.next().orElseThrow().object("result")).isPresent();
        assertThat(peer.send(peer.bare("/readyz")).statusCode()).isEqualTo(503);
        assertThat(peer.send(peer.modern(3, "tools/list", "")).statusCode()).isEqualTo(503);
        workshop.enough.countDown();
        assertThat(call.next().orElseThrow().write()).contains("at last");
        assertThat(drain.join(Duration.ofMinutes(2))).isTrue();
    }
}
