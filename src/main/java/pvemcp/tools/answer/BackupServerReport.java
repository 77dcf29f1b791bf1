package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import pvemcp.pve.BackupServerJob;
import pvemcp.pve.BackupServerJob.Kind;
import pvemcp.pve.BackupSnapshot;
import pvemcp.pve.Datastore;
import pvemcp.tools.answer.BackupServers.Seen;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;
import pvemcp.view.Units;

/// How the backup servers are: their datastores, what failed verification there, and jobs that failed or did not run.
///
/// @param days how old the newest backup in a datastore may be
record BackupServerReport(BackupServers servers, int days, Instant now) {
    private static final double TIGHT = 0.85;
    private static final Duration SOON = Duration.ofDays(30);

    /// @param probe told what could not be seen
    Report report(Probe probe) {
        var stores = new ArrayList<Line>();
        var failed = new ArrayList<List<String>>();
        var jobs = new ArrayList<List<String>>();
        for (var seen : servers.seen()) {
            seen.datastores().forEach(store -> stores.add(line(seen, store)));
            seen.snapshots().stream()
                    .filter(snapshot -> snapshot.verified().equals("failed"))
                    .sorted(Comparator.comparing(BackupSnapshot::made).reversed())
                    .forEach(snapshot -> failed.add(row(
                            seen.name() + ":" + snapshot.datastore(),
                            path(snapshot),
                            age(snapshot.made()),
                            snapshot.comment())));
            seen.jobs()
                    .values()
                    .forEach(all -> all.forEach(job -> trouble(job)
                            .ifPresent(why -> jobs.add(row(
                                    "%s %s".formatted(job.kind().word(), job.id()),
                                    seen.name() + ":" + job.datastore(),
                                    job.ended().map(this::age).orElse("never"),
                                    why)))));
        }
        stores.sort(Comparator.comparing(line -> line.why().isEmpty()));
        return Report.that(conclusion(stores, failed.size(), jobs.size()))
                .table(
                        "datastores of backup servers",
                        "datastore|used|of|backups|newest|failed|never verified|why",
                        stores.stream().map(Line::cells).toList())
                .table("failed verification", "datastore|backup|age|notes", failed)
                .table("jobs of backup servers", "job|on|last ended|why", jobs)
                .nextIf(
                        !failed.isEmpty(),
                        "what failed verification may not restore: pve_backup_run guests=ID makes another")
                .nextIf(
                        stores.stream().anyMatch(line -> line.why().contains("full")),
                        "make room: pve_backup_prune shows what a keep rule would remove; garbage collection there frees it")
                .nextIf(
                        !jobs.isEmpty(),
                        "the log of a job that failed is on the backup server, under Administration, Tasks")
                .with(probe);
    }

    private String conclusion(List<Line> stores, int failed, int jobs) {
        var parts = new ArrayList<String>();
        long troubled = stores.stream().filter(line -> !line.why().isEmpty()).count();
        if (!servers.silent().isEmpty()) {
            parts.add("%s could not be looked at".formatted(String.join(", ", servers.silent())));
        }
        if (troubled > 0) {
            parts.add("%d of %s of concern".formatted(troubled, Units.some(stores.size(), "datastores")));
        }
        if (failed > 0) {
            parts.add(Units.some(failed, "backups") + " failed verification");
        }
        if (jobs > 0) {
            parts.add(Units.some(jobs, "jobs") + " failed or did not run");
        }
        return "backup servers: "
                + (parts.isEmpty() ? Units.some(stores.size(), "datastores") + " in order" : String.join(", ", parts));
    }

    /// A datastore, and what about it is of concern.
    private record Line(List<String> cells, String why) {}

    private Line line(Seen seen, Datastore store) {
        var snapshots = seen.snapshotsIn(store.name());
        var newest = snapshots.stream().map(BackupSnapshot::made).max(Comparator.naturalOrder());
        var why = String.join("; ", concerns(seen, store, newest));
        var cells = row(
                seen.name() + ":" + store.name(),
                store.use(),
                store.total(),
                snapshots.size(),
                newest.map(this::age).orElse("none"),
                count(snapshots, "failed"),
                count(snapshots, ""),
                why);
        return new Line(cells, why);
    }

    private static long count(List<BackupSnapshot> snapshots, String verified) {
        return snapshots.stream()
                .filter(snapshot -> snapshot.verified().equals(verified))
                .count();
    }

    private List<String> concerns(Seen seen, Datastore store, Optional<Instant> newest) {
        var why = new ArrayList<String>();
        if (!store.error().isEmpty()) {
            why.add(store.error());
            return why;
        }
        if (!store.maintenance().isEmpty()) {
            why.add("in maintenance (%s)".formatted(store.maintenance()));
        }
        store.use().filter(use -> use.fraction() >= TIGHT).ifPresent(use -> why.add(use + " full"));
        store.full()
                .map(when -> Duration.between(now, when))
                .filter(left -> !left.isNegative() && left.compareTo(SOON) < 0)
                .ifPresent(left -> why.add("full in %d days if it goes on".formatted(left.toDays())));
        newest.map(made -> Duration.between(made, now).toDays())
                .filter(old -> old > days)
                .ifPresent(old -> why.add("newest backup is %d days old".formatted(old)));
        if (seen.lacks(Kind.VERIFY, store.name())) {
            why.add("nothing verifies it by schedule");
        }
        if (seen.lacks(Kind.COLLECT, store.name())) {
            why.add("no garbage collection by schedule");
        }
        return why;
    }

    private Optional<String> trouble(BackupServerJob job) {
        if (job.hasFailed()) {
            return Optional.of(job.state());
        }
        return job.late(now)
                .map(late -> "should have run %s ago".formatted(Units.duration(late)))
                .or(() -> Optional.of(job.state()).filter(state -> state.startsWith("WARNINGS")));
    }

    private static String path(BackupSnapshot snapshot) {
        return snapshot.namespace().isEmpty() ? snapshot.path() : snapshot.namespace() + "/" + snapshot.path();
    }

    private String age(Instant when) {
        return Probe.age(Duration.between(when, now));
    }
}
