package pvemcp.tools.node;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Verb;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Operations;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Write;

/// One edit of a node's interfaces file, or what becomes of the edits.
record HostNetwork(
        @Doc(kind = Kind.NODE) String node,

        @Doc(value = "Edits wait until 'apply'; 'revert' drops them", obvious = true)
        Action action,

        @Doc(value = "Interface, such as vmbr1", obvious = true)
        Optional<String> iface,

        @Doc("Such as type, cidr, delete") Json.Obj options)
        implements Write {
    enum Action {
        CREATE,
        CHANGE,
        DELETE,
        APPLY,
        REVERT
    }

    // What PVE works out itself, or keeps twice: an address goes along as its `cidr`.
    private static final Set<String> DERIVED =
            Set.of("node", "iface", "delete", "digest", "address", "address6", "netmask", "netmask6");

    @Override
    public Verb verb() {
        return switch (action) {
            case CREATE -> Verb.POST;
            case CHANGE, APPLY -> Verb.PUT;
            case DELETE, REVERT -> Verb.DELETE;
        };
    }

    @Override
    public String path() {
        return switch (action) {
            case CREATE, APPLY, REVERT -> ApiPath.of("/nodes/{node}/network", node);
            case CHANGE, DELETE -> ApiPath.of("/nodes/{node}/network/{iface}", node, named());
        };
    }

    private String named() {
        return iface.orElseThrow(() -> BadArguments.missing("iface", action));
    }

    @Override
    public Json.Obj params() {
        return action == Action.CREATE ? options.with("iface", named()) : options;
    }

    /// A change starts from what is there: PVE would make an interface manual whose address is not sent along
    /// (PVE::API2::Network, update_network), and always wants its type.
    @Override
    public Outcome run(ToolContext ctx) {
        var all = action == Action.CHANGE ? completed(ctx) : params();
        var outcome = send(ctx, all);
        boolean waits = action != Action.APPLY && action != Action.REVERT;
        return waits
                ? new Outcome(
                        "noted, not applied",
                        "",
                        Optional.empty(),
                        List.of(),
                        "pve_node_network_get shows the change, action=apply puts it into effect")
                : outcome;
    }

    private Json.Obj completed(ToolContext ctx) {
        var operation =
                Operations.match(ctx.schema(), Verb.PUT, path()).orElseThrow().operation();
        var dropped = List.of(options.text("delete").orElse("").split("[,; ]+"));
        var all = options;
        if (ctx.pve().data(Verb.GET, path(), Json.Obj.EMPTY) instanceof Json.Obj present) {
            for (var setting : present.members().entrySet()) {
                var name = setting.getKey();
                boolean kept = operation.parameters().has(name) && !DERIVED.contains(name);
                if (kept && !all.has(name) && !dropped.contains(name)) {
                    all = all.with(name, setting.getValue());
                }
            }
        }
        return all;
    }
}
