package pvemcp.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.mcp.HttpPeer;

/// One client with a token of its own, which does what clients do. Each act fails where the answer is not one that
/// it may get: a call on a guest may fail, as others are at work on the same.
final class Client implements AutoCloseable {
    private static final Pattern TICKET = Pattern.compile("confirm=([\\w-]+\\.[\\w-]+\\.[\\w-]+\\.[\\w-]+)");

    private final HttpPeer peer;
    private final Rude rude;
    private final Fleet fleet;
    private final Aside aside;
    private final Duration longest;
    private final Random random;

    /// How large the simulated cluster is.
    record Fleet(int nodes, int guests) {}

    /// @param aside runs what takes long, so that the client goes on
    /// @param longest it stays at a stream
    Client(int port, String token, Fleet fleet, Aside aside, Duration longest, long seed) {
        this.peer = new HttpPeer(port, token);
        this.rude = new Rude(port, token);
        this.fleet = fleet;
        this.aside = aside;
        this.longest = longest;
        this.random = new Random(seed);
    }

    Random random() {
        return random;
    }

    @Override
    public void close() {
        peer.close();
    }

    // ---- what all acts are made of ----

    private int id() {
        return random.nextInt(1_000_000);
    }

    private String guest() {
        return Integer.toString(100 + random.nextInt(fleet.guests()));
    }

    private String node() {
        return "node%02d".formatted(1 + random.nextInt(fleet.nodes()));
    }

    private static String arguments(String arguments) {
        return "\"arguments\":{" + arguments + "}";
    }

    private String notes() {
        return arguments("\"guest\":\"%s\",\"text\":\"%d\"".formatted(guest(), id()));
    }

    /// The message in an answer, which may have come as a stream.
    private static Json.Obj message(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        var body = response.body();
        int last = body.lastIndexOf("\ndata: ");
        return (Json.Obj) Json.parse(last < 0 ? body : body.substring(last + 7));
    }

    private static Json.Obj result(HttpResponse<String> response) {
        var message = message(response);
        return message.object("result").orElseThrow(() -> new AssertionError(message.write()));
    }

    /// A call that nothing should stop.
    private void succeeds(HttpRequest.Builder request) {
        var result = result(peer.send(request));
        assertThat(result.write()).doesNotContain("\"isError\":true");
    }

