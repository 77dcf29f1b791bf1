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

    /// The cluster comes last: a person who types gives other values without their names.
    static List<Param> params(Tool<?> tool, Set<String> clusters) {
        var params = new ArrayList<>(tool.params());
        if (clusters.size() > 1) {
            params.addLast(cluster(clusters));
        }
        return params;
    }

    static Json.Obj tool(Tool<?> tool, Set<String> clusters) {
        var params = new ArrayList<>(tool.params());
        if (clusters.size() > 1) {
            params.addFirst(cluster(clusters));
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

    private static Param cluster(Set<String> clusters) {
        var cluster = Reserved.CLUSTER;
        return new Param(
                cluster.name(),
                Kind.WORD,
                cluster.doc(),
                false,
                "",
                List.copyOf(clusters),
                List.of(),
                cluster.min(),
                cluster.max(),
                cluster.obvious());
    }

    /// A definition that was derived for one cluster, for several of them. The text is changed as it is: all of them
    /// are read at the start, and deriving or parsing them would take longer.
    static String withCluster(String definition, Set<String> clusters) {
        var properties = "\"properties\":{";
        int at = definition.indexOf(properties, definition.indexOf("\"inputSchema\":")) + properties.length();
        var param = cluster(clusters);
        var member = Json.str(param.name()).write() + ":" + param.schema().write();
        var rest = definition.substring(at);
        return definition.substring(0, at) + member + (rest.startsWith("}") ? "" : ",") + rest;
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
