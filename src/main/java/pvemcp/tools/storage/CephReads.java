package pvemcp.tools.storage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.text.Word;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.ApiAnswer;
import pvemcp.tools.common.OnlineNodes;
import pvemcp.tools.common.Page;
import pvemcp.tools.common.Window;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// What a Ceph cluster tells of itself. Every node that has Ceph tells the same.
public final class CephReads {
    // PVE::Ceph::Tools, check_ceph_installed and check_ceph_inited
    private static final List<String> ABSENT = List.of("binary not installed", "pveceph configuration not initialized");

    private CephReads() {}

    enum Shows {
        STATUS,
        OSDS,
        SERVICES,
        POOLS,
        FS,
        FLAGS,
        CONFIG,
        CONFIG_FILE,
        CRUSH,
        RULES,
        LOG,
        SAFETY
    }

    /// @param detail the first of what Ceph adds to it
    public record CheckLine(String check, String severity, String message, String detail) {}

    public record Status(
            String health,
            String monitors,
            String manager,
            String osds,
            String groups,
            String used,
            List<CheckLine> checks,
            String next) {
        static Status of(Fields answer) {
            var health = object(answer, "health");
            var osds = object(answer, "osdmap");
            var groups = object(answer, "pgmap");
            var checks = new ArrayList<CheckLine>();
            object(health, "checks").all().members().forEach((code, value) -> {
                var check = Fields.of(value);
                var details = Fields.list(check.raw("detail"));
                checks.add(new CheckLine(
                        Clean.name(code),
                        Clean.name(check.text("severity")),
                        Clean.line(object(check, "summary").text("message")),
                        details.isEmpty() ? "" : Clean.line(details.getFirst().text("message"))));
            });
            var monitors = new ArrayList<String>();
            if (answer.raw("quorum_names") instanceof Json.Arr(var names)) {
                names.forEach(name -> name.scalarText().map(Clean::name).ifPresent(monitors::add));
            }
            var manager = object(answer, "mgrmap");
            return new Status(
                    Clean.name(health.text("status")),
                    "%d of %d in quorum: %s"
                            .formatted(
                                    monitors.size(),
                                    Fields.list(object(answer, "monmap").raw("mons"))
                                            .size(),
                                    String.join(", ", monitors)),
                    manager.maybe("active_name").map(Clean::name).orElse("none is active"),
                    "%s, %s up, %s in"
                            .formatted(osds.text("num_osds"), osds.text("num_up_osds"), osds.text("num_in_osds")),
                    states(groups),
                    use(groups.bytes("bytes_used"), groups.bytes("bytes_total")),
                    checks,
                    checks.isEmpty() ? "" : "pve_ceph_get what=osds, services or log shows more");
        }

        private static String states(Fields groups) {
            var parts = new ArrayList<String>();
            for (var state : Fields.list(groups.raw("pgs_by_state"))) {
                parts.add(state.text("count") + " " + Clean.name(state.text("state_name")));
            }
            return String.join(", ", parts);
        }
    }

    private static Fields object(Fields answer, String name) {
        return Fields.of(answer.raw(name) instanceof Json.Obj inner ? inner : Json.Obj.EMPTY);
    }

    private static String use(Optional<Bytes> used, Optional<Bytes> total) {
        return used.isEmpty() || total.isEmpty() ? "" : "%s of %s".formatted(used.get(), total.get());
    }

    record OsdLine(
            String osd,
            String host,
            String state,
            String deviceClass,
            Optional<Bytes> size,
            Optional<Bytes> used,
            String usedShare,
            String pgs,
            String version) {
        static OsdLine of(Fields row) {
            return new OsdLine(
                    Clean.name(row.text("name")),
                    Clean.name(row.text("host")),
                    Clean.name(row.text("status")) + (row.flag("in") ? " and in" : " and out"),
                    Clean.name(row.text("device_class")),
                    row.bytes("total_space"),
                    row.bytes("bytes_used"),
                    row.number("percent_used").map("%.0f %%"::formatted).orElse(""),
                    Clean.name(row.text("pgs")),
                    Clean.name(row.text("ceph_version_short")));
        }
    }

