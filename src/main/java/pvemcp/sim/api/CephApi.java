package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Ceph;
import pvemcp.sim.world.Ceph.Kind;
import pvemcp.text.Word;

/// What a Ceph cluster tells of itself (PVE::API2::Ceph, PVE::API2::Cluster::Ceph).
final class CephApi {
    private static final String VERSION = "19.2.3";
    private static final List<String> FLAGS = List.of(
            "nobackfill",
            "nodeep-scrub",
            "nodown",
            "noin",
            "noout",
            "norebalance",
            "norecover",
            "noscrub",
            "notieragent",
            "noup",
            "pause");

    static final String HERE = "/nodes/{node}/ceph";

    private CephApi() {}

    static void add(Routes routes) {
        on(routes, Verb.GET, "/cluster/ceph/status", (_, ceph) -> status(ceph));
        on(routes, Verb.GET, "/cluster/ceph/metadata", (_, ceph) -> metadata(ceph));
        on(routes, Verb.GET, "/cluster/ceph/flags", (_, ceph) -> flags(ceph));
        on(
                routes,
                Verb.GET,
                "/cluster/ceph/flags/{flag}",
                (request, ceph) -> Json.num(ceph.flags.contains(request.text("flag")) ? 1 : 0));
        on(routes, Verb.GET, HERE + "/status", (_, ceph) -> status(ceph));
        on(routes, Verb.GET, HERE + "/osd", (_, ceph) -> osdTree(ceph));
        on(routes, Verb.GET, HERE + "/osd/{osdid}/metadata", (request, ceph) -> osd(ceph.osd(request.text("osdid"))));
        on(routes, Verb.GET, HERE + "/mon", (_, ceph) -> daemons(ceph, Kind.MON));
        on(routes, Verb.GET, HERE + "/mgr", (_, ceph) -> daemons(ceph, Kind.MGR));
        on(routes, Verb.GET, HERE + "/mds", (_, ceph) -> daemons(ceph, Kind.MDS));
        on(routes, Verb.GET, HERE + "/pool", (_, ceph) -> pools(ceph));
        on(routes, Verb.GET, HERE + "/pool/{name}/status", (request, ceph) -> pool(request, ceph));
        on(routes, Verb.GET, HERE + "/fs", (_, ceph) -> fileSystems(ceph));
        on(routes, Verb.GET, HERE + "/rules", (_, _) -> Json.arr(Json.obj("name", "replicated_rule")));
        on(routes, Verb.GET, HERE + "/cfg/db", (_, _) -> settings());
        on(
                routes,
                Verb.GET,
                HERE + "/cfg/raw",
                (_, ceph) -> Json.str("[global]\n\tfsid = %s\n".formatted(ceph.fsid())));
        on(routes, Verb.GET, HERE + "/crush", (_, ceph) -> Json.str(crush(ceph)));
        on(routes, Verb.GET, HERE + "/log", (request, ceph) -> log(request, ceph));
        on(routes, Verb.GET, HERE + "/cmd-safety", (request, ceph) -> safety(request, ceph));
        CephWrites.add(routes);
    }

    static void on(Routes routes, Verb verb, String path, BiFunction<Request, Ceph, Json> handler) {
        routes.on(verb, path, request -> handler.apply(request, require(request)));
    }

    /// PVE::Ceph::Tools::check_ceph_installed
    static Ceph require(Request request) {
        return request.cluster().ceph.orElseThrow(() -> new SimError("binary not installed: /usr/bin/ceph-mon"));
    }

