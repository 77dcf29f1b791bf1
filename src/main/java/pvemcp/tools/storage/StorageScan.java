package pvemcp.tools.storage;

import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnPath;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.ApiAnswer;
import pvemcp.tools.common.ApiRequest;
import pvemcp.tools.common.Passwords;
import pvemcp.view.View;

/// What a node finds that could be a storage. Its own volume groups and pools it only reads; servers it dials, with
/// the credentials it is given, so that is more than a read.
record StorageScan(
        @Doc(kind = Kind.NODE) String node,
        @Doc(value = "What to look for", obvious = true) What kind,

        @Doc(value = "Server, iSCSI portal or volume group", obvious = true)
        Optional<String> target,

        @Doc("Such as username; password: secret:FILE") Json.Obj options)
        implements Call<View>, OnPath, Tiered {
    enum What {
        NFS,
        CIFS,
        PBS,
        ISCSI,
        LVM,
        LVMTHIN,
        ZFS
    }

    private Optional<String> targetName() {
        return switch (kind) {
            case NFS, CIFS, PBS -> Optional.of("server");
            case ISCSI -> Optional.of("portal");
            case LVMTHIN -> Optional.of("vg");
            case LVM, ZFS -> Optional.empty();
        };
    }

    @Override
    public Verb verb() {
        return Verb.GET;
    }

    @Override
    public String path() {
        return ApiPath.of("/nodes/{node}/scan/{kind}", node, Word.of(kind));
    }

    @Override
    public Json.Obj params() {
        var name = targetName();
        if (name.isPresent() && target.isEmpty()) {
            throw new BadArguments(List.of("argument 'target': name the %s to look at".formatted(spoken(name.get()))));
        }
        return name.map(param -> options.with(param, target.orElseThrow())).orElse(options);
    }

    private static String spoken(String param) {
        return param.equals("vg") ? "volume group" : param;
    }

    @Override
    public Tier tier(ApiSchema schema) {
        return new ApiRequest(path(), params()).tier(verb(), schema);
    }

    @Override
    public View run(ToolContext ctx) {
        var params = Passwords.filled(ctx, params());
        var found = ctx.pve().data(Verb.GET, path(), params);
        var view = ApiAnswer.of(path(), found, List.of(), 0, 100);
        return params.has("password")
                ? new View.Stack(
                        List.of(
                                view,
                                new View.Text(
                                        "PVE takes the password in the address of the request, so it now stands in"
                                                + " /var/log/pveproxy/access.log of the node that was asked: rotate it if that matters")))
                : view;
    }
}
