package pvemcp.tools.cluster;

import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.read;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.PropertyString;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.text.Word;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Operations;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.ApiAnswer;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Passwords;
import pvemcp.tools.common.Tiers;
import pvemcp.view.Clean;
import pvemcp.view.Units;
import pvemcp.view.View;

/// What is set for the cluster as a whole: its options, corosync, device mappings, metric servers, CPU models.
public final class DatacenterTools {
    public static final Toolset DATACENTER = Toolset.of(
            "datacenter",
            "Options, log, corosync, mappings, metric servers and CPU models of the cluster",
            read("pve_cluster_get", "Show what is set for the cluster, or its log.", ClusterGet.class),
            execute("pve_cluster_set", """
                    Set cluster options, device mappings, metric servers or CPU models; arm HA, join a cluster.""", ClusterSet.class));

    private static final List<String> MAPPED = List.of("pci", "usb", "dir");

    private DatacenterTools() {}

    private static Json get(ToolContext ctx, String path) {
        return ctx.pve().data(Verb.GET, path, Json.Obj.EMPTY);
    }

    // ---- get ----

    enum Part {
        OPTIONS,
        LOG,
        COROSYNC,
        JOIN,
        MAPPINGS,
        METRICS,
        CPUS
    }

    record LogLine(Optional<Instant> time, String node, String user, String program, String text) {
        static LogLine of(Fields row) {
            return new LogLine(
                    row.moment("time"),
                    Clean.name(row.text("node")),
                    Clean.name(row.text("user")),
                    Clean.name(row.text("tag")),
                    Clean.line(row.text("msg")));
        }
    }

    record CorosyncNode(String node, String id, String votes, String addresses) {
        static CorosyncNode of(Fields row) {
            var addresses = new ArrayList<String>();
            row.all().members().forEach((key, value) -> {
                if (key.matches("ring\\d_addr")) {
                    addresses.add(value.scalarText().orElse(""));
                }
            });
            return new CorosyncNode(
                    Clean.name(row.maybe("name").orElseGet(() -> row.text("node"))),
                    Clean.name(row.text("nodeid")),
                    Clean.name(row.text("quorum_votes")),
                    Clean.name(String.join(" ", addresses)));
        }
    }

    record MetricServer(String id, String type, String server, String port, boolean enabled) {
        static MetricServer of(Fields row) {
            return new MetricServer(
                    Clean.name(row.text("id")),
                    Clean.name(row.text("type")),
                    Clean.name(row.text("server")),
                    row.text("port"),
                    !row.flag("disable"));
        }
    }

    /// @param where on each node
    /// @param wrong what PVE finds wrong with it, on nodes that are online
    record Mapping(String id, String kind, String where, String wrong, String description) {}

