package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pvemcp.json.Json;

/// What the streams may bring, and what they must not do to the conversation.
@Timeout(300)
class StdioTest {
    private final Workshop workshop = new Workshop();

    private Peer connect() {
        return new Peer(Peer.server(workshop, Emits.NOTHING));
    }

    private static String ping(Object id) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}";
    }

    private static String pong(Object id) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{}}";
    }

    private static Peer initialized(Peer peer) {
        peer.send(
                "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\","
                        + "\"capabilities\":{},\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}}");
        peer.receive();
        return peer;
    }

    private static String call(int id, String tool, String arguments) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
                + "\",\"arguments\":" + arguments + "}}";
    }

    @Test
    void a_byte_order_mark_blank_lines_and_carriage_returns_do_no_harm() {
        try (var peer = connect()) {
            peer.send("\uFEFF" + ping(1)).send("").send("  \t ").send("\r").send(ping(2) + "\r");
            assertThat(peer.receive()).isEqualTo(pong(1));
            assertThat(peer.receive()).isEqualTo(pong(2));
            peer.saysNothingMore();
        }
    }

    @Test
    void a_line_may_come_in_pieces_and_several_at_once() {
        try (var peer = connect()) {
            for (var piece : ping(1).split("")) {
                peer.sendBytes(piece.getBytes(StandardCharsets.UTF_8));
            }
            peer.send("\n" + ping(2) + "\n" + ping(3));
            assertThat(peer.receive()).isEqualTo(pong(1));
            assertThat(peer.receive()).isEqualTo(pong(2));
            assertThat(peer.receive()).isEqualTo(pong(3));
        }
    }

    @Test
    void a_last_line_without_an_end_is_a_line() {
        var peer = connect();
        peer.sendBytes(ping(1).getBytes(StandardCharsets.UTF_8));
        peer.hangUp();
        assertThat(peer.receive()).isEqualTo(pong(1));
    }

    @Test
    void a_line_beyond_the_limit_is_refused_and_skipped() {
        try (var peer = connect()) {
            var part = "x".repeat(Peer.LONGEST_LINE).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 20; i++) {
                peer.sendBytes(part);
            }
            peer.send("").send(ping(1));
            assertThat(peer.receive())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,"
                            + "\"message\":\"A message may have 100000 bytes at most\"}}");
            assertThat(peer.receive()).isEqualTo(pong(1));
        }
    }

    @Test
    void a_line_of_just_the_limit_is_read() {
        try (var peer = connect()) {
            var ping = ping(1);
            peer.send(ping + " ".repeat(Peer.LONGEST_LINE - ping.length()));
            assertThat(peer.receive()).isEqualTo(pong(1));
            peer.send(ping + " ".repeat(Peer.LONGEST_LINE - ping.length() + 1));
            assertThat(peer.receiveJson().has("error")).isTrue();
        }
    }

    @Test
    void bytes_that_are_not_utf8_are_a_parse_error() {
        try (var peer = connect()) {
            peer.sendBytes(new byte[] {'"', (byte) 0xC3, (byte) 0x28, '"', '\n'})
                    .send(ping(1));
            assertThat(peer.receiveJson().object("error").orElseThrow().whole("code"))
                    .contains(-32700L);
            assertThat(peer.receive()).isEqualTo(pong(1));
        }
    }

    @Test
    void a_hundred_requests_at_once_are_each_answered_once() {
        try (var peer = initialized(connect())) {
            var expected = new HashSet<String>();
            for (int i = 1; i <= 100; i++) {
                peer.send(call(i, "echo", "{\"text\":\"number " + i + "\"}"));
                expected.add("{\"jsonrpc\":\"2.0\",\"id\":" + i
                        + ",\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"number " + i + "\"}]}}");
            }
            var received = new ArrayList<String>();
            for (int i = 1; i <= 100; i++) {
                received.add(peer.receive());
            }
            assertThat(received).containsExactlyInAnyOrderElementsOf(expected);
            peer.saysNothingMore();
        }
    }

    @Test
    void a_long_call_holds_up_nobody_else() throws InterruptedException {
        try (var peer = initialized(connect())) {
            peer.send(call(1, "slow", "{}"));
            workshop.begun.acquire();
            peer.send(call(2, "echo", "{\"text\":\"quick\"}"));
            assertThat(peer.receiveJson().whole("id")).contains(2L);
            workshop.enough.countDown();
            assertThat(peer.receiveJson().whole("id")).contains(1L);
        }
    }

    @Test
    void a_cancelled_call_is_interrupted_and_never_answered() throws InterruptedException {
        try (var peer = initialized(connect())) {
            peer.send(call(1, "slow", "{}"));
            workshop.begun.acquire();
            peer.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1,"
                            + "\"reason\":\"too slow\"}}")
                    .send(ping(2));
            assertThat(peer.receive()).isEqualTo(pong(2));
            peer.saysNothingMore();
            assertThat(workshop.stopped.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void cancelling_what_is_unknown_or_over_is_ignored() {
        try (var peer = connect()) {
            for (var id : List.of("1", "\"1\"", "null", "{}")) {
                peer.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":" + id
                        + "}}");
            }
            peer.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}")
                    .send(ping(1));
            assertThat(peer.receive()).isEqualTo(pong(1));
        }
    }

    @Test
    void an_id_is_free_again_only_after_its_answer() throws InterruptedException {
        try (var peer = initialized(connect())) {
            peer.send(call(1, "slow", "{}"));
            workshop.begun.acquire();
            peer.send(ping(1));
            assertThat(peer.receiveJson().object("error").orElseThrow().whole("code"))
                    .contains(-32600L);
            workshop.enough.countDown();
            assertThat(peer.receiveJson().has("result")).isTrue();
            peer.send(ping(1));
            assertThat(peer.receive()).isEqualTo(pong(1));
        }
    }

    @Test
    void too_many_requests_at_once_are_refused_and_those_under_way_go_on() throws InterruptedException {
        try (var peer = initialized(connect())) {
            for (int i = 1; i <= 256; i++) {
                peer.send(call(i, "slow", "{}"));
            }
            peer.send(ping(257));
            var refused = peer.receiveJson();
            assertThat(refused.whole("id")).contains(257L);
            assertThat(refused.object("error").orElseThrow().whole("code")).contains(-32603L);
            workshop.enough.countDown();
            var answered = new HashSet<Json>();
            for (int i = 1; i <= 256; i++) {
                answered.add(peer.receiveJson().get("id").orElseThrow());
            }
            assertThat(answered).hasSize(256);
        }
    }

    @Test
    void progress_comes_in_order_and_before_the_result() {
        try (var peer = initialized(connect())) {
            peer.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"steps\","
                    + "\"_meta\":{\"progressToken\":\"t\"}}}");
            double last = -1;
            var message = peer.receiveJson();
            for (; message.has("method"); message = peer.receiveJson()) {
                double now = message.object("params")
                        .orElseThrow()
                        .number("progress")
                        .orElseThrow();
                assertThat(now).isGreaterThan(last);
                last = now;
            }
            assertThat(last).isEqualTo(100);
            assertThat(message.has("result")).isTrue();
        }
    }

    @Test
    void at_the_end_of_input_a_running_call_may_finish() throws InterruptedException {
        var peer = initialized(connect());
        peer.send(call(1, "slow", "{}"));
        workshop.begun.acquire();
        var ended = Thread.startVirtualThread(peer::hangUp);
        workshop.enough.countDown();
        assertThat(peer.receiveJson().has("result")).isTrue();
        assertThat(ended.join(Duration.ofSeconds(40))).isTrue();
    }

    @Test
    void at_the_end_of_input_a_call_without_end_is_given_up() throws InterruptedException {
        var peer = initialized(new Peer(Peer.server(workshop, Emits.NOTHING), Duration.ofMillis(1)));
        peer.send(call(1, "slow", "{}"));
        workshop.begun.acquire();
        peer.saysNothingMore();
        assertThat(workshop.stopped.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void at_the_end_of_input_nobody_waits_for_an_answer_of_the_user() {
        var peer = connect();
        peer.send(
                        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\","
                                + "\"capabilities\":{\"elicitation\":{}}}}")
                .send(call(1, "stop", "{}"));
        peer.receive();
        assertThat(peer.receiveJson().text("method")).contains("elicitation/create");
        peer.hangUp();
        var answer = peer.receiveJson();
        assertThat(answer.whole("id")).contains(1L);
        assertThat(answer.object("result").orElseThrow().flag("isError")).contains(true);
    }

    @Test
    void a_call_taken_back_while_the_user_is_asked_takes_the_question_back() {
        try (var peer = connect()) {
            peer.send("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
                            + "\"2025-06-18\",\"capabilities\":{\"elicitation\":{}}}}")
                    .send(call(1, "stop", "{}"));
            peer.receive();
            assertThat(peer.receiveJson().text("id")).contains("pve-mcp-1");
            peer.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}");
            assertThat(peer.receive())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
                            + "\"params\":{\"requestId\":\"pve-mcp-1\"}}");
            peer.send("{\"jsonrpc\":\"2.0\",\"id\":\"pve-mcp-1\",\"result\":{\"action\":\"accept\","
                            + "\"content\":{\"approve\":true}}}")
                    .send(ping(2));
            assertThat(peer.receive()).isEqualTo(pong(2));
            peer.saysNothingMore();
        }
    }

    @Test
    void termination_cancels_what_runs_and_takes_nothing_more() throws InterruptedException {
        try (var peer = initialized(connect())) {
            peer.send(call(1, "slow", "{}"));
            workshop.begun.acquire();
            peer.terminate();
            assertThat(workshop.stopped.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            peer.send(ping(2));
            assertThat(peer.receiveJson().object("error").orElseThrow().text("message"))
                    .contains("The server is shutting down");
        }
    }

    @Test
    void a_defect_is_answered_without_its_words_and_the_conversation_goes_on() {
        try (var peer = initialized(connect())) {
            peer.send(call(1, "broken", "{}"));
            assertThat(peer.receiveJson().text("method")).contains("notifications/message");
            assertThat(peer.receive())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,\"message\":"
                            + "\"Internal error; the log of the server has the details under bug-1\"}}");
            peer.send(ping(2));
            assertThat(peer.receive()).isEqualTo(pong(2));
        }
    }

    @Test
    void damaged_lines_never_end_the_conversation() throws IOException {
        workshop.enough.countDown();
        var random = new Random(20_260_728);
        try (var peer = initialized(connect())) {
            for (var name : List.of("2025-06-18", "2025-11-25", "2026-07-28", "malformed")) {
                for (var line : Files.readAllLines(Path.of("src/test/resources/pvemcp/mcp/" + name + ".txt"))) {
                    for (int i = 0; line.startsWith("> ") && i < 20; i++) {
                        peer.sendBytes(damaged(line.substring(2), random));
                    }
                }
            }
            peer.send("").send(ping("\"the end\""));
            while (!peer.receive().equals(pong("\"the end\""))) {
                // Answers to what was still readable.
            }
        }
    }

    /// A few bytes overwritten, doubled or dropped, and the line's end kept.
    private static byte[] damaged(String line, Random random) {
        var bytes = new ByteArrayOutputStream();
        for (byte b : line.getBytes(StandardCharsets.UTF_8)) {
            switch (random.nextInt(60)) {
                case 0 -> bytes.write(random.nextInt(256));
                case 1 -> bytes.writeBytes(new byte[] {b, b});
                case 2 -> {} // dropped
                default -> bytes.write(b);
            }
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }
}
