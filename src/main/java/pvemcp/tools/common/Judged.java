package pvemcp.tools.common;

import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Aim.OnPath;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;

/// A call that is one request of PVE's API. What it touches, how much it can do and what is sent come from the same
/// path and parameters, so that nothing else is judged than what happens.
public interface Judged extends OnPath, Tiered {
    @Override
    default Tier tier(ApiSchema schema) {
        return new ApiRequest(path(), params()).tier(verb(), schema);
    }

    /// Empty unless something is sent besides the path.
    @Override
    default Json.Obj params() {
        return Json.Obj.EMPTY;
    }
}
