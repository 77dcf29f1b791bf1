package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.BackupSnapshot;
import pvemcp.pve.Fields;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Everywhere;
import pvemcp.tool.LooksBeside;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;
import pvemcp.view.Clean;

/// Which guests are not backed up as they should be. A job that ended well proves nothing: what counts is the
/// archive.
record BackupAudit(
        @Doc(value = "Days the newest backup may be old", or = "7", min = 1, max = 365, obvious = true)
        int days) implements Call<Report>, Everywhere, LooksBeside {
    // PVE::VZDump: "Backup of VM 204 failed - …" in the log of a job over several guests
    private static final Pattern FAILED = Pattern.compile("ERROR: Backup of VM (\\d+) failed - (.*)");

    private record Newest(LocalDateTime made, String verified, String storage) {}

    @Override
    public Report run(ToolContext ctx) {
        var probe = new Probe(ctx);
        var servers = BackupServers.ask(ctx, probe);
        var guests = Report.of(ctx.everywhere(one -> report(one, servers)));
        return servers.isNone()
                ? guests
                : guests.and(servers.report(days, ctx.clock().instant(), probe));
    }

    private Report report(ToolContext ctx, BackupServers servers) {
        var probe = new Probe(ctx);
        var guests =
                ctx.pve().guests().stream().filter(guest -> !guest.template()).toList();
        var jobs = probe.look("backup jobs", () -> ctx.pve().rows("/cluster/backup"));
        var kept = kept(servers, probe);
        var newest = newest(kept, probe);
        var foreign = foreign(kept);
        var leftOut = leftOut(probe);
        var failed = failed(ctx, probe);
        var storages = ctx.pve().storages().stream()
                .filter(storage -> storage.content().contains("backup"))
                .toList();
        var rights = ctx.pve().permissions();
        var now = LocalDateTime.ofInstant(ctx.clock().instant(), ZoneOffset.UTC);
        var rows = new ArrayList<List<String>>();
        int hidden = 0;
        for (var guest : guests) {
            var why = new ArrayList<String>();
            jobs.ifPresent(all -> coverage(guest, all, why));
            var last = Optional.ofNullable(newest.get(guest.vmid()));
            boolean visible = storages.stream()
                    .anyMatch(storage -> rights.has("/storage/" + storage.name(), "Datastore.Allocate")
                            || (rights.has("/storage/" + storage.name(), "Datastore.AllocateSpace")
                                    && rights.has("/vms/" + guest.vmid(), "VM.Backup")));
            if (last.isPresent()) {
                freshness(last.get(), now, why);
            } else if (visible) {
                why.add("no backup on any storage this token sees");
            } else {
                hidden++;
            }
            Optional.ofNullable(failed.get(guest.vmid()))
                    .filter(at ->
                            last.map(backup -> backup.made().isBefore(at.at())).orElse(true))
                    .ifPresent(at -> why.add("last attempt failed: " + at.reason()));
            Optional.ofNullable(foreign.get(guest.vmid())).ifPresent(why::add);
            Optional.ofNullable(leftOut.get(guest.vmid()))
                    .ifPresent(disks -> why.add("left out: " + String.join(" ", disks)));
            if (!why.isEmpty()) {
                rows.add(row(
                        guest.vmid(),
                        guest.name(),
                        last.map(backup -> Probe.age(Duration.between(backup.made(), now)))
                                .orElse(visible ? "none" : "?"),
                        String.join("; ", why)));
            }
        }
        var conclusion = rows.isEmpty() && hidden == 0
                ? "all %d guests are backed up: covered by a job, newer than %d days, none failed"
                        .formatted(guests.size(), days)
                : "%d of %d guests are not backed up as they should be".formatted(rows.size(), guests.size());
        if (hidden > 0) {
            conclusion +=
                    "; backups of %d guests are not visible with this token (needs VM.Backup on the guest and Datastore.AllocateSpace on the storage)"
                            .formatted(hidden);
        }
        return Report.that(conclusion)
                .table("guests", "id|name|newest|why", rows)
                .nextIf(
                        jobs.isPresent()
                                && rows.stream().anyMatch(cells -> cells.get(3).contains("job")),
                        "cover them: pve_job_set with guests or options=enabled=1; pve_job_list shows the jobs")
                .nextIf(!failed.isEmpty(), "why they failed: pve_failed_tasks")
                .nextIf(!rows.isEmpty(), "back up some now: pve_backup_run guests=ID")
                .with(probe);
    }

    private void freshness(Newest newest, LocalDateTime now, List<String> why) {
        var age = Duration.between(newest.made(), now);
        if (age.toDays() > days) {
            why.add("newest is %d days old".formatted(age.toDays()));
        }
        switch (newest.verified()) {
            case "ok" -> {}
            case "failed" -> why.add("verification of the newest failed");
            default -> why.add("newest was never verified");
        }
    }

    private static void coverage(GuestRow guest, List<Fields> jobs, List<String> why) {
        boolean off = false;
        for (var job : jobs) {
            boolean on = job.maybe("enabled").map(flag -> !flag.equals("0")).orElse(true);
            if (covers(job, guest)) {
                if (on) {
                    return;
                }
                off = true;
            }
        }
        why.add(off ? "only a job that is switched off covers it" : "no job covers it");
    }

    private static boolean covers(Fields job, GuestRow guest) {
        var vmid = Integer.toString(guest.vmid());
        if (job.maybe("node").isPresent() && !job.text("node").equals(guest.node())) {
            return false;
        }
        if (job.maybe("pool").isPresent()) {
            return job.text("pool").equals(guest.pool());
        }
        return job.flag("all")
                ? !job.listed("exclude").contains(vmid)
                : job.listed("vmid").contains(vmid);
    }

    /// What a backup server shows that a storage keeps its backups on.
    private record Kept(Fields storage, BackupSnapshot snapshot) {
        String name() {
            return Clean.name(storage.text("storage"));
        }
    }

    private static List<Kept> kept(BackupServers servers, Probe probe) {
        var kept = new ArrayList<Kept>();
        var storages = servers.seen().isEmpty()
                ? List.<Fields>of()
                : probe.list("storages on backup servers", "/storage", Json.obj("type", "pbs"));
        for (var storage : storages) {
            servers.of(storage).forEach(snapshot -> kept.add(new Kept(storage, snapshot)));
        }
        return kept;
    }

    /// The newest archive of each guest. What a backup server shows comes second: of an archive that both list, the
    /// server's word on its verification is the later one.
    private static Map<Integer, Newest> newest(List<Kept> kept, Probe probe) {
        var newest = listed(probe);
        for (var each : kept) {
            var made = LocalDateTime.ofInstant(each.snapshot().made(), ZoneOffset.UTC);
            var found = new Newest(made, each.snapshot().verified(), each.name());
            each.snapshot()
                    .vmid()
                    .ifPresent(vmid -> newest.merge(
                            vmid, found, (known, other) -> other.made().isBefore(known.made()) ? known : other));
        }
        return newest;
    }

    /// Guests whose backups belong to somebody else than the storage that is to add to them, which then cannot.
    private static Map<Integer, String> foreign(List<Kept> kept) {
        var foreign = new HashMap<Integer, String>();
        for (var each : kept) {
            var user = each.storage().text("username");
            var snapshot = each.snapshot();
            if (!user.isEmpty() && !snapshot.owner().isEmpty() && !snapshot.growsBy(user)) {
                snapshot.vmid()
                        .ifPresent(vmid -> foreign.put(
                                vmid,
                                "%s cannot add to its backups there: they belong to %s, and it goes in as %s"
                                        .formatted(each.name(), Clean.name(snapshot.owner()), Clean.name(user))));
            }
        }
        return foreign;
    }

    /// As the storages list them. Only a backup server verifies, so elsewhere nothing is missed. A backup that is
    /// still being made there has no size, for which PVE::Storage::PBSPlugin says 1.
    private static Map<Integer, Newest> listed(Probe probe) {
        var newest = new HashMap<Integer, Newest>();
        for (var cells : probe.rows("""
                SELECT b.vmid, b.made, b.verified, b.storage, s.type FROM backups b
                JOIN (SELECT storage, MAX(type) AS type FROM storages GROUP BY storage) s ON s.storage = b.storage
                WHERE b.vmid IS NOT NULL AND b.made IS NOT NULL AND NOT (s.type = 'pbs' AND b.size = 1)
                ORDER BY b.made""")) {
            boolean verifies = cells.get(4).orElse("").equals("pbs");
            newest.put(
                    Integer.valueOf(cells.get(0).orElseThrow()),
                    new Newest(
                            LocalDateTime.parse(cells.get(1).orElseThrow().replace(' ', 'T')),
                            verifies ? cells.get(2).orElse("") : "ok",
                            cells.get(3).orElse("")));
        }
        return newest;
    }

    private static Map<Integer, TreeSet<String>> leftOut(Probe probe) {
        var disks = new TreeMap<Integer, TreeSet<String>>();
        for (var cells : probe.rows("""
                SELECT vmid, disk FROM disks WHERE NOT backup AND NOT cdrom AND disk NOT LIKE 'unused%'""")) {
            disks.computeIfAbsent(Integer.valueOf(cells.get(0).orElseThrow()), _ -> new TreeSet<>())
                    .add(cells.get(1).orElseThrow());
        }
        return disks;
    }

    private record Failure(LocalDateTime at, String reason) {}

    private static Map<Integer, Failure> failed(ToolContext ctx, Probe probe) {
        var failures = new HashMap<Integer, Failure>();
        for (var node : ctx.pve().nodes().stream().filter(NodeRow::online).toList()) {
            var since = ctx.clock().instant().minus(Duration.ofDays(8)).getEpochSecond();
            var filter = Json.obj("typefilter", "vzdump", "errors", 1, "since", since);
            var tasks = probe.look(
                            "backup tasks of " + node.name(),
                            () -> ctx.pve().node(node.name()).tasks(filter, 20).tasks())
                    .orElse(List.of());
            for (var task : tasks.reversed()) {
                var at = LocalDateTime.ofInstant(task.upid().started(), ZoneOffset.UTC);
                var lines = probe.look(
                                "log of " + task.upid(),
                                () -> ctx.pve().task(task.upid()).tail(200))
                        .orElse(List.of());
                for (var line : lines) {
                    var match = FAILED.matcher(line);
                    if (match.find()) {
                        failures.put(Integer.valueOf(match.group(1)), new Failure(at, match.group(2)));
                    }
                }
            }
        }
        return failures;
    }
}