    /// A monitor, manager or metadata server.
    record ServiceLine(String kind, String name, String host, String state, String version) {
        static ServiceLine of(String kind, Fields row) {
            var quorum = row.maybe("quorum").map(in -> in.equals("1") ? " in quorum" : " outside quorum");
            return new ServiceLine(
                    kind,
                    Clean.name(row.text("name")),
                    Clean.name(row.text("host")),
                    Clean.name(row.maybe("state").orElse("unknown")) + quorum.orElse(""),
                    Clean.name(row.text("ceph_version_short")));
        }
    }

    record PoolLine(
            String pool,
            String type,
            String replicas,
            String pgs,
            String autoscale,
            String application,
            String rule,
            Optional<Bytes> used,
            String usedShare) {
        static PoolLine of(Fields row) {
            return new PoolLine(
                    Clean.name(row.text("pool_name")),
                    Clean.name(row.text("type")),
                    "%s, at least %s".formatted(row.text("size"), row.text("min_size")),
                    Clean.name(row.text("pg_num")),
                    Clean.name(row.text("pg_autoscale_mode")),
                    Clean.name(String.join(
                            ", ",
                            object(row, "application_metadata").all().members().keySet())),
                    Clean.name(row.text("crush_rule_name")),
                    row.bytes("bytes_used"),
                    row.number("percent_used")
                            .map(share -> "%.0f %%".formatted(share * 100))
                            .orElse(""));
        }
    }

    record CephGet(
            @Doc(value = "Which", or = "status", obvious = true)
            Shows what,

            @Doc("Such as mon.pve1") Optional<String> name,

            @Doc(value = "Ask this node; default: any that has Ceph", kind = Kind.NODE, obvious = true)
            Optional<String> node,

            @Doc(value = "'next' of the page before", kind = Kind.CURSOR, obvious = true)
            Optional<String> cursor)
            implements Call<Object> {
        @Override
        public Object run(ToolContext ctx) {
            return switch (what) {
                case STATUS -> Status.of(Fields.of(read(ctx, "/status")));
                case OSDS -> name.isPresent() ? osd(ctx, name.get()) : osds(ctx);
                case SERVICES -> services(ctx);
                case POOLS -> name.isPresent() ? whole(ctx, ApiPath.of("/pool/{name}/status", name.get())) : pools(ctx);
                case FS, RULES, CRUSH, LOG -> whole(ctx, "/" + Word.of(what));
                case FLAGS -> flags(ctx);
                case CONFIG -> whole(ctx, "/cfg/db");
                case CONFIG_FILE -> whole(ctx, "/cfg/raw");
                case SAFETY -> safety(ctx);
            };
        }

        private Json read(ToolContext ctx, String below) {
            return CephReads.read(ctx, node, below, Json.Obj.EMPTY);
        }

        private Object whole(ToolContext ctx, String below) {
            return ApiAnswer.of("Ceph's " + Word.of(what), read(ctx, below), List.of(), 0, 200);
        }

        private Object osd(ToolContext ctx, String osd) {
            var answer = Fields.of(read(ctx, ApiPath.of("/osd/{osdid}/metadata", CephTools.number(osd))));
            return View.Stack.of(
                    ApiAnswer.of("osd", answer.raw("osd"), List.of(), 0, 1),
                    ApiAnswer.of("devices", answer.raw("devices"), List.of(), 0, 20));
        }

        private Page osds(ToolContext ctx) {
            var found = new ArrayList<OsdLine>();
            collect(object(Fields.of(read(ctx, "/osd")), "root"), found);
            found.sort(Comparator.comparingInt(line -> number(line.osd())));
            return Page.of("OSDs", OsdLine.class, found, this)
                    .counting("state", OsdLine::state)
                    .counting("host", OsdLine::host)
                    .brief("osd", "host", "state", "device_class", "size", "used_share")
                    .sortedBy("osd")
                    .page(Window.at(cursor), OsdLine::osd);
        }

        private static int number(String osd) {
            var digits = osd.replaceAll("\\D", "");
            return digits.isEmpty() || digits.length() > 9 ? 0 : Integer.parseInt(digits);
        }

        /// The leaves of the tree that CRUSH sees: roots, hosts, OSDs.
        private static void collect(Fields branch, List<OsdLine> found) {
            if (branch.text("type").equals("osd")) {
                found.add(OsdLine.of(branch));
            }
            Fields.list(branch.raw("children")).forEach(child -> collect(child, found));
        }

        private Page services(ToolContext ctx) {
            var rows = new ArrayList<ServiceLine>();
            for (var kind : List.of("mon", "mgr", "mds")) {
                Fields.list(read(ctx, "/" + kind)).forEach(row -> rows.add(ServiceLine.of(kind, row)));
            }
            return Page.of("Ceph services", ServiceLine.class, rows, this)
                    .counting("kind", ServiceLine::kind)
                    .counting("state", ServiceLine::state)
                    .page(Window.at(cursor), row -> row.kind() + row.name());
        }

        private Page pools(ToolContext ctx) {
            var rows =
                    Fields.list(read(ctx, "/pool")).stream().map(PoolLine::of).toList();
            return Page.of("pools", PoolLine.class, rows, this)
                    .counting("application", PoolLine::application)
                    .brief("pool", "replicas", "pgs", "application", "used", "used_share")
                    .page(Window.at(cursor), PoolLine::pool);
        }

        private Object flags(ToolContext ctx) {
            var set = ctx.pve().rows("/cluster/ceph/flags").stream()
                    .filter(row -> row.flag("value"))
                    .map(row -> Clean.name(row.text("name")))
                    .toList();
            return set.isEmpty() ? "no flag is set" : "set: " + String.join(", ", set);
        }

        private Object safety(ToolContext ctx) {
            var service = name.orElseThrow(() -> BadArguments.missing("name", what));
            var lines = new ArrayList<String>();
            for (var action : List.of("stop", "destroy")) {
                lines.add("%s %s: %s"
                        .formatted(action, Clean.name(service), CephReads.safety(ctx, node, service, action)));
            }
            return lines;
        }
    }

