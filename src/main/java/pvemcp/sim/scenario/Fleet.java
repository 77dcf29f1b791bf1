package pvemcp.sim.scenario;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import pvemcp.json.Json;
import pvemcp.sim.Credentials;
import pvemcp.sim.world.BackupServer.Job;
import pvemcp.sim.world.Ceph;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Pool;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.sim.world.Vm;

/// A company's cluster, as large as one likes: guests by team and service, most of them running.
final class Fleet {
    private static final int LARGEST = 10_000;
    private static final List<String> TEAMS = List.of("shop", "billing", "search", "data", "platform", "mobile");
    private static final List<String> SERVICES =
            List.of("web", "api", "worker", "db", "cache", "queue", "build", "mail", "log", "auth");
    private static final List<String> STAGES = List.of("prod", "prod", "prod", "staging", "dev");
    private static final int[] CORES = {1, 2, 2, 4, 4, 8, 16};
    private static final int[] GIGABYTES = {1, 2, 4, 4, 8, 16, 32};

    private final Cluster cluster;
    private final Build build;
    private final int nodes;
    private final int guests;
    private final Random random;

    Fleet(Cluster cluster, int nodes, int guests, long seed) {
        if (nodes < 1 || nodes > 32 || guests < 0 || guests > LARGEST) {
            throw new IllegalArgumentException(
                    "a fleet has 1 to 32 nodes and up to %d guests, not %d and %d".formatted(LARGEST, nodes, guests));
        }
        this.cluster = cluster;
        this.build = new Build(cluster);
        this.nodes = nodes;
        this.guests = guests;
        this.random = new Random(seed);
    }

    Credentials seed() {
        if (nodes > 1) {
            cluster.name = "fleet";
        }
        for (int i = 1; i <= nodes; i++) {
            var node = cluster.addNode("node%02d".formatted(i));
            node.cores = 64;
            node.memory = 1024L << 30;
            node.host.services.get("corosync").running = nodes > 1;
        }
        var local = build.storage("local", StorageType.DIR, "iso,vztmpl,snippets", 220, 14);
        local.options.put("path", "/var/lib/vz");
        var ceph = build.storage("ceph", StorageType.RBD, "images,rootdir", 400_000, 0);
        ceph.options.put("pool", "vms");
        var backup = build.storage("backup", StorageType.PBS, "backup", 900_000, 210_000);
        backup.options.put("server", "192.0.2.250");
        backup.options.put("datastore", "main");
        backup.options.put("username", "pve@pbs");
        backupServer();
        TEAMS.forEach(team -> cluster.pools.put(team, new Pool(team)));
        for (int i = 0; i < guests; i++) {
            guest(100 + i, ceph);
        }
        ceph(ceph);
        return Credentials.operator(cluster);
    }

    /// What that storage lies on, all in order.
    private void backupServer() {
        var server = cluster.backupServer;
        server.add("main", 900_000L << 30, 210_000L << 30);
        var ended = Optional.of(cluster.now().minus(Duration.ofHours(5)));
        var next = Optional.of(cluster.now().plus(Duration.ofHours(19)));
        var well = Collections.nCopies(7, "OK");
        server.add(new Job("verify", "verify-main", "main", "daily", ended, next, "OK"), well);
        server.add(new Job("gc", "", "main", "daily", ended, next, "OK"), well);
        server.add(new Job("prune", "prune-main", "main", "daily", ended, next, "OK"), well);
    }

    /// The disks behind that storage: monitors on the first nodes, four disks on each, everything three times.
    private void ceph(Storage storage) {
        var ceph = Ceph.in(cluster);
        long each = storage.total / (4L * nodes) * 3;
        long used = storage.used("node01");
        for (var node : cluster.nodes.values()) {
            if (node.id() <= 3) {
                ceph.add(Ceph.Kind.MON, node.name(), node.name());
                ceph.add(Ceph.Kind.MGR, node.name(), node.name());
            }
            for (int i = 0; i < 4; i++) {
                ceph.addOsd(node.name(), "/dev/nvme%dn1".formatted(i + 1), "nvme", each).used = used * 3 / (4L * nodes);
            }
        }
        ceph.addPool("vms", Json.obj("pg_num", 512, "bytes_used", used * 3));
    }

    private void guest(int vmid, Storage storage) {
        var node = "node%02d".formatted(1 + random.nextInt(nodes));
        var team = pick(TEAMS);
        var service = pick(SERVICES);
        var stage = pick(STAGES);
        int size = random.nextInt(CORES.length);
        var name = "%s-%s-%s-%02d".formatted(team, service, stage, vmid % 100);
        var guest = vmid % 3 == 0 ? container(vmid, node, name, size) : vm(vmid, node, name, size);
        guest.config.put(
                guest.isContainer() ? "rootfs" : "scsi0", build.firstDisk(guest, storage, 8 << random.nextInt(4)));
        guest.config.put("tags", Guest.tags(team + ";" + stage + ";" + service));
        cluster.guests.put(vmid, guest);
        cluster.pools.get(team).guests.add(vmid);
        if (random.nextInt(100) < 85) {
            build.runsFor(guest, Duration.ofMinutes(30 + random.nextInt(60 * 24 * 90)));
        }
    }

    private Vm vm(int vmid, String node, String name, int size) {
        var vm = new Vm(vmid, node);
        vm.config.put("name", name);
        vm.config.put("cores", Integer.toString(CORES[size]));
        vm.config.put("memory", Integer.toString(GIGABYTES[size] * 1024));
        vm.config.put("agent", "1");
        vm.config.put("boot", "order=scsi0;net0");
        vm.config.put("ostype", "l26");
        vm.config.put("scsihw", "virtio-scsi-single");
        vm.config.put("net0", "virtio=%s,bridge=vmbr0,tag=%d".formatted(Build.mac(vmid), 100 + random.nextInt(8)));
        return vm;
    }

    private Container container(int vmid, String node, String name, int size) {
        var container = new Container(vmid, node);
        container.config.put("hostname", name);
        container.config.put("arch", "amd64");
        container.config.put("ostype", "debian");
        container.config.put("cores", Integer.toString(CORES[size]));
        container.config.put("memory", Integer.toString(GIGABYTES[size] * 1024));
        container.config.put("swap", "512");
        container.config.put("unprivileged", "1");
        container.config.put("net0", "name=eth0,bridge=vmbr0,hwaddr=%s,ip=dhcp,type=veth".formatted(Build.mac(vmid)));
        return container;
    }

    private String pick(List<String> among) {
        return among.get(random.nextInt(among.size()));
    }
}
