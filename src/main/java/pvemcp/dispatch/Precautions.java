package pvemcp.dispatch;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import pvemcp.gate.Care;
import pvemcp.gate.Target;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.Verb;

/// What is seen to before a request puts a guest at risk: that there is a backup, and a snapshot. As the owner wants
/// it, and a snapshot also where the call asks for one. For one thread.
final class Precautions {
    /// For this long a snapshot that was taken first is enough, so that fifty commands do not leave fifty.
    private static final Duration ENOUGH = Duration.ofMinutes(15);

    /// As many guests are told of one by one.
    private static final int TOLD = 10;

    private static final String PREFIX = "before_";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss").withZone(ZoneOffset.UTC);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Pattern GUEST = Pattern.compile("(/nodes/[^/]+/(?:qemu|lxc)/[0-9]+)(/.*)?");
    private static final Pattern CHANGE = Pattern.compile("/(?:config|resize|unlink|move_disk|move_volume|cloudinit)");
    private static final Pattern ROLLBACK = Pattern.compile("/snapshot/[^/]+/rollback");
    private static final Pattern EXECUTE =
            Pattern.compile("/(?:agent/(?:exec|file-write|set-user-password)|monitor|sendkey)");

    private final Sight sight;
    private final Clock clock;
    private final Function<Target, Care> care;
    private final boolean asksForSnapshot;
    private final boolean goesWithoutBackup;
    private final boolean destroys;
    private final Map<Loss, LastBackup> backups = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    /// @param care what the owner wants for a target
    /// @param destroys whether the call is one that destroys
    Precautions(Sight sight, Function<Target, Care> care, Asked<?> asked, boolean destroys) {
        this.destroys = destroys;
        this.sight = sight;
        this.clock = sight.ctx().clock();
        this.care = care;
        this.asksForSnapshot = asked.snapshotFirst();
        this.goesWithoutBackup = asked.withoutBackup();
    }

    /// A guest, and what a request would do to it.
    ///
    /// @param path of the guest
    private record AtRisk(String path, Care.Risk risk) {
        static Optional<AtRisk> by(Wires.Sent request) {
            var match = GUEST.matcher(request.path());
            if (request.verb() == Verb.GET || !match.matches()) {
                return Optional.empty();
            }
            var below = match.group(2) == null ? "" : match.group(2);
            var risk = ROLLBACK.matcher(below).matches()
                    ? Optional.of(Care.Risk.ROLLBACK)
                    : CHANGE.matcher(below).matches()
                            ? Optional.of(Care.Risk.CHANGE)
                            : EXECUTE.matcher(below).matches()
                                    ? Optional.of(Care.Risk.EXECUTE)
                                    : Optional.<Care.Risk>empty();
            return risk.map(found -> new AtRisk(match.group(1), found));
        }
    }

    /// What a preview says of it.
    ///
    /// @param first requests that would be made before
    /// @param verdict what keeps the call from being made as it is; empty: nothing
    record Foreseen(List<String> first, List<String> warnings, Optional<Verdict> verdict) {}

    /// @param requests as a preview shows them: `DELETE /nodes/pve1/qemu/101 {"purge":1}`
    /// @param guests those that commands would be run in
    Foreseen foresee(List<String> requests, List<Target> guests, boolean commands) {
        var first = new ArrayList<String>();
        var warnings = new ArrayList<String>();
        Optional<Verdict> verdict = Optional.empty();
        for (var line : requests) {
            var request = Wires.Sent.shownAs(line);
            if (request.isPresent()) {
                warnings.addAll(told(request.get()));
                verdict = verdict.or(() -> judge(request.get()));
                first(request.get()).ifPresent(sent -> first.add(shown(sent)));
            } else if (commands) {
                for (var guest : guests) {
                    entering(guest).ifPresent(sent -> first.add(shown(sent)));
                }
            }
        }
        return new Foreseen(first, warnings, verdict);
    }

    private static String shown(Wires.Sent sent) {
        return Wires.lines(List.of(sent)).getFirst();
    }

    // ---- backups ----

    /// What there is of backups, where that matters.
    List<String> told(Wires.Sent request) {
        var told = new ArrayList<String>();
        var losses = losses(request);
        for (var loss : losses.subList(0, Math.min(TOLD, losses.size()))) {
            if (care(request, loss).backup() != Care.Backup.OFF) {
                told.add(about(loss) + backup(request, loss).words(clock.instant()));
            }
        }
        if (losses.size() > TOLD) {
            told.add("so do %d more guests lose disks or backups".formatted(losses.size() - TOLD));
        }
        return told;
    }

