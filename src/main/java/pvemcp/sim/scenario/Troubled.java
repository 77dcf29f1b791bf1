package pvemcp.sim.scenario;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import pvemcp.sim.Credentials;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.BackupServer.Job;
import pvemcp.sim.world.BackupServer.Kept;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PastTask;
import pvemcp.sim.world.Pool;
import pvemcp.sim.world.Role;
import pvemcp.sim.world.Snapshot;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.sim.world.Token;
import pvemcp.sim.world.User;

/// Three nodes with one instance of everything that goes wrong, and one healthy neighbour of each.
///
/// Node `alpha` does the work and is tight, `beta` is all right but for a service, a certificate and its clock,
/// `gamma` is off. Guests from 100 on are in order; those from 200 on each have one trouble, which their name tells.
final class Troubled {
    private final Cluster cluster;
    private final Build build;

    private Troubled(Cluster cluster) {
        this.cluster = cluster;
        this.build = new Build(cluster);
    }

    static Credentials seed(Cluster cluster) {
        var lab = new Troubled(cluster);
        cluster.name = "troubled";
        lab.nodes();
        lab.storages();
        lab.guests();
        lab.jobs();
        lab.backupServer();
        lab.leftovers();
        lab.history();
        return lab.rights();
    }

    private void nodes() {
        for (var name : List.of("alpha", "beta", "gamma")) {
            var node = cluster.addNode(name);
            node.cores = 16;
            node.memory = 64L << 30;
            node.host.services.get("corosync").running = true;
        }
        var beta = cluster.node("beta");
        beta.host.services.get("pvescheduler").running = false;
        beta.certificateUntil = Optional.of(cluster.now().plus(Duration.ofDays(9)));
        beta.clockAhead = Duration.ofSeconds(47);
        beta.upToDate = true;
        cluster.node("gamma").online = false;
    }

    private void storages() {
        var local = build.storage("local", StorageType.DIR, "iso,vztmpl,snippets", 94, 9);
        local.options.put("path", "/var/lib/vz");
        var ceph = build.storage("ceph", StorageType.RBD, "images,rootdir", 4_000, 0);
        ceph.options.put("pool", "vms");
        var thin = build.storage("thin", StorageType.LVMTHIN, "images,rootdir", 500, 430);
        thin.options.put("vgname", "pve");
        thin.options.put("thinpool", "data");
        thin.options.put("nodes", "alpha");
        var pbs = build.storage("pbs", StorageType.PBS, "backup", 8_000, 900);
        pbs.options.put("server", "192.0.2.250");
        pbs.options.put("datastore", "main");
        pbs.options.put("username", "pve@pbs");
        var nas = build.storage("nas", StorageType.NFS, "iso", 1_000, 0);
        nas.options.put("server", "192.0.2.5");
        nas.options.put("export", "/volume1/iso");
        nas.options.put("path", "/mnt/pve/nas");
        nas.broken = "storage 'nas' is not online";
    }

