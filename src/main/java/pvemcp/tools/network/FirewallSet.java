package pvemcp.tools.network;

import java.util.ArrayList;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.Verb;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;

/// Options of a firewall, such as whether it is on.
record FirewallSet(
        FirewallScope scope,
        @Doc(value = "Options by name", obvious = true) Json.Obj options,

        @Doc(value = "Options to set back to their default", obvious = true)
        List<String> unset)
        implements Call<FirewallSet.Now>, FirewallChanges, Planned {
    record Now(String outcome, String of, List<String> before, List<String> after) {}

    @Override
    public Preview preview(ToolContext ctx) {
        var door = requireOptions(ctx);
        var warnings = new ArrayList<String>();
        // A node's own switch opens it; only the datacenter's shuts.
        if (scope.guest().isEmpty() && scope.node().isEmpty()) {
            var now = LockOut.now(ctx, scope);
            warnings.addAll(now.warnings(now.with(options, unset)));
        }
        return new Preview(
                "set firewall options of " + door,
                List.of("PUT %s/options %s".formatted(door.path(), params(door).write())),
                warnings);
    }

    @Override
    public Now run(ToolContext ctx) {
        var door = requireOptions(ctx);
        var before = door.options();
        door.send(Verb.PUT, "/options", params(door));
        return new Now("set", door.toString(), before, door.options());
    }

    private FirewallScope.Door requireOptions(ToolContext ctx) {
        if (scope.group().isPresent()) {
            throw new BadArguments(List.of("argument 'group': a security group has rules, but no options"));
        }
        if (options.isEmpty() && unset.isEmpty()) {
            throw new BadArguments(List.of("arguments 'options', 'unset': name what is to change"));
        }
        return scope.door(ctx);
    }

    private Json.Obj params(FirewallScope.Door door) {
        var digest = Fields.of(door.read("/options")).text("digest");
        var params = digest.isEmpty() ? options : options.with("digest", digest);
        return unset.isEmpty() ? params : params.with("delete", String.join(",", unset));
    }
}
