package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pvemcp.dispatch.Freeze;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.Sample;
import pvemcp.lab.Scenes;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Danger;
import pvemcp.schema.Verb;
import pvemcp.tool.Param;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tools.Catalog;

/// Every operation that does more than read, by the generic tool, and every other tool that does, by both eras of the
/// protocol: nothing of it reaches the wire while the owner says no, while nobody has said yes, and while all is
/// frozen. What does reach it is kept at the HTTP client, below all that judges.
@Timeout(600)
class NoOtherWayTest {
    private static final ApiSchema SCHEMA = ApiSchema.builtIn("9.2");
    private static final String ALL_ALLOWED = """
            [policy]
            operate = "allow"
            change = "allow"
            destroy = "allow"
            execute = "allow"
            host_options = ["args", "hookscript", "cicustom", "dev", "hostpci", "usb", "serial", "parallel", "path"]
            limit.repeats = 0
            """;

    enum Owner {
        /// A rule, so that the tools are still offered and the gate is reached.
        DENIES(ALL_ALLOWED + """

                [[policy.rule]]
                answer = "deny"
                when = ["00:00-24:00"]
                """, "policy.rule 1", 66),
        /// What is asked about was found to be well formed before, and of much here only PVE could make sense.
        ASKS("""
                [policy]
                destroy = "ask"
                limit.repeats = 0
                """, "held, nothing was changed", 40),
        HAS_FROZEN(ALL_ALLOWED, "refused by frozen", 66);

        private final String toml;
        private final String says;
        private final int percent;

        Owner(String toml, String says, int percent) {
            this.toml = toml;
            this.says = says;
            this.percent = percent;
        }
    }

    enum Era {
        LEGACY,
        MODERN;

        String line(int id, String method, Json.Obj params) {
            var all = this == LEGACY
                    ? params
                    : params.with(
                            "_meta",
                            Json.obj(
                                    "io.modelcontextprotocol/protocolVersion",
                                    "2026-07-28",
                                    "io.modelcontextprotocol/clientCapabilities",
                                    Json.Obj.EMPTY));
            return Json.obj("jsonrpc", "2.0", "id", id, "method", method, "params", all)
                    .write();
        }
    }

    @ParameterizedTest
    @EnumSource(Owner.class)
    void nothing_that_does_more_than_read_reaches_the_wire(Owner owner) throws IOException {
        for (var era : Era.values()) {
            try (var lab = Lab.of(Scenes.small()).owner(owner.toml)) {
                if (owner == Owner.HAS_FROZEN) {
                    new Freeze(lab.state(), Clock.systemUTC()).freeze("");
                }
                var answers = calls(lab, era);
                assertThat(lab.requests().stream().filter(NoOtherWayTest::doesMoreThanRead))
                        .as("%s by %s, of %d calls", owner, era, answers.size())
                        .isEmpty();
                // Most came as far as the gate, or this would prove little.
                assertThat(answers.stream()
                                .filter(answer -> answer.contains(owner.says))
                                .count())
                        .as("%s by %s, of %d calls", owner, era, answers.size())
                        .isGreaterThan(answers.size() * owner.percent / 100);
            }
        }
    }

    private static List<String> calls(Lab lab, Era era) {
        var server = new McpServer(lab.dispatcher(), new About("pve-mcp", "Proxmox VE", "1", "A test."), Emits.NOTHING);
        var answers = new ArrayList<String>();
        var session = server.open("somebody", message -> {}, Runnable::run);
        if (era == Era.LEGACY) {
            var hello = Json.obj("protocolVersion", "2025-11-25", "capabilities", Json.Obj.EMPTY);
            session.receive(Json.parse(era.line(0, "initialize", hello)), message -> {});
        }
        int id = 1;
        for (var call : all().entrySet()) {
            var params = call.getValue();
            session.receive(Json.parse(era.line(id++, "tools/call", params)), message -> answers.add(message.text()));
        }
        assertThat(answers).hasSize(id - 1);
        return answers;
    }

    /// The `params` of every call, by what it is.
    private static Map<String, Json.Obj> all() {
        var calls = new LinkedHashMap<String, Json.Obj>();
        for (var operation : SCHEMA.operations()) {
            if (SCHEMA.danger(operation, Json.Obj.EMPTY) != Danger.READ) {
                var sample = Sample.of(SCHEMA, operation);
                var method = operation.verb().name().toLowerCase(Locale.ROOT);
                var arguments = Json.obj("method", method, "path", sample.path(), "params", sample.params());
                calls.put(operation.toString(), Json.obj("name", "pve_api_write", "arguments", arguments));
            }
        }
        for (var tool : Catalog.tools(Catalog.Surface.ALL, List.of())) {
            if (tool.tier() != Tier.READ) {
                calls.put(tool.name(), Json.obj("name", tool.name(), "arguments", arguments(tool)));
            }
        }
        return calls;
    }

    private static Json.Obj arguments(Tool<?> tool) {
        var arguments = Json.Obj.EMPTY;
        for (var param : tool.inputs().params()) {
            if (param.required()) {
                arguments = arguments.with(param.name(), value(param));
            }
        }
        return arguments;
    }

    private static Json value(Param param) {
        if (!param.words().isEmpty()) {
            return Json.str(param.words().getFirst());
        }
        return switch (param.kind()) {
            case GUEST -> Json.str("web");
            case NODE -> Json.str("pve1");
            case STORAGE -> Json.str("local");
            case POOL -> Json.str("shop");
            case TASK -> Json.str("UPID:pve1:00001234:00005678:6B0187C0:qmstart:101:root@pam:");
            case PATH -> Json.str("/pools");
            case BYTES -> Json.str("1G");
            case DURATION -> Json.str("1s");
            case COUNT, NUMBER -> Json.num(Math.max(1, param.min()));
            case FLAG -> Json.bool(true);
            case WORDS -> Json.arr(Json.str("101"));
            case OBJECT -> Json.obj("comment", "x");
            case WORD, TEXT, CURSOR, TICKET -> Json.str("x1");
        };
    }

    private static boolean doesMoreThanRead(String request) {
        var verb = Verb.valueOf(request.substring(0, request.indexOf(' ')));
        var path = request.substring(request.indexOf(' ') + 1);
        return verb != Verb.GET
                || SCHEMA.match(verb, path)
                        .map(match -> SCHEMA.danger(match.operation(), Json.Obj.EMPTY) != Danger.READ)
                        .orElse(true);
    }
}
