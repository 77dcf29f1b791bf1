package pvemcp.tools.network;

import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.Verb;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Alteration;
import pvemcp.view.Clean;

/// An alias, a set of addresses, what is in one, or a security group.
record FirewallObject(
        FirewallScope scope,

        @Doc(value = "entry: an address in an IP set", obvious = true)
        ObjectKind kind,

        @Doc(value = "What to do", obvious = true) Alteration action,

        @Doc(value = "Name of the alias, IP set or group", obvious = true)
        String name,

        @Doc(value = "Address or network, of an alias or entry", obvious = true)
        Optional<String> cidr,

        @Doc(value = "Comment", obvious = true) Optional<String> comment,
        @Doc(value = "New name", obvious = true) Optional<String> rename,

        @Doc(value = "Exclude this entry", obvious = true) boolean nomatch)
        implements Call<FirewallObject.Made>, FirewallChanges {
    record Made(String outcome, String of, String next) {}

    @Override
    public Made run(ToolContext ctx) {
        var door = door(ctx);
        switch (kind) {
            case ALIAS -> alias(door);
            case IPSET -> named(door, "/ipset", "name");
            case ENTRY -> entry(door);
            case GROUP -> named(door, "/groups", "group");
        }
        var done = switch (action) {
            case CREATE -> "created";
            case CHANGE -> "changed";
            case DELETE -> "deleted; rules that still name it no longer match";
        };
        var next = kind == ObjectKind.GROUP && action == Alteration.CREATE
                ? "pve_firewall_rule group=%s action=add; then a rule of type group uses it".formatted(Clean.name(name))
                : "";
        return new Made(done, door.toString(), next);
    }

    private FirewallScope.Door door(ToolContext ctx) {
        if (kind == ObjectKind.GROUP) {
            if (scope.guest().isPresent() || scope.node().isPresent()) {
                throw new BadArguments(List.of("argument 'kind': security groups belong to the datacenter"));
            }
        } else if (scope.node().isPresent() || scope.group().isPresent()) {
            throw new BadArguments(List.of(
                    "argument 'kind': nodes and groups have none of their own; use the datacenter's or a guest's"));
        }
        return scope.door(ctx);
    }

    private void alias(FirewallScope.Door door) {
        var path = ApiPath.of("/aliases/{name}", name);
        switch (action) {
            case CREATE -> door.send(Verb.POST, "/aliases", described(Json.obj("name", name, "cidr", address())));
            case CHANGE -> {
                var now = Fields.of(door.read(path));
                var params =
                        Json.obj("cidr", cidr.orElse(now.text("cidr")), "comment", comment.orElse(now.text("comment")));
                door.send(
                        Verb.PUT,
                        path,
                        rename.map(to -> params.with("rename", to)).orElse(params));
            }
            case DELETE -> door.send(Verb.DELETE, path, Json.Obj.EMPTY);
        }
    }

    /// IP sets and groups: POST makes and, with `rename`, changes (PVE::API2::Firewall::IPSet, Groups).
    private void named(FirewallScope.Door door, String folder, String key) {
        switch (action) {
            case CREATE -> door.send(Verb.POST, folder, described(Json.obj(key, name)));
            case CHANGE -> door.send(Verb.POST, folder, described(Json.obj(key, rename.orElse(name), "rename", name)));
            case DELETE -> door.send(Verb.DELETE, ApiPath.of(folder + "/{name}", name), Json.Obj.EMPTY);
        }
    }

    private void entry(FirewallScope.Door door) {
        var folder = ApiPath.of("/ipset/{name}", name);
        var params = described(Json.Obj.EMPTY).with("nomatch", nomatch ? 1 : 0);
        var one = ApiPath.of("/ipset/{name}/{cidr}", name, address());
        switch (action) {
            case CREATE -> door.send(Verb.POST, folder, params.with("cidr", address()));
            case CHANGE -> door.send(Verb.PUT, one, params);
            case DELETE -> door.send(Verb.DELETE, one, Json.Obj.EMPTY);
        }
    }

    private Json.Obj described(Json.Obj params) {
        return comment.map(text -> params.with("comment", text)).orElse(params);
    }

    private String address() {
        return cidr.orElseThrow(() -> new BadArguments(List.of("missing argument 'cidr' (address or network)")));
    }

    enum ObjectKind {
        ALIAS,
        IPSET,
        ENTRY,
        GROUP
    }
}
