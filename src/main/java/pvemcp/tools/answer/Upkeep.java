package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestKind;
import pvemcp.pve.NodeStatus;
import pvemcp.pve.PropertyString;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.pve.TaskList.TaskRow;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;
import pvemcp.view.Units;

/// Answers for those who look after the cluster: updates, who may what, what changed, how it is built.
final class Upkeep {
    private Upkeep() {}

    /// What is to be updated, and in which order.
    record UpdatePlan() implements Survey {
        @Override
        public Report report(ToolContext ctx) {
            var probe = new Probe(ctx);
            var guests = ctx.pve().guests();
            var nodes = new ArrayList<List<String>>();
            var packages = new TreeMap<String, String>();
            var online = ctx.pve().nodes().stream()
                    .filter(NodeRow::online)
                    .sorted(Comparator.comparingLong((NodeRow node) -> guests.stream()
                            .filter(guest -> guest.node().equals(node.name())
                                    && guest.status().equals("running"))
                            .count()))
                    .toList();
            boolean reboot = false;
            for (var node : online) {
                var seen = probe.look(
                        "updates of " + node.name(),
                        () -> Fields.list(ctx.pve().node(node.name()).read("/apt/update", Json.Obj.EMPTY)));
                if (seen.isEmpty() || seen.get().isEmpty()) {
                    continue;
                }
                boolean kernel = false;
                for (var item : seen.get()) {
                    var name = item.text("Package");
                    kernel |= name.startsWith("proxmox-kernel") || name.startsWith("pve-kernel");
                    packages.put(name, item.maybe("OldVersion").orElse("new") + " -> " + item.text("Version"));
                }
                reboot |= kernel;
                long running = guests.stream()
                        .filter(guest -> guest.node().equals(node.name())
                                && guest.status().equals("running"))
                        .count();
                nodes.add(row(node.name(), seen.get().size(), kernel ? "yes, a kernel" : "no", running));
            }
            return Report.that(
                            nodes.isEmpty()
                                    ? "nothing to update, as far as the package lists of the nodes know"
                                    : "%d of %d nodes have updates, %s; the node with the fewest guests goes first"
                                            .formatted(
                                                    nodes.size(),
                                                    online.size(),
                                                    reboot ? "a reboot is needed" : "no reboot is needed"))
                    .table("nodes, in this order", "node|packages|reboot|running guests", nodes)
                    .table(
                            "packages",
                            "package|versions",
                            packages.entrySet().stream()
                                    .map(item -> row(item.getKey(), item.getValue()))
                                    .toList())
                    .next("are the lists fresh: pve_api_write POST /nodes/{node}/apt/update")
                    .nextIf(
                            reboot && online.size() > 1,
                            "per node first: pve_evacuation_plan node="
                                    + (nodes.isEmpty() ? "" : nodes.getFirst().getFirst()))
                    .nextIf(
                            !nodes.isEmpty(),
                            "PVE upgrades only from a shell on the node: apt dist-upgrade; check backups before: pve_backup_audit")
                    .with(probe);
        }
    }

    /// Rights that are wider than they need be, and guests nobody guards.
    record SecurityAudit() implements Survey {
        private static final Set<String> BROAD = Set.of("Administrator", "PVEAdmin");