    /// What Ceph says to doing without a service for a while (`stop`) or for good (`destroy`).
    static String safety(ToolContext ctx, Optional<String> node, String service, String action) {
        int dot = service.indexOf('.');
        if (dot <= 0) {
            throw new BadArguments(
                    List.of("argument 'name': write it as kind.id, such as osd.3, mon.pve1 or mds.pve1"));
        }
        var params = Json.obj("service", service.substring(0, dot), "id", service.substring(dot + 1), "action", action);
        var answer = Fields.of(read(ctx, node, "/cmd-safety", params));
        return answer.flag("safe") ? "safe, says Ceph" : Clean.line("NOT safe, says Ceph: " + answer.text("status"));
    }

    /// As the node knows it that is asked; empty where Ceph is not installed there, or not set up.
    public static Optional<Status> ofCluster(ToolContext ctx) {
        try {
            return Optional.of(Status.of(ctx.pve().fields("/cluster/ceph/status")));
        } catch (PveException e) {
            if (isWithout(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static boolean isWithout(PveException e) {
        return e.fault() instanceof PveFault.Unexpected unexpected
                && ABSENT.stream().anyMatch(unexpected.message()::contains);
    }

    /// A read below `/nodes/{node}/ceph`, from the node named or the first that has Ceph.
    static Json read(ToolContext ctx, Optional<String> node, String below, Json.Obj params) {
        var nodes = OnlineNodes.of(ctx, node);
        if (nodes.isEmpty()) {
            throw new PveException(new PveFault.Missing("node", "no node is online that could be asked"));
        }
        for (int i = 0; ; i++) {
            try {
                return ctx.pve().node(nodes.get(i)).read("/ceph" + below, params);
            } catch (PveException e) {
                if (!isWithout(e) || i == nodes.size() - 1) {
                    throw e;
                }
            }
        }
    }
}
