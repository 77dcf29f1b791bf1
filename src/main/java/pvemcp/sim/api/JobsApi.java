package pvemcp.sim.api;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Vm;
import pvemcp.sim.world.VolumeId;

/// What the cluster does by schedule: backups and syncs of realms (PVE::API2::Backup, PVE::API2::Cluster::Jobs). They
/// are kept; no schedule is kept to.
final class JobsApi {
    private static final String BACKUPS = "/cluster/backup";
    private static final String SYNCS = "/cluster/jobs/realm-sync";
    private static final Set<String> NUMBERS = Set.of(
            "enabled",
            "all",
            "repeat-missed",
            "bwlimit",
            "ionice",
            "lockwait",
            "maxfiles",
            "pigz",
            "protected",
            "remove",
            "stdexcludes",
            "stop",
            "stopwait",
            "zstd",
            "pbs-change-detection-mode",
            "enable-new");
    /// Kept as `key=value,…`, shown as objects.
    private static final Set<String> STRUCTURED = Set.of("prune-backups", "fleecing", "performance");
    private static final List<String> ROOT_ONLY = List.of("dumpdir", "tmpdir", "script");
    private static final DateTimeFormatter CTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH);

    private JobsApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, BACKUPS, JobsApi::backups)
                .on(Verb.POST, BACKUPS, JobsApi::createBackup)
                .on(Verb.GET, BACKUPS + "/{id}", JobsApi::backup)
                .on(Verb.PUT, BACKUPS + "/{id}", JobsApi::updateBackup)
                .on(Verb.DELETE, BACKUPS + "/{id}", request -> delete(request, request.cluster().backupJobs))
                .on(Verb.GET, BACKUPS + "/{id}/included_volumes", JobsApi::included)
                .on(Verb.GET, "/cluster/backup-info/not-backed-up", JobsApi::notBackedUp)
                .on(Verb.GET, SYNCS, JobsApi::syncs)
                .on(Verb.GET, SYNCS + "/{id}", JobsApi::sync)
                .on(Verb.POST, SYNCS + "/{id}", JobsApi::createSync)
                .on(Verb.PUT, SYNCS + "/{id}", JobsApi::updateSync)
                .on(Verb.DELETE, SYNCS + "/{id}", request -> delete(request, request.cluster().realmSyncs))
                .on(Verb.GET, "/cluster/jobs/schedule-analyze", JobsApi::analyze);
    }

    // ---- any job ----

    private static Rows row(String id, SequencedMap<String, String> job) {
        var row = Rows.of("id", id, "enabled", 1);
        job.forEach((key, value) -> row.put(key, shown(key, value)));
        return row;
    }

    private static Json shown(String key, String value) {
        if (STRUCTURED.contains(key)) {
            var parts = new LinkedHashMap<String, Object>();
            for (var part : value.split(",", -1)) {
                var pair = part.split("=", 2);
                parts.put(pair[0], pair.length == 2 ? pair[1] : "1");
            }
            return Json.of(parts);
        }
        return NUMBERS.contains(key) && value.matches("\\d{1,18}") ? Json.num(Long.parseLong(value)) : Json.str(value);
    }

    private static Json.Obj withNextRun(Request request, Rows row) {
        var job = row.json();
        boolean enabled = job.flag("enabled").orElse(true);
        return enabled
                ? row.putIf(
                                "next-run",
                                Schedule.parse(job.text("schedule").orElse("daily"))
                                        .next(request.cluster().now())
                                        .map(Instant::getEpochSecond))
                        .json()
                : job;
    }

    private static SequencedMap<String, String> job(
            Request request, SequencedMap<String, SequencedMap<String, String>> jobs) {
        var job = jobs.get(request.text("id"));
        if (job == null) {
            throw SimError.invalid("id", "No such job '%s'".formatted(request.text("id")));
        }
        return job;
    }

    /// What PVE raises inside its lock on jobs.cfg arrives as the text of a 500.
    private static SimError inside(String parameter, String problem) {
        return new SimError("400 Parameter verification failed.\n%s: %s".formatted(parameter, problem));
    }

    private static Json delete(Request request, SequencedMap<String, SequencedMap<String, String>> jobs) {
        var id = request.text("id");
        if (jobs.remove(id) == null) {
            throw inside("id", "No such job '%s'".formatted(id));
        }
        return Json.Null.NULL;
    }

    // ---- backups ----

    private static Json backups(Request request) {
        var rows = new ArrayList<Json>();
        request.cluster()
                .backupJobs
                .forEach((id, job) -> rows.add(withNextRun(request, row(id, job).put("type", "vzdump"))));
        return new Json.Arr(rows);
    }

    private static Json backup(Request request) {
        return row(request.text("id"), job(request, request.cluster().backupJobs))
                .put("type", "vzdump")
                .json();
    }

    private static void requireAllowed(Request request) {
        for (var option : ROOT_ONLY) {
            if (request.has(option) && !GuestPaths.isRoot(request)) {
                throw SimError.invalid(option, "Only root may set this option.");
            }
        }
        request.find("pool")
                .filter(pool -> !request.cluster().pools.containsKey(pool))
                .ifPresent(pool -> {
                    throw new SimError(
                            403, "Permission check failed (pool '%s' does not exist)".formatted(pool), Map.of());
                });
    }

    private static Json createBackup(Request request) {
        requireAllowed(request);
        if (!request.has("schedule") && !request.has("starttime")) {
            throw SimError.invalid("schedule", "neither 'starttime' nor 'schedule' were set");
        }
        boolean all = request.flag("all");
        if (!request.has("vmid") && !all && !request.has("pool")) {
            throw inside("vmid", "property is missing");
        }
        if (request.has("vmid") && all) {
            throw inside("all", "option conflicts with option 'vmid'");
        }
        var id = request.text("id", request.cluster().freshUuid());
        if (request.cluster().backupJobs.containsKey(id)) {
            throw new SimError("Job '%s' already exists".formatted(id));
        }
        var job = new LinkedHashMap<String, String>();
        job.putAll(request.others(Set.of("id", "starttime", "dow")));
        schedule(request, job);
        request.cluster().backupJobs.put(id, job);
        return Json.Null.NULL;
    }

    /// The older way to say when.
    private static void schedule(Request request, SequencedMap<String, String> job) {
        request.find("starttime")
                .ifPresent(time -> job.put(
                        "schedule", request.find("dow").map(days -> days + " ").orElse("") + time));
    }

    private static Json updateBackup(Request request) {
        requireAllowed(request);
        var job = request.cluster().backupJobs.get(request.text("id"));
        if (job == null) {
            throw new SimError("no such vzdump job");
        }
        for (var option : request.list("delete")) {
            if (request.operation()
                    .facts()
                    .object("params")
                    .orElseThrow()
                    .get(option)
                    .isEmpty()) {
                throw inside("delete", "unknown option '%s'".formatted(option));
            }
        }
        request.list("delete").forEach(job::remove);
        if (request.has("vmid")) {
            List.of("all", "exclude", "pool").forEach(job::remove);
        } else if (request.flag("all")) {
            List.of("vmid", "pool").forEach(job::remove);
        } else if (request.has("pool")) {
            List.of("vmid", "all", "exclude").forEach(job::remove);
        }
        job.putAll(request.others(Set.of("id", "delete", "digest", "starttime", "dow")));
        schedule(request, job);
        return Json.Null.NULL;
    }

    /// The guests no job names, whether it is switched on or not (PVE::API2::Cluster::BackupInfo).
    private static Json notBackedUp(Request request) {
        var cluster = request.cluster();
        var covered = new TreeSet<Integer>();
        cluster.backupJobs.values().forEach(job -> covered.addAll(guests(cluster, job)));
        var rows = new ArrayList<Json>();
        for (var guest : cluster.guests.values()) {
            if (!covered.contains(guest.vmid()) && request.may("/vms/" + guest.vmid(), "VM.Audit")) {
                rows.add(Json.obj("vmid", guest.vmid(), "type", guest.type(), "name", guest.name()));
            }
        }
        return new Json.Arr(rows);
    }

    /// PVE::VZDump::get_included_guests
    private static List<Integer> guests(Cluster cluster, Map<String, String> job) {
        if (job.containsKey("pool")) {
            var pool = cluster.pools.get(job.get("pool"));
            return pool == null ? List.of() : List.copyOf(pool.guests);
        }
        if (job.getOrDefault("all", "0").equals("1")) {
            var excluded = Request.split(job.getOrDefault("exclude", ""));
            return cluster.guests.keySet().stream()
                    .filter(vmid -> !excluded.contains(vmid.toString()))
                    .toList();
        }
        return Request.split(job.getOrDefault("vmid", "")).stream()
                .map(Integer::valueOf)
                .toList();
    }

    private static Json included(Request request) {
        var cluster = request.cluster();
        var job = job(request, cluster.backupJobs);
        var rows = new ArrayList<Json>();
        for (int vmid : guests(cluster, job)) {
            var guest = cluster.guests.get(vmid);
            boolean elsewhere =
                    guest != null && !job.getOrDefault("node", guest.node).equals(guest.node);
            if (guest == null) {
                rows.add(Json.obj("id", vmid, "type", "unknown", "leaf", 1, "children", Json.Arr.EMPTY));
            } else if (!elsewhere && request.may("/vms/" + vmid, "VM.Audit")) {
                var disks = disks(guest);
                rows.add(Rows.of("id", vmid, "name", guest.name(), "type", guest.type())
                        .put("leaf", disks.isEmpty() ? 1 : 0)
                        .put("children", disks)
                        .json());
            }
        }
        return Json.obj("children", rows);
    }

    private static List<Json> disks(Guest guest) {
        var rows = new ArrayList<Json>();
        guest.disks().forEach((key, disk) -> {
            if (VolumeId.matches(disk.bare()) && !Vm.isRemovable(disk)) {
                boolean in = isIncluded(guest, key, disk);
                rows.add(Rows.of("id", key, "name", disk.bare(), "leaf", 1)
                        .put("included", in ? 1 : 0)
                        .put("reason", in ? "enabled" : "disabled")
                        .json());
            }
        });
        return rows;
    }

    /// A container's mount points are left out unless they say otherwise.
    private static boolean isIncluded(Guest guest, String key, PropertyString disk) {
        boolean unless = !guest.isContainer() || key.equals("rootfs");
        return disk.get("backup").map(flag -> flag.equals("1")).orElse(unless);
    }

    // ---- syncs of realms ----

    private static Json syncs(Request request) {
        var rows = new ArrayList<Json>();
        request.cluster().realmSyncs.forEach((id, job) -> rows.add(withNextRun(request, row(id, job))));
        return new Json.Arr(rows);
    }

    private static Json sync(Request request) {
        return row(request.text("id"), job(request, request.cluster().realmSyncs))
                .json();
    }

    private static Json createSync(Request request) {
        var id = request.text("id");
        for (var needed : List.of("scope", "realm")) {
            if (!request.has(needed)) {
                throw new SimError("missing value for required option '%s'".formatted(needed));
            }
        }
        if (request.cluster().realmSyncs.containsKey(id)) {
            throw new SimError("Job '%s' already exists".formatted(id));
        }
        var job = new LinkedHashMap<String, String>();
        job.putAll(request.others(Set.of("id")));
        request.cluster().realmSyncs.put(id, job);
        return Json.Null.NULL;
    }

    private static Json updateSync(Request request) {
        var job = request.cluster().realmSyncs.get(request.text("id"));
        if (job == null) {
            throw new SimError("no such realm-sync job");
        }
        job.putAll(request.others(Set.of("id", "delete", "digest")));
        request.list("delete").forEach(job::remove);
        return Json.Null.NULL;
    }

    // ---- schedules ----

    private static Json analyze(Request request) {
        var schedule = Schedule.parse(request.text("schedule"));
        var at = request.find("starttime")
                .map(seconds -> Instant.ofEpochSecond(Long.parseLong(seconds)))
                .orElse(request.cluster().now());
        var rows = new ArrayList<Json>();
        for (int i = 0; i < request.whole("iterations", 10); i++) {
            var next = schedule.next(at);
            if (next.isEmpty()) {
                break;
            }
            at = next.get();
            rows.add(Json.obj("timestamp", at.getEpochSecond(), "utc", CTIME.format(at.atOffset(ZoneOffset.UTC))));
        }
        return new Json.Arr(rows);
    }
}
