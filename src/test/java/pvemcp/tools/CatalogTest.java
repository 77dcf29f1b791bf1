package pvemcp.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.audit.AuditLog;
import pvemcp.dispatch.Cluster;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Offer;
import pvemcp.dispatch.Road;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Golden;
import pvemcp.lab.Tokens;
import pvemcp.pve.Pve;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Definitions;
import pvemcp.tool.Inputs;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tools.Catalog.Surface;

/// Rules that every tool keeps, whoever adds it.
class CatalogTest {
    private static final String TICKET = ",\"confirm\":{\"type\":\"string\"}";

    static List<Tool<?>> tools() {
        return Catalog.tools(Surface.ALL, List.of());
    }

    /// A server that offers everything; none of these tests calls a cluster.
    private static Dispatcher dispatcher(Surface surface) {
        var nowhere = new Cluster(
                "default",
                "mcp@pve!test",
                (verb, path, params) -> {
                    throw new AssertionError(verb + " " + path + " " + params);
                },
                Pve::new,
                () -> ApiSchema.builtIn("9.2"));
        var open = Policy.DEFAULT.with(Tier.DESTROY, Policy.Answer.ASK);
        var offer = new Offer(Catalog.tools(surface, List.of()), Resources.ALL, Prompts.ALL, Catalog.INSTRUCTIONS);
        var log = new AuditLog(Path.of("no-such-folder/audit.jsonl"), Clock.systemUTC());
        return new Road(offer, List.of(nowhere), open, log, Clock.systemUTC(), Path.of("."));
    }

    @ParameterizedTest
    @MethodSource("tools")
    void a_name_is_short_and_plain(Tool<?> tool) {
        assertThat(tool.name()).matches("pve(_[a-z0-9]+)+").hasSizeLessThanOrEqualTo(32);
    }

    @ParameterizedTest
    @MethodSource("tools")
    void the_first_sentence_says_what_it_does(Tool<?> tool) {
        var first = tool.doc().split("\\. |\\.$|: ", 2)[0];
        assertThat(first).hasSizeLessThanOrEqualTo(120);
        assertThat(tool.doc()).doesNotContain("\n", "  ").endsWith(".").hasSizeLessThan(1000);
    }

    @ParameterizedTest
    @MethodSource("tools")
    void every_input_says_what_it_is(Tool<?> tool) {
        for (var param : tool.params()) {
            assertThat(param.doc()).as(param.name()).isNotBlank().hasSizeLessThanOrEqualTo(120);
            assertThat(param.name()).matches("[a-z][a-z0-9_]*").isNotIn("cluster");
        }
    }

    @ParameterizedTest
    @MethodSource("tools")
    void the_schema_is_one_that_every_client_takes(Tool<?> tool) {
        var definition = dispatcher(Surface.ALL).describe(tool);
        var schema = definition.object("inputSchema").orElseThrow();
        assertThat(schema.text("type")).contains("object");
        // Several hosts refuse these anywhere near the root, or drop them and what stands beside them.
        assertThat(definition.write())
                .as("more than ASCII makes every start slower: the text is then held and sent by the character")
                .matches("\\p{ASCII}*");
        assertThat(schema.write()).doesNotContain("$ref", "$defs", "oneOf", "anyOf", "allOf", "\"null\"");
        schema.object("properties").orElseThrow().members().forEach((name, property) -> {
            assertThat(((Json.Obj) property).text("type")).as(name).isPresent();
            assertThat(((Json.Obj) property).text("type").orElseThrow().equals("object") && name.equals("properties"))
                    .isFalse();
        });
    }

    @ParameterizedTest
    @MethodSource("tools")
    void only_readers_call_themselves_readers(Tool<?> tool) {
        var hints = dispatcher(Surface.ALL).describe(tool).object("annotations").orElse(Json.Obj.EMPTY);
        assertThat(hints.flag("readOnlyHint").orElse(false)).isEqualTo(tool.tier() == Tier.READ);
        if (tool.tier().compareTo(Tier.DESTROY) >= 0) {
            assertThat(hints.flag("destructiveHint").orElse(true)).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("tools")
    void its_definition_changes_only_on_purpose(Tool<?> tool) {
        Golden.check(
                "src/test/snapshots/tools/" + tool.name() + ".json",
                dispatcher(Surface.ALL).describe(tool).pretty());
    }

    @Test
    void the_definitions_that_are_read_at_the_start_are_what_is_derived() {
        var dispatcher = dispatcher(Surface.ALL);
        var lines =
                tools().stream().map(tool -> dispatcher.describe(tool).write()).collect(Collectors.joining("\n"));
        Golden.check("src/main/resources/" + Definitions.RESOURCE, lines);
    }

    @Test
    void there_is_a_snapshot_of_nothing_else() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/snapshots/tools"))) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".json", "")))
                    .containsExactlyInAnyOrderElementsOf(
                            tools().stream().map(Tool::name).toList());
        }
    }

    @Test
    void names_are_unique() {
        assertThat(new HashSet<>(tools().stream().map(Tool::name).toList())).hasSameSizeAs(tools());
    }

    @Test
    void every_input_of_every_tool_can_be_bound() {
        for (var tool : tools()) {
            assertThat(Inputs.of(tool.shape()).params()).as(tool.name()).isNotNull();
        }
    }

    /// As it is sent to clients that can ask their user, which is most; to the others goes the input for tickets too.
    @ParameterizedTest
    @CsvSource({"LEAN, 10, 1000", "CORE, 30, 5000", "ALL, 150, 12000"})
    void a_surface_costs_no_more_than_this(Surface surface, int tools, int tokens) {
        var dispatcher = dispatcher(surface);
        var list = dispatcher.tools().stream()
                .map(tool -> dispatcher.describe(tool).write().replace(TICKET, ""))
                .collect(Collectors.joining(",", "{\"tools\":[", "]}"));
        assertThat(dispatcher.tools()).hasSizeLessThanOrEqualTo(tools);
        assertThat(Tokens.count(list)).isLessThanOrEqualTo(tokens);
    }

    @Test
    void the_instructions_are_not_cut_off_by_any_client() {
        assertThat(Catalog.INSTRUCTIONS.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(2048);
    }

    @Test
    void what_policy_never_allows_is_not_offered() {
        var dispatcher = dispatcher(Surface.ALL);
        assertThat(dispatcher.tools()).isNotEmpty();
        var readOnly = new Road(
                new Offer(tools(), List.of(), List.of(), ""),
                List.of(new Cluster("default", "", (_, _, _) -> Json.Obj.EMPTY, Pve::new, () -> ApiSchema.builtIn(""))),
                Policy.DEFAULT.readOnly(),
                new AuditLog(Path.of("no-such-folder/audit.jsonl"), Clock.systemUTC()),
                Clock.systemUTC(),
                Path.of("no-such-folder"));
        assertThat(readOnly.tools()).isNotEmpty().allMatch(tool -> tool.tier() == Tier.READ);
        assertThat(readOnly.tool("pve_guest_power")).isEmpty();
        assertThat(readOnly.tool("pve_api_write")).isEmpty();
    }
}
