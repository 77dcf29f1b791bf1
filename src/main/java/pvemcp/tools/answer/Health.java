package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.Percent;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;
import pvemcp.tools.network.SdnReads;
import pvemcp.tools.storage.CephReads;
import pvemcp.view.Units;

/// Whether the cluster is in order, and what is not.
record Health() implements Survey {
    static final double TIGHT = 0.85;
    private static final double FULL = 0.95;
    private static final Duration SOON = Duration.ofDays(30);
    private static final long DRIFT_SECONDS = 5;
    // Without these a node does not work, or not alone.
    private static final Set<String> NEEDED = Set.of(
            "pve-cluster",
            "pvedaemon",
            "pveproxy",
            "pvestatd",
            "pvescheduler",
            "pve-firewall",
            "pve-ha-crm",
            "pve-ha-lrm",
            "cron",
            "sshd");

    private record Finding(boolean grave, String where, String what, String next) {}

    @Override
    public Report report(ToolContext ctx) {
        var probe = new Probe(ctx);
        var found = new ArrayList<Finding>();
        var cluster = ctx.pve().clusterStatus();
        if (!cluster.quorate()) {
            found.add(new Finding(true, "cluster", "no quorum: nothing can be changed", "bring nodes back"));
        }
        var nodes = ctx.pve().nodes();
        for (var node : nodes) {
            if (!node.online()) {
                found.add(new Finding(true, node.name(), "node is " + node.status(), "pve_why node=" + node.name()));
            } else {
                node(node, found);
            }
        }
        storages(ctx, found);
        highAvailability(probe, found);
        ceph(ctx, probe, found);
        networks(ctx, probe, found);
        var offsets = new TreeMap<String, Long>();
        for (var node : nodes) {
            if (node.online()) {
                ctx.checkCancelled();
                services(probe, node.name(), !cluster.name().isEmpty(), found);
                certificates(probe, node.name(), ctx, found);
                probe.look(
                                "clock of " + node.name(),
                                () -> Fields.of(ctx.pve().node(node.name()).read("/time", Json.Obj.EMPTY)))
                        .flatMap(time -> time.whole("time"))
                        .ifPresent(time -> offsets.put(
                                node.name(), time - ctx.clock().instant().getEpochSecond()));
            }
        }
        clocks(offsets, found);
        tasksAndLocks(ctx, found);
        found.sort(Comparator.comparing((Finding finding) -> !finding.grave()));
        int grave = (int) found.stream().filter(Finding::grave).count();
        var conclusion = found.isEmpty()
                ? "healthy: %s, %s, nothing needs attention"
                        .formatted(
                                Units.some(nodes.size(), "nodes"),
                                Units.some(ctx.pve().guests().size(), "guests"))
                : "%s, %s grave; first: %s, %s"
                        .formatted(
                                Units.some(found.size(), "problems"),
                                grave == 0 ? "none" : grave + " of them",
                                found.getFirst().where(),
                                found.getFirst().what());
        var report = Report.that(conclusion)
                .table(
                        "problems",
                        "grave|where|what",
                        found.stream()
                                .map(finding -> row(finding.grave() ? "yes" : "", finding.where(), finding.what()))
                                .toList(),
                        grave);
        found.forEach(finding -> report.nextIf(!finding.next().isEmpty(), finding.next()));
        return report.with(probe);
    }

    private static void node(NodeRow node, List<Finding> found) {
        node.memory().flatMap(used -> node.maxMemory().map(used::of)).ifPresent(share -> {
            if (share.fraction() >= TIGHT) {
                found.add(new Finding(
                        share.fraction() >= FULL, node.name(), "memory " + share + " used", "pve_rebalance_plan"));
            }
        });
        node.rootUsed().flatMap(used -> node.rootSize().map(used::of)).ifPresent(share -> {
            if (share.fraction() >= TIGHT) {
                found.add(new Finding(
                        share.fraction() >= FULL,
                        node.name(),
                        "root file system " + share + " full",
                        "pve_why node=" + node.name()));
            }
        });
    }

    /// Where there is Ceph, what it says of itself.
    private static void ceph(ToolContext ctx, Probe probe, List<Finding> found) {
        probe.look("Ceph", () -> CephReads.ofCluster(ctx))
                .flatMap(status -> status)
                .ifPresent(status -> {
                    boolean grave = status.health().equals("HEALTH_ERR");
                    status.checks()
                            .forEach(check -> found.add(new Finding(
                                    grave,
                                    "Ceph",
                                    "%s: %s".formatted(check.check(), check.message()),
                                    "pve_ceph_get")));
                });
    }

    /// Where there are software-defined networks, whether each node runs them.
    private static void networks(ToolContext ctx, Probe probe, List<Finding> found) {
        if (probe.list("SDN zones", "/cluster/sdn/zones", Json.obj("running", 1))
                .isEmpty()) {
            return;
        }
        for (var zone : SdnReads.zones(ctx, probe, Optional.empty())) {
            if (!zone.status().equals("available")) {
                found.add(new Finding(
                        zone.status().equals("error"),
                        zone.node(),
                        "SDN zone %s is not in effect: %s".formatted(zone.zone(), zone.problems()),
                        "pve_sdn_get what=status"));
            }
        }
    }

