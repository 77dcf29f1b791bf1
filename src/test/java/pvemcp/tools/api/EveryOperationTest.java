package pvemcp.tools.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.Sample;
import pvemcp.lab.Scenes;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Danger;
import pvemcp.schema.Operation;
import pvemcp.text.Word;
import pvemcp.tool.ToolResult;
import pvemcp.view.Markdown;

/// All operations of Proxmox VE through the three generic tools. What is sent is kept below all that judges and
/// checks; nothing of it reaches the simulated cluster but what the road looks up there.
@Timeout(900)
class EveryOperationTest {
    private static final String ALL_ALLOWED = """
            [policy]
            operate = "allow"
            change = "allow"
            destroy = "allow"
            execute = "allow"
            url_hosts = ["example.org", "docker.io"]
            """;

    private record Sent(Verb verb, String path, Json.Obj params) {}

    private static final class World implements AutoCloseable {
        private final ApiSchema schema;
        private final List<Sent> sent = new ArrayList<>();
        private final Lab lab;
        private String asked = "";
        private int callers;

        World(String version) {
            schema = ApiSchema.builtIn(version);
            lab = Lab.of(Scenes.small())
                    .owner(ALL_ALLOWED)
                    .knowingSecret("x1", "correct horse")
                    .makingTokens()
                    .speaking(schema)
                    .through(wire -> (verb, path, params) -> {
                        sent.add(new Sent(verb, path, params));
                        return verb == Verb.GET && !path.equals(asked)
                                ? wire.send(verb, path, params)
                                : Json.obj("data", Json.Null.NULL);
                    });
        }

        /// Each call by another caller, so that nobody has asked for too much or read what guests wrote.
        private ToolResult call(String tool, Object... arguments) {
            sent.clear();
            asked = Json.obj(arguments).text("path").orElse("");
            return lab.as("caller " + callers++).call(tool, arguments);
        }

        ToolResult read(Sample sample, Json.Obj params) {
            return call("pve_api_read", "path", sample.path(), "params", params);
        }

        ToolResult call(Sample sample, Json.Obj params) {
            return schema.danger(sample.operation(), params) == Danger.READ
                    ? read(sample, params)
                    : call(
                            "pve_api_write",
                            "method",
                            Word.of(sample.operation().verb()),
                            "path",
                            sample.path(),
                            "params",
                            params);
        }

        String found(Operation operation) {
            return Markdown.render(((ToolResult.Done) call("pve_api_search", "query", operation.toString())).view());
        }

        boolean hasSent(Sample sample, Json.Obj params) {
            return sent.contains(new Sent(Verb.valueOf(sample.operation().verb().name()), sample.path(), params));
        }

        @Override
        public void close() {
            lab.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"9.2, 661", "8.4, 605"})
    void each_is_found_and_is_sent_as_it_was_asked_for(String version, int operations) {
        var unfound = new TreeSet<String>();
        var otherwise = new TreeMap<String, String>();
        try (var world = new World(version)) {
            assertThat(world.schema.operations()).hasSize(operations);
            for (var operation : world.schema.operations()) {
                if (!world.found(operation).contains(operation.toString())) {
                    unfound.add(operation.toString());
                }
                var sample = Sample.of(world.schema, operation);
                assertThat(sample.problems(world.schema)).as(sample.toString()).isEmpty();
                var result = world.call(sample, sample.params());
                if (!world.hasSent(sample, sample.params())) {
                    otherwise.put(operation.toString(), result.toString());
                }
            }
        }
        assertThat(unfound).isEmpty();
        assertThat(otherwise).isEmpty();
    }

    /// @param open how many take parameters that nobody has declared, as PVE says of them (`additionalProperties`)
    @ParameterizedTest
    @CsvSource({"9.2, 14", "8.4, 1"})
    void a_wrong_argument_of_any_is_caught_before_it_is_sent(String version, int open) {
        var wrong = Json.str("1");
        var sent = new TreeSet<String>();
        var incomplete = new TreeSet<String>();
        try (var world = new World(version)) {
            for (var operation : world.schema.operations()) {
                var sample = Sample.of(world.schema, operation);
                var unknown = sample.params().with("no-such-parameter", wrong);
                world.call(sample, unknown);
                if (world.hasSent(sample, unknown)) {
                    sent.add(operation.toString());
                }
                if (!sample.params().isEmpty()) {
                    var less = sample.params()
                            .without(sample.params().members().firstEntry().getKey());
                    world.call(sample, less);
                    if (world.hasSent(sample, less)) {
                        incomplete.add(operation.toString());
                    }
                }
            }
            assertThat(sent)
                    .hasSize(open)
                    .allSatisfy(name -> assertThat(declared(world.schema, name)).isFalse());
        }
        assertThat(incomplete).isEmpty();
    }

    private static boolean declared(ApiSchema schema, String operation) {
        var words = operation.split(" ", 2);
        var known =
                schema.operation(pvemcp.schema.Verb.valueOf(words[0]), words[1]).orElseThrow();
        return schema.check(known, Json.obj("no-such-parameter", "1")).stream()
                .anyMatch(problem -> problem.parameter().equals("no-such-parameter"));
    }

    /// Some GETs act, dial out or hand out secrets.
    @ParameterizedTest
    @CsvSource({"9.2", "8.4"})
    void what_does_more_than_read_is_not_sent_by_the_tool_that_reads(String version) {
        try (var world = new World(version)) {
            int tried = 0;
            for (var operation : world.schema.operations()) {
                var sample = Sample.of(world.schema, operation);
                boolean reads = world.schema.danger(operation, sample.params()) == Danger.READ;
                if (operation.verb() == pvemcp.schema.Verb.GET && !reads) {
                    tried++;
                    assertThat(world.read(sample, sample.params()).toString()).contains("does more than read");
                    assertThat(world.sent).as(operation.toString()).isEmpty();
                }
            }
            assertThat(tried).isGreaterThan(20);
        }
    }
}
