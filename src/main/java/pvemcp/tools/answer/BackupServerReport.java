package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import pvemcp.pve.BackupServerJob.Kind;
import pvemcp.pve.BackupSnapshot;
import pvemcp.pve.Datastore;
import pvemcp.tools.answer.BackupServers.Seen;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;
import pvemcp.view.Units;

/// How the backup servers are: their datastores, what failed verification there, backups that failed, and jobs that
/// failed or did not run.
///
/// @param days how old the newest backup in a datastore may be
record BackupServerReport(BackupServers servers, int days, Instant now) {
    private static final double TIGHT = 0.85;
    private static final Duration SOON = Duration.ofDays(30);

    /// How long a backup may be under way.
    private static final Duration UNDER_WAY = Duration.ofDays(1);

    /// @param probe told what could not be seen
    Report report(Probe probe) {
        var stores = new ArrayList<Line>();
        var failed = new ArrayList<List<String>>();
        var tries = new ArrayList<List<String>>();
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
            seen.failedBackups()
                    .forEach(run -> tries.add(
                            row(seen.name() + ":" + run.datastore(), run.group(), age(run.started()), run.state())));
            seen.jobRuns(now)
                    .forEach(each -> each.trouble(now)
                            .ifPresent(why -> jobs.add(row(
                                    "%s %s"
                                            .formatted(
                                                    each.job().kind().word(),
                                                    each.job().id()),
                                    seen.name() + ":" + each.job().datastore(),
                                    each.ended().map(this::age).orElse("never"),
                                    why))));
        }
        stores.sort(Comparator.comparing(line -> line.why().isEmpty()));
        return Report.that(conclusion(stores, failed.size(), tries.size(), jobs.size()))
                .table(
                        "datastores of backup servers",
                        "datastore|used|of|backups|newest|failed|never verified|encrypted|why",
                        stores.stream().map(Line::cells).toList())
                .table("failed verification", "datastore|backup|age|notes", failed)
                .table("backups that failed there", "datastore|of|age|why", tries)
                .table("jobs of backup servers", "job|on|last ended|why", jobs)
                .nextIf(
                        !failed.isEmpty(),
                        "what failed verification may not restore: pve_backup_run guests=ID makes another")
                .nextIf(
                        stores.stream().anyMatch(line -> line.why().contains("full")),
                        "make room: pve_backup_prune shows what a keep rule would remove; garbage collection there frees it")
                .nextIf(
                        !jobs.isEmpty() || !tries.isEmpty(),
                        "the log of what failed is on the backup server, under Administration, Tasks")
                .with(probe);
    }

    private String conclusion(List<Line> stores, int failed, int tries, int jobs) {
        var parts = new ArrayList<String>();
        long troubled = stores.stream().filter(line -> !line.why().isEmpty()).count();
        if (!servers.silent().isEmpty()) {
            parts.add("%s could not be looked at".formatted(String.join(", ", servers.silent())));
        }
        if (servers.closed()) {
            parts.add("not all may be looked at");
        }
        if (troubled > 0) {
            parts.add("%d of %s of concern".formatted(troubled, Units.some(stores.size(), "datastores")));
        }
        if (failed > 0) {
            parts.add(Units.some(failed, "backups") + " failed verification");
        }
        if (tries > 0) {
            parts.add("the last try of %s failed".formatted(Units.some(tries, "backups")));
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
        var all = seen.snapshotsIn(store.name());
        var snapshots = all.stream().filter(BackupSnapshot::complete).toList();
        var newest = snapshots.stream().map(BackupSnapshot::made).max(Comparator.naturalOrder());
        var why = String.join("; ", concerns(seen, store, all, newest));
        boolean whole = store.error().isEmpty() && !seen.hidden().contains(store.name());
        Function<Predicate<BackupSnapshot>, String> count =
                which -> whole ? Units.count(snapshots.stream().filter(which).count()) : "?";
        var cells = row(
                seen.name() + ":" + store.name(),
                store.use(),
                store.total(),
                count.apply(_ -> true),
                whole ? newest.map(this::age).orElse("none") : "?",
                count.apply(snapshot -> snapshot.verified().equals("failed")),
                count.apply(snapshot -> snapshot.verified().isEmpty()),
                count.apply(BackupSnapshot::encrypted),
                why);
        return new Line(cells, why);
    }

    private List<String> concerns(Seen seen, Datastore store, List<BackupSnapshot> all, Optional<Instant> newest) {
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
        newest.filter(_ -> !seen.hidden().contains(store.name()))
                .map(made -> Duration.between(made, now).toDays())
                .filter(old -> old > days)
                .ifPresent(old -> why.add("newest backup is %d days old".formatted(old)));
        long broken = all.stream()
                .filter(snapshot -> !snapshot.complete() && snapshot.made().isBefore(now.minus(UNDER_WAY)))
                .count();
        if (broken > 0) {
            why.add(Units.some(broken, "backups") + " never completed");
        }
        if (seen.lacks(Kind.VERIFY, store.name())) {
            why.add("nothing verifies it by schedule" + byHand(seen, Kind.VERIFY, store));
        }
        if (seen.lacks(Kind.COLLECT, store.name())) {
            why.add("no garbage collection by schedule" + byHand(seen, Kind.COLLECT, store));
        }
        return why;
    }

    private String byHand(Seen seen, Kind kind, Datastore store) {
        return seen.lastWell(kind, store.name())
                .map(when -> ", last by hand %s ago".formatted(age(when)))
                .orElse("");
    }

    private static String path(BackupSnapshot snapshot) {
        return snapshot.namespace().isEmpty() ? snapshot.path() : snapshot.namespace() + "/" + snapshot.path();
    }

    private String age(Instant when) {
        return Probe.age(Duration.between(when, now));
    }
}
