package pvemcp.sim.replay;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import pvemcp.json.Json;
import pvemcp.sim.Credentials;
import pvemcp.sim.PveSim;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.HostSettings.Disk;
import pvemcp.sim.world.Node;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.sim.world.Token;
import pvemcp.sim.world.Vm;

/// A simulator that begins as the recorder's host did: one unclustered node `pve` with two storages, an ISO or two
/// and a container template.
final class RecordersHost implements AutoCloseable {
    static final String TOKEN_SECRET = "6f4a1c2e-8f1b-4e57-9d57-0f2d5a3b7c11";
    static final String PASSWORD = "recorders-password";

    private final PveSim sim;
    private final String story;
    private final Sender sender;

    private RecordersHost(PveSim sim, String story) {
        this.sim = sim;
        this.story = story;
        this.sender = new Sender(sim.port(), pinned(sim.fingerprint()));
    }

    /// @param story whose guests of other stories are there as well
    static RecordersHost at(Instant start, String story) {
        return new RecordersHost(PveSim.start(cluster -> seed(cluster, story), SimTime.byHand(start)), story);
    }

    Sender sender() {
        return sender;
    }

    void advance(Duration step) {
        sim.advance(step);
    }

    /// What happened on the recorder's host without being recorded.
    void before(Exchange exchange) {
        switch (story.substring(0, 3)) {
            case "s07" -> {
                // That host's network never took on what was applied.
                if (List.of(34, 64, 74).contains(exchange.number())) {
                    sim.faults().fail("srvreload").with("command 'ifreload -a' failed: exit code 1");
                }
            }
            case "s10" -> sweep(exchange);
            case "s11" -> {
                // Several stories ran at a time, and the machine was slow: the VM's lock could not be had.
                if (exchange.number() == 199 || exchange.number() == 204) {
                    sim.faults()
                            .fail(exchange.number() == 199 ? "qmstop" : "qmreboot")
                            .with("can't lock file '/var/lock/qemu-server/lock-120.conf' - got timeout");
                }
            }
            case "s12" -> {
                // That clone was done before the next request; the VM that was cloned is deleted after it.
                if (exchange.number() == 174) {
                    sim.advance(Duration.ofSeconds(10));
                }
            }
            case "s14" -> {
                // The recorder waited for the guest to boot.
                if (exchange.number() == 12) {
                    sim.advance(Duration.ofSeconds(60));
                }
                if (exchange.number() == 117 || exchange.number() == 121) {
                    sim.faults()
                            .fail(exchange.number() == 117 ? "qmshutdown" : "qmstop")
                            .with("can't lock file '/var/lock/qemu-server/lock-130.conf' - got timeout");
                }
            }
            case "s22" -> {
                if (exchange.number() == 130) {
                    sim.faults()
                            .fail("vzstop")
                            .with("can't lock file '/run/lock/lxc/pve-config-200.lock' - got timeout");
                }
                if (exchange.number() == 134 || exchange.number() == 138) {
                    sim.faults()
                            .fail("vzdelsnapshot")
                            .with("Failed to obtain guest migration lock - replication running?");
                }
            }
            case "s28" -> {
                // Making the template was done by then.
                if (exchange.number() == 42) {
                    sim.advance(Duration.ofSeconds(2));
                }
            }
            default -> {}
        }
    }

    /// VM 111 was removed after each request that happened to make one.
    private void sweep(Exchange exchange) {
        boolean asksFor111 = exchange.path().contains("/qemu/111/")
                || exchange.request()
                        .object("form")
                        .flatMap(form -> form.whole("vmid"))
                        .equals(Optional.of(111L));
        if (asksFor111) {
            sim.change(cluster -> cluster.guests.remove(111));
        }
    }

    @Override
    public void close() {
        sim.close();
    }

