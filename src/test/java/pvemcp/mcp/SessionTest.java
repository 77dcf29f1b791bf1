package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pvemcp.json.Json;

/// A session over a transport with a way back for each request, and the caller's own thread to work on: what HTTP is.
@Timeout(300)
class SessionTest {
    private final McpServer server = Peer.server(new Workshop(), Emits.EVERYTHING);

    /// What one way back has brought.
    private static final class Stream implements Outbox {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void send(Message message) {
            lines.add(message.text());
        }
    }

    private final Stream aside = new Stream();
    private final Session session = server.open("somebody", aside, Runnable::run);

    private Stream post(String message) {
        var stream = new Stream();
        session.receive(Json.parse(message), stream);
        return stream;
    }

    private static String legacy(int id, String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}";
    }

    private void shakeHands() {
        post(legacy(0, "initialize", "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"elicitation\":{}}}"));
        post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    }

    @Test
    void what_belongs_to_a_request_comes_back_on_its_own_stream() {
        var steps = post(Peer.modern(1, "tools/call", "\"name\":\"steps\""));
        var echo = post(Peer.modern(2, "tools/call", "\"name\":\"echo\",\"arguments\":{\"text\":\"x\"}"));
        assertThat(steps.lines).hasSize(1).first().asString().contains("\"id\":1", "arrived");
        assertThat(echo.lines).hasSize(1).first().asString().contains("\"id\":2");
        assertThat(aside.lines).isEmpty();
    }

    @Test
    void what_belongs_to_none_comes_on_the_sessions_stream() {
        shakeHands();
        server.changes().toolsChanged();
        assertThat(aside.lines)
                .containsExactly("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
    }

    @Test
    void a_question_goes_with_the_request_and_its_answer_may_come_on_any_thread() throws InterruptedException {
        shakeHands();
        var asked = new CountDownLatch(1);
        var stream = new ArrayList<String>();
        var call = Thread.ofPlatform()
                .start(() -> session.receive(Json.parse(legacy(1, "tools/call", "{\"name\":\"stop\"}")), message -> {
                    stream.add(message.text());
                    asked.countDown();
                }));
        asked.await();
        post(
                "{\"jsonrpc\":\"2.0\",\"id\":\"pve-mcp-1\",\"result\":{\"action\":\"accept\",\"content\":{\"approve\":true}}}");
        call.join();
        assertThat(stream).hasSize(2);
        assertThat(stream.getFirst()).contains("\"elicitation/create\"");
        assertThat(stream.getLast()).contains("\"id\":1", "stopped for");
        assertThat(aside.lines).isEmpty();
    }

    @Test
    void a_closed_session_serves_nobody() {
        session.close();
        assertThat(post(legacy(1, "ping", "{}")).lines).first().asString().contains("shutting down");
    }
}
