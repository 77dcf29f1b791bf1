package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.dispatch.FreezeFile;
import pvemcp.json.Json;
import pvemcp.lab.FaultProxy;
import pvemcp.lab.Lab;
import pvemcp.lab.Sample;
import pvemcp.lab.Scenes;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Danger;
import pvemcp.schema.Verb;
import pvemcp.text.Word;
import pvemcp.tool.Param;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tools.Catalog;

/// Every operation that does more than read, by the generic tool, and every other tool that does, by both eras of the
/// protocol on stdio and over HTTP, and at the terminal: nothing of it reaches the wire while the owner says no,
/// while nobody has said yes, and while all is frozen. What does reach it is seen by a proxy in front of the cluster,
/// which ends its TLS, and by the SSH server of its hosts.
@Timeout(600)
class NoOtherWayTest {
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
                """, "held, nothing was changed|\nnot done", 40),
        HAS_FROZEN(ALL_ALLOWED, "refused by frozen|refused \\(frozen\\)", 66);

        private final String toml;
        private final Pattern says;
        private final int percent;

        Owner(String toml, String says, int percent) {
            this.toml = toml;
            this.says = Pattern.compile(says);
            this.percent = percent;
        }
    }

    static Stream<Arguments> nines() {
        return Stream.of(Owner.values())
                .flatMap(owner -> Stream.of(Way.values()).map(way -> Arguments.of(owner, way)));
    }

    @ParameterizedTest
    @MethodSource("nines")
    void nothing_that_does_more_than_read_reaches_the_wire(Owner owner, Way way) throws IOException {
        nothingReachesTheWire(owner, way, ApiSchema.builtIn("9.2"));
    }

    @ParameterizedTest
    @EnumSource(Owner.class)
    void nothing_of_an_older_cluster_does_either(Owner owner) throws IOException {
        nothingReachesTheWire(owner, Way.STDIO, ApiSchema.builtIn("8.4"));
    }

    private static void nothingReachesTheWire(Owner owner, Way way, ApiSchema schema) throws IOException {
        try (var lab = Lab.of(Scenes.small()).owner(owner.toml).speaking(schema).enteringOverSsh();
                var proxy = FaultProxy.before(lab.sim())) {
            lab.behind(Duration.ofSeconds(30), proxy);
            if (owner == Owner.HAS_FROZEN) {
                new FreezeFile(lab.state(), Clock.systemUTC()).freeze("");
            }
            var answers = way.answers(lab, all(schema).values());
            assertThat(proxy.seen().stream().filter(request -> doesMoreThanRead(schema, request.toString())))
                    .as("%s by %s, of %d calls", owner, way, answers.size())
                    .isEmpty();
            assertThat(lab.sim().ssh().connections()).isZero();
            // Most came as far as the gate, or this would prove little.
            assertThat(answers.stream().filter(owner.says.asPredicate()).count())
                    .as("%s by %s, of %d calls", owner, way, answers.size())
                    .isGreaterThan(answers.size() * owner.percent / 100);
        }
    }

    /// The recorder would tell.
    @Test
    void what_the_owner_allows_is_seen_on_the_wire() throws IOException {
        var start = Json.obj("guest", "web", "action", "stop");
        var run = Json.obj("guest", "dns", "command", Json.arr(Json.str("hostname")));
        try (var lab = Lab.of(Scenes.small())
                        .with(cluster -> cluster.guest(102).ranSince(cluster.now()))
                        .owner(ALL_ALLOWED)
                        .enteringOverSsh();
                var proxy = FaultProxy.before(lab.sim())) {
            lab.behind(Duration.ofSeconds(30), proxy);
            Way.STDIO.answers(
                    lab,
                    List.of(
                            Json.obj("name", "pve_guest_power", "arguments", start),
                            Json.obj("name", "pve_guest_exec", "arguments", run)));
            assertThat(proxy.seen().stream()
                            .map(FaultProxy.Seen::toString)
                            .filter(request -> doesMoreThanRead(ApiSchema.builtIn("9.2"), request)))
                    .containsExactly("POST /nodes/pve1/qemu/101/status/stop");
            assertThat(lab.sim().ssh().connections()).isOne();
        }
    }

    /// The `params` of every call, by what it is.
    private static Map<String, Json.Obj> all(ApiSchema schema) {
        var calls = new LinkedHashMap<String, Json.Obj>();
        for (var operation : schema.operations()) {
            if (schema.danger(operation, Json.Obj.EMPTY) != Danger.READ) {
                var sample = Sample.of(schema, operation);
                var method = Word.of(operation.verb());
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

    private static boolean doesMoreThanRead(ApiSchema schema, String request) {
        var verb = Verb.valueOf(request.substring(0, request.indexOf(' ')));
        var path = request.substring(request.indexOf(' ') + 1);
        // Of an older cluster a tool may ask what only a newer one has.
        return verb != Verb.GET
                || schema.match(verb, path)
                        .or(() -> ApiSchema.builtIn("9.2").match(verb, path))
                        .map(match -> schema.danger(match.operation(), Json.Obj.EMPTY) != Danger.READ)
                        .orElse(true);
    }
}