        @Override
        public Report report(ToolContext ctx) {
            var probe = new Probe(ctx);
            var rows = new ArrayList<List<String>>();
            for (var grant : probe.list("access rights", "/access/acl")) {
                if (grant.text("path").equals("/") && BROAD.contains(grant.text("roleid")) && grant.flag("propagate")) {
                    rows.add(row(
                            "high",
                            grant.text("type") + " " + grant.text("ugid"),
                            "has %s on everything".formatted(grant.text("roleid"))));
                }
            }
            for (var user : probe.list("users", "/access/users", Json.obj("full", 1))) {
                if (user.raw("tokens") instanceof Json.Arr tokens) {
                    for (var token : Fields.list(tokens)) {
                        var name = user.text("userid") + "!" + token.text("tokenid");
                        if (!token.flag("privsep")) {
                            rows.add(row("high", "token " + name, "may all its user may (privsep off)"));
                        }
                        if (token.whole("expire").orElse(0L) == 0) {
                            rows.add(row("medium", "token " + name, "never expires"));
                        }
                    }
                }
            }
            var firewall = probe.look("firewall", () -> ctx.pve().fields("/cluster/firewall/options"));
            if (firewall.map(options -> !options.flag("enable")).orElse(false)) {
                rows.add(row("high", "cluster firewall", "is off: no rule of any node or guest has effect"));
            }
            var open = probe.rows("""
                    SELECT DISTINCT n.vmid, g.name FROM nics n JOIN guests g ON g.vmid = n.vmid
                    WHERE NOT n.firewall AND NOT g.template ORDER BY n.vmid""");
            open.forEach(cells -> rows.add(row(
                    "low",
                    "guest %s %s"
                            .formatted(cells.get(0).orElse(""), cells.get(1).orElse("")),
                    "has an interface without firewall")));
            rows.sort(Comparator.comparingInt(
                    (List<String> cells) -> List.of("high", "medium", "low").indexOf(cells.getFirst())));
            long high = rows.stream()
                    .filter(cells -> cells.getFirst().equals("high"))
                    .count();
            return Report.that(
                            rows.isEmpty()
                                    ? "no over-broad right, no careless token, no guest without firewall was seen"
                                    : "%d findings, %d of them high; first: %s %s"
                                            .formatted(
                                                    rows.size(),
                                                    high,
                                                    rows.getFirst().get(1),
                                                    rows.getFirst().get(2)))
                    .table("findings", "severity|who|what", rows)
                    .nextIf(
                            high > 0,
                            "narrow a right: pve_api_write PUT /access/acl; a token: PUT /access/users/{userid}/token/{tokenid} with privsep=1 and expire")
                    .nextIf(
                            firewall.map(options -> !options.flag("enable")).orElse(false),
                            "before the firewall is enabled there must be a rule that lets you in (port 8006, 22)")
                    .with(probe);
        }
    }

