package pvemcp.lab;

import java.util.List;
import pvemcp.sim.Credentials;
import pvemcp.sim.Scenario;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.world.Ceph;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.HostSettings.Disk;
import pvemcp.sim.world.Pool;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.sim.world.Vm;

/// Small clusters for stories.
public final class Scenes {
    private Scenes() {}

    /// One node `pve1` with the VM 100 `db` (tag `prod`), the VM 101 `web` in the pool `shop`, and the container 102
    /// `dns`; the VMs run.
    public static Scenario small() {
        return cluster -> {
            cluster.addNode("pve1");
            running(cluster, vm(cluster, 100, "pve1", "db")).config.put("tags", "prod");
            running(cluster, vm(cluster, 101, "pve1", "web"));
            container(cluster, 102, "pve1", "dns");
            var shop = new Pool("shop");
            shop.guests.add(101);
            cluster.pools.put("shop", shop);
            return Credentials.operator(cluster);
        };
    }

    /// The cluster of the demo, with the empty nodes `pve2` and `pve3` that see the same storages, Ceph on the first
    /// two, a free disk `/dev/sdz` on the first, and a backup of the container 110 on the backup server `pbs`.
    public static Scenario household() {
        return cluster -> {
            var credentials = Scenarios.homelab().seed(cluster);
            cluster.name = "household";
            cluster.addNode("pve2");
            cluster.addNode("pve3");
            Ceph.on(cluster, "pve1", "pve2");
            cluster.node("pve1")
                    .host
                    .disks
                    .add(new Disk("/dev/sdz", "Spare", "S1", "ATA", "ssd", 1L << 40, "", "PASSED", 100));
            var pbs = new Storage("pbs", StorageType.PBS);
            cluster.storages.put("pbs", pbs);
            pbs.add("pve1", "backup/ct/110/2026-11-20T02:00:00Z", 1 << 30, 1 << 28, cluster.now());
            return credentials;
        };
    }

    /// That many guests on ten nodes, a third of them containers, two thirds of them running.
    public static Scenario fleet(int guests) {
        return cluster -> {
            for (int i = 1; i <= 10; i++) {
                cluster.addNode("pve" + i);
            }
            var kinds = List.of("web", "db", "cache", "build", "mail");
            for (int i = 0; i < guests; i++) {
                int vmid = 100 + i;
                var node = "pve" + (1 + i % 10);
                var name = "%s-%02d".formatted(kinds.get(i % kinds.size()), i);
                var guest = i % 3 == 0 ? container(cluster, vmid, node, name) : vm(cluster, vmid, node, name);
                if (i % 3 != 1) {
                    running(cluster, guest);
                }
            }
            return Credentials.operator(cluster);
        };
    }

    public static Vm vm(Cluster cluster, int vmid, String node, String name) {
        var vm = new Vm(vmid, node);
        vm.config.put("name", name);
        vm.config.put("memory", "2048");
        vm.config.put("cores", "2");
        cluster.guests.put(vmid, vm);
        return vm;
    }

    /// Gives a VM its disk on a storage of its own, which is called by its type.
    public static void diskOn(Cluster cluster, StorageType type, int vmid) {
        var storage = new Storage(type.id(), type);
        storage.options.put("content", "images");
        cluster.storages.put(type.id(), storage);
        var vm = cluster.guest(vmid);
        storage.add(vm.node, "vm-%d-disk-0".formatted(vmid), 1L << 30, 1L << 20, cluster.now());
        vm.config.put("scsi0", "%s:vm-%d-disk-0,size=1G".formatted(type.id(), vmid));
    }

    public static Container container(Cluster cluster, int vmid, String node, String name) {
        var container = new Container(vmid, node);
        container.config.put("hostname", name);
        container.config.put("memory", "512");
        cluster.guests.put(vmid, container);
        return container;
    }

    public static Guest running(Cluster cluster, Guest guest) {
        guest.ranSince(cluster.now().minusSeconds(86_400L * 3));
        return guest;
    }
}
