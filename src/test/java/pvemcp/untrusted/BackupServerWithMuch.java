package pvemcp.untrusted;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.sim.world.BackupServer.Job;
import pvemcp.sim.world.BackupServer.Kept;
import pvemcp.sim.world.BackupServer.Run;
import pvemcp.sim.world.Cluster;

/// A backup server that has a word to say in every place where one can stand.
final class BackupServerWithMuch {
    private BackupServerWithMuch() {}

    /// Puts it beside the cluster, whose storage `pbs` lies on it.
    static void beside(Cluster cluster) {
        var server = cluster.backupServer;
        var now = cluster.now();
        var storage = cluster.storage("pbs").options;
        storage.put("server", server.address);
        storage.put("datastore", "main");
        storage.put("username", "pve@pbs!house");

        var main = server.add("main", 1L << 40, 15L << 36);
        main.comment = "some";
        main.maintenance = "type=read-only,message=some";
        main.full = Optional.of(now.plus(Duration.ofDays(9)));
        main.kept.add(new Kept("", "ct", "110", now.minus(Duration.ofDays(2)), 1 << 30, "failed", "some")
                .ownedBy("anna@pbs")
                .encryptedWith("9b:41:0c:77:e2:15:fa:38"));
        main.kept.add(new Kept("east", "host", "nas", now.minus(Duration.ofDays(3)), 1, "", "").begun());
        server.add("away", 1L << 40, 1L << 38).broken = "datastore 'away' is offline";

        var ended = Optional.of(now.minus(Duration.ofHours(6)));
        var due = Optional.of(now.minus(Duration.ofHours(3)));
        server.add(new Job("verify", "v-1", "main", "daily", ended, due, "some error"), List.of("some error", "OK"));
        server.add(new Job("prune", "p-1", "main", "daily", ended, due, "OK"), List.of("OK"));
        server.add(new Job("sync", "s-1", "main", "hourly", ended, due, "WARNINGS: 2"), List.of("WARNINGS: 2"));
        server.jobs.add(new Job(
                "gc", "", "main", "daily", Optional.empty(), due, "", Optional.of(now.minus(Duration.ofHours(54)))));
        server.runs.add(new Run(
                "backup",
                "main:host/nas",
                "nas@pbs",
                now.minus(Duration.ofDays(1)),
                Optional.of(now.minus(Duration.ofHours(23))),
                "some error"));
    }
}
