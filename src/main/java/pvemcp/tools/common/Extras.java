package pvemcp.tools.common;

import java.util.List;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.Verb;
import pvemcp.schema.Danger;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Operations;
import pvemcp.tool.ToolContext;

/// Parameters of the caller's own choice, which go along with a call that was judged without them.
public final class Extras {
    private Extras() {}

    /// @param path the template of the POST they go along with
    /// @param taken parameters that the tool's own inputs decide
    /// @throws BadArguments for one of those, and for any that would make the call more than a change
    public static void require(ToolContext ctx, String path, Json.Obj extras, Set<String> taken) {
        for (var name : extras.members().keySet()) {
            if (taken.contains(name)) {
                throw new BadArguments(List.of("argument 'options': '%s' cannot be set there".formatted(name)));
            }
        }
        var operation = Operations.find(ctx.schema(), Verb.POST, path);
        for (var extra : extras.members().entrySet()) {
            var one = Json.obj(extra.getKey(), extra.getValue());
            boolean mild = operation
                    .map(known -> ctx.schema().danger(known, one).compareTo(Danger.CHANGE) <= 0)
                    .orElse(false);
            if (!mild) {
                throw new BadArguments(List.of(
                        "argument 'options': '%s' does more than this tool may; pve_api_write can, if policy allows"
                                .formatted(extra.getKey())));
            }
        }
    }
}
