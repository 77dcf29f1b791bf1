package pvemcp.dispatch;

import pvemcp.json.Json;
import pvemcp.pve.Upid;

/// Work that outlived its call: whose it is, on which cluster, which task.
record Handle(String principal, String cluster, Upid task) {
    Json.Arr json() {
        return Json.arr(Json.str(principal), Json.str(cluster), Json.str(task.toString()));
    }
}
