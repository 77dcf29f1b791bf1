package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.tool.ToolResult;

/// Requests that name no guest and take away what guests have: their disks with the pool these are on, their backups
/// by pruning.
class ClearingTest {
    private static final String ALLOWED = """
            [policy]
            operate = "allow"
            change = "allow"
            execute = "allow"
            destroy = "allow"
            """;

    /// After which what was read is read again.
    private static final Duration MOMENT = Duration.ofMinutes(1);

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    /// The disks of the VM 103 `git` and others are on a thin pool; there are storages of other kinds, on which it
    /// has a second disk or a backup.
    private static Lab homelab(String more) {
        return Lab.of(Scenarios.homelab())
                .with(cluster -> {
                    cluster.guest(103).stop();
                    cluster.guest(103).config.put("tags", "prod");
                    cluster.storages
                            .values()
                            .forEach(storage -> storage.volumes("pve1")
                                    .keySet()
                                    .removeIf(name -> name.startsWith("backup/") && name.contains("-103-")));
                    cluster.storage("local-lvm").options.put("vgname", "pve");
                    cluster.storage("local-lvm").options.put("thinpool", "data");
                    holding(cluster, "fast", StorageType.ZFSPOOL, "pool", "tank/vms");
                    holding(cluster, "big", StorageType.DIR, "path", "/mnt/pve/big");
                    holding(cluster, "zdir", StorageType.DIR, "path", "/rust/files");
                    holding(cluster, "ceph", StorageType.RBD, "pool", "guests");
                })
                .owner(ALLOWED + more);
    }

    private static void holding(Cluster cluster, String id, StorageType type, String option, String value) {
        var storage = new Storage(id, type);
        storage.options.put(option, value);
        storage.options.put("content", type.files() ? "images,backup" : "images");
        cluster.storages.put(id, storage);
        storage.add(
                "pve1", type.files() ? "103/vm-103-disk-7.qcow2" : "vm-103-disk-7", 1L << 30, 1 << 20, cluster.now());
    }

    private static void backup(Cluster cluster, String when, String verification) {
        var pbs = cluster.storages.computeIfAbsent("pbs", name -> new Storage(name, StorageType.PBS));
        var volume = pbs.add("pve1", "backup/vm/103/" + when, 1 << 30, 1 << 28, Instant.parse(when));
        volume.verification = verification;
        volume.archivedConfig = cluster.guest(103).file();
    }