    /// Who did what lately.
    record WhatChanged(
            @Doc(value = "How far back, such as 24h or 7d", or = "24h", obvious = true)
            Duration since) implements Survey {
        // Looking at something is a task, too.
        private static final Set<String> LOOKS =
                Set.of("vncproxy", "vncshell", "spiceproxy", "spiceshell", "termproxy", "aptupdate");

        @Override
        public Report report(ToolContext ctx) {
            var probe = new Probe(ctx);
            var tasks = new ArrayList<TaskRow>();
            var from = ctx.clock().instant().minus(since).getEpochSecond();
            for (var node : ctx.pve().nodes()) {
                if (node.online()) {
                    probe.look(
                                    "tasks of " + node.name(),
                                    () -> ctx.pve()
                                            .node(node.name())
                                            .tasks(Json.obj("since", from), 500)
                                            .tasks())
                            .ifPresent(tasks::addAll);
                } else {
                    probe.look("tasks of " + node.name(), () -> {
                        throw new PveException(new PveFault.Unreachable(node.name(), node.status()));
                    });
                }
            }
            var changes = tasks.stream()
                    .filter(task -> !LOOKS.contains(task.upid().type()))
                    .sorted(Comparator.comparing((TaskRow task) -> task.upid().started())
                            .reversed())
                    .toList();
            var users = changes.stream()
                    .map(task -> task.upid().user())
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(", "));
            return Report.that(
                            changes.isEmpty()
                                    ? "no task changed anything in the last " + Units.duration(since)
                                    : "%s in the last %s, by %s"
                                            .formatted(
                                                    Units.some(changes.size(), "tasks"), Units.duration(since), users))
                    .table(
                            "tasks, newest first",
                            "when|type|on|node|user|ended",
                            changes.stream()
                                    .map(task -> row(
                                            task.upid().started(),
                                            task.upid().type(),
                                            task.upid().id(),
                                            task.upid().node(),
                                            task.upid().user(),
                                            task.running() ? "running" : task.exit()))
                                    .toList())
                    .nextIf(
                            changes.stream().anyMatch(task -> !task.running() && !task.succeeded()),
                            "why some failed: pve_failed_tasks")
                    .next(
                            "changes without a task (rights, firewall, options) stand in no task: pve_api_read GET /cluster/log")
                    .with(probe);
        }
    }

    /// The cluster as it is built, for a binder or a wiki.
    record AsBuilt() implements Survey {
        @Override
        public Report report(ToolContext ctx) {
            var probe = new Probe(ctx);
            var cluster = ctx.pve().clusterStatus();
            var guests = ctx.pve().guests();
            var storages = ctx.pve().storages();
            var nodes = new ArrayList<List<String>>();
            for (var node : ctx.pve().nodes()) {
                var status = node.online()
                        ? probe.look(
                                "status of " + node.name(),
                                () -> ctx.pve().node(node.name()).status())
                        : Optional.<NodeStatus>empty();
                nodes.add(row(
                        node.name(),
                        node.status(),
                        status.map(now -> now.cpuModel()),
                        node.cores().map(Double::longValue),
                        node.maxMemory(),
                        status.map(now -> PropertyString.parse(now.version().replace('/', ','))
                                        .bare()
                                        .isPresent()
                                ? now.version().replaceFirst("^pve-manager/([^/]+).*", "$1")
                                : "")));
            }
            var shown = storages.stream()
                    .collect(Collectors.toMap(
                            storage -> storage.shared() ? storage.name() : storage.name() + " on " + storage.node(),
                            storage -> storage,
                            (a, b) -> a.status().equals("available") ? a : b,
                            TreeMap::new));
            var jobs = probe.list("backup jobs", "/cluster/backup");
            long vms = guests.stream()
                    .filter(guest -> guest.kind() == GuestKind.VM)
                    .count();
            var report = Report.that("%s: Proxmox VE %s, %s, %s, %s, %s, as of %s"
                            .formatted(
                                    cluster.name().isEmpty() ? "single host" : "cluster " + cluster.name(),
                                    ctx.pve().version().version(),
                                    Units.some(nodes.size(), "nodes"),
                                    Units.some(vms, "VMs"),
                                    Units.some(guests.size() - vms, "containers"),
                                    Units.some(shown.size(), "storages"),
                                    ctx.clock().instant().truncatedTo(ChronoUnit.MINUTES)))
                    .table("nodes", "node|status|cpu|threads|memory|version", nodes)
                    .table(
                            "storages",
                            "storage|type|size|content",
                            shown.entrySet().stream()
                                    .map(entry -> row(
                                            entry.getKey(),
                                            entry.getValue().type(),
                                            entry.getValue().size(),
                                            String.join(" ", entry.getValue().content())))
                                    .toList())
                    .table(
                            "backup jobs",
                            "job|on|schedule|storage|guests",
                            jobs.stream()
                                    .map(job -> row(
                                            job.text("id"),
                                            !job.text("enabled").equals("0"),
                                            job.text("schedule"),
                                            job.text("storage"),
                                            job.flag("all")
                                                    ? "all but "
                                                            + job.maybe("exclude")
                                                                    .orElse("none")
                                                    : job.maybe("vmid")
                                                            .or(() -> job.maybe("pool")
                                                                    .map(pool -> "pool " + pool))
                                                            .orElse("")))
                                    .toList())
                    .table(
                            "guests",
                            "id|name|kind|node|status|cores|memory|disk|tags",
                            guests.stream()
                                    .sorted(Comparator.comparingInt(guest -> guest.vmid()))
                                    .map(guest -> row(
                                            guest.vmid(),
                                            guest.name(),
                                            guest.kind(),
                                            guest.node(),
                                            guest.status(),
                                            guest.cores().map(Double::longValue),
                                            guest.maxMemory(),
                                            guest.maxDisk(),
                                            String.join(" ", guest.tags())))
                                    .toList());
            return report.nextIf(
                            guests.size() > 40, "all guests: pve_query sql=\"SELECT * FROM guests\" or pve_guest_list")
                    .with(probe);
        }
    }
}