    private void guests() {
        in(build.vm(100, "alpha", "web", 2, 4096, "ceph", 32), 21);
        in(build.vm(101, "beta", "db", 4, 8192, "ceph", 80), 21);
        in(build.container(102, "beta", "dns", 2, 2048, "ceph", 8), 40);
        var fresh = build.vm(200, "alpha", "unscheduled", 2, 4096, "ceph", 16);
        in(fresh, 21);
        in(build.vm(201, "alpha", "stale", 2, 4096, "ceph", 16), 21);
        in(build.vm(202, "alpha", "corrupt", 2, 4096, "ceph", 16), 21);
        in(build.vm(203, "alpha", "unverified", 2, 4096, "ceph", 16), 21);
        in(build.vm(204, "alpha", "failing", 2, 4096, "ceph", 16), 21);
        var busy = build.vm(205, "alpha", "busy", 4, 8192, "ceph", 16);
        in(busy, 21).load = OptionalDouble.of(0.96);
        var idle = build.vm(206, "alpha", "idle", 8, 16_384, "ceph", 16);
        in(idle, 21).load = OptionalDouble.of(0.01);
        idle.memoryShare = OptionalDouble.of(0.12);
        var full = build.container(207, "alpha", "full", 2, 2048, "ceph", 8);
        in(full, 21).diskShare = OptionalDouble.of(0.98);
        var locked = build.vm(208, "alpha", "locked", 2, 2048, "ceph", 16);
        in(locked, 21).config.put("lock", "backup");
        var broken = build.vm(209, "alpha", "unbootable", 2, 2048, "ceph", 16);
        broken.config.put("ide2", "nas:iso/rescue.iso,media=cdrom,size=600M");
        broken.created = cluster.now().minus(Duration.ofDays(100));
        var mute = build.vm(210, "alpha", "mute", 2, 2048, "ceph", 16);
        in(mute, 21).hasSystem = false;
        var partial = build.vm(211, "alpha", "partial", 2, 2048, "ceph", 16);
        partial.config.put("scsi1", build.disk(partial, "ceph", 40) + ",backup=0,size=40G");
        in(partial, 21);
        var frozen = build.vm(212, "alpha", "old-snapshot", 2, 2048, "ceph", 16);
        in(frozen, 21);
        snapshot(frozen, "before-upgrade", 200);
        snapshot(frozen, "yesterday", 1);
        var open = build.vm(213, "beta", "open", 2, 2048, "ceph", 16);
        in(open, 21);
        var detached = build.container(214, "alpha", "offline", 1, 1024, "ceph", 8);
        in(detached, 21).config.put("net0", detached.config.get("net0") + ",link_down=1");
        in(build.vm(215, "gamma", "stranded", 2, 2048, "ceph", 16), 21);
        var failed = build.vm(216, "beta", "ha-error", 2, 2048, "ceph", 16);
        failed.created = cluster.now().minus(Duration.ofDays(100));
        build.vm(217, "alpha", "tight", 2, 2048, "thin", 24);
        in(cluster.guest(217), 21);
        var pool = new Pool("all");
        pool.guests.addAll(cluster.guests.keySet());
        cluster.pools.put("all", pool);
        cluster.guests.values().forEach(guest -> {
            if (guest.vmid() != 213) {
                guest.config.put("net0", guest.config.get("net0") + ",firewall=1");
            }
        });
    }

    /// Running for so many days, neither idle nor busy.
    private Guest in(Guest guest, int days) {
        build.runsFor(guest, Duration.ofDays(days));
        guest.load = OptionalDouble.of(0.35);
        guest.memoryShare = OptionalDouble.of(0.6);
        guest.diskShare = OptionalDouble.of(0.4);
        guest.created = cluster.now().minus(Duration.ofDays(100));
        return guest;
    }

    private void snapshot(Guest guest, String name, int daysOld) {
        guest.snapshots.put(
                name,
                new Snapshot(
                        name,
                        cluster.now().minus(Duration.ofDays(daysOld)),
                        new TreeMap<>(guest.config),
                        guest.config.getOrDefault("parent", ""),
                        "",
                        ""));
        guest.config.put("parent", name);
    }

    private void jobs() {
        cluster.backupJobs.put(
                "nightly",
                new TreeMap<>(Map.of(
                        "enabled",
                        "1",
                        "all",
                        "1",
                        "exclude",
                        "200",
                        "schedule",
                        "02:00",
                        "storage",
                        "pbs",
                        "mode",
                        "snapshot")));
        cluster.backupJobs.put(
                "weekly",
                new TreeMap<>(Map.of(
                        "enabled", "0", "vmid", "200", "schedule", "sun 04:00", "storage", "pbs", "mode", "snapshot")));
        cluster.ha.manage("vm:101");
        cluster.ha.manage("vm:216").crmState = "error";
        var pbs = cluster.storage("pbs");
        for (var guest : cluster.guests.values()) {
            switch (guest.vmid()) {
                case 200 -> {}
                case 201 -> backup(pbs, guest, 24, "ok");
                case 202 -> backup(pbs, guest, 1, "failed");
                case 203 -> backup(pbs, guest, 1, "");
                case 204 -> backup(pbs, guest, 3, "ok");
                default -> backup(pbs, guest, 1, "ok");
            }
        }
    }

    /// What the storage `pbs` does not tell: its server is nearly full, and half of what is to happen there does not.
    private void backupServer() {
        var server = cluster.backupServer;
        var now = cluster.now();
        var main = server.add("main", 8_000L << 30, 7_300L << 30);
        main.full = Optional.of(now.plus(Duration.ofDays(12)));
        var copies = server.add("copies", 8_000L << 30, 2_000L << 30);
        copies.kept.add(new Kept("alpha", "vm", "100", now.minus(Duration.ofDays(20)), 32L << 30, "ok", "web"));
        var night = Optional.of(now.minus(Duration.ofHours(8)));
        var tonight = Optional.of(now.plus(Duration.ofHours(16)));
        var bad = "verification failed - please check the log for details";
        var well = List.of("OK", "OK", "OK");
        server.add(new Job("verify", "v-main", "main", "daily", night, tonight, bad), List.of(bad, bad, bad, "OK"));
        server.add(new Job("verify", "v-copies", "copies", "daily", night, tonight, "OK"), well);
        server.add(new Job("gc", "", "main", "daily", night, tonight, "OK"), well);
        server.jobs.add(new Job("gc", "", "copies", "", Optional.empty(), Optional.empty(), ""));
        server.add(new Job("prune", "p-main", "main", "daily", night, tonight, "OK"), well);
        var pulled = Optional.of(now.minus(Duration.ofDays(20)));
        var due = Optional.of(pulled.get().plus(Duration.ofHours(1)));
        server.add(new Job("sync", "s-copies", "copies", "hourly", pulled, due, "OK"), well);
    }

