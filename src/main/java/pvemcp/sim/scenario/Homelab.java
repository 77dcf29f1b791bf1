package pvemcp.sim.scenario;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.TreeMap;
import pvemcp.json.Json;
import pvemcp.sim.Credentials;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PastTask;
import pvemcp.sim.world.Pool;
import pvemcp.sim.world.Snapshot;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.sim.world.Volume;

/// One host at home, with what gathers there in a few years.
final class Homelab {
    private static final String NODE = "pve1";

    private final Cluster cluster;
    private final Build build;

    private Homelab(Cluster cluster) {
        this.cluster = cluster;
        this.build = new Build(cluster);
    }

    static Credentials seed(Cluster cluster) {
        var lab = new Homelab(cluster);
        var node = cluster.addNode(NODE);
        node.cores = 12;
        node.memory = 64L << 30;
        lab.storages();
        lab.machines();
        lab.containers();
        lab.pools();
        lab.backups();
        lab.history();
        return Credentials.operator(cluster);
    }

    private void storages() {
        var local = build.storage("local", StorageType.DIR, "iso,vztmpl,backup,snippets,import", 94, 9);
        local.options.put("path", "/var/lib/vz");
        build.file(local, NODE, "iso/debian-13.2.0-amd64-netinst.iso", 754, 20);
        build.file(local, NODE, "iso/virtio-win-0.1.285.iso", 771, 45);
        build.file(local, NODE, "vztmpl/debian-13-standard_13.1-2_amd64.tar.zst", 129, 30);
        build.file(local, NODE, "vztmpl/alpine-3.22-default_20250617_amd64.tar.xz", 3, 60);
        build.file(local, NODE, "import/debian-13-genericcloud-amd64.qcow2", 420, 12);
        build.file(local, NODE, "snippets/docker.yaml", 1, 90);
        var thin = build.storage("local-lvm", StorageType.LVMTHIN, "images,rootdir", 1740, 0);
        thin.options.put("vgname", "pve");
        thin.options.put("thinpool", "data");
        var nas = build.storage("nas", StorageType.NFS, "iso,images,backup", 7400, 3900);
        nas.options.put("server", "192.0.2.5");
        nas.options.put("export", "/volume1/proxmox");
        nas.options.put("path", "/mnt/pve/nas");
        build.file(nas, NODE, "iso/ubuntu-24.04.3-live-server-amd64.iso", 3150, 70);
        build.file(nas, NODE, "iso/Win11_25H2_English_x64.iso", 7250, 35);
        var backup = build.storage("backup", StorageType.DIR, "backup", 3600, 40);
        backup.options.put("path", "/mnt/backup");
        backup.options.put("prune-backups", "keep-last=3,keep-weekly=2");
    }

