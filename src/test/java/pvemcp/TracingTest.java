package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a collector hears of calls, over OTLP: the spans as protobuf, whose texts stand in it as they are.
class TracingTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

    @TempDir
    Path directory;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private HttpServer collector;

    @BeforeEach
    void collect() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            heard.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void end() {
        collector.stop(0);
    }

    @Test
    void a_call_and_its_requests_go_on_with_the_trace_of_whoever_asked() throws Exception {
        try (var server = new Client()) {
            server.calls(
                    "\"name\":\"pve_node_list\",\"arguments\":{},\"_meta\":{\"traceparent\":\"%s\"}".formatted(PARENT));

            // It ends after all that belongs to it.
            var spans = hears("tools/call pve_node_list");
            assertThat(spans).contains("execute_tool", "/api2/json/cluster/resources", "done");
            assertThat(occurrences(spans, traceId())).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void what_fails_says_how_and_nothing_of_what_it_was_given() throws Exception {
        try (var server = new Client()) {
            server.calls("\"name\":\"pve_guest_get\",\"arguments\":{\"guest\":\"swordfish\"}");

            assertThat(hears("tools/call pve_guest_get")).contains("failed").doesNotContain("swordfish");
        }
    }

    @Test
    void what_was_not_sent_by_the_end_is_sent_then() throws Exception {
        try (var server = new Client()) {
            server.calls("\"name\":\"pve_node_list\",\"arguments\":{}");
            hears("tools/call pve_node_list");
            server.calls("\"name\":\"pve_guest_list\",\"arguments\":{}");
        }
        assertThat(String.join("", heard)).contains("tools/call pve_guest_list");
    }

    @Test
    void over_http_the_trace_may_come_in_a_header() throws Exception {
        try (var server = new Served(env(), directory, "serve", "--http", "127.0.0.1:0", "--demo")) {
            var answer = server.send(server.reading("/mcp").header("traceparent", PARENT));
            assertThat(answer).extracting(HttpResponse::statusCode).isEqualTo(200);
            assertThat(hears(traceId())).isNotEmpty();
        }
    }

    /// A client over a pipe, who stays until it is closed.
    private final class Client implements AutoCloseable {
        private final PipedOutputStream typing = new PipedOutputStream();
        private final Running server = new Running(new PipedInputStream(typing), env(), directory, "demo");

        Client() throws IOException {
            types("""
                    {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
                    "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
                    {"jsonrpc":"2.0","method":"notifications/initialized"}
                    """);
            server.saysUntil("{\"jsonrpc\":\"2.0\",\"id\":1,");
        }

        /// Comes back with the answer.
        void calls(String params) throws IOException {
            types("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{" + params + "}}\n");
            server.saysUntil("{\"jsonrpc\":\"2.0\",\"id\":2,");
        }

        private void types(String text) throws IOException {
            typing.write(text.getBytes(StandardCharsets.UTF_8));
            typing.flush();
        }

        @Override
        public void close() throws IOException {
            typing.close();
            server.ends();
        }
    }

    private Map<String, String> env() {
        return Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint(), "OTEL_BSP_SCHEDULE_DELAY", "500");
    }

    /// All that the collector hears until this has come.
    private String hears(String text) throws InterruptedException {
        var all = new StringBuilder();
        while (all.indexOf(text) < 0) {
            var more = heard.poll(60, TimeUnit.SECONDS);
            assertThat(more).as("it hears nothing of '%s'", text).isNotNull();
            all.append(more);
        }
        return all.toString();
    }

    private String endpoint() {
        return "http://127.0.0.1:" + collector.getAddress().getPort();
    }

    /// As it stands in a span: 16 bytes.
    private static String traceId() {
        return new String(HexFormat.of().parseHex(TRACE), StandardCharsets.ISO_8859_1);
    }

    private static int occurrences(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