    record ClusterGet(
            @Doc(value = "Which", obvious = true) Part what,

            @Doc(value = "Of the log only these lines", obvious = true)
            Optional<String> text)
            implements Call<Object> {
        private static final int LOG_LINES = 60;
        // A filter looks at all that the cluster keeps (pmxcfs has a ring of 50,000 bytes).
        private static final int LOG_ALL = 5_000;

        record Corosync(String cluster, List<CorosyncNode> nodes, String totem, String qdevice, String joinVersion) {}

        record Joining(String contact, String fingerprint, List<CorosyncNode> nodes, String next) {}

        @Override
        public Object run(ToolContext ctx) {
            if (text.isPresent() && what != Part.LOG) {
                throw new BadArguments(List.of("argument 'text': only for what=log"));
            }
            return switch (what) {
                case OPTIONS -> ApiAnswer.of("cluster options", get(ctx, "/cluster/options"), List.of(), 0, 100);
                case LOG -> log(ctx);
                case COROSYNC -> corosync(ctx);
                case JOIN -> joining(ctx);
                case MAPPINGS -> mappings(ctx);
                case METRICS ->
                    ctx.pve().rows("/cluster/metrics/server").stream()
                            .map(MetricServer::of)
                            .toList();
                case CPUS ->
                    Operations.find(ctx.schema(), Verb.GET, "/cluster/qemu/custom-cpu-models")
                                    .isEmpty()
                            ? new View.Text(
                                    "PVE shows them from 9.2 on; before, they are in /etc/pve/virtual-guest/cpu-models.conf")
                            : ApiAnswer.of(
                                    "custom CPU models",
                                    get(ctx, "/cluster/qemu/custom-cpu-models"),
                                    List.of(),
                                    0,
                                    100);
            };
        }

        private View log(ToolContext ctx) {
            var most = text.isPresent() ? LOG_ALL : LOG_LINES;
            var lines = ctx.pve().rows("/cluster/log", Json.obj("max", most)).stream()
                    .map(LogLine::of)
                    .map(line -> "%s %s %s %s: %s"
                            .formatted(
                                    line.time().map(Instant::toString).orElse("?"),
                                    line.node(),
                                    line.user(),
                                    line.program(),
                                    line.text()))
                    .filter(line -> text.map(
                                    part -> line.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT)))
                            .orElse(true))
                    .limit(LOG_LINES)
                    .toList();
            return View.Stack.of(
                    new View.Text("%s, newest first%s"
                            .formatted(
                                    Units.some(lines.size(), "lines"),
                                    lines.size() == LOG_LINES ? "; text=… shows others" : "")),
                    new View.Log("cluster log", lines));
        }

        private static Object corosync(ToolContext ctx) {
            var nodes = ctx.pve().rows("/cluster/config/nodes");
            if (nodes.isEmpty()) {
                return new View.Text("this host is in no cluster: there is no corosync configuration");
            }
            var totem = ctx.pve().fields("/cluster/config/totem");
            var qdevice = get(ctx, "/cluster/config/qdevice");
            return new Corosync(
                    Clean.name(totem.text("cluster_name")),
                    nodes.stream().map(CorosyncNode::of).toList(),
                    Clean.line(totem.all().without("cluster_name").write()),
                    qdevice instanceof Json.Obj state && !state.isEmpty() ? Clean.line(state.write()) : "none",
                    get(ctx, "/cluster/config/apiversion").scalarText().orElse(""));
        }

        private static Joining joining(ToolContext ctx) {
            var info = ctx.pve().fields("/cluster/config/join");
            var nodes = Fields.list(info.raw("nodelist"));
            var contact = nodes.stream()
                    .filter(row -> row.text("name").equals(info.text("preferred_node")))
                    .findFirst()
                    .or(() -> nodes.stream().findFirst());
            return new Joining(
                    Clean.name(contact.map(row -> row.text("pve_addr")).orElse("")),
                    Clean.line(contact.map(row -> row.text("pve_fp")).orElse("")),
                    nodes.stream().map(CorosyncNode::of).toList(),
                    "on the new node, which must have no guests yet: pvecm add with the contact, or pve_cluster_set"
                            + " what=join with both");
        }

        private static List<Mapping> mappings(ToolContext ctx) {
            var online = ctx.pve().nodes().stream()
                    .filter(NodeRow::online)
                    .map(NodeRow::name)
                    .collect(Collectors.toSet());
            var lines = new ArrayList<Mapping>();
            for (var kind : MAPPED) {
                // Directories can be mapped from PVE 8.4 on.
                var path = "/cluster/mapping/" + kind;
                if (Operations.find(ctx.schema(), Verb.GET, path).isEmpty()) {
                    continue;
                }
                var rows = ctx.pve().rows(path);
                rows.forEach(row -> lines.add(mapping(ctx, kind, path, row, online)));
            }
            return lines;
        }

        private static Mapping mapping(ToolContext ctx, String kind, String path, Fields row, Set<String> online) {
            var where = new ArrayList<String>();
            var nodes = new LinkedHashSet<String>();
            for (var place : row.raw("map") instanceof Json.Arr(var places) ? places : List.<Json>of()) {
                var parts = PropertyString.parse(place.scalarText().orElse(""));
                parts.get("node").ifPresent(nodes::add);
                where.add("%s: %s%s"
                        .formatted(
                                parts.get("node").orElse("?"),
                                parts.get("path").orElse(""),
                                parts.get("id").map(id -> " [" + id + "]").orElse("")));
            }
            nodes.retainAll(online);
            var wrong = new ArrayList<String>();
            for (var node : nodes) {
                for (var checked : ctx.pve().rows(path, Json.obj("check-node", node))) {
                    if (checked.text("id").equals(row.text("id"))) {
                        Fields.list(checked.raw("checks"))
                                .forEach(check -> wrong.add(node + ": " + Clean.line(check.text("message"))));
                    }
                }
            }
            return new Mapping(
                    Clean.name(row.text("id")),
                    kind,
                    Clean.line(String.join("; ", where)),
                    String.join("; ", wrong),
                    Clean.name(row.text("description")));
        }
    }

    // ---- set ----

    enum Thing {
        OPTIONS,
        PCI,
        USB,
        DIR,
        METRICS,
        CPU,
        HA,
        JOIN
    }

    enum Action {
        SET,
        DELETE
    }

    record ClusterSet(
            @Doc(value = "Of what kind", obvious = true) Thing what,

            @Doc(value = "Of join: the host", obvious = true)
            Optional<String> id,

            @Doc(value = "'set' creates or changes", or = "set", obvious = true)
            Action action,

            @Doc("token, password: secret:FILE") Json.Obj values)
            implements Call<Object>, Tiered {
        /// @param outcome `changed`, `created` or `deleted`
        record Done(String outcome, String id, String next) {}

        ClusterSet {
            boolean nameless = what == Thing.OPTIONS || what == Thing.HA;
            if (id.isPresent() == nameless) {
                throw new IllegalArgumentException(
                        nameless ? "argument 'id': %s have none".formatted(Word.of(what)) : "argument 'id': say which");
            }
            if (what == Thing.HA && (action == Action.DELETE || armed(values).isEmpty())) {
                throw new IllegalArgumentException(
                        "argument 'values': {\"armed\": false, \"resource-mode\": \"freeze\"} or {\"armed\": true}");
            }
            if (action == Action.DELETE && what == Thing.OPTIONS) {
                throw new IllegalArgumentException(
                        "argument 'action': options are unset with values={\"delete\": \"keyboard\"}");
            }
            if (action == Action.DELETE && what == Thing.JOIN) {
                throw new IllegalArgumentException(
                        "argument 'action': a node leaves by pvecm delnode on another node, once it is off for good");
            }
        }

        /// The path of all of a kind, and the name of the variable that picks one.
        private String all() {
            return switch (what) {
                case OPTIONS -> "/cluster/options";
                case PCI, USB, DIR -> "/cluster/mapping/" + Word.of(what);
                case METRICS -> "/cluster/metrics/server";
                case CPU -> "/cluster/qemu/custom-cpu-models";
                case HA -> "/cluster/ha/status/" + (armed(values).orElse(true) ? "arm-ha" : "disarm-ha");
                case JOIN -> "/cluster/config/join";
            };
        }

        private String key() {
            return what == Thing.CPU ? "cputype" : "id";
        }

        private String template() {
            return what == Thing.OPTIONS || what == Thing.HA || what == Thing.JOIN
                    ? all()
                    : "%s/{%s}".formatted(all(), key());
        }

        @Override
        public Tier tier(ApiSchema schema) {
            return action == Action.DELETE
                    ? Tiers.of(schema, Verb.DELETE, template(), Json.Obj.EMPTY)
                    : Tiers.of(schema, changes(), template(), values);
        }

        private Verb changes() {
            return what == Thing.JOIN || what == Thing.HA ? Verb.POST : Verb.PUT;
        }

        @Override
        public Object run(ToolContext ctx) {
            requireSensible(ctx);
            if (what == Thing.JOIN) {
                var params = Passwords.filled(ctx, values).with("hostname", id.orElseThrow());
                var task = ctx.pve().requireTask(ctx.pve().data(Verb.POST, all(), params));
                return Outcome.of(ctx, task, Outcome.LONGEST);
            }
            if (what == Thing.HA) {
                ctx.pve().send(Verb.POST, all(), values.without("armed"));
                return new Done(armed(values).orElse(true) ? "armed" : "disarmed", "ha", "pve_ha_get");
            }
            if (what == Thing.OPTIONS) {
                ctx.pve().send(Verb.PUT, all(), values);
                return new Done("changed", "options", "pve_cluster_get what=options");
            }
            var name = id.orElseThrow();
            var one = ApiPath.of(all() + "/{id}", name);
            var before = before(ctx, name);
            if (action == Action.DELETE) {
                if (before.isEmpty()) {
                    throw new BadArguments(List.of("argument 'id': there is no '%s'".formatted(name)));
                }
                ctx.pve().send(Verb.DELETE, one, Json.Obj.EMPTY);
                return new Done("deleted", name, "");
            }
            if (before.isPresent()) {
                ctx.pve().send(Verb.PUT, one, completed(filled(ctx), before.get()));
            } else if (what == Thing.METRICS) {
                ctx.pve().send(Verb.POST, one, filled(ctx));
            } else {
                ctx.pve().send(Verb.POST, all(), values.with(key(), name));
            }
            return new Done(before.isPresent() ? "changed" : "created", name, "pve_cluster_get shows it");
        }

        private static Optional<Boolean> armed(Json.Obj values) {
            return values.flag("armed");
        }

        /// InfluxDB's token is the owner's secret.
        private Json.Obj filled(ToolContext ctx) {
            return what == Thing.METRICS && values.has("token")
                    ? values.with(
                            "token",
                            ctx.vault()
                                    .named("token", values.text("token").orElse(""))
                                    .reveal())
                    : values;
        }

        private void requireSensible(ToolContext ctx) {
            if (Operations.find(ctx.schema(), changes(), template()).isEmpty()) {
                throw new BadArguments(List.of("argument 'what': PVE %s has no %s"
                        .formatted(ctx.schema().version(), template())));
            }
            // They carry what lets us in, and PVE would hand them out again to whoever may look.
            if (what == Thing.METRICS && values.has("otel-headers")) {
                throw new BadArguments(List.of("argument 'values': 'otel-headers' would be written down in this"
                        + " conversation; let the user set them in the web interface"));
            }
            if (action == Action.SET && values.isEmpty()) {
                throw new BadArguments(List.of("argument 'values': say what to set"));
            }
        }

        private Optional<Fields> before(ToolContext ctx, String name) {
            var names = what == Thing.CPU ? Set.of(name, "custom-" + name) : Set.of(name);
            return ctx.pve().rows(all()).stream()
                    .filter(row -> names.contains(row.text(key())))
                    .findFirst();
        }

        /// What PVE wants with each change though it stays as it is (PVE::API2::Cluster::Mapping and MetricServer).
        private Json.Obj completed(Json.Obj all, Fields before) {
            var needed = switch (what) {
                case PCI, USB, DIR -> List.of("map");
                case METRICS -> List.of("server", "port");
                case OPTIONS, CPU, HA, JOIN -> List.<String>of();
            };
            for (var name : needed) {
                if (!all.has(name) && before.all().has(name)) {
                    all = all.with(name, before.raw(name));
                }
            }
            return all;
        }
    }
}
