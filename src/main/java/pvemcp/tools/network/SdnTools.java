package pvemcp.tools.network;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.read;

import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.Verb;
import pvemcp.text.Word;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Alteration;
import pvemcp.tools.common.Entrusted;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Write;

/// Software-defined networks: zones and the virtual networks in them, what routes between nodes, and who gives out
/// addresses and names. What is changed waits until it is applied to all nodes at once.
public final class SdnTools {
    public static final Toolset SDN = Toolset.of(
            "sdn",
            "Software-defined networks",
            read("pve_sdn_get", """
                    Show the SDN and what waits to be applied.""", SdnReads.SdnGet.class),
            execute("pve_sdn_set", """
                    Create, change or delete a part of the SDN. Nothing takes effect before pve_sdn_apply.""", SdnSet.class),
            change("pve_sdn_apply", """
                    Apply pending SDN changes and tell how each node took them, roll back, lock or unlock.""", SdnApply.class));

    private SdnTools() {}

    enum SdnPart {
        ZONE,
        VNET,
        SUBNET,
        CONTROLLER,
        IPAM,
        DNS,
        FABRIC,
        FABRIC_NODE,
        ADDRESS;

        /// The list that new ones are added to.
        String list(String of) {
            return switch (this) {
                case ZONE, VNET, CONTROLLER, IPAM -> "/cluster/sdn/" + Word.of(this) + "s";
                case DNS -> "/cluster/sdn/dns";
                case SUBNET -> ApiPath.of("/cluster/sdn/vnets/{vnet}/subnets", of);
                case ADDRESS -> ApiPath.of("/cluster/sdn/vnets/{vnet}/ips", of);
                case FABRIC -> "/cluster/sdn/fabrics/fabric";
                case FABRIC_NODE -> ApiPath.of("/cluster/sdn/fabrics/node/{fabric_id}", of);
            };
        }

        /// Whether PVE takes it at once, without waiting for pve_sdn_apply.
        boolean isImmediate() {
            return this == IPAM || this == DNS || this == ADDRESS;
        }

        boolean isBelow() {
            return this == SUBNET || this == ADDRESS || this == FABRIC_NODE;
        }

        private String idParameter() {
            return switch (this) {
                case FABRIC -> "id";
                case FABRIC_NODE -> "node_id";
                case ADDRESS -> "ip";
                case ZONE, VNET, SUBNET, CONTROLLER, IPAM, DNS -> Word.of(this);
            };
        }
    }

    record SdnSet(
            @Doc(value = "Which part", obvious = true) SdnPart what,
            @Doc(value = "What to do", obvious = true) Alteration action,

            @Doc("Id; of a new subnet: its CIDR") String name,

            @Doc("Its vnet or fabric") Optional<String> of,

            @Doc("Such as type, zone, tag; token, key: secret:FILE")
            Json.Obj options)
            implements Write {
        SdnSet {
            if (what.isBelow() && of.isEmpty()) {
                throw new IllegalArgumentException("argument 'of': needed for a " + Word.of(what));
            }
            if (what == SdnPart.SUBNET && action != Alteration.CREATE && name.indexOf('/') >= 0) {
                throw new IllegalArgumentException(
                        "argument 'name': a subnet that is there goes by its id, such as zone1-10.0.0.0-24; "
                                + "pve_sdn_get what=subnets shows it");
            }
        }

        @Override
        public Verb verb() {
            return action.verb();
        }

        @Override
        public String path() {
            var list = what.list(of.orElse(""));
            boolean inList = action == Alteration.CREATE || what == SdnPart.ADDRESS;
            return inList ? list : ApiPath.of(list + "/{id}", name);
        }

        @Override
        public Json.Obj params() {
            var params = action == Alteration.CREATE || what == SdnPart.ADDRESS
                    ? options.with(what.idParameter(), name)
                    : options;
            if (what == SdnPart.SUBNET && action == Alteration.CREATE) {
                params = params.with("type", "subnet");
            }
            return params;
        }

        @Override
        public Outcome run(ToolContext ctx) {
            var outcome = send(ctx, Entrusted.filled(ctx, completed(ctx), List.of("token", "key")));
            return what.isImmediate()
                    ? outcome
                    : new Outcome(
                            "noted, not applied",
                            "",
                            Optional.empty(),
                            List.of(),
                            "pve_sdn_get shows what waits, pve_sdn_apply puts it into effect");
        }

        /// Some parameters PVE wants though it could know them: the zone of a vnet, and of fabrics whatever is to
        /// stay (PVE::API2::Network::SDN::Fabrics).
        private Json.Obj completed(ToolContext ctx) {
            var params = params();
            return switch (what) {
                case ADDRESS ->
                    params.has("zone")
                            ? params
                            : params.with(
                                    "zone",
                                    present(ctx, ApiPath.of("/cluster/sdn/vnets/{vnet}", of.orElseThrow()))
                                            .text("zone"));
                case FABRIC -> action == Alteration.CHANGE ? kept(params, present(ctx, path()), "protocol") : params;
                case FABRIC_NODE ->
                    switch (action) {
                        case CREATE ->
                            kept(
                                    params,
                                    present(ctx, ApiPath.of("/cluster/sdn/fabrics/fabric/{id}", of.orElseThrow())),
                                    "protocol");
                        case CHANGE -> kept(params, present(ctx, path()), "protocol", "interfaces", "ip", "ip6");
                        case DELETE -> params;
                    };
                case ZONE, VNET, SUBNET, CONTROLLER, IPAM, DNS -> params;
            };
        }

        private static Fields present(ToolContext ctx, String path) {
            return ctx.pve().fields(path);
        }

        private static Json.Obj kept(Json.Obj params, Fields present, String... names) {
            var all = params;
            for (var name : names) {
                if (!all.has(name) && present.raw(name) != Json.Null.NULL) {
                    all = all.with(name, present.raw(name));
                }
            }
            return all;
        }
    }
}
