package pvemcp.sim.api;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Replication;
import pvemcp.sim.world.StorageType;
import pvemcp.sim.world.Vm;
import pvemcp.sim.world.VolumeId;

/// Copies of guests' disks on other nodes (PVE::API2::ReplicationConfig, PVE::API2::Replication).
final class ReplicationApi {
    private static final String JOBS = "/cluster/replication";
    private static final String HERE = "/nodes/{node}/replication";
    private static final List<String> OPTIONS = List.of("schedule", "rate", "comment", "disable", "remove_job");
    // What the replication runner, which looks once a minute, needs to notice (pvescheduler).
    private static final Duration NOTICED = Duration.ofSeconds(30);
    private static final Duration PERIOD = Duration.ofMinutes(15);

    private ReplicationApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, JOBS, ReplicationApi::list)
                .on(Verb.POST, JOBS, ReplicationApi::create)
                .on(Verb.GET, JOBS + "/{id}", ReplicationApi::read)
                .on(Verb.PUT, JOBS + "/{id}", ReplicationApi::update)
                .on(Verb.DELETE, JOBS + "/{id}", ReplicationApi::delete)
                .on(Verb.GET, HERE, ReplicationApi::states)
                .on(Verb.GET, HERE + "/{id}/status", ReplicationApi::status)
                .on(Verb.GET, HERE + "/{id}/log", ReplicationApi::log)
                .on(Verb.POST, HERE + "/{id}/schedule_now", ReplicationApi::runNow);
    }

    private static Json list(Request request) {
        var rows = new ArrayList<Json>();
        for (var job : request.cluster().replications.values()) {
            if (request.may("/vms/" + job.vmid(), "VM.Audit")) {
                rows.add(Json.of(row(request, job)));
            }
        }
        return new Json.Arr(rows);
    }

    private static SequencedMap<String, Object> row(Request request, Replication job) {
        var row = new LinkedHashMap<String, Object>();
        row.put("id", job.id());
        row.put("guest", job.vmid());
        row.put("jobnum", job.number());
        row.put("type", "local");
        row.put("target", job.target());
        guest(request, job).ifPresent(guest -> row.put("source", guest.node));
        job.options.forEach((key, value) -> row.put(key, key.equals("disable") ? Integer.valueOf(value) : value));
        return row;
    }

    private static Optional<Guest> guest(Request request, Replication job) {
        return Optional.ofNullable(request.cluster().guests.get(job.vmid()));
    }

    private static Replication job(Request request, String refusal) {
        var job = request.cluster().replications.get(request.text("id"));
        if (job == null) {
            throw new SimError(refusal.formatted(request.text("id")));
        }
        return job;
    }

    private static Json create(Request request) {
        var id = request.text("id");
        var vmid = id.substring(0, id.indexOf('-'));
        request.require("/vms/" + vmid, "VM.Replicate");
        var target = request.text("target");
        var cluster = request.cluster();
        var guest = cluster.guests.get(Integer.valueOf(vmid));
        if (guest == null) {
            throw new SimError("Guest '%s' does not exist.".formatted(vmid));
        }
        // A host that was never joined knows no node but itself, and not as a target.
        if (cluster.nodes.size() == 1 || !cluster.nodes.containsKey(target)) {
            throw new SimError("Target '%s' does not exist.".formatted(target));
        }
        if (target.equals(guest.node)) {
            throw new SimError("Source and target must not be identical");
        }
        if (replicatable(cluster, guest).isEmpty()) {
            throw new SimError("No replicatable volumes found");
        }
        if (cluster.replications.containsKey(id)) {
            throw new SimError("replication job '%s' already exists".formatted(id));
        }
        var job = new Replication(id, target, cluster.now().plus(NOTICED));
        set(request, job);
        cluster.replications.put(id, job);
        wake(request, job);
        return Json.Null.NULL;
    }

    private static void set(Request request, Replication job) {
        OPTIONS.forEach(option -> request.find(option).ifPresent(value -> job.options.put(option, value)));
        request.list("delete").forEach(job.options::remove);
    }

    private static Json read(Request request) {
        var job = job(request, "no such replication job '%s'");
        request.require("/vms/" + job.vmid(), "VM.Audit");
        var row = row(request, job);
        row.put("digest", Digests.of(job.options.toString()));
        return Json.of(row);
    }

    private static Json update(Request request) {
        var job = job(request, "no such job '%s'");
        request.require("/vms/" + job.vmid(), "VM.Replicate");
        set(request, job);
        return Json.Null.NULL;
    }

    private static Json delete(Request request) {
        var job = job(request, "no such job '%s'");
        request.require("/vms/" + job.vmid(), "VM.Replicate");
        var jobs = request.cluster().replications;
        if (request.flag("force")) {
            jobs.remove(job.id());
            return Json.Null.NULL;
        }
        job.options.put("remove_job", request.flag("keep") ? "local" : "full");
        request.cluster().after(NOTICED, () -> jobs.remove(job.id()));
        return Json.Null.NULL;
    }

    private static Json states(Request request) {
        var wanted = request.find("guest");
        var rows = new ArrayList<Json>();
        for (var job : request.cluster().replications.values()) {
            boolean here = guest(request, job)
                    .filter(guest -> guest.node.equals(request.node().name()))
                    .isPresent();
            boolean chosen = wanted.map(Integer.toString(job.vmid())::equals).orElse(true);
            if (here && chosen && request.may("/vms/" + job.vmid(), "VM.Audit")) {
                rows.add(state(request, job));
            }
        }
        return new Json.Arr(rows);
    }

    private static Json status(Request request) {
        var job = job(request, "no such replication job '%s'");
        request.require("/vms/" + job.vmid(), "VM.Audit");
        return state(request, job);
    }

    private static Json state(Request request, Replication job) {
        var row = row(request, job);
        guest(request, job).ifPresent(guest -> row.put("vmtype", guest.type()));
        row.put("last_try", job.lastTry.map(Instant::getEpochSecond).orElse(0L));
        row.put("last_sync", job.lastSync.map(Instant::getEpochSecond).orElse(0L));
        row.put("next_sync", job.next.getEpochSecond());
        row.put("fail_count", job.failures);
        if (job.lastTry.isPresent()) {
            row.put("duration", 3.5);
        }
        if (!job.error.isEmpty()) {
            row.put("error", job.error);
        }
        return Json.of(row);
    }

    private static Json log(Request request) {
        var job = job(request, "no such replication job '%s'");
        request.requireAny("/vms/" + job.vmid(), "VM.Audit");
        var rows = new ArrayList<Json>();
        for (int i = 0; i < job.log.size(); i++) {
            rows.add(Json.obj("n", i + 1, "t", job.log.get(i)));
        }
        request.beside("total", Json.num(rows.size()));
        return new Json.Arr(rows);
    }

    private static Json runNow(Request request) {
        var job = job(request, "no such replication job '%s'");
        request.require("/vms/" + job.vmid(), "VM.Replicate");
        job.next = request.cluster().now();
        wake(request, job);
        return Json.Null.NULL;
    }

    private static void wake(Request request, Replication job) {
        request.cluster().after(NOTICED, () -> run(request, job));
    }

    private static void run(Request request, Replication job) {
        var cluster = request.cluster();
        if (cluster.replications.get(job.id()) != job || !job.isEnabled()) {
            return;
        }
        var now = cluster.now();
        job.log.clear();
        job.lastTry = Optional.of(now);
        job.next = now.plus(PERIOD);
        guest(request, job).ifPresent(guest -> {
            job.log.add("%s: start replication job".formatted(job.id()));
            job.log.add("%s: guest => %s %d, running => %d"
                    .formatted(job.id(), guest.noun(), guest.vmid(), guest.isRunning() ? 1 : 0));
            try {
                replicatable(cluster, guest);
                job.error = "";
            } catch (SimError refused) {
                job.error = refused.getMessage();
            }
            if (job.error.isEmpty()) {
                job.lastSync = Optional.of(now);
                job.failures = 0;
                job.log.add("%s: end replication job".formatted(job.id()));
            } else {
                job.failures++;
                job.log.add("%s: end replication job with error: %s".formatted(job.id(), job.error));
            }
        });
    }

    /// PVE::QemuConfig and PVE::LXC::Config, get_replicatable_volumes: the local disks that are to be copied. All of
    /// them have to be where that can be done: only ZFS keeps snapshots that can be sent.
    private static List<VolumeId> replicatable(Cluster cluster, Guest guest) {
        var volumes = guest.disks().values().stream()
                .filter(disk -> VolumeId.matches(disk.bare()) && !Vm.isRemovable(disk))
                .filter(disk -> !disk.get("replicate").orElse("1").equals("0"))
                .map(disk -> VolumeId.parse(disk.bare()))
                .filter(volume -> !cluster.storage(volume.storage()).isShared())
                .toList();
        for (var volume : volumes) {
            if (cluster.storage(volume.storage()).type() != StorageType.ZFSPOOL) {
                throw new SimError("missing replicate feature on volume '%s'".formatted(volume));
            }
        }
        return volumes;
    }
}
