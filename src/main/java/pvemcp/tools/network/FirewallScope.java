package pvemcp.tools.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Doc;
import pvemcp.tool.Inputs;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// Whose firewall is meant: a guest's, a node's, a security group, or the datacenter's where none is named.
record FirewallScope(
        @Doc(value = "Of this guest", obvious = true) Optional<GuestRef> guest,

        @Doc(value = "Of this node", kind = Kind.NODE, obvious = true)
        Optional<String> node,

        @Doc(value = "Of this security group; none of the three: the datacenter", obvious = true)
        Optional<String> group)
        implements Inputs.Group {

    FirewallScope {
        if (List.of(guest.isPresent(), node.isPresent(), group.isPresent()).stream()
                        .filter(given -> given)
                        .count()
                > 1) {
            throw new BadArguments(List.of("arguments 'guest', 'node', 'group': name one of them, or none"));
        }
    }

    List<GuestRef> guests() {
        return guest.stream().toList();
    }

    /// The path by which the gate knows what is touched; a guest is looked up there by its name.
    String path() {
        return guest.isPresent()
                ? ""
                : node.map(name -> ApiPath.of("/nodes/{node}/firewall/options", name))
                        .orElse("/cluster/firewall/options");
    }

    /// One firewall, and how to speak to it.
    sealed interface Door {
        Json send(Verb verb, String below, Json.Obj params);

        /// Where it is, as the requests name it.
        String path();

        default Json read(String below) {
            return send(Verb.GET, below, Json.Obj.EMPTY);
        }

        /// Where its rules are, below the door.
        default String rules() {
            return "/rules";
        }

        default List<Fields> ruleRows() {
            return Fields.list(read(rules()));
        }

        /// The options that are set, as `name value`.
        default List<String> options() {
            var options = new ArrayList<String>();
            Fields.of(read("/options")).all().members().forEach((name, value) -> {
                if (!name.equals("digest")) {
                    options.add(Clean.name(name + " " + value.scalarText().orElse(value.write())));
                }
            });
            options.sort(null);
            return options;
        }
    }

    record OfGuest(Guest guest) implements Door {
        @Override
        public Json send(Verb verb, String below, Json.Obj params) {
            return guest.send(verb, "/firewall" + below, params);
        }

        @Override
        public String path() {
            return ApiPath.of(
                    "/nodes/{node}/{kind}/{vmid}/firewall",
                    guest.node(),
                    guest.kind().segment(),
                    guest.vmid());
        }

        @Override
        public String toString() {
            return Clean.oneLine(guest.toString());
        }
    }

    /// @param name of the datacenter, a node or a security group
    record OfPath(ToolContext ctx, String path, String rules, String name) implements Door {
        @Override
        public Json send(Verb verb, String below, Json.Obj params) {
            return ctx.pve().data(verb, path + below, params);
        }

        @Override
        public String toString() {
            return Clean.name(name);
        }
    }

    Door door(ToolContext ctx) {
        if (guest.isPresent()) {
            return new OfGuest(ctx.pve().guest(guest.get()));
        }
        if (node.isPresent()) {
            return new OfPath(ctx, ApiPath.of("/nodes/{node}/firewall", node.get()), "/rules", "node " + node.get());
        }
        return group.map(name -> new OfPath(
                        ctx, "/cluster/firewall", ApiPath.of("/groups/{group}", name), "security group " + name))
                .orElseGet(() -> new OfPath(ctx, "/cluster/firewall", "/rules", "the datacenter"));
    }

    /// Whether it lies before the nodes themselves, and so before the API and SSH.
    boolean guardsNodes() {
        return guest.isEmpty();
    }
}
