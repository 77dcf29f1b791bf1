package pvemcp.sim.scenario;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import pvemcp.sim.world.BackupServer.Job;
import pvemcp.sim.world.BackupServer.Kept;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.StorageType;

/// A Proxmox Backup Server for the homelab: the storage `vault` lies on it, and so does what a friend keeps there.
final class Vault {
    private static final String DATASTORE = "house";
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'");

    private final Cluster cluster;

    private Vault(Cluster cluster) {
        this.cluster = cluster;
    }

    /// Puts it beside a homelab.
    static void beside(Cluster cluster) {
        var vault = new Vault(cluster);
        vault.storage();
        vault.server();
    }

    private void storage() {
        var storage = new Build(cluster).storage("vault", StorageType.PBS, "backup", 3_600, 2_100);
        storage.options.put("server", cluster.backupServer.address);
        storage.options.put("datastore", DATASTORE);
        storage.options.put("username", "pve@pbs!house");
        backup(101, 1, "ok");
        backup(101, 2, "ok");
        backup(102, 1, "failed");
        backup(102, 2, "ok");
        backup(105, 1, "");
    }

    private void backup(int vmid, int daysOld, String verified) {
        var guest = cluster.guest(vmid);
        var when = cluster.now()
                .minus(Duration.ofDays(daysOld))
                .atZone(ZoneOffset.UTC)
                .withHour(3)
                .withMinute(vmid % 60)
                .withSecond(4)
                .withNano(0);
        var name = "backup/%s/%d/%s".formatted(guest.isContainer() ? "ct" : "vm", vmid, NAME.format(when));
        var volume =
                cluster.storage("vault").add("pve1", name, guest.maxDisk(), guest.maxDisk() / 20, when.toInstant());
        volume.notes = guest.name();
        volume.verification = verified;
    }

    private void server() {
        var server = cluster.backupServer;
        var now = cluster.now();
        server.add(DATASTORE, 3_600L << 30, 2_200L << 30).full = Optional.of(now.plus(Duration.ofDays(140)));
        var friends = server.add("friends", 1_800L << 30, 1_600L << 30);
        friends.kept.add(new Kept("anna", "ct", "101", now.minus(Duration.ofHours(20)), 9L << 30, "ok", "photos")
                .ownedBy("anna@pbs")
                .encryptedWith("9b:41:0c:77:e2:15:fa:38"));
        friends.full = Optional.of(now.plus(Duration.ofDays(16)));
        var night = Optional.of(now.minus(Duration.ofHours(6)));
        var tonight = Optional.of(now.plus(Duration.ofHours(18)));
        var well = Collections.nCopies(7, "OK");
        var bad = "verification failed - please check the log for details";
        server.add(
                new Job("verify", "verify-house", DATASTORE, "daily", night, tonight, bad),
                List.of(bad, bad, "OK", "OK", "OK", "OK", "OK"));
        server.add(new Job("verify", "verify-friends", "friends", "daily", night, tonight, "OK"), well);
        server.add(new Job("gc", "", DATASTORE, "daily", night, tonight, "OK"), well);
        server.add(new Job("gc", "", "friends", "daily", night, tonight, "OK"), well);
        server.add(new Job("prune", "prune-house", DATASTORE, "daily", night, tonight, "OK"), well);
        var pulled = Optional.of(now.minus(Duration.ofHours(20)));
        var due = Optional.of(now.minus(Duration.ofHours(19)));
        server.add(new Job("sync", "pull-anna", "friends", "hourly", pulled, due, "OK"), well);
    }
}