    private static void storages(ToolContext ctx, List<Finding> found) {
        var away = new TreeMap<String, TreeSet<String>>();
        var full = new TreeMap<String, Percent>();
        var online = ctx.pve().nodes().stream()
                .filter(NodeRow::online)
                .map(NodeRow::name)
                .collect(Collectors.toSet());
        for (var storage : ctx.pve().storages()) {
            if (!online.contains(storage.node())) {
                continue;
            }
            if (!storage.status().equals("available")) {
                away.computeIfAbsent(storage.name(), _ -> new TreeSet<>()).add(storage.node());
            }
            storage.used()
                    .flatMap(used -> storage.size().map(used::of))
                    .filter(share -> share.fraction() >= TIGHT)
                    .ifPresent(share ->
                            full.put(storage.name() + (storage.shared() ? "" : " on " + storage.node()), share));
        }
        away.forEach((name, where) -> found.add(new Finding(
                true,
                name,
                "storage not available on " + String.join(", ", where),
                "pve_api_read GET /nodes/%s/storage/%s/status".formatted(where.first(), name))));
        full.forEach((name, share) -> found.add(
                new Finding(share.fraction() >= FULL, name, "storage " + share + " full", "pve_storage_pressure")));
    }

    private static void highAvailability(Probe probe, List<Finding> found) {
        for (var row : probe.list("high availability", "/cluster/ha/status/current")) {
            var state = row.text("state");
            if (row.text("armed-state").startsWith("disarm")) {
                found.add(new Finding(true, "cluster", "high availability is disarmed: it does nothing", "pve_ha_get"));
            }
            if (row.text("type").equals("service")
                    && Set.of("error", "fence", "recovery").contains(state)) {
                found.add(new Finding(
                        true,
                        row.text("sid"),
                        "high availability: " + state + " on " + row.text("node"),
                        "pve_why guest=" + row.text("sid").replaceAll("\\D+", "")));
            }
        }
    }

    private static void services(Probe probe, String node, boolean joined, List<Finding> found) {
        boolean clock = false;
        var rows = probe.list("services of " + node, "/nodes/" + node + "/services");
        for (var service : rows) {
            var name = service.text("service");
            boolean runs = service.text("state").equals("running");
            clock |= runs && (name.equals("chrony") || name.equals("systemd-timesyncd"));
            if (!runs && (NEEDED.contains(name) || (joined && name.equals("corosync")))) {
                found.add(new Finding(
                        true,
                        node,
                        "service %s is %s".formatted(name, service.text("state")),
                        "pve_node_service node=%s service=%s action=start".formatted(node, name)));
            }
        }
        if (!rows.isEmpty() && !clock) {
            found.add(new Finding(false, node, "no service keeps the clock right (chrony)", ""));
        }
    }

    private static void certificates(Probe probe, String node, ToolContext ctx, List<Finding> found) {
        for (var certificate : probe.list("certificates of " + node, "/nodes/" + node + "/certificates/info")) {
            certificate.moment("notafter").ifPresent(end -> {
                var left = Duration.between(ctx.clock().instant(), end);
                if (left.compareTo(SOON) < 0) {
                    found.add(new Finding(
                            left.isNegative(),
                            node,
                            "certificate %s %s"
                                    .formatted(
                                            certificate.text("filename"),
                                            left.isNegative()
                                                    ? "has ended"
                                                    : "ends in " + Units.some(left.toDays(), "days")),
                            "renew it on the node: pvecm updatecerts, or pvenode acme cert renew"));
                }
            });
        }
    }

    private static void clocks(TreeMap<String, Long> offsets, List<Finding> found) {
        var sorted = offsets.values().stream().sorted().toList();
        if (sorted.isEmpty()) {
            return;
        }
        long usual = sorted.get((sorted.size() - 1) / 2);
        offsets.forEach((node, offset) -> {
            if (Math.abs(offset - usual) > DRIFT_SECONDS) {
                found.add(new Finding(
                        false, node, "clock differs by %d s from the others".formatted(offset - usual), ""));
            }
        });
    }

    private static void tasksAndLocks(ToolContext ctx, List<Finding> found) {
        var tasks = ctx.pve().tasks().tasks();
        var since = ctx.clock().instant().minus(Duration.ofDays(1));
        long failed = tasks.stream()
                .filter(task -> !task.running() && !task.succeeded())
                .filter(task -> task.upid().started().isAfter(since))
                .count();
        if (failed > 0) {
            found.add(new Finding(false, "tasks", failed + " failed in the last day", "pve_failed_tasks"));
        }
        var busy = tasks.stream()
                .filter(task -> task.running())
                .map(task -> task.upid().id())
                .collect(Collectors.toSet());
        boolean jobRuns = busy.contains("");
        for (var guest : ctx.pve().guests()) {
            if (!guest.lock().isEmpty() && !jobRuns && !busy.contains(Integer.toString(guest.vmid()))) {
                found.add(new Finding(
                        false,
                        guest.vmid() + " " + guest.name(),
                        "locked (%s), and no task works on it".formatted(guest.lock()),
                        "pve_why guest=" + guest.vmid()));
            }
        }
    }
}
