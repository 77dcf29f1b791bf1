package pvemcp.dispatch;

import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Danger;
import pvemcp.schema.Verb;

/// The calls within a call that a node makes as root (`POST /nodes/{node}/execute`). What is seen to of a call, its
/// guests, their backups, what it replaces, is not seen to of each of these; so they may only read.
final class Batch {
    static final String TEMPLATE = "/nodes/{node}/execute";

    private Batch() {}

    static boolean onlyReads(String node, String commands, ApiSchema schema) {
        try {
            return Json.parse(commands) instanceof Json.Arr(var calls)
                    && calls.stream().allMatch(call -> call instanceof Json.Obj one && reads(node, one, schema));
        } catch (JsonException _) {
            return false;
        }
    }

    /// PVE::API2::Nodes, execute: the path is below the node, and is not decoded.
    private static boolean reads(String node, Json.Obj call, ApiSchema schema) {
        var path = call.text("path").orElse("%");
        var operation = path.contains("%")
                ? Optional.<ApiSchema.Match>empty()
                : schema.match(Verb.GET, "/nodes/" + node + "/" + path);
        var args = call.object("args").orElse(Json.Obj.EMPTY);
        return call.text("method").equals(Optional.of("GET"))
                && operation
                        .filter(match -> schema.danger(match.operation(), args) == Danger.READ)
                        .isPresent();
    }
}