    private void machines() {
        var web = build.vm(101, NODE, "web", 2, 4096, "local-lvm", 32);
        about(web, "prod;web", "Reverse proxy and the two public sites.\n\nCertificates renew on Sundays.");
        web.config.put("onboot", "1");
        build.runsFor(web, Duration.ofDays(21));
        snapshot(web, "before-upgrade", 9, "caddy 2.9 still");

        var db = build.vm(102, NODE, "db", 4, 8192, "local-lvm", 80);
        about(db, "db;prod", "PostgreSQL 17. Ask before you stop it.");
        db.config.put("onboot", "1");
        db.config.put("protection", "1");
        db.config.put("startup", "order=1,up=30");
        db.config.put("scsi1", build.disk(db, "local-lvm", 200) + ",discard=on,iothread=1,size=200G");
        build.runsFor(db, Duration.ofDays(21));

        var git = build.vm(103, NODE, "git", 2, 4096, "local-lvm", 64);
        about(git, "prod", "Forgejo and its runner.");
        git.config.put("onboot", "1");
        build.runsFor(git, Duration.ofDays(3));

        var home = build.vm(104, NODE, "homeassistant", 2, 4096, "local-lvm", 32);
        about(home, "home;prod", "Home Assistant OS. The USB stick is the Zigbee radio.");
        home.config.put("usb0", "host=10c4:ea60");
        home.config.put("bios", "ovmf");
        home.config.put("onboot", "1");
        build.runsFor(home, Duration.ofDays(40));

        var kube = build.vm(120, NODE, "k3s-dev", 4, 8192, "local-lvm", 48);
        about(kube, "dev", "Toy cluster, may be broken at any time.");
        build.runsFor(kube, Duration.ofHours(30));

        var windows = build.vm(121, NODE, "win11", 4, 8192, "local-lvm", 120);
        about(windows, "desktop", "Only for the tax program.");
        windows.config.put("ostype", "win11");
        windows.config.put("agent", "0");
        windows.config.put("ide2", "local:iso/virtio-win-0.1.285.iso,media=cdrom,size=771M");
        windows.hasSystem = true;

        var template = build.vm(900, NODE, "debian-13-template", 2, 2048, "local-lvm", 8);
        about(template, "template", "Debian 13 cloud image with cloud-init; clone it.");
        var thin = cluster.storage("local-lvm");
        thin.remove(NODE, "vm-900-disk-0");
        thin.add(NODE, "base-900-disk-0", 8L << 30, 2L << 30, cluster.now().minus(Duration.ofDays(12)));
        template.config.put("scsi0", "local-lvm:base-900-disk-0,discard=on,size=8G");
        thin.add(NODE, "vm-900-cloudinit", 4L << 20, 4L << 20, cluster.now().minus(Duration.ofDays(12)));
        template.config.put("ide2", "local-lvm:vm-900-cloudinit,media=cdrom");
        template.config.put("serial0", "socket");
        template.config.put("ipconfig0", "ip=dhcp");
        template.config.put("template", "1");
    }

    private void containers() {
        var dns = build.container(105, NODE, "dns", 1, 512, "local-lvm", 4);
        about(dns, "infra;prod", "AdGuard Home. The router sends everybody here.");
        dns.config.put("onboot", "1");
        dns.config.put(
                "net0",
                "name=eth0,bridge=vmbr0,gw=192.0.2.1,hwaddr=%s,ip=192.0.2.53/24,type=veth".formatted(Build.mac(105)));
        build.runsFor(dns, Duration.ofDays(40));

        var media = build.container(110, NODE, "media", 4, 4096, "local-lvm", 16);
        about(media, "media", "Jellyfin");
        media.config.put("mp0", build.disk(media, "nas", 500) + ",mp=/media,size=500G");
        build.runsFor(media, Duration.ofDays(12));

        var monitor = build.container(111, NODE, "monitoring", 2, 2048, "local-lvm", 20);
        about(monitor, "infra;prod", "Prometheus and Grafana");
        monitor.config.put("onboot", "1");
        build.runsFor(monitor, Duration.ofDays(21));

        var runner = build.container(112, NODE, "ci-runner", 4, 4096, "local-lvm", 24);
        about(runner, "dev", "");
        build.runsFor(runner, Duration.ofHours(50));

        var old = build.container(130, NODE, "wiki-old", 1, 1024, "local-lvm", 8);
        about(old, "archive", "Read-only copy of the old wiki. Delete after the move.");
    }

    private static void about(Guest guest, String tags, String description) {
        guest.config.put("tags", Guest.tags(tags));
        if (!description.isEmpty()) {
            guest.config.put("description", description);
        }
    }

    private void snapshot(Guest guest, String name, int daysOld, String description) {
        var values = new TreeMap<>(guest.config);
        values.remove("description");
        guest.snapshots.put(
                name, new Snapshot(name, cluster.now().minus(Duration.ofDays(daysOld)), values, "", description, ""));
        guest.config.put("parent", name);
    }

