package pvemcp.tools.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.Secret;
import pvemcp.text.Word;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.ApiAnswer;
import pvemcp.tools.common.OnlineNodes;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Page;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;
import pvemcp.tools.common.Window;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// What is known of software-defined networks: as defined, as waiting, as running on the nodes.
public final class SdnReads {
    private static final String SDN = "/cluster/sdn/";
    // Every row has these; the rest says how the object is set up.
    private static final Set<String> NO_SETTINGS = Set.of(
            "type",
            "state",
            "pending",
            "digest",
            "id",
            "zone",
            "vnet",
            "subnet",
            "controller",
            "ipam",
            "dns",
            "mask",
            "network",
            "cidr",
            "fabric_id",
            "node_id",
            "lock-token");
    // PVE shows these to whoever may see the object.
    private static final Set<String> SECRETS = Set.of("token", "key");

    private SdnReads() {}

    enum Shows {
        PENDING,
        ZONES,
        VNETS,
        SUBNETS,
        CONTROLLERS,
        IPAMS,
        DNS,
        FABRICS,
        ADDRESSES,
        STATUS,
        BRIDGES,
        ROUTES,
        NEIGHBORS,
        MACS,
        DRY_RUN
    }

    /// An object as it is defined.
    ///
    /// @param of the zone of a vnet, the vnet of a subnet, the fabric of a node
    /// @param state `new`, `changed` or `deleted` where that waits to be applied
    /// @param waits what will be different then
    record Defined(String part, String name, String type, String of, String state, String settings, String waits) {
        static Defined of(String part, String idName, Fields row) {
            var pending = row.all().object("pending").orElse(Json.Obj.EMPTY);
            var of = switch (part) {
                case "vnet" -> row.maybe("zone").or(() -> pending.text("zone")).orElse("");
                case "subnet" -> row.text("vnet");
                case "fabric_node" -> row.text("fabric_id");
                default -> "";
            };
            return new Defined(
                    part,
                    Clean.name(row.text(idName)),
                    Clean.name(row.maybe("type").orElse(row.text("protocol"))),
                    Clean.name(of),
                    Clean.name(row.text("state")),
                    settings(row.all()),
                    waits(row, pending));
        }

        private static String settings(Json.Obj all) {
            var parts = new ArrayList<String>();
            all.members().forEach((name, value) -> {
                boolean shown = !NO_SETTINGS.contains(name) && !value.equals(Json.Arr.EMPTY);
                if (shown && value != Json.Null.NULL) {
                    parts.add(name + " " + shown(name, value));
                }
            });
            return Clean.line(String.join(", ", parts));
        }

        private static String waits(Fields row, Json.Obj pending) {
            var parts = new ArrayList<String>();
            pending.members().forEach((name, value) -> {
                var before = row.all()
                        .get(name)
                        .map(old -> shown(name, old) + " -> ")
                        .orElse("");
                parts.add("%s %s%s".formatted(name, before, shown(name, value)));
            });
            return Clean.line(String.join(", ", parts));
        }

        private static String shown(String name, Json value) {
            return SECRETS.contains(name) ? Secret.MASK : value.scalarText().orElseGet(value::write);
        }
    }

    /// A zone on a node.
    ///
    /// @param status `available`, `pending` or `error`
    /// @param problems what the node says of the vnets that are not there
    public record ZoneLine(String node, String zone, String status, String problems) {}

    /// An address that was given out.
    record AddressLine(String ip, String subnet, String vnet, String zone, String use, String mac, String guest) {
        static AddressLine of(Fields row) {
            return new AddressLine(
                    Clean.name(row.text("ip")),
                    Clean.name(row.text("subnet")),
                    Clean.name(row.text("vnet")),
                    Clean.name(row.text("zone")),
                    row.flag("gateway") ? "gateway" : row.maybe("vmid").isPresent() ? "guest" : "reserved",
                    Clean.name(row.text("mac")),
                    Clean.name((row.text("vmid") + " " + row.text("hostname")).strip()));
        }
    }

