package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.tool.Inputs;
import pvemcp.tool.Kind;
import pvemcp.tool.Outputs;
import pvemcp.tool.Param;
import pvemcp.tool.Reserved;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;

/// A tool's definition as clients read it. Every token of it is paid for in every conversation, so only what differs
/// from the protocol's defaults is said.
final class Describe {
    private Describe() {}

    static Json.Obj tool(Tool<?> tool, Set<String> clusters) {
        var params = new ArrayList<>(tool.params());
        if (clusters.size() > 1) {
            var cluster = Reserved.CLUSTER;
            params.add(new Param(
                    cluster.name(),
                    Kind.WORD,
                    cluster.doc(),
                    false,
                    "",
                    List.copyOf(clusters),
                    List.of(),
                    cluster.min(),
                    cluster.max(),
                    cluster.obvious()));
        }
        var definition = Json.obj(
                "name", tool.name(),
                "description", tool.doc(),
                "inputSchema", Inputs.schema(params));
        var hints = annotations(tool.tier());
        if (!hints.isEmpty()) {
            definition = definition.with("annotations", hints);
        }
        return tool.structured().isEmpty()
                ? definition
                : definition.with(
                        "outputSchema", Outputs.schema(tool.structured().get()));
    }

    /// Where they differ from the protocol's defaults: `readOnlyHint` false; `destructiveHint` true, since whoever
    /// changes something replaces what was there; `openWorldHint` true, as befits calls to other machines.
    private static Json.Obj annotations(Tier tier) {
        return switch (tier) {
            case READ -> Json.obj("readOnlyHint", true);
            case OPERATE, CHANGE, DESTROY, EXECUTE -> Json.Obj.EMPTY;
        };
    }
}