    /// As `ceph status --format json` has it.
    private static Json status(Ceph ceph) {
        var checks = new LinkedHashMap<String, Json>();
        ceph.checks()
                .forEach((code, message) -> checks.put(
                        code,
                        Json.obj(
                                "severity",
                                "HEALTH_WARN",
                                "summary",
                                Json.obj("message", message, "count", 1),
                                "detail",
                                code.equals("RECENT_CRASH") ? details(ceph.crashes) : List.of(),
                                "muted",
                                false)));
        var up = ceph.daemons(Kind.MON).values().stream()
                .filter(daemon -> daemon.running)
                .map(Ceph.Daemon::name)
                .toList();
        var groups = ceph.pools.values().stream()
                .mapToLong(pool -> pool.whole("pg_num").orElse(1L))
                .sum();
        boolean degraded = ceph.osds.values().stream().anyMatch(osd -> osd.in && !osd.up);
        return Json.obj(
                "fsid", ceph.fsid(),
                "health",
                        Json.obj(
                                "status",
                                checks.isEmpty() ? "HEALTH_OK" : "HEALTH_WARN",
                                "checks",
                                new Json.Obj(checks),
                                "mutes",
                                List.of()),
                "quorum_names", up,
                "monmap", Json.obj("epoch", 3, "mons", monitors(ceph)),
                "osdmap",
                        Json.obj(
                                "epoch", 42,
                                "num_osds", ceph.osds.size(),
                                "num_up_osds",
                                        ceph.osds.values().stream()
                                                .filter(osd -> osd.up)
                                                .count(),
                                "num_in_osds",
                                        ceph.osds.values().stream()
                                                .filter(osd -> osd.in)
                                                .count(),
                                "num_remapped_pgs", 0),
                "pgmap",
                        Json.obj(
                                "pgs_by_state",
                                List.of(Json.obj(
                                        "state_name",
                                        degraded ? "active+undersized+degraded" : "active+clean",
                                        "count",
                                        groups)),
                                "num_pgs",
                                groups,
                                "num_pools",
                                ceph.pools.size(),
                                "bytes_used",
                                ceph.used(),
                                "bytes_avail",
                                ceph.total() - ceph.used(),
                                "bytes_total",
                                ceph.total()),
                "fsmap",
                        Json.obj(
                                "by_rank",
                                List.of(),
                                "up:standby",
                                ceph.daemons(Kind.MDS).size()),
                "mgrmap",
                        Json.obj(
                                "available", ceph.activeManager().isPresent(),
                                "active_name",
                                        ceph.activeManager()
                                                .map(Ceph.Daemon::name)
                                                .orElse(""),
                                "num_standbys",
                                        Math.max(0, ceph.daemons(Kind.MGR).size() - 1)));
    }

    private static List<Json> details(List<String> messages) {
        return messages.stream().map(text -> (Json) Json.obj("message", text)).toList();
    }

    private static List<Json> monitors(Ceph ceph) {
        return ceph.daemons(Kind.MON).keySet().stream()
                .map(name -> (Json) Json.obj("name", name))
                .toList();
    }

    private static Json metadata(Ceph ceph) {
        var nodes = new LinkedHashMap<String, Json>();
        ceph.osds
                .values()
                .forEach(osd -> nodes.put(
                        osd.node(),
                        Json.obj("version", Json.obj("str", VERSION, "parts", List.of(VERSION.split("\\.", -1))))));
        var parts = new LinkedHashMap<String, Json>();
        for (var kind : Kind.values()) {
            var services = new LinkedHashMap<String, Json>();
            ceph.daemons(kind)
                    .values()
                    .forEach(daemon -> services.put(
                            daemon.name() + "@" + daemon.node(),
                            Json.obj("hostname", daemon.node(), "name", daemon.name(), "ceph_version_short", VERSION)));
            parts.put(Word.of(kind), new Json.Obj(services));
        }
        parts.put("node", new Json.Obj(nodes));
        parts.put("osd", Json.Arr.EMPTY);
        return new Json.Obj(parts);
    }

    private static Json flags(Ceph ceph) {
        return Json.of(FLAGS.stream()
                .map(name -> Json.obj("name", name, "description", name, "value", ceph.flags.contains(name) ? 1 : 0))
                .toList());
    }