    private void pools() {
        var production = new Pool("production");
        production.comment = "What the family misses when it is gone";
        production.guests.addAll(List.of(101, 102, 103, 104, 105, 111));
        cluster.pools.put("production", production);
        var playground = new Pool("playground");
        playground.guests.addAll(List.of(112, 120, 121));
        playground.storages.add("nas");
        cluster.pools.put("playground", playground);
        cluster.options = cluster.options.with("keyboard", Json.str("de"));
    }

    // ---- what happened before ----

    private void backups() {
        var storage = cluster.storage("backup");
        for (int days = 1; days <= 3; days++) {
            for (int vmid : new int[] {101, 102, 103, 104, 105, 111}) {
                backup(storage, vmid, days);
            }
        }
        var kept = backup(storage, 130, 180);
        kept.isProtected = true;
        kept.notes = "wiki-old, the last one before the move";
    }

    private Volume backup(Storage storage, int vmid, int daysOld) {
        var guest = cluster.guest(vmid);
        var when = cluster.now()
                .minus(Duration.ofDays(daysOld))
                .atZone(ZoneOffset.UTC)
                .withHour(2)
                .withMinute(vmid % 60)
                .withSecond(4);
        var stamp = DateTimeFormatter.ofPattern("yyyy_MM_dd-HH_mm_ss").format(when);
        var name = "backup/vzdump-%s-%d-%s.%s.zst"
                .formatted(guest.type(), vmid, stamp, guest.isContainer() ? "tar" : "vma");
        long size = guest.maxDisk() / 5;
        var volume = storage.add(NODE, name, size, size, when.toInstant());
        volume.notes = guest.name();
        volume.archivedConfig = guest.file();
        return volume;
    }

    private void history() {
        var user = "root@pam";
        past("qmstart", "103", user, Duration.ofDays(3), 2, List.of(), "OK");
        past("aptupdate", "", user, Duration.ofHours(20), 7, List.of("starting apt-get update"), "OK");
        past(
                "vzdump",
                "",
                user,
                Duration.ofHours(9),
                741,
                List.of(
                        "INFO: starting new backup job: vzdump 101 102 103 104 105 111 --storage backup --mode snapshot",
                        "INFO: Finished Backup of VM 101 (00:01:12)",
                        "INFO: Finished Backup of VM 102 (00:04:40)",
                        "INFO: Finished Backup of VM 103 (00:02:02)",
                        "INFO: Finished Backup of VM 104 (00:01:09)",
                        "INFO: Finished Backup of VM 105 (00:00:21)",
                        "INFO: Finished Backup of VM 111 (00:02:57)",
                        "INFO: Backup job finished successfully"),
                "OK");
        past(
                "vzdump",
                "110",
                user,
                Duration.ofHours(8),
                95,
                List.of(
                        "INFO: starting new backup job: vzdump 110 --storage nas --mode snapshot",
                        "INFO: Starting Backup of VM 110 (lxc)",
                        "INFO: creating vzdump archive '/mnt/pve/nas/dump/vzdump-lxc-110.tar.zst'",
                        "INFO: tar: /mnt/pve/nas/dump/vzdump-lxc-110.tar.dat: Wrote only 4096 of 10240 bytes",
                        "ERROR: Backup of VM 110 failed - command 'set -o pipefail && tar cpf -' failed: exit code 2",
                        "INFO: Failed at " + cluster.now().minus(Duration.ofHours(8)),
                        "INFO: Backup job finished with errors"),
                "job errors");
        past(
                "vzstart",
                "112",
                "mcp@pve!sim",
                Duration.ofHours(50),
                3,
                List.of("WARN: Systemd 257 detected. You may need to enable nesting."),
                "WARNINGS: 1");
        past("qmsnapshot", "101", "mcp@pve!sim", Duration.ofDays(9), 2, List.of(), "OK");
    }

    private void past(
            String type, String id, String user, Duration ago, int seconds, List<String> log, String exitStatus) {
        cluster.history.add(new PastTask(
                NODE, type, id, user, cluster.now().minus(ago), Duration.ofSeconds(seconds), log, exitStatus));
    }
}
