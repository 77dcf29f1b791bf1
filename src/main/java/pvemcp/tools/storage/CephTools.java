package pvemcp.tools.storage;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.destroy;
import static pvemcp.tool.Tool.operate;
import static pvemcp.tool.Tool.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.Verb;
import pvemcp.text.Word;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Write;
import pvemcp.view.Clean;

/// Ceph, as Proxmox VE installs and manages it on its nodes.
public final class CephTools {
    public static final Toolset CEPH = Toolset.of(
            "ceph",
            "Ceph: health, OSDs, pools, services",
            read("pve_ceph_get", """
                    Show Ceph; of safety: whether a service can be missed.""", CephReads.CephGet.class),
            operate("pve_ceph_run", """
                    Start, stop or restart Ceph services; take an OSD in or out, or scrub it.""", CephRun.class),
            change("pve_ceph_set", """
                    Create a part of Ceph, change a pool, or set flags; 'setup' comes first.""", CephSet.class),
            destroy(
                    "pve_ceph_destroy",
                    "Destroy a part of Ceph, such as a pool with all its data.",
                    CephDestroy.class));

    private CephTools() {}

    /// The number of an OSD, by itself or as `osd.3`.
    static String number(String osd) {
        var number = osd.startsWith("osd.") ? osd.substring("osd.".length()) : osd;
        if (number.isEmpty() || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new BadArguments(
                    List.of("argument 'name': '%s' is no OSD; write its number or osd.3".formatted(osd)));
        }
        return number;
    }

    enum CephAction {
        START,
        STOP,
        RESTART,
        IN,
        OUT,
        SCRUB,
        DEEP_SCRUB
    }

    record CephRun(
            @Doc(kind = Kind.NODE) String node,
            @Doc(value = "What to do", obvious = true) CephAction action,

            @Doc("Such as osd.3") Optional<String> name)
            implements Write, Planned {
        @Override
        public Verb verb() {
            return Verb.POST;
        }

        private boolean isOfService() {
            return action == CephAction.START || action == CephAction.STOP || action == CephAction.RESTART;
        }

        @Override
        public String path() {
            if (isOfService()) {
                return ApiPath.of("/nodes/{node}/ceph/{action}", node, Word.of(action));
            }
            var osd = number(name.orElseThrow(() -> BadArguments.missing("name", action)));
            var last = action == CephAction.DEEP_SCRUB ? "scrub" : Word.of(action);
            return ApiPath.of("/nodes/{node}/ceph/osd/{osdid}/{action}", node, osd, last);
        }

        @Override
        public Json.Obj params() {
            if (isOfService()) {
                return name.map(service -> Json.obj("service", service)).orElse(Json.Obj.EMPTY);
            }
            return action == CephAction.DEEP_SCRUB ? Json.obj("deep", 1) : Json.Obj.EMPTY;
        }

        /// Before something stops, Ceph is asked whether it can be missed.
        @Override
        public Preview preview(ToolContext ctx) {
            var warnings = new ArrayList<String>();
            boolean one = name.filter(service -> service.indexOf('.') > 0).isPresent();
            if (one && (action == CephAction.STOP || action == CephAction.RESTART)) {
                new Probe(ctx)
                        .look("safety", () -> CephReads.safety(ctx, Optional.of(node), name.get(), "stop"))
                        .ifPresent(warnings::add);
            }
            if (action == CephAction.OUT) {
                warnings.add("its data moves to other OSDs, which takes time and load");
            }
            var summary = "%s %s on %s".formatted(Word.of(action), name.orElse("all Ceph services"), node);
            return new Preview(Clean.line(summary), List.of(), warnings);
        }
    }

    enum CephNew {
        OSD,
        MON,
        MGR,
        MDS,
        POOL,
        POOL_SETTINGS,
        FS,
        FLAGS,
        SETUP
    }

    record CephSet(
            @Doc(value = "What to create or change", obvious = true)
            CephNew what,

            @Doc(value = "On this node; not for flags", kind = Kind.NODE, obvious = true)
            Optional<String> node,

            @Doc("Of osd: its disk") Optional<String> name,

            @Doc("Such as size, pg_num, noout") Json.Obj options)
            implements Write {
        private boolean isPut() {
            return what == CephNew.FLAGS || what == CephNew.POOL_SETTINGS;
        }

        @Override
        public Verb verb() {
            return isPut() ? Verb.PUT : Verb.POST;
        }

        @Override
        public String path() {
            if (what == CephNew.FLAGS) {
                return "/cluster/ceph/flags";
            }
            var here = ApiPath.of("/nodes/{node}/ceph", node.orElseThrow(() -> BadArguments.missing("node", what)));
            return here
                    + switch (what) {
                        case OSD -> "/osd";
                        case MON, MGR, MDS ->
                            ApiPath.of(
                                    "/" + Word.of(what) + "/{id}",
                                    name.or(() -> node).get());
                        case POOL -> "/pool";
                        case POOL_SETTINGS -> ApiPath.of("/pool/{name}", named());
                        case FS -> ApiPath.of("/fs/{name}", name.orElse("cephfs"));
                        case SETUP -> "/init";
                        case FLAGS -> throw new IllegalStateException("flags are of no node");
                    };
        }

        private String named() {
            return name.orElseThrow(() -> BadArguments.missing("name", what));
        }

        @Override
        public Json.Obj params() {
            return switch (what) {
                case OSD -> options.with("dev", named());
                case POOL -> options.with("name", named());
                case POOL_SETTINGS, MON, MGR, MDS, FS, FLAGS, SETUP -> options;
            };
        }
    }

    enum CephPart {
        OSD,
        MON,
        MGR,
        MDS,
        POOL,
        FS
    }

    record CephDestroy(
            @Doc(value = "What to destroy", obvious = true) CephPart what,
            @Doc(kind = Kind.NODE) String node,
            @Doc(value = "Which", obvious = true) String name,

            @Doc(value = "Such as cleanup, force, remove_storages or remove-pools", obvious = true)
            Json.Obj options)
            implements Write, Planned {
        @Override
        public Verb verb() {
            return Verb.DELETE;
        }

        @Override
        public String path() {
            var id = what == CephPart.OSD ? number(name) : name;
            return ApiPath.of("/nodes/{node}/ceph/{what}/{id}", node, Word.of(what), id);
        }

        @Override
        public Json.Obj params() {
            return options;
        }

        @Override
        public Preview preview(ToolContext ctx) {
            var warnings = new ArrayList<String>();
            var probe = new Probe(ctx);
            switch (what) {
                case OSD, MON, MDS ->
                    probe.look(
                                    "safety",
                                    () -> CephReads.safety(
                                            ctx,
                                            Optional.of(node),
                                            Word.of(what) + "." + (what == CephPart.OSD ? number(name) : name),
                                            "destroy"))
                            .ifPresent(warnings::add);
                case POOL ->
                    Fields.list(CephReads.read(ctx, Optional.of(node), "/pool", Json.Obj.EMPTY)).stream()
                            .filter(row -> row.text("pool_name").equals(name))
                            .findFirst()
                            .flatMap(row -> row.bytes("bytes_used"))
                            .ifPresent(used -> warnings.add("the pool holds %s, which are lost".formatted(used)));
                case MGR, FS -> {}
            }
            warnings.addAll(probe.unseen());
            var summary = "destroy %s %s on %s".formatted(Word.of(what), name, node);
            return new Preview(Clean.line(summary), List.of(), warnings);
        }
    }
}
