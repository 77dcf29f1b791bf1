package pvemcp.tools;

import java.util.List;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.Verb;
import pvemcp.tool.ToolContext;

/// Requests whose answer is read field by field.
final class Fetch {
    private Fetch() {}

    static Fields object(ToolContext ctx, String path) {
        return Fields.of(data(ctx, Verb.GET, path, Json.Obj.EMPTY));
    }

    static List<Fields> list(ToolContext ctx, String path) {
        return list(ctx, path, Json.Obj.EMPTY);
    }

    static List<Fields> list(ToolContext ctx, String path, Json.Obj params) {
        return Fields.list(data(ctx, Verb.GET, path, params));
    }

    static Json post(ToolContext ctx, String path) {
        return data(ctx, Verb.POST, path, Json.Obj.EMPTY);
    }

    static Json data(ToolContext ctx, Verb verb, String path, Json.Obj params) {
        return ctx.pve().send(verb, path, params).get("data").orElse(Json.Null.NULL);
    }
}