    private static String about(Loss loss) {
        return switch (loss.what()) {
            case GUEST, DISKS, SNAPSHOT -> loss.vmid() + ": ";
            case BACKUP -> loss.vmid() + (loss.parts().size() == 1 ? ", without this one: " : ", without these: ");
        };
    }

    /// Why the request is not made as it is; empty where nothing stands in its way.
    Optional<Verdict> judge(Wires.Sent request) {
        for (var loss : losses(request)) {
            boolean lacks = care(request, loss).backup() == Care.Backup.REQUIRE
                    && backup(request, loss).counting().isEmpty();
            if (lacks) {
                var why = "there is no %sbackup of %d that counts: %s"
                        .formatted(
                                loss.what() == Loss.What.BACKUP ? "other " : "",
                                loss.vmid(),
                                backup(request, loss).words(clock.instant()));
                return Optional.of(
                        goesWithoutBackup
                                ? new Verdict.Hold("policy.backup_first", why)
                                : new Verdict.Deny("policy.backup_first", why, remedy(loss)));
            }
        }
        return Optional.empty();
    }

    private String remedy(Loss loss) {
        var make = sight.row(loss.vmid()).isEmpty()
                ? ""
                : "pve_backup_run guests=%d makes one (a backup server has to verify it; disks that are unused or have"
                                .formatted(loss.vmid())
                        + " backup=0 are in none); ";
        return make + "with without_backup=true the user is asked whether it may go without";
    }

    private List<Loss> losses(Wires.Sent request) {
        return Loss.by(request, destroys, sight);
    }

    private LastBackup backup(Wires.Sent request, Loss loss) {
        return backups.computeIfAbsent(
                loss, _ -> LastBackup.of(loss, care(request, loss).age(), sight.ctx()));
    }

    private Care care(Wires.Sent request, Loss loss) {
        return care(request, target -> target.id().equals(Integer.toString(loss.vmid())));
    }

    private Care care(Wires.Sent request, Predicate<Target> which) {
        return Targets.of(
                        request.verb(),
                        request.path(),
                        request.params(),
                        sight,
                        sight.ctx().schema())
                .stream()
                .filter(target -> target.isGuest() && which.test(target))
                .findFirst()
                .map(care)
                .orElse(Care.DEFAULT);
    }

    // ---- snapshots ----

    /// The snapshot that is to be taken before this request; empty where none is.
    Optional<Wires.Sent> first(Wires.Sent request) {
        return AtRisk.by(request)
                .filter(_ -> losses(request).stream().noneMatch(loss -> loss.onlyDisks(request)))
                .flatMap(guest -> first(guest.path(), guest.risk(), care(request, _ -> true), request.toString()));
    }

    /// The same before a command goes into a guest by another way than PVE.
    Optional<Wires.Sent> entering(Target guest) {
        var kind = guest.kind() == Target.Kind.CONTAINER ? "lxc" : "qemu";
        var path = "/nodes/%s/%s/%s".formatted(guest.node(), kind, guest.id());
        return first(path, Care.Risk.EXECUTE, care.apply(guest), "a command");
    }

    private Optional<Wires.Sent> first(String guest, Care.Risk risk, Care wanted, String before) {
        boolean byPolicy = wanted.snapshotFirst().contains(risk);
        if ((!asksForSnapshot && !byPolicy) || taken.contains(guest)) {
            return Optional.empty();
        }
        if (!asksForSnapshot && hasOne(guest)) {
            return Optional.empty();
        }
        var now = clock.instant();
        var params =
                Json.obj("snapname", PREFIX + STAMP.format(now), "description", "taken by pve-mcp before " + before);
        return Optional.of(new Wires.Sent(Verb.POST, guest + "/snapshot", params));
    }

    /// That it was taken, and the next request of this call needs no other.
    void took(Wires.Sent snapshot) {
        var path = snapshot.path();
        taken.add(path.substring(0, path.lastIndexOf('/')));
    }

    Duration patience() {
        return PATIENCE;
    }

    private boolean hasOne(String guest) {
        var oldest = clock.instant().minus(ENOUGH);
        for (var row : Fields.list(sight.ctx().pve().data(Verb.GET, guest + "/snapshot", Json.Obj.EMPTY))) {
            boolean young =
                    row.moment("snaptime").filter(at -> at.isAfter(oldest)).isPresent();
            if (young && row.text("name").startsWith(PREFIX)) {
                return true;
            }
        }
        return false;
    }
}
