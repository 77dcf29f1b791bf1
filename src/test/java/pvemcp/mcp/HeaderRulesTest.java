package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pvemcp.json.Json;

/// The headers that repeat single arguments, as a tool's schema asks for them.
class HeaderRulesTest {
    private static final Json.Obj SCHEMA = (Json.Obj) Json.parse("""
            {"type":"object","properties":{
              "node":{"type":"string","x-mcp-header":"Node"},
              "vmid":{"type":"integer","x-mcp-header":"Vmid"},
              "force":{"type":"boolean","x-mcp-header":"Force"},
              "free":{"type":"string"},
              "to":{"type":"object","properties":{"pool":{"type":"string","x-mcp-header":"Pool"}}}}}""");

    private static boolean agree(String header, String value, String arguments) {
        return new HeaderRules(Map.of(header, List.of(value)))
                .checkArguments(SCHEMA, (Json.Obj) Json.parse(arguments))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mcp-Param-Node  | pve1                    | {\"node\":\"pve1\"}",
                "Mcp-Param-Node  | =?base64?SGVsbG8=?=     | {\"node\":\"Hello\"}",
                "Mcp-Param-Node  | SGVsbG8=                | {\"node\":\"SGVsbG8=\"}",
                "Mcp-Param-Node  | =?base64?SGVsbG8=       | {\"node\":\"=?base64?SGVsbG8=\"}",
                "Mcp-Param-Vmid  | 100                     | {\"vmid\":100}",
                "Mcp-Param-Vmid  | 100.0                   | {\"vmid\":100}",
                "Mcp-Param-Force | true                    | {\"force\":true}",
                "Mcp-Param-Pool  | web                     | {\"to\":{\"pool\":\"web\"}}",
                "Mcp-Param-Other | whatever                | {\"free\":\"no header asked for\"}"
            })
    void what_agrees_passes(String header, String value, String arguments) {
        assertThat(agree(header, value, arguments)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mcp-Param-Node  | pve2                    | {\"node\":\"pve1\"}",
                "Mcp-Param-Node  | PVE1                    | {\"node\":\"pve1\"}",
                "Mcp-Param-Node  | =?base64?SGVsbG8?=      | {\"node\":\"Hello\"}",
                "Mcp-Param-Node  | =?base64?SGVs!!!bG8=?=  | {\"node\":\"Hello\"}",
                "Mcp-Param-Other | pve1                    | {\"node\":\"pve1\"}",
                "Mcp-Param-Node  | pve1                    | {}",
                "Mcp-Param-Vmid  | 1e                      | {\"vmid\":100}",
                "Mcp-Param-Vmid  | 9007199254740993        | {\"vmid\":9007199254740992}",
                "Mcp-Param-Force | 1                       | {\"force\":true}",
                "Mcp-Param-Pool  | db                      | {\"to\":{\"pool\":\"web\"}}"
            })
    void what_does_not_agree_is_a_mismatch(String header, String value, String arguments) {
        assertThat(agree(header, value, arguments)).isFalse();
    }

    @Test
    void a_header_that_stands_there_twice_agrees_with_nothing() {
        var rules = new HeaderRules(Map.of("Mcp-Param-Node", List.of("pve1", "pve1")));
        assertThat(rules.checkArguments(SCHEMA, Json.obj("node", "pve1"))).isPresent();
    }
}
