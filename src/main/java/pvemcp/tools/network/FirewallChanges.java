package pvemcp.tools.network;

import java.util.List;
import pvemcp.json.Json;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.tool.Aim.OnPath;
import pvemcp.tool.Aim.OnSeveral;

/// A call that changes the firewall of one scope.
interface FirewallChanges extends OnSeveral, OnPath {
    FirewallScope scope();

    @Override
    default List<GuestRef> guests() {
        return scope().guests();
    }

    @Override
    default Verb verb() {
        return Verb.PUT;
    }

    @Override
    default String path() {
        return scope().path();
    }

    @Override
    default Json.Obj params() {
        return Json.Obj.EMPTY;
    }
}