    private static Json osdTree(Ceph ceph) {
        var hosts = new LinkedHashMap<String, List<Json>>();
        ceph.osds
                .values()
                .forEach(osd -> hosts.computeIfAbsent(osd.node(), _ -> new ArrayList<>())
                        .add(leaf(osd)));
        var children = new ArrayList<Json>();
        int id = -3;
        for (var host : hosts.entrySet()) {
            children.add(Json.obj(
                    "id",
                    Integer.toString(id),
                    "name",
                    host.getKey(),
                    "type",
                    "host",
                    "version",
                    VERSION,
                    "leaf",
                    0,
                    "children",
                    host.getValue()));
            id -= 2;
        }
        var top = Json.obj("id", "-1", "name", "default", "type", "root", "leaf", 0, "children", children);
        return Json.obj("flags", String.join(",", ceph.flags), "root", Json.obj("leaf", 0, "children", List.of(top)));
    }

    private static Json leaf(Ceph.Osd osd) {
        return Json.obj(
                "id",
                Integer.toString(osd.id()),
                "name",
                "osd." + osd.id(),
                "type",
                "osd",
                "host",
                osd.node(),
                "leaf",
                1,
                "status",
                osd.up ? "up" : "down",
                "in",
                osd.in ? 1 : 0,
                "reweight",
                osd.in ? 1 : 0,
                "crush_weight",
                osd.size / (double) (1L << 40),
                "device_class",
                osd.deviceClass,
                "osdtype",
                "bluestore",
                "total_space",
                osd.size,
                "bytes_used",
                osd.used,
                "percent_used",
                100.0 * osd.used / osd.size,
                "apply_latency_ms",
                1,
                "commit_latency_ms",
                1,
                "pgs",
                64,
                "ceph_version_short",
                VERSION);
    }

    private static Json osd(Ceph.Osd osd) {
        return Json.obj(
                "osd",
                        Json.obj(
                                "id",
                                osd.id(),
                                "hostname",
                                osd.node(),
                                "version",
                                VERSION,
                                "osd_objectstore",
                                "bluestore",
                                "osd_data",
                                "/var/lib/ceph/osd/ceph-" + osd.id(),
                                "encrypted",
                                0,
                                "mem_usage",
                                osd.up ? 1L << 30 : 0,
                                "front_addr",
                                "",
                                "back_addr",
                                "",
                                "hb_front_addr",
                                "",
                                "hb_back_addr",
                                ""),
                "devices",
                        List.of(Json.obj(
                                "device",
                                "block",
                                "dev_node",
                                "dm-0",
                                "physical_device",
                                osd.device(),
                                "size",
                                osd.size,
                                "support_discard",
                                1,
                                "type",
                                osd.deviceClass)));
    }

    private static Json daemons(Ceph ceph, Kind kind) {
        var rows = new ArrayList<Json>();
        for (var daemon : ceph.daemons(kind).values()) {
            rows.add(Rows.of(
                            "name",
                            daemon.name(),
                            "host",
                            daemon.node(),
                            "direxists",
                            1,
                            "service",
                            1,
                            "ceph_version_short",
                            VERSION,
                            "state",
                            state(ceph, kind, daemon))
                    .putIf(kind == Kind.MON, "quorum", daemon.running ? 1 : 0)
                    .putIf(kind == Kind.MON, "rank", rows.size())
                    .json());
        }
        return new Json.Arr(rows);
    }

    private static String state(Ceph ceph, Kind kind, Ceph.Daemon daemon) {
        if (!daemon.running) {
            return "stopped";
        }
        return switch (kind) {
            case MON -> "running";
            case MGR -> ceph.activeManager().filter(active -> active == daemon).isPresent() ? "active" : "standby";
            case MDS -> isActive(ceph, daemon) ? "up:active" : "up:standby";
        };
    }

    /// Each file system takes one metadata server, the first that is to be had.
    private static boolean isActive(Ceph ceph, Ceph.Daemon daemon) {
        var running = ceph.daemons(Kind.MDS).values().stream()
                .filter(each -> each.running)
                .toList();
        return running.indexOf(daemon) < ceph.fileSystems.size();
    }