    record SdnGet(
            @Doc(value = "Which", or = "pending", obvious = true)
            Shows what,

            @Doc(value = "One of them; of bridges, routes: a zone or fabric", obvious = true)
            Optional<String> name,

            @Doc(value = "On this node", kind = Kind.NODE, obvious = true)
            Optional<String> node,

            @Doc(value = "'next' of the page before", kind = Kind.CURSOR, obvious = true)
            Optional<String> cursor)
            implements Call<Object> {
        @Override
        public Object run(ToolContext ctx) {
            return switch (what) {
                case PENDING -> defined(waiting(ctx), "changes that wait to be applied");
                case ZONES -> defined(objects(ctx, "zone", "zones"), "zones");
                case VNETS -> defined(objects(ctx, "vnet", "vnets"), "vnets");
                case SUBNETS -> defined(subnets(ctx), "subnets");
                case CONTROLLERS -> defined(objects(ctx, "controller", "controllers"), "controllers");
                case IPAMS -> defined(objects(ctx, "ipam", "ipams"), "IPAMs");
                case DNS -> defined(objects(ctx, "dns", "dns"), "DNS servers");
                case FABRICS -> defined(fabrics(ctx), "fabrics and their nodes");
                case ADDRESSES -> addresses(ctx);
                case STATUS -> status(ctx);
                case BRIDGES -> below(ctx, "/sdn/zones/{zone}/bridges");
                case ROUTES -> routes(ctx);
                case NEIGHBORS -> below(ctx, "/sdn/fabrics/{fabric}/neighbors");
                case MACS -> below(ctx, "/sdn/vnets/{vnet}/mac-vrf");
                case DRY_RUN -> dryRun(ctx);
            };
        }

        private Page defined(List<Defined> all, String noun) {
            var rows = all.stream()
                    .filter(row -> name.map(wanted -> wanted.equals(row.name()) || wanted.equals(row.of()))
                            .orElse(true))
                    .toList();
            return Page.of(noun, Defined.class, rows, this)
                    .counting("state", row -> row.state().isEmpty() ? "applied" : row.state())
                    .page(Window.at(cursor), row -> row.part() + row.name());
        }

        private Page addresses(ToolContext ctx) {
            var path = ApiPath.of("/cluster/sdn/ipams/{ipam}/status", name.orElse("pve"));
            var rows = ctx.pve().rows(path).stream().map(AddressLine::of).toList();
            return Page.of("addresses", AddressLine.class, rows, this)
                    .counting("use", AddressLine::use)
                    .page(Window.at(cursor), AddressLine::ip);
        }

        private Report status(ToolContext ctx) {
            var probe = new Probe(ctx);
            var lines = zones(ctx, probe, node).stream()
                    .filter(line -> name.map(line.zone()::equals).orElse(true))
                    .toList();
            var bad = lines.stream()
                    .filter(line -> !line.status().equals("available"))
                    .toList();
            var conclusion = lines.isEmpty()
                    ? "no zone runs on any node that could be asked"
                    : bad.isEmpty()
                            ? "all zones are available where they are to be"
                            : "%d of %d are not available: a zone counts once for each of its nodes"
                                    .formatted(bad.size(), lines.size());
            return Report.that(conclusion)
                    .table(
                            "zones",
                            "node|zone|status|problems",
                            lines.stream()
                                    .map(line -> Probe.row(line.node(), line.zone(), line.status(), line.problems()))
                                    .toList())
                    .nextIf(!bad.isEmpty(), "pve_node_log node=… text=ifreload shows why; pve_sdn_apply tries again")
                    .with(probe);
        }

        private View below(ToolContext ctx, String path) {
            var where = node.orElseThrow(() -> BadArguments.missing("node", what));
            var which = name.orElseThrow(() -> BadArguments.missing("name", what));
            var answer = ctx.pve().node(where).read(ApiPath.of(path, which), Json.Obj.EMPTY);
            return ApiAnswer.of("%s of %s on %s".formatted(Word.of(what), which, where), answer, List.of(), 0, 200);
        }

        /// Of a fabric, or of an EVPN zone.
        private View routes(ToolContext ctx) {
            var which = name.orElseThrow(() -> BadArguments.missing("name", what));
            boolean zone = ctx.pve().rows(SDN + "zones").stream()
                    .anyMatch(row -> row.text("zone").equals(which));
            return below(ctx, zone ? "/sdn/zones/{zone}/ip-vrf" : "/sdn/fabrics/{fabric}/routes");
        }

        private View dryRun(ToolContext ctx) {
            var probe = new Probe(ctx);
            var parts = new ArrayList<View>();
            for (var each : OnlineNodes.of(ctx, node)) {
                probe.look("dry run on " + each, () -> diffs(ctx, each)).ifPresent(parts::addAll);
            }
            parts.addFirst(new View.Text(
                    parts.isEmpty()
                            ? "applying would change no file of any node that could be asked"
                            : "what applying would change in the files of each node"));
            probe.unseen().forEach(gap -> parts.add(new View.Text("not looked at: " + Clean.line(gap))));
            return new View.Stack(parts);
        }
    }