    private static Credentials seed(Cluster cluster, String story) {
        var node = cluster.addNode("pve");
        node.cores = 2;
        node.memory = 25_276_514_304L;
        node.swap = 0;
        node.host.timezone = "Etc/UTC";
        node.host.disks.clear();
        node.host.disks.add(new Disk(
                "/dev/sda", "unknown", "unknown", "0x1af4", "unknown", 274_877_906_944L, "mounted", "UNKNOWN", 100));
        for (var missing : List.of("chrony", "ksmtuned", "postfix", "proxmox-firewall", "pve-lxc-syscalld")) {
            withoutService(node, missing, "not-found");
        }
        for (var masked : List.of("corosync", "cron", "lxcfs", "spiceproxy", "sshd", "systemd-timesyncd")) {
            withoutService(node, masked, "masked");
        }
        cluster.options = Json.Obj.EMPTY;
        storages(cluster);
        var root = cluster.access.users.get("root@pam");
        root.password = PASSWORD;
        root.tokens.put("test", new Token("test", TOKEN_SECRET, "", 0, false));
        switch (story.substring(0, 3)) {
            case "s02" -> vm(cluster, 101);
            case "s11" -> neighbours(cluster);
            case "s22" -> vm(cluster, 209);
            default -> {}
        }
        return new Credentials("root@pam!test", TOKEN_SECRET);
    }

    private static void withoutService(Node node, String name, String unit) {
        var service = node.host.services.get(name);
        service.unit = unit;
        service.running = false;
    }

    private static void vm(Cluster cluster, int vmid) {
        var vm = new Vm(vmid, "pve");
        vm.config.put("name", "vm" + vmid);
        vm.config.put("memory", "64");
        vm.hasSystem = false;
        cluster.guests.put(vmid, vm);
    }

    /// Guests of the stories that ran at the same time.
    private static void neighbours(Cluster cluster) {
        vm(cluster, 130);
        var running = cluster.guests.get(130);
        running.config.put("memory", "192");
        running.config.put("serial0", "socket");
        running.config.put("net0", "virtio=BC:24:11:00:01:30,bridge=vmbr0");
        running.config.put("ide2", "local:iso/tiny-ga.iso,media=cdrom,size=16168K");
        running.config.put("boot", "order=ide2");
        running.start(cluster.now().minusSeconds(60));
        container(cluster, 200).config.put("tags", "a;b");
        cluster.guests.get(200).start(cluster.now().minusSeconds(60));
        container(cluster, 201).config.put("lock", "backup");
    }

    private static Container container(Cluster cluster, int vmid) {
        var container = new Container(vmid, "pve");
        container.config.put("memory", "160");
        cluster.guests.put(vmid, container);
        return container;
    }

    private static void storages(Cluster cluster) {
        var local = new Storage("local", StorageType.DIR);
        local.options.put("path", "/var/lib/vz");
        local.options.put("content", "rootdir,snippets,import,vztmpl,images,backup,iso");
        local.total = 270_553_174_016L;
        local.otherUse = 33_471_758_336L;
        var now = cluster.now();
        local.add("pve", "iso/t.iso", 3_145_728, 3_145_728, now);
        local.add("pve", "iso/tiny-ga.iso", 16_556_032, 16_556_032, now);
        local.add("pve", "vztmpl/debian-13-mini_13.0-1_amd64.tar.zst", 34_385_205, 34_385_205, now);
        cluster.storages.put("local", local);
        var btrfs = new Storage("local-btrfs", StorageType.BTRFS);
        btrfs.options.put("path", "/var/lib/pve/local-btrfs");
        btrfs.options.put("content", "images,rootdir");
        btrfs.options.put("is_mountpoint", "/var/lib/pve/local-btrfs");
        btrfs.total = 8_589_934_592L;
        btrfs.otherUse = 6_062_080;
        cluster.storages.put("local-btrfs", btrfs);
    }

    /// Trusts exactly the simulator's own certificate.
    private static SSLContext pinned(String fingerprint) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Pin(fingerprint.replace(":", ""))}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Pin(String sha256) implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("no client certificates here");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            try {
                var digest = MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded());
                if (!HexFormat.of().formatHex(digest).equalsIgnoreCase(sha256)) {
                    throw new CertificateException("not the simulator's certificate");
                }
            } catch (NoSuchAlgorithmException e) {
                throw new CertificateException(e);
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