    private void stay() {
        try {
            Thread.sleep(random.nextLong(longest.toMillis()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- single requests ----

    void read() {
        var call = switch (random.nextInt(7)) {
            case 0 -> peer.call(id(), "pve_node_list", arguments(""));
            case 1 -> peer.call(id(), "pve_guest_list", arguments("\"tag\":\"web\",\"limit\":20"));
            case 2 -> peer.call(id(), "pve_guest_get", arguments("\"guest\":\"" + guest() + "\""));
            case 3 -> peer.call(id(), "pve_guest_config", arguments("\"guest\":\"" + guest() + "\""));
            case 4 -> peer.call(id(), "pve_task_list", arguments("\"node\":\"" + node() + "\""));
            case 5 -> peer.call(id(), "pve_storage_list", arguments(""));
            default -> peer.call(id(), "pve_api_read", arguments("\"path\":\"/nodes/" + node() + "/status\""));
        };
        succeeds(call);
    }

    void list() {
        var methods =
                List.of("tools/list", "prompts/list", "resources/list", "resources/templates/list", "server/discover");
        succeeds(peer.modern(id(), methods.get(random.nextInt(methods.size())), ""));
    }

    void query() {
        var sql = "SELECT node, count(*), sum(mem) FROM guests WHERE vmid > %d GROUP BY node".formatted(id() % 5_000);
        succeeds(peer.call(id(), "pve_query", arguments("\"sql\":\"" + sql + "\"")));
    }

    void look() {
        for (var path : List.of("/metrics", "/healthz", "/readyz", "/")) {
            assertThat(peer.send(peer.bare(path)).statusCode()).as(path).isEqualTo(200);
        }
    }

    void breakOff() throws Exception {
        rude.breaksOff(random);
    }

    void malformed() {
        rude.talksNonsense(peer, random);
    }

    // ---- changes that need a yes ----

    private Optional<String> ticket(String arguments) {
        var held = result(peer.send(peer.modern(id(), "tools/call", "\"name\":\"pve_guest_notes\"," + arguments, "")
                .header("Mcp-Name", "pve_guest_notes")));
        return Optional.of(TICKET.matcher(held.write()))
                .filter(matcher -> matcher.find())
                .map(matcher -> matcher.group(1));
    }

    void holdAndForget() {
        assertThat(ticket(notes())).isPresent();
    }

    void confirm() {
        var notes = notes();
        var ticket = ticket(notes).orElseThrow(() -> new AssertionError("it was not held"));
        var confirmed = notes.replace("}", ",\"confirm\":\"" + ticket + "\"}");
        assertThat(message(peer.send(peer.call(id(), "pve_guest_notes", confirmed)))
                        .has("result"))
                .isTrue();
    }

    void agree() {
        answer("{\"action\":\"accept\",\"content\":{\"approve\":true}}");
    }

    void decline() {
        answer("{\"action\":\"decline\"}");
    }

    /// The client shows a form, and brings what was answered with the call.
    private void answer(String answer) {
        var notes = notes();
        var asked = result(peer.send(peer.call(id(), "pve_guest_notes", notes)));
        var state = asked.text("requestState").orElseThrow(() -> new AssertionError(asked.write()));
        var brought = ",\"requestState\":\"%s\",\"inputResponses\":{\"approval\":%s}".formatted(state, answer);
        result(peer.send(peer.call(id(), "pve_guest_notes", notes + brought)));
    }

    // ---- work that goes on ----

    private HttpRequest.Builder withTasks(String method, String name, String params) {
        return peer.modern(id(), method, params, "\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}")
                .header("Mcp-Name", name);
    }

    /// Reboots a guest, and asks after the task, listens to it or calls it off.
    void task() {
        var reboot = arguments("\"guest\":\"%s\",\"action\":\"reboot\",\"timeout\":\"0s\"".formatted(guest()));
        var begun =
                result(peer.send(withTasks("tools/call", "pve_guest_power", "\"name\":\"pve_guest_power\"," + reboot)));
        var task = begun.text("taskId");
        if (task.isEmpty()) {
            return; // It stood still, or was over at once.
        }
        var named = "\"taskId\":\"" + task.get() + "\"";
        switch (random.nextInt(3)) {
            case 0 -> result(peer.send(withTasks("tasks/cancel", task.get(), named)));
            case 1 ->
                listen(withTasks(
                        "subscriptions/listen", "", "\"notifications\":{\"taskIds\":[\"" + task.get() + "\"]}"));
            default -> result(peer.send(withTasks("tasks/get", task.get(), named)));
        }
    }

    void subscribe() {
        listen(peer.modern(id(), "subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true}"));
    }

    /// Hangs up after a while without a word.
    private void listen(HttpRequest.Builder request) {
        aside.run(() -> {
            try (var stream = peer.open(request)) {
                assertThat(stream.next().flatMap(event -> event.text("method")))
                        .hasValue("notifications/subscriptions/acknowledged");
                stay();
            }
        });
    }

    /// Waits for a guest to shut down, and hangs up before it has.
    void breakOffACall() {
        var shutdown = arguments("\"guest\":\"%s\",\"action\":\"shutdown\",\"timeout\":\"60s\"".formatted(guest()));
        aside.run(() -> {
            var stream = peer.open(peer.call(id(), "pve_guest_power", shutdown));
            stay();
            stream.close();
        });
    }

    // ---- sessions of the older revisions ----

    private static String plain(int id, String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":{%s}}".formatted(id, method, params);
    }

    private void end(String session) {
        var ended =
                peer.send(peer.bare("/mcp").header("Mcp-Session-Id", session).DELETE());
        assertThat(ended.statusCode()).isEqualTo(204);
    }

    void session() {
        var session = peer.initialize("{}");
        succeeds(peer.inSession(session, plain(1, "ping", "")));
        succeeds(peer.inSession(session, plain(2, "tools/list", "")));
        var call = "\"name\":\"pve_guest_get\"," + arguments("\"guest\":\"" + guest() + "\"");
        succeeds(peer.inSession(session, plain(3, "tools/call", call)));
        end(session);
    }

    void forgottenSession() {
        var session = peer.initialize("{}");
        succeeds(peer.inSession(session, plain(1, "tools/call", "\"name\":\"pve_node_list\"," + arguments(""))));
    }

    /// A person is asked on the stream of the call. One in three hangs up instead of answering.
    void sessionThatAsks() {
        var session = peer.initialize("{\"elicitation\":{}}");
        var call = plain(1, "tools/call", "\"name\":\"pve_guest_notes\"," + notes());
        try (var stream = peer.open(peer.inSession(session, call))) {
            var question = stream.next().orElseThrow(() -> new AssertionError("nobody asks"));
            assertThat(question.text("method")).hasValue("elicitation/create");
            if (random.nextInt(3) > 0) {
                var answer = Json.obj(
                        "jsonrpc",
                        "2.0",
                        "id",
                        question.get("id").orElseThrow(),
                        "result",
                        Json.parse("{\"action\":\"accept\",\"content\":{\"approve\":true}}"));
                assertThat(peer.send(peer.inSession(session, answer.write())).statusCode())
                        .isEqualTo(202);
                assertThat(stream.next().filter(event -> event.has("result"))).isPresent();
            }
        }
        end(session);
    }

    /// Listens to what belongs to no request, and hangs up; every other one forgets its session as well.
    void sessionWithStream() {
        var session = peer.initialize("{}");
        var get = peer.bare("/mcp").header("Mcp-Session-Id", session).header("Accept", "text/event-stream");
        boolean forgets = random.nextBoolean();
        aside.run(() -> {
            try (var stream = peer.open(get)) {
                stream.awaitPrimer();
                stay();
            }
            if (!forgets) {
                end(session);
            }
        });
    }

    /// Loses the connection of a call that takes long, and comes back for the rest.
    void resumedStream() {
        var session = peer.initialize("{}");
        var shutdown = arguments(
                "\"guest\":\"%s\",\"action\":\"shutdown\",\"timeout\":\"%ds\"".formatted(guest(), longest.toSeconds()));
        var call = plain(1, "tools/call", "\"name\":\"pve_guest_power\"," + shutdown);
        aside.run(() -> {
            String last;
            try (var stream = peer.open(peer.inSession(session, call))) {
                if (!stream.response()
                        .headers()
                        .firstValue("Content-Type")
                        .orElse("")
                        .equals("text/event-stream")) {
                    return; // It was over at once.
                }
                stream.awaitPrimer();
                last = stream.lastId();
            }
            var back = peer.bare("/mcp")
                    .header("Mcp-Session-Id", session)
                    .header("Accept", "text/event-stream")
                    .header("Last-Event-ID", last);
            try (var stream = peer.open(back)) {
                var event = stream.next();
                while (event.isPresent() && !event.get().has("result")) {
                    event = stream.next();
                }
                assertThat(event).as("the result").isPresent();
            }
            end(session);
        });
    }
}
