package pvemcp.tools.common;

import pvemcp.json.Json;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Operations;
import pvemcp.tool.Tier;

/// The tier of a request: what a request with options of the caller's choice can do, by the reviewed table of all
/// operations.
public final class Tiers {
    private Tiers() {}

    public static Tier of(ApiSchema schema, Verb verb, String template, Json.Obj params) {
        return Operations.find(schema, verb, template)
                .map(operation -> Tier.valueOf(schema.danger(operation, params).name()))
                .orElse(Tier.EXECUTE);
    }

    /// A change to a guest of which it is not known yet whether it is a VM: the worse of both.
    public static Tier ofChange(ApiSchema schema, Json.Obj params) {
        var vm = of(schema, Verb.POST, "/nodes/{node}/qemu/{vmid}/config", params);
        var container = of(schema, Verb.PUT, "/nodes/{node}/lxc/{vmid}/config", params);
        return vm.compareTo(container) > 0 ? vm : container;
    }
}
