package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.cli.Console;
import pvemcp.config.Surroundings;
import pvemcp.config.TokenFile;
import pvemcp.json.Json;
import pvemcp.log.Log;

/// What a server says on standard error: in words, or as an object a line.
@Timeout(300)
class LoggingTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @TempDir
    Path directory;

    private Served serving(String level, String format) throws IOException {
        var env = Map.of("PVE_MCP_LOG_LEVEL", level, "PVE_MCP_LOG_FORMAT", format);
        return new Served(env, directory, "serve", "--http", "127.0.0.1:0", "--demo");
    }

    private String token() throws IOException {
        var file = new TokenFile(directory.resolve(".config/pve-mcp/tokens"));
        Files.createDirectories(file.path().getParent());
        return file.add(TokenFile.reach("anna", "operate", List.of())).reveal();
    }

    private static Json.Obj json(String line) {
        return (Json.Obj) Json.parse(line);
    }

    private static String text(Json.Obj line, String name) {
        return line.text(name).orElseThrow(() -> new AssertionError(name + " in " + line.write()));
    }

    @Test
    void a_call_is_one_line_that_says_who_what_how_and_how_long() throws Exception {
        var token = token();
        try (var server = serving("info", "json")) {
            assertThat(server.told().lines())
                    .allSatisfy(line -> assertThat(json(line).text("message")).isPresent());
            server.send(server.calling("pve_guest_get", "{\"guest\":\"swordfish\"}")
                    .header("Authorization", "Bearer " + token)
                    .header("X-Request-Id", "req-7")
                    .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01"));

            var said = server.says();
            var line = json(said);
            assertThat(text(line, "event")).isEqualTo("call");
            assertThat(text(line, "level")).isEqualTo("info");
            assertThat(text(line, "principal")).isEqualTo("anna");
            assertThat(text(line, "tool")).isEqualTo("pve_guest_get");
            assertThat(text(line, "outcome")).isEqualTo("failed");
            assertThat(text(line, "code")).isEqualTo("not_found");
            assertThat(text(line, "request_id")).isEqualTo("req-7");
            assertThat(text(line, "trace_id")).isEqualTo(TRACE);
            assertThat(line.whole("duration_ms").orElseThrow()).isNotNegative();
            assertThat(Instant.parse(text(line, "time"))).isNotNull();
            assertThat(text(line, "message")).startsWith("pve_guest_get by anna: failed (not_found) in ");
            assertThat(said).doesNotContain("swordfish").doesNotContain(token);
        }
    }

    @Test
    void who_is_turned_away_is_told_of_and_what_they_showed_is_not() throws Exception {
        token();
        try (var server = serving("info", "json")) {
            var answer = server.send(server.reading("/mcp?access_token=swordfish"));
            var name = answer.headers().firstValue("X-Request-Id").orElseThrow();
            var said = server.says();
            assertThat(text(json(said), "event")).isEqualTo("request");
            assertThat(json(said).whole("status")).contains(400L);
            assertThat(text(json(said), "request_id")).isEqualTo(name).hasSize(16);
            assertThat(said).doesNotContain("swordfish");

            server.send(server.reading("/mcp").header("Authorization", "Bearer pve-mcp_swordfish"));
            var second = server.says();
            assertThat(json(second).whole("status")).contains(401L);
            assertThat(text(json(second), "remote")).isEqualTo("127.0.0.1");
            assertThat(text(json(second), "reason")).isEqualTo("This token is not known here, or not any more");
            assertThat(second).doesNotContain("swordfish");
        }
    }

    @Test
    void at_debug_every_request_is_told_of_with_its_method() throws Exception {
        try (var server = serving("debug", "json")) {
            server.get("/healthz");
            assertThat(text(json(server.says()), "path")).isEqualTo("/healthz");
            server.call("", "pve_node_list", "{}");
            var call = json(server.says());
            var request = json(server.says());
            assertThat(text(request, "rpc_method")).isEqualTo("tools/call");
            assertThat(text(request, "request_id")).isEqualTo(text(call, "request_id"));
            assertThat(text(request, "principal")).isEqualTo("http");
            // It has not said what it is.
            assertThat(call.text("client")).isEmpty();
        }
    }

    @Test
    void an_address_with_colons_is_told_as_it_stands_in_a_url() throws Exception {
        assumeTrue(InetAddress.ofLiteral("::1").isReachable(1_000), "there is no IPv6 on this machine");
        try (var server = new Served(Map.of(), directory, "serve", "--http", "[::1]:0", "--demo")) {
            assertThat(server.told()).contains("serving MCP at http://[0:0:0:0:0:0:0:1]:");
            assertThat(server.get("/healthz")).isEqualTo("alive\n");
        }
    }

    @Test
    void in_words_a_line_says_the_same_to_people() throws Exception {
        try (var server = serving("debug", "text")) {
            server.call("", "pve_node_list", "{}");
            assertThat(server.says()).matches("pve-mcp: pve_node_list by http: done in [0-9]+ ms");
            assertThat(server.says()).matches("pve-mcp: POST /mcp tools/call by http: 200 in [0-9]+ ms");
        }
    }

    @Test
    void over_stdio_a_request_has_the_id_that_its_client_gave_it() {
        var said = stdio("info", """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
                "capabilities":{},"clientInfo":{"name":"evil\\u001b[2J","version":"1"}}}
                {"jsonrpc":"2.0","method":"notifications/initialized"}
                {"jsonrpc":"2.0","id":"a\\nb","method":"tools/call","params":{"name":"pve_node_list","arguments":{}}}
                """).toList();

        assertThat(said)
                .allSatisfy(line -> assertThat(line).startsWith("{\"time\":").endsWith("}"));
        var call = said.stream()
                .map(LoggingTest::json)
                .filter(line -> line.text("event").orElse("").equals("call"))
                .findFirst()
                .orElseThrow();
        assertThat(text(call, "request_id")).isEqualTo("a b");
        assertThat(text(call, "client")).startsWith("evil").doesNotContain("\u001b");
    }

    @Test
    void nothing_of_calls_is_said_unless_asked_for() {
        assertThat(stdio("warn", """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
                "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
                {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"pve_node_list","arguments":{}}}
                """)).isEmpty();
    }

    private Stream<String> stdio(String level, String typed) {
        var err = new ByteArrayOutputStream();
        var to = new PrintStream(err, true, StandardCharsets.UTF_8);
        var nothing = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        var in = new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8));
        var env = new HashMap<String, String>();
        env.put("PVE_MCP_LOG_LEVEL", level);
        env.put("PVE_MCP_LOG_FORMAT", "json");
        Main.run(
                List.of("demo"),
                new Console(in, nothing, to, false, false, 0),
                new Surroundings(env, directory, directory));
        return err.toString(StandardCharsets.UTF_8).lines();
    }

    @Test
    void a_defect_is_one_line_too_with_its_stack_and_without_known_secrets() {
        var err = new ByteArrayOutputStream();
        var log = new Log(
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Log.Form.JSON,
                Log.Level.ERROR,
                () -> Instant.parse("2026-11-21T12:00:00Z"),
                text -> text.replace("swordfish", "•••"));

        log.defect("bug-1 in tools/call", new IllegalStateException("it is swordfish\u001b[2J"));

        var line = err.toString(StandardCharsets.UTF_8);
        assertThat(line.lines()).hasSize(1);
        assertThat(text(json(line), "stack"))
                .startsWith("java.lang.IllegalStateException: it is •••\n")
                .contains("LoggingTest");
        assertThat(text(json(line), "event")).isEqualTo("defect");
    }
}