    private void backup(Storage storage, Guest guest, int daysOld, String verified) {
        var when = cluster.now().minus(Duration.ofDays(daysOld)).atZone(ZoneOffset.UTC);
        var name = "backup/%s/%d/%s"
                .formatted(
                        guest.isContainer() ? "ct" : "vm",
                        guest.vmid(),
                        DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").format(when));
        var volume = storage.add("alpha", name, guest.maxDisk(), guest.maxDisk() / 50, when.toInstant());
        volume.notes = guest.name();
        volume.verification = verified;
    }

    /// What nobody needs any more.
    private void leftovers() {
        var ceph = cluster.storage("ceph");
        var old = cluster.now().minus(Duration.ofDays(160));
        ceph.add("alpha", "vm-999-disk-0", 64L << 30, 20L << 30, old);
        var local = cluster.storage("local");
        build.file(local, "alpha", "iso/forgotten-22.04.iso", 1_900, 400);
        build.file(local, "alpha", "iso/fresh-13.2.iso", 700, 5);
    }

    private void history() {
        past(
                "vzdump",
                "204",
                Duration.ofHours(10),
                "job errors",
                List.of(
                        "INFO: Starting Backup of VM 204 (qemu)",
                        "ERROR: Backup of VM 204 failed - VM 204 qmp command 'backup' failed - got timeout",
                        "INFO: Failed at 2026-11-21 02:00:12",
                        "INFO: Backup job finished with errors"));
        past(
                "vzdump",
                "204",
                Duration.ofHours(34),
                "job errors",
                List.of("ERROR: Backup of VM 204 failed - VM 204 qmp command 'backup' failed - got timeout"));
        past("qmstart", "209", Duration.ofHours(2), "storage 'nas' is not online", List.of());
        past("qmconfig", "100", Duration.ofHours(5), "OK", List.of());
        past("vncproxy", "100", Duration.ofHours(4), "OK", List.of());
        past("qmstart", "100", Duration.ofDays(21), "OK", List.of());
    }

    private void past(String type, String id, Duration ago, String exitStatus, List<String> log) {
        cluster.history.add(new PastTask(
                "alpha", type, id, "root@pam", cluster.now().minus(ago), Duration.ofSeconds(12), log, exitStatus));
    }

    /// The token that looks has what looking needs, no more; somebody else has a token with everything for ever.
    private Credentials rights() {
        cluster.firewall.options.put("enable", "0");
        var access = cluster.access;
        var looks = new TreeSet<>(Set.of(
                "Sys.Audit",
                "Sys.Modify",
                "VM.Audit",
                "VM.Backup",
                "VM.Config.Disk",
                "VM.GuestAgent.Audit",
                "Datastore.Audit",
                "Datastore.AllocateSpace",
                "Datastore.Allocate",
                "Pool.Audit",
                "SDN.Audit"));
        access.roles.put("Looker", new Role("Looker", false, looks));
        var careless = new User("ci@pve");
        careless.tokens.put("deploy", new Token("deploy", secret(), "", 0, false));
        access.users.put(careless.id(), careless);
        access.grant(new Acl("/", Acl.Kind.USER, careless.id(), "Administrator", true));
        var careful = new User("mcp@pve");
        var until = cluster.now().plus(Duration.ofDays(90)).getEpochSecond();
        var token = new Token("look", secret(), "", until, true);
        careful.tokens.put("look", token);
        access.users.put(careful.id(), careful);
        access.grant(new Acl("/", Acl.Kind.USER, careful.id(), "Looker", true));
        access.grant(new Acl("/", Acl.Kind.TOKEN, careful.id() + "!look", "Looker", true));
        return new Credentials(careful.id() + "!look", token.secret());
    }

    private String secret() {
        return new UUID(cluster.random().nextLong(), cluster.random().nextLong()).toString();
    }
}