    private static List<View> diffs(ToolContext ctx, String node) {
        var answer = ctx.pve().fields(SDN + "dry-run", Json.obj("node", node));
        var views = new ArrayList<View>();
        for (var file : List.of("interfaces-diff", "frr-diff")) {
            views.addAll(Outcome.quoted(
                    file + " of " + node, answer.text(file).lines().toList()));
        }
        return views;
    }

    /// How many lines applying would add to and take from the files of a node.
    static String effect(ToolContext ctx, String node) {
        var answer = ctx.pve().fields(SDN + "dry-run", Json.obj("node", node));
        int added = 0;
        int removed = 0;
        for (var file : List.of("interfaces-diff", "frr-diff")) {
            for (var line : answer.text(file).lines().toList()) {
                added += line.startsWith("+") && !line.startsWith("+++") ? 1 : 0;
                removed += line.startsWith("-") && !line.startsWith("---") ? 1 : 0;
            }
        }
        return "%d lines added, %d removed".formatted(added, removed);
    }

    private static List<Defined> objects(ToolContext ctx, String part, String list) {
        return rows(ctx, SDN + list).stream()
                .map(row -> Defined.of(part, part, row))
                .toList();
    }

    /// With what waits; parts of which nothing waits ignore that (PVE::API2::Network::SDN::Ipams, Dns).
    private static List<Fields> rows(ToolContext ctx, String path) {
        boolean waits = !path.endsWith("/ipams") && !path.endsWith("/dns");
        return ctx.pve().rows(path, waits ? Json.obj("pending", 1) : Json.Obj.EMPTY);
    }

    private static List<Defined> subnets(ToolContext ctx) {
        var all = new ArrayList<Defined>();
        for (var vnet : rows(ctx, SDN + "vnets")) {
            rows(ctx, ApiPath.of(SDN + "vnets/{vnet}/subnets", vnet.text("vnet"))).stream()
                    .map(row -> Defined.of("subnet", "subnet", row))
                    .forEach(all::add);
        }
        return all;
    }

    private static List<Defined> fabrics(ToolContext ctx) {
        var answer = ctx.pve().fields(SDN + "fabrics/all", Json.obj("pending", 1));
        var all = new ArrayList<Defined>();
        Fields.list(answer.raw("fabrics")).stream()
                // A host without any answers rows that have only a digest (recording s04).
                .filter(row -> row.maybe("id").isPresent())
                .map(row -> Defined.of("fabric", "id", row))
                .forEach(all::add);
        Fields.list(answer.raw("nodes")).stream()
                .map(row -> Defined.of("fabric_node", "node_id", row))
                .forEach(all::add);
        return all;
    }

    /// Everything that is not as it was applied last.
    static List<Defined> waiting(ToolContext ctx) {
        var all = new ArrayList<>(objects(ctx, "zone", "zones"));
        all.addAll(objects(ctx, "vnet", "vnets"));
        all.addAll(subnets(ctx));
        all.addAll(objects(ctx, "controller", "controllers"));
        all.addAll(fabrics(ctx));
        all.removeIf(row -> row.state().isEmpty());
        return all;
    }

    /// How the zones are on the nodes; a node that cannot be asked is in [Probe#unseen()].
    public static List<ZoneLine> zones(ToolContext ctx, Probe probe, Optional<String> node) {
        var lines = new ArrayList<ZoneLine>();
        for (var each : OnlineNodes.of(ctx, node)) {
            for (var row : probe.list("zones on " + each, ApiPath.of("/nodes/{node}/sdn/zones", each))) {
                var zone = row.text("zone");
                var status = Clean.name(row.text("status"));
                var problems = status.equals("available") ? "" : problems(probe, each, zone);
                lines.add(new ZoneLine(each, Clean.name(zone), status, problems));
            }
        }
        return lines;
    }

    private static String problems(Probe probe, String node, String zone) {
        var said = new LinkedHashMap<String, List<String>>();
        for (var vnet : probe.list(
                "zone %s on %s".formatted(zone, node),
                ApiPath.of("/nodes/{node}/sdn/zones/{zone}/content", node, zone))) {
            if (!vnet.text("statusmsg").isEmpty()) {
                said.computeIfAbsent(vnet.text("statusmsg"), _ -> new ArrayList<>())
                        .add(vnet.text("vnet"));
            }
        }
        var parts = new ArrayList<String>();
        said.forEach((message, vnets) -> parts.add("%s (%s)".formatted(message, String.join(", ", vnets))));
        return Clean.line(String.join("; ", parts));
    }
}
