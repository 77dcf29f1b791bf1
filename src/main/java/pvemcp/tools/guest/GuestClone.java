package pvemcp.tools.guest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.Aim.OnRequest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Places;
import pvemcp.view.Clean;

/// A copy of a guest, or a guest made of a template.
record GuestClone(
        @Doc GuestRef guest,
        @Doc(value = "Name of the copy", obvious = true) String name,

        @Doc(value = "Its id; default: the next free one", obvious = true)
        Optional<Integer> vmid,

        @Doc(value = "Default: only what is no template", obvious = true)
        Optional<Boolean> full,

        @Doc(value = "On this node; needs shared storage", kind = Kind.NODE, obvious = true)
        Optional<String> node,

        @Doc(value = "Makes it full", kind = Kind.STORAGE, obvious = true)
        Optional<String> storage,

        @Doc(value = "Into this pool", kind = Kind.POOL, obvious = true)
        Optional<String> pool,

        @Doc(value = "As it was in this snapshot", obvious = true)
        Optional<String> snapshot,

        @Doc(value = "Other parameters: description, format, bwlimit", obvious = true)
        Json.Obj options,

        @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
        Duration timeout)
        implements Call<Made>, OnGuest, OnRequest {
    GuestClone {
        Spot.requireId(vmid);
    }

    @Override
    public Request request(ToolContext ctx) {
        var source = ctx.pve().guest(guest);
        var path = ApiPath.of(
                "/nodes/{node}/{kind}/{vmid}/clone",
                source.node(),
                source.kind().segment(),
                source.vmid());
        return new Request(Verb.POST, path, params(source, Places.id(ctx.pve(), vmid)));
    }

    private boolean isWhole(Guest source) {
        return full.orElse(!source.template() || storage.isPresent());
    }

    private Json.Obj params(Guest source, int id) {
        var params = Json.obj("newid", id, source.kind() == GuestKind.VM ? "name" : "hostname", name);
        // PVE's default is a linked clone wherever one can be had; it is said, so that it is what was meant.
        params = params.with("full", isWhole(source) ? 1 : 0);
        params = Places.with(params, "target", node);
        params = Places.with(params, "storage", storage);
        params = Places.with(params, "pool", pool);
        params = Places.with(params, "snapname", snapshot);
        return params.with(options);
    }

    @Override
    public Made run(ToolContext ctx) {
        var pve = ctx.pve();
        var source = pve.guest(guest);
        boolean whole = isWhole(source);
        if (!whole && storage.isPresent()) {
            throw new BadArguments(List.of("argument 'storage': a linked clone stays on its template's storage; "
                    + "leave it out or set full=true"));
        }
        if (!whole && !source.template() && snapshot.isEmpty()) {
            throw new BadArguments(
                    List.of("argument 'full': %s is no template, only templates have linked clones".formatted(source)));
        }
        var id = Places.id(pve, vmid);
        var outcome = Outcome.of(ctx, source.start(Verb.POST, "/clone", params(source, id)), timeout);
        return new Made(
                "%s (%d) on %s".formatted(name, id, node.orElse(source.node())),
                Clean.oneLine("%s clone of %s".formatted(whole ? "full" : "linked", source)),
                outcome,
                outcome.isGoing() ? outcome.next() : "");
    }
}
