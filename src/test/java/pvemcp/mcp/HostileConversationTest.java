package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pvemcp.cli.Commands;
import pvemcp.cli.Console;
import pvemcp.gate.Policy.Answer;
import pvemcp.json.Json;
import pvemcp.lab.Campaign;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.tool.Tier;
import pvemcp.untrusted.Hostile;
import pvemcp.untrusted.Payloads;
import pvemcp.untrusted.Reading;

/// All ways out besides the answers of tools: what a person is asked, what is attached, completed and told on the
/// way, errors that quote the caller, and all a terminal shows, of calls as of the audit log. Whatever guests,
/// clusters and callers write, every character of it is one that can be seen.
@Timeout(600)
class HostileConversationTest {
    private static final Hostile.Payload PAYLOAD = new Hostile.Payload();
    private static final String HELLO = """
            {"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"x","version":"1"}}""";

    private final TreeMap<String, String> wrong = new TreeMap<>();
    private int cases;

    private static Lab lab() {
        return Lab.of(Scenes.household())
                .policy(policy -> policy.with(Tier.OPERATE, Answer.ASK).with(Tier.DESTROY, Answer.ASK))
                .through(wire -> new Hostile(wire, PAYLOAD));
    }

    private static List<String> payloads() {
        return Campaign.isOn() ? Payloads.all() : Payloads.some(1);
    }

    /// The requests of a conversation, by what they are.
    private static List<Json.Obj> requests(String text) {
        // A line that is too long is refused as a whole.
        var payload = text.substring(0, Math.min(5_000, text.length()));
        return List.of(
                call("pve_guest_power", Json.obj("guest", "101", "action", "shutdown")),
                call("pve_guest_delete", Json.obj("guest", "130")),
                call("pve_guest_power_many", Json.obj("action", "reboot", "vmids", List.of("101", "103"))),
                call("pve_guest_get", Json.obj("guest", payload)),
                call(payload, Json.Obj.EMPTY),
                call("pve_guest_get", Json.obj(payload, payload)),
                request("resources/read", Json.obj("uri", "pve://guest/101")),
                request("resources/read", Json.obj("uri", "pve://cluster")),
                request("resources/read", Json.obj("uri", "pve://storage/backup")),
                request("resources/read", Json.obj("uri", "pve://guest/" + payload)),
                request("prompts/get", Json.obj("name", payload)),
                request(payload, Json.Obj.EMPTY),
                completion("pve://guest/{guest}", "guest"),
                completion("pve://storage/{storage}", "storage"),
                completion("pve://task/{task}", "task"),
                completion(payload, payload));
    }

    private static Json.Obj call(String tool, Json.Obj arguments) {
        return request(
                "tools/call", Json.obj("name", tool, "arguments", arguments, "_meta", Json.obj("progressToken", "p")));
    }

    private static Json.Obj completion(String template, String variable) {
        return request(
                "completion/complete",
                Json.obj(
                        "ref",
                        Json.obj("type", "ref/resource", "uri", template),
                        "argument",
                        Json.obj("name", variable, "value", "")));
    }

    private static Json.Obj request(String method, Json.Obj params) {
        return Json.obj("jsonrpc", "2.0", "id", 1, "method", method, "params", params);
    }

    @Test
    void nothing_that_a_client_is_told_hides_anything() {
        try (var lab = lab();
                var peer = new Peer(Way.server(lab))) {
            peer.send("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":" + HELLO + "}");
            peer.receive();
            int asked = 0;
            for (var payload : payloads()) {
                PAYLOAD.text = payload;
                for (var request : requests(payload)) {
                    cases++;
                    peer.send(request.write());
                    var line = (Json.Obj) Json.parse(peer.receive());
                    // What is no Unicode is refused as a whole, and belongs to no request.
                    while (!line.get("id").equals(request.get("id")) && !line.has("error")) {
                        judge(request.text("method").orElse("") + " on the way", payload, line);
                        if (line.has("method") && line.has("id")) {
                            asked++;
                            peer.send(declined(line).write());
                        }
                        line = (Json.Obj) Json.parse(peer.receive());
                    }
                    // A URI that is nobody's comes back as it was given, as the protocol wants it.
                    judge(
                            request.object("params").orElseThrow().write(),
                            payload,
                            line.object("error")
                                    .flatMap(error -> error.get("message"))
                                    .orElse(line));
                }
            }
            assertThat(asked)
                    .as("questions to the user")
                    .isGreaterThan(payloads().size());
        }
        Campaign.report("conversation: %d cases".formatted(cases));
        assertThat(wrong).isEmpty();
    }

    private static Json.Obj declined(Json.Obj question) {
        return Json.obj("jsonrpc", "2.0", "result", Json.obj("action", "decline"))
                .with("id", question.get("id").orElseThrow());
    }

    private void judge(String what, String payload, Json line) {
        var hidden = Reading.hidden(line);
        if (!hidden.isEmpty()) {
            wrong.put(
                    what,
                    Reading.shown(payload) + " " + hidden.stream().distinct().toList());
        }
    }

    @Test
    void nothing_that_a_terminal_shows_hides_anything() {
        try (var lab = lab()) {
            var said = new ByteArrayOutputStream();
            var out = new PrintStream(said, true, StandardCharsets.UTF_8);
            var console = new Console(new ByteArrayInputStream(new byte[0]), out, out, false, false, 80);
            var commands = new Commands(new Way.LabsHost(lab), console);
            var file = lab.state().resolve("audit.jsonl").toString();
            for (var payload : payloads()) {
                PAYLOAD.text = payload;
                for (var line : commands(payload, file)) {
                    cases++;
                    commands.run(line);
                    var shown = said.toString(StandardCharsets.UTF_8).replace("\t", " ");
                    said.reset();
                    // RFC 5424 section 6.4: in front of UTF-8 stands a byte order mark.
                    var hidden = Reading.hidden(line.contains("syslog") ? shown.replace("\ufeff", "") : shown);
                    if (!hidden.isEmpty()) {
                        wrong.put(line.getFirst() + " " + line.get(1), Reading.shown(payload) + " " + hidden);
                    }
                }
            }
        }
        Campaign.report("terminal: %d cases".formatted(cases));
        assertThat(wrong).isEmpty();
    }

    private static List<List<String>> commands(String payload, String file) {
        var commands = new ArrayList<>(List.of(
                List.of("call", "guest_list"),
                List.of("call", "guest_config", "101", "--json"),
                List.of("call", "guest_config", "101", "--plain"),
                List.of("call", "guest_power", "101", "reboot"),
                List.of("call", "guest_get", payload),
                List.of("policy", "check", "guest_delete 130"),
                List.of("audit", "tail", "--file", file, "-n", "3"),
                List.of("audit", "tail", "--file", file, "-n", "3", "--json"),
                List.of("audit", "open", "--file", file),
                List.of("audit", "show", payload, "--file", file)));
        if (payload.length() < 2_000) {
            commands.add(List.of("audit", "show", "1", "--file", file));
            commands.add(List.of("audit", "export", "--file", file, "--format", "csv"));
            commands.add(List.of("audit", "export", "--file", file, "--format", "syslog"));
        }
        return commands;
    }
}
