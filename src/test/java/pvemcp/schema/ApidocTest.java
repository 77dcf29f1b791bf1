package pvemcp.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// A host's own apidoc.js, made up here in its form.
final class ApidocTest {
    private static final String JAVASCRIPT = """
            const apiSchema = [
              {"path": "/lamps", "text": "lamps", "leaf": 0,
               "info": {
                 "GET": {"name": "index", "method": "GET", "description": "All [lamps] \\"here\\"; ]", "allowtoken": 1,
                   "parameters": {"additionalProperties": 0},
                   "returns": {"type": "array", "items": {"type": "object", "properties": {}},
                               "links": [{"rel": "child", "href": "{lamp}"}]},
                   "permissions": {"user": "all", "description": "Only lamps you may see."}}},
               "children": [
                 {"path": "/lamps/{lamp}", "text": "{lamp}", "leaf": 1,
                  "info": {
                    "PUT": {"name": "set", "method": "PUT", "description": "Set a lamp.", "protected": 1, "proxyto": "node",
                      "parameters": {"additionalProperties": 0, "properties": {
                        "lamp": {"type": "string", "format": "pve-configid", "description": "Which lamp."},
                        "net[n]": {"type": "string", "optional": 1, "typetext": "<string>"},
                        "colour": {"type": "string", "enum": ["red", "green"], "optional": 1,
                                   "description": "The colour it shines in.", "typetext": "red | green"},
                        "rng0": {"type": "string", "format": "pve-qm-rng", "optional": 1,
                                 "typetext": "[source=]</dev/urandom> [,max_bytes=<integer>] [,seed=<integer>]"},
                        "level": {"type": "string", "optional": 1, "format": {
                          "percent": {"type": "integer", "minimum": 0, "maximum": 100, "default_key": 1,
                                      "format_description": "percent"}}}}},
                      "returns": {"type": "null"}}}}]}
            ]
            ;
            Ext.onReady(function() { var a = [1, 2]; });
            """;

    private final ApiSchema schema = ApiSchema.fromApidoc(JAVASCRIPT, "9.9.1");
    private final Operation set = schema.operation(Verb.PUT, "/lamps/{lamp}").orElseThrow();

    @Test
    void operations_and_their_texts_are_read_and_the_viewer_is_not() {
        assertThat(schema.version()).isEqualTo("9.9.1");
        assertThat(schema.operations()).hasToString("[GET /lamps, PUT /lamps/{lamp}]");
        assertThat(set.name()).isEqualTo("set");
        assertThat(set.summary()).isEqualTo("Set a lamp.");
        assertThat(set.facts().text("proxyto")).contains("node");
        assertThat(set.parameters().object("colour").orElseThrow().text("description"))
                .contains("The colour it shines in.");
        assertThat(set.parameters().object("lamp").orElseThrow().text("in")).contains("path");
    }

    @Test
    void arguments_are_checked_by_the_hosts_declaration_and_the_built_in_bounds() {
        assertThat(schema.check(set, Json.obj("lamp", "hall", "colour", "red", "net31", "x", "level", "50")))
                .isEmpty();
        assertThat(schema.check(set, Json.obj("lamp", "hall", "colour", "gren", "net32", "x", "level", "500")))
                .extracting(problem ->
                        problem.parameter() + ": " + problem.nearest().orElse("-"))
                .containsExactly("colour: green", "level: -", "net32: net31");
        assertThat(schema.check(schema.operation(Verb.GET, "/lamps").orElseThrow(), Json.obj("x", 1)))
                .hasSize(1);
    }

    @Test
    void a_key_that_only_a_newer_host_knows_is_taken() {
        assertThat(schema.check(set, Json.obj("lamp", "hall", "rng0", "/dev/urandom,seed=7")))
                .isEmpty();
        assertThat(schema.check(set, Json.obj("lamp", "hall", "rng0", "/dev/urandom,sed=7")))
                .hasSize(1);
    }

    @Test
    void a_text_without_an_api_is_told_from_one_with() {
        for (var text : new String[] {"", "<html>Login</html>", "const apiSchema = [", "const apiSchema = [];"}) {
            assertThatThrownBy(() -> ApiSchema.fromApidoc(text, "9.2")).isInstanceOf(JsonException.class);
        }
    }
}
