package pvemcp.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.tool.Outputs;
import pvemcp.tool.ToolResult;

class StructuredTest {
    @Test
    void a_declared_output_schema_is_what_the_answer_is() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            var tasks = (ToolResult.Done) lab.call("pve_task_list");
            var task = Pattern.compile("UPID:[^\" ]+:")
                    .matcher(tasks.data().write())
                    .results()
                    .map(MatchResult::group)
                    .filter(upid -> lab.call("pve_task_wait", "task", upid) instanceof ToolResult.Done)
                    .findFirst()
                    .orElseThrow();

            holds(lab, "pve_next_id");
            holds(lab, "pve_task_wait", "task", task);
        }
    }

    private static void holds(Lab lab, String name, Object... arguments) {
        var tool = lab.dispatcher().tool(name).orElseThrow();
        var schema = lab.dispatcher().describe(tool).object("outputSchema").orElseThrow();
        var result = lab.call(name, arguments);
        assertThat(result).isInstanceOf(ToolResult.Done.class);
        var done = (ToolResult.Done) result;

        var data = Outputs.fitted((Json.Obj) done.data(), schema);

        var properties = schema.object("properties").orElseThrow();
        assertThat(data.members()).as(name).isNotEmpty();
        data.members().forEach((member, value) -> {
            var type = properties.object(member).orElseThrow().text("type").orElseThrow();
            boolean right = switch (type) {
                case "string" -> value instanceof Json.Str;
                case "integer", "number" -> value instanceof Json.Num;
                case "boolean" -> value instanceof Json.Bool;
                case "array" -> value instanceof Json.Arr;
                default -> false;
            };
            assertThat(right).as("%s of %s: %s", member, name, value).isTrue();
        });
    }
}