    private static Json pools(Ceph ceph) {
        var rows = new ArrayList<Json>();
        ceph.pools.forEach((name, pool) -> {
            long used = pool.whole("bytes_used").orElse(0L);
            rows.add(Rows.of(
                            "pool",
                            pool.whole("id").orElseThrow(),
                            "pool_name",
                            name,
                            "type",
                            "replicated",
                            "size",
                            pool.get("size").orElseThrow(),
                            "min_size",
                            pool.get("min_size").orElseThrow(),
                            "pg_num",
                            pool.get("pg_num").orElseThrow(),
                            "pg_autoscale_mode",
                            pool.get("pg_autoscale_mode").orElseThrow(),
                            "crush_rule",
                            0,
                            "crush_rule_name",
                            pool.get("crush_rule").orElseThrow(),
                            "application_metadata",
                            Map.of(pool.text("application").orElse("rbd"), Json.Obj.EMPTY),
                            "bytes_used",
                            used,
                            "percent_used",
                            used / (double) ceph.total())
                    .json());
        });
        return new Json.Arr(rows);
    }

    static Json.Obj requirePool(Ceph ceph, String name) {
        var pool = ceph.pools.get(name);
        if (pool == null) {
            // What the monitor says to `osd pool get`.
            throw new SimError("mon_cmd failed - unrecognized pool '%s'".formatted(name));
        }
        return pool;
    }

    private static Json pool(Request request, Ceph ceph) {
        var name = request.text("name");
        var pool = requirePool(ceph, name).without("bytes_used").with("name", name);
        for (var flag : List.of(
                "fast_read",
                "hashpspool",
                "nodeep-scrub",
                "nodelete",
                "nopgchange",
                "noscrub",
                "nosizechange",
                "use_gmt_hitset",
                "write_fadvise_dontneed")) {
            pool = pool.with(flag, flag.equals("hashpspool") ? 1 : 0);
        }
        return pool.with("pgp_num", pool.whole("pg_num").orElse(1L))
                .with(
                        "application_list",
                        Json.of(List.of(pool.text("application").orElse("rbd"))))
                .without("application");
    }

    private static Json fileSystems(Ceph ceph) {
        var rows = new ArrayList<Json>();
        ceph.fileSystems.forEach((name, system) ->
                rows.add(Json.obj("name", name, "metadata_pool", system.metadata(), "data_pool", system.data())));
        return new Json.Arr(rows);
    }

    private static Json settings() {
        return Json.arr(Json.obj(
                "section", "global",
                "name", "osd_pool_default_size",
                "value", "3",
                "level", "advanced",
                "mask", "",
                "can_update_at_runtime", 1));
    }

    private static String crush(Ceph ceph) {
        var text = new StringBuilder("# begin crush map\n\n# devices\n");
        ceph.osds
                .values()
                .forEach(osd ->
                        text.append("device %d osd.%d class %s\n".formatted(osd.id(), osd.id(), osd.deviceClass)));
        return text.append("\n# end crush map\n").toString();
    }

    private static Json log(Request request, Ceph ceph) {
        var lines = new ArrayList<Json>();
        ceph.checks()
                .forEach((code, message) -> lines.add(Json.obj(
                        "n",
                        lines.size() + 1,
                        "t",
                        "mon.%s (mon.0) : cluster [WRN] Health check failed: %s (%s)"
                                .formatted(ceph.daemons(Kind.MON).firstEntry().getKey(), message, code))));
        request.beside("total", Json.num(lines.size()));
        return new Json.Arr(lines);
    }

    /// Whether Ceph could do without a service.
    private static Json safety(Request request, Ceph ceph) {
        boolean safe = switch (request.text("service")) {
            case "mon" ->
                ceph.daemons(Kind.MON).values().stream()
                                .filter(daemon -> daemon.running)
                                .count()
                        > 2;
            case "mds" -> ceph.daemons(Kind.MDS).size() > ceph.fileSystems.size();
            default -> ceph.osds.values().stream().allMatch(osd -> osd.up || !osd.in);
        };
        return safe ? Json.obj("safe", 1) : Json.obj("safe", 0, "status", "not enough of them would be left");
    }
}