    private static Judgement judge(Lab lab, String path, Object... params) {
        return lab.judge("pve_api_write", "method", "delete", "path", path, "params", Json.obj(params));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /nodes/pve1/disks/lvm/pve          |      | yes
            /nodes/pve1/disks/lvm/other        |      | no
            /nodes/pve1/disks/lvmthin/data     | pve  | yes
            /nodes/pve1/disks/lvmthin/data     | more | no
            /nodes/pve1/disks/zfs/tank         |      | yes
            /nodes/pve1/disks/zfs/tan          |      | no
            /nodes/pve1/disks/zfs/rust         |      | yes
            /nodes/pve1/disks/directory/big    |      | yes
            /nodes/pve1/disks/directory/bigger |      | no
            /nodes/pve1/ceph/pool/guests       |      | yes
            /nodes/pve1/ceph/pool/others       |      | no
            """)
    void the_pool_that_its_disk_is_on_goes_with_a_protected_guest(String path, String group, String its) {
        try (var lab = homelab("protect.tags = [\"prod\"]")) {
            var judgement = group == null ? judge(lab, path) : judge(lab, path, "volume-group", group);
            if (its.equals("yes")) {
                assertThat(judgement.targets()).contains("VM 103 'git' on pve1", "node pve1");
                assertThat(judgement.verdict().rule()).isEqualTo("policy.protect.tags");
            } else {
                assertThat(judgement.verdict()).isInstanceOf(Verdict.Allow.class);
            }
        }
    }

    @Test
    void to_destroy_a_pool_wants_a_backup_of_each_disk_on_it() {
        try (var lab = homelab("backup_first = \"require\"")) {
            var pool = "/nodes/pve1/disks/zfs/tank";
            assertThat(judge(lab, pool).verdict()).isInstanceOfSatisfying(Verdict.Deny.class, deny -> {
                assertThat(deny.rule()).isEqualTo("policy.backup_first");
                assertThat(deny.why()).contains("no backup of 103");
            });
            assertThat(lab.judge("pve_api_write", "method", "delete", "path", pool, "without_backup", true)
                            .verdict())
                    .isInstanceOf(Verdict.Hold.class);
            lab.with(cluster -> backup(cluster, "2026-11-21T09:00:00Z", "ok")).advance(MOMENT);
            assertThat(((Verdict.Deny) judge(lab, pool).verdict()).why()).contains("fast:vm-103-disk-7 is not in it");
            lab.with(cluster -> {
                        cluster.guest(103).config.put("scsi7", "fast:vm-103-disk-7,size=1G");
                        backup(cluster, "2026-11-21T10:00:00Z", "ok");
                    })
                    .advance(MOMENT);
            assertThat(judge(lab, pool).verdict()).isInstanceOf(Verdict.Allow.class);
        }
    }

    @Test
    void a_backup_that_is_on_it_too_does_not_count() {
        try (var lab = homelab("backup_first = \"require\"").with(cluster -> {
            cluster.guest(103).config.put("scsi7", "big:103/vm-103-disk-7.qcow2,size=1G");
            cluster.storage("big")
                            .add(
                                    "pve1",
                                    "backup/vzdump-qemu-103-2026_11_21-09_00_00.vma.zst",
                                    1 << 30,
                                    1 << 28,
                                    Instant.parse("2026-11-21T09:00:00Z"))
                            .archivedConfig =
                    cluster.guest(103).file();
        })) {
            var big = "/nodes/pve1/disks/directory/big";
            assertThat(judge(lab, big).verdict().rule()).isEqualTo("policy.backup_first");
            lab.with(cluster -> backup(cluster, "2026-11-21T10:00:00Z", "ok")).advance(MOMENT);
            assertThat(judge(lab, big).verdict()).isInstanceOf(Verdict.Allow.class);
        }
    }

    @Test
    void what_cannot_be_seen_is_not_destroyed() {
        try (var lab =
                homelab("").with(cluster -> cluster.storage("fast").options.put("disable", "1"))) {
            that(lab.call("pve_api_write", "method", "delete", "path", "/nodes/pve1/disks/zfs/tank"))
                    .failsWith("conflict")
                    .saying("what guests have on the storage fast cannot be seen", "remove the storage");
            assertThat(lab.requests()).allMatch(request -> request.startsWith("GET"));
        }
    }

    @Test
    void pruning_leaves_one_that_counts() {
        try (var lab = homelab("backup_first = \"require\"").with(cluster -> {
            backup(cluster, "2026-11-20T09:00:00Z", "ok");
            backup(cluster, "2026-11-21T09:00:00Z", "failed");
        })) {
            Object[] prune = {"storage", "pbs", "node", "pve1", "keep", "keep-last=1", "apply", true};
            that(lab.call("pve_backup_prune", prune))
                    .isRefusedBy("policy.backup_first")
                    .saying("no other backup of 103 that counts", "verification failed");
            that(lab.call(
                            "pve_api_write",
                            "method",
                            "delete",
                            "path",
                            "/nodes/pve1/storage/pbs/prunebackups",
                            "params",
                            Json.obj("prune-backups", "keep-last=1")))
                    .isRefusedBy("policy.backup_first");
            assertThat(lab.requests()).allMatch(request -> request.startsWith("GET"));
            lab.with(cluster ->
                    cluster.storage("pbs").volumes("pve1").get("backup/vm/103/2026-11-21T09:00:00Z").verification =
                            "ok");
            that(lab.call("pve_backup_prune", prune)).isDone();
        }
    }

    @Test
    void pves_own_flag_is_for_the_guest_and_its_disks() {
        try (var lab = homelab("").with(cluster -> {
            cluster.guest(103).config.put("protection", "1");
            backup(cluster, "2026-11-20T09:00:00Z", "ok");
            backup(cluster, "2026-11-21T09:00:00Z", "ok");
        })) {
            assertThat(judge(lab, "/nodes/pve1/disks/zfs/tank").verdict().rule())
                    .isEqualTo("policy.protect.flag");
            that(lab.call("pve_backup_prune", "storage", "pbs", "node", "pve1", "keep", "keep-last=1", "apply", true))
                    .isDone();
        }
    }

    @Test
    void the_backups_of_a_protected_guest_are_not_pruned() {
        try (var lab = homelab("protect.tags = [\"prod\"]").with(cluster -> {
            backup(cluster, "2026-11-20T09:00:00Z", "ok");
            backup(cluster, "2026-11-21T09:00:00Z", "ok");
        })) {
            var prune = "/nodes/pve1/storage/pbs/prunebackups";
            assertThat(judge(lab, prune, "prune-backups", "keep-last=1")
                            .verdict()
                            .rule())
                    .isEqualTo("policy.protect.tags");
            assertThat(judge(lab, prune, "prune-backups", "keep-last=2").verdict())
                    .as("as it takes none away")
                    .isInstanceOf(Verdict.Allow.class);
        }
    }
}
