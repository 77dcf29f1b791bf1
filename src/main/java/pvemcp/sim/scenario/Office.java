package pvemcp.sim.scenario;

import java.time.Duration;
import pvemcp.sim.Credentials;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.StorageType;

/// Two hosts at work, to stand beside the one at home: some ids are the same, and so is one name.
final class Office {
    private static final String FIRST = "node1";
    private static final String SECOND = "node2";

    private final Build build;

    private Office(Cluster cluster) {
        this.build = new Build(cluster);
    }

    static Credentials seed(Cluster cluster) {
        cluster.name = "office";
        var office = new Office(cluster);
        for (var name : new String[] {FIRST, SECOND}) {
            var node = cluster.addNode(name);
            node.cores = 32;
            node.memory = 256L << 30;
            node.host.services.get("corosync").running = true;
        }
        office.storages();
        office.guests();
        return Credentials.operator(cluster);
    }

    private void storages() {
        build.storage("local", StorageType.DIR, "iso,vztmpl,backup,import", 94, 11)
                .options
                .put("path", "/var/lib/vz");
        var thin = build.storage("local-lvm", StorageType.LVMTHIN, "images,rootdir", 3500, 0);
        thin.options.put("vgname", "pve");
        thin.options.put("thinpool", "data");
    }

    private void guests() {
        runs(build.vm(101, FIRST, "prod-web-1", 4, 8192, "local-lvm", 40), "prod", 30);
        runs(build.vm(102, SECOND, "prod-web-2", 4, 8192, "local-lvm", 40), "prod", 30);
        runs(build.vm(110, FIRST, "prod-db", 8, 32768, "local-lvm", 400), "prod", 90);
        runs(build.vm(120, SECOND, "shop-front", 4, 8192, "local-lvm", 60), "shop", 4);
        runs(build.vm(121, SECOND, "shop-search", 8, 16384, "local-lvm", 120), "shop", 4);
        runs(build.container(130, FIRST, "git", 2, 4096, "local-lvm", 64), "tools", 12);
        tag(build.vm(140, FIRST, "staging", 2, 4096, "local-lvm", 40), "dev");
    }

    private void runs(Guest guest, String tag, int days) {
        tag(guest, tag);
        guest.config.put("onboot", "1");
        build.runsFor(guest, Duration.ofDays(days));
    }

    private static void tag(Guest guest, String tag) {
        guest.config.put("tags", tag);
    }
}
