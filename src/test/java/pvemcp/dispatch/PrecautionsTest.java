package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.tool.ToolResult;

/// What is seen to before a guest is put at risk: a snapshot of it, and that there is a backup.
class PrecautionsTest {
    private static final String ALLOWED = """
            [policy]
            operate = "allow"
            change = "allow"
            execute = "allow"
            destroy = "allow"
            """;

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab homelab(String more) {
        return Lab.of(Scenarios.homelab()).owner(ALLOWED + more);
    }

    private static List<String> snapshots(Lab lab, int vmid) {
        return lab.ask(cluster -> cluster.guest(vmid).snapshots.keySet().stream()
                .filter(name -> name.startsWith("before_"))
                .toList());
    }

    private static List<String> writes(Lab lab) {
        return lab.requests().stream()
                .filter(request -> !request.startsWith("GET"))
                .toList();
    }

    private static void backup(Cluster cluster, int vmid, String when, String verification) {
        var pbs = cluster.storages.computeIfAbsent("pbs", name -> new Storage(name, StorageType.PBS));
        var name = "backup/vm/%d/%s".formatted(vmid, when);
        var volume = pbs.add("pve1", name, 1 << 30, 1 << 28, Instant.parse(when));
        volume.verification = verification;
        volume.archivedConfig = cluster.guest(vmid).file();
    }

    /// The guest is stopped, and has no backup but those a test makes.
    private static void stopped(Cluster cluster, int vmid) {
        cluster.guest(vmid).stop();
        cluster.storages
                .values()
                .forEach(storage -> storage.volumes("pve1")
                        .keySet()
                        .removeIf(name -> name.startsWith("backup/") && name.contains("-%d-".formatted(vmid))));
    }

    private static void longAgo(Cluster cluster) {
        stopped(cluster, 103);
        backup(cluster, 103, "2026-11-01T09:00:00Z", "ok");
    }

    // ---- snapshots ----

    @Test
    void a_snapshot_is_taken_before_a_change_where_the_owner_wants_it() {
        try (var lab = homelab("snapshot_first = [\"change\"]")) {
            that(lab.call("pve_guest_set", "guest", "git", "cores", 3))
                    .shows("the snapshot before_20261121_120000 was taken first");
            assertThat(writes(lab).getFirst()).endsWith("/103/snapshot");
            assertThat(writes(lab)).hasSize(2);
            assertThat(snapshots(lab, 103)).containsExactly("before_20261121_120000");
            assertThat(lab.auditLines())
                    .filteredOn(line -> line.text("event").equals(Optional.of("precaution")))
                    .singleElement()
                    .satisfies(
                            line -> assertThat(line.text("what").orElseThrow()).contains("before_2026"));
        }
    }

    @Test
    void its_preview_shows_the_snapshot_as_the_first_request() {
        try (var lab = homelab("snapshot_first = [\"change\"]")) {
            that(lab.call("pve_guest_set", "guest", "git", "cores", 3, "dry_run", true))
                    .shows(
                            "POST /nodes/pve1/qemu/103/snapshot",
                            "before_20261121_120000",
                            ", POST /nodes/pve1/qemu/103/config");
            assertThat(writes(lab)).isEmpty();
        }
    }

    @Test
    void what_the_change_replaced_can_still_be_taken_back() {
        try (var lab = homelab("snapshot_first = [\"change\"]")) {
            lab.call("pve_guest_set", "guest", "git", "cores", 3);
            that(lab.call("pve_undo")).isDone();
            assertThat(lab.<String>ask(cluster -> cluster.guest(103).effective().get("cores")))
                    .isNotEqualTo("3");
        }
    }

    @Test
    void one_snapshot_in_a_quarter_of_an_hour_is_enough() {
        try (var lab = homelab("snapshot_first = [\"change\"]")) {
            lab.call("pve_guest_set", "guest", "git", "cores", 3);
            lab.call("pve_guest_set", "guest", "git", "cores", 2);
            assertThat(snapshots(lab, 103)).hasSize(1);
            lab.advance(Duration.ofMinutes(20));
            lab.call("pve_guest_set", "guest", "git", "cores", 3);
            assertThat(snapshots(lab, 103)).hasSize(2);
        }
    }

    @Test
    void a_call_can_ask_for_one() {
        try (var lab = homelab("")) {
            that(lab.call("pve_guest_set", "guest", "git", "cores", 3, "snapshot_first", true))
                    .shows("was taken first");
            assertThat(snapshots(lab, 103)).hasSize(1);
            lab.call("pve_guest_set", "guest", "git", "cores", 2);
            assertThat(snapshots(lab, 103)).hasSize(1);
        }
    }

    @Test
    void a_rule_can_want_it_for_some_guests() {
        try (var lab = homelab("""

                [[policy.rule]]
                answer = "allow"
                tiers = ["change"]
                names = ["git"]
                snapshot_first = true
                """)) {
            lab.call("pve_guest_set", "guest", "git", "cores", 3);
            lab.call("pve_guest_set", "guest", "web", "cores", 3);
            assertThat(snapshots(lab, 103)).hasSize(1);
            assertThat(snapshots(lab, 101)).isEmpty();
        }
    }

    @Test
    void before_programs_run_in_a_guest_it_is_taken_by_either_way_in() {
        try (var lab = homelab("snapshot_first = [\"execute\"]").enteringOverSsh()) {
            that(lab.call("pve_guest_exec", "guest", "web", "command", List.of("date")))
                    .isDone();
            assertThat(snapshots(lab, 101)).hasSize(1);
            that(lab.call("pve_guest_exec", "guest", "dns", "command", List.of("date")))
                    .isDone();
            assertThat(snapshots(lab, 105)).hasSize(1);
        }
    }

    @Test
    void where_none_can_be_taken_nothing_is_changed() {
        try (var lab = homelab("snapshot_first = [\"change\"]")) {
            that(lab.call("pve_guest_set", "guest", "media", "cores", 1))
                    .isRefusedBy("policy.snapshot_first")
                    .saying("snapshot feature is not available");
            assertThat(writes(lab)).hasSize(1);
        }
    }

    @Test
    void power_needs_none() {
        try (var lab = homelab("snapshot_first = [\"change\", \"rollback\", \"execute\"]")) {
            that(lab.call("pve_guest_power", "guest", "web", "action", "reboot"))
                    .isDone();
            assertThat(snapshots(lab, 101)).isEmpty();
        }
    }

    // ---- backups ----

    @Test
    void a_preview_tells_what_backup_there_is() {
        try (var lab = homelab("").with(cluster -> {
            stopped(cluster, 103);
            backup(cluster, 103, "2026-11-21T09:00:00Z", "ok");
        })) {
            that(lab.call("pve_guest_delete", "guest", "git", "dry_run", true))
                    .shows("103: last backup 3 h ago on pbs, verified");
        }
    }

    @Test
    void a_backup_server_counts_only_what_it_has_verified() {
        try (var lab = homelab("").with(cluster -> {
            stopped(cluster, 103);
            backup(cluster, 103, "2026-11-21T09:00:00Z", "");
            backup(cluster, 103, "2026-11-19T12:00:00Z", "ok");
        })) {
            that(lab.call("pve_guest_delete", "guest", "git", "dry_run", true))
                    .shows(
                            "last backup 3 h ago on pbs, never verified",
                            "the last that counts 2 d ago on pbs, verified");
        }
    }

    @Test
    void without_one_it_is_said_and_done_unless_the_owner_wants_it_refused() {
        try (var lab = homelab("").with(PrecautionsTest::longAgo)) {
            that(lab.call("pve_guest_delete", "guest", "git"))
                    .shows("103: last backup 20 d ago on pbs, verified, which does not count");
        }
        try (var lab = homelab("backup_first = \"require\"").with(PrecautionsTest::longAgo)) {
            that(lab.call("pve_guest_delete", "guest", "git"))
                    .isRefusedBy("policy.backup_first")
                    .saying("20 d ago", "does not count")
                    .hinting("pve_backup_run guests=103", "without_backup=true");
            that(lab.call("pve_api_write", "method", "delete", "path", "/nodes/pve1/qemu/103"))
                    .isRefusedBy("policy.backup_first");
            assertThat(writes(lab)).isEmpty();
        }
    }

    @Test
    void to_go_without_one_is_asked_about_whatever_policy_allows() {
        try (var lab = homelab("backup_first = \"require\"").asking().with(cluster -> stopped(cluster, 103))) {
            var arguments = new Object[] {"guest", "git", "without_backup", true};
            var held = lab.call("pve_guest_delete", arguments);
            that(held).isHeld();
            assertThat(((ToolResult.Held) held).preview().warnings()).anyMatch(words -> words.contains("103: "));
            that(lab.approved(held, "pve_guest_delete", arguments)).isDone();
            assertThat(lab.<Boolean>ask(cluster -> cluster.guests.containsKey(103)))
                    .isFalse();
        }
    }

    @Test
    void a_rollback_wants_one_as_well() {
        try (var lab = homelab("backup_first = \"require\"").with(cluster -> stopped(cluster, 103))) {
            lab.call("pve_snapshot_create", "guest", "git", "name", "one");
            that(lab.call("pve_snapshot_rollback", "guest", "git", "name", "one"))
                    .isRefusedBy("policy.backup_first");
            lab.with(cluster -> backup(cluster, 103, "2026-11-21T09:00:00Z", "ok"))
                    .advance(Duration.ofMinutes(1));
            that(lab.call("pve_snapshot_rollback", "guest", "git", "name", "one"))
                    .shows("last backup 3 h ago");
        }
    }

    @Test
    void a_rule_can_let_some_guests_go_without() {
        try (var lab = homelab("""
                backup_first = "require"

                [[policy.rule]]
                answer = "allow"
                tiers = ["destroy"]
                names = ["git"]
                backup_first = "off"
                """).with(cluster -> stopped(cluster, 103))) {
            that(lab.call("pve_guest_delete", "guest", "git")).isDone().showsNot("backup");
        }
    }

    // ---- what else takes away what only a backup brings back ----

    private static final String REQUIRED = "backup_first = \"require\"";
    private static final String SECOND = "local-lvm:vm-103-disk-1";

    /// A second disk of 103, attached as `scsi1` or not.
    private static void second(Cluster cluster, String key, String options) {
        cluster.storage("local-lvm").add("pve1", "vm-103-disk-1", 8L << 30, 1 << 30, cluster.now());
        cluster.guest(103).config.put(key, SECOND + options);
    }

    private static void fresh(Cluster cluster) {
        backup(cluster, 103, "2026-11-21T09:00:00Z", "ok");
    }

    private static Object[] write(String method, String path, Object params) {
        return new Object[] {"method", method, "path", path, "params", params};
    }

    @Test
    void to_restore_over_a_guest_wants_one() {
        try (var lab = homelab(REQUIRED).with(PrecautionsTest::longAgo)) {
            var archive = "pbs:backup/vm/103/2026-11-01T09:00:00Z";
            that(lab.call("pve_backup_restore", "archive", archive, "overwrite", true))
                    .isRefusedBy("policy.backup_first")
                    .saying("103", "20 d ago");
            that(lab.call(
                            "pve_api_write",
                            write("post", "/nodes/pve1/qemu", Json.obj("vmid", 103, "archive", archive, "force", 1))))
                    .isRefusedBy("policy.backup_first");
            that(lab.call("pve_backup_restore", "archive", archive, "vmid", 190))
                    .isDone();
        }
    }

    @Test
    void to_delete_a_disk_wants_one_with_that_disk_in_it() {
        try (var lab = homelab(REQUIRED).with(cluster -> {
            stopped(cluster, 103);
            fresh(cluster);
            second(cluster, "scsi1", ",size=8G");
        })) {
            that(lab.call("pve_guest_disk_delete", "guest", "git", "disk", "scsi1"))
                    .isRefusedBy("policy.backup_first")
                    .saying(SECOND + " is not in it");
            for (var call : List.of(
                    write("post", "/nodes/pve1/qemu/103/config", Json.obj("delete", "scsi1", "force", 1)),
                    write("put", "/nodes/pve1/qemu/103/unlink", Json.obj("idlist", "scsi1", "force", 1)),
                    write("delete", "/nodes/pve1/storage/local-lvm/content/" + SECOND, Json.Obj.EMPTY))) {
                that(lab.call("pve_api_write", call)).isRefusedBy("policy.backup_first");
            }
            assertThat(writes(lab)).isEmpty();
            lab.with(cluster -> backup(cluster, 103, "2026-11-21T11:00:00Z", "ok"))
                    .advance(Duration.ofMinutes(1));
            that(lab.call("pve_guest_disk_delete", "guest", "git", "disk", "scsi1"))
                    .isDone()
                    .shows("103: last backup 1 h ago on pbs, verified");
        }
    }

    @Test
    void what_is_detached_is_not_lost_until_it_is_deleted() {
        try (var lab = homelab(REQUIRED).with(cluster -> {
            stopped(cluster, 103);
            second(cluster, "scsi1", ",size=8G");
        })) {
            that(lab.call("pve_api_write", write("put", "/nodes/pve1/qemu/103/config", Json.obj("delete", "scsi1"))))
                    .isDone();
            that(lab.call("pve_api_write", write("put", "/nodes/pve1/qemu/103/config", Json.obj("delete", "unused0"))))
                    .isRefusedBy("policy.backup_first");
        }
    }

    @Test
    void a_disk_that_backups_leave_out_is_in_none_of_them() {
        try (var lab = homelab(REQUIRED).with(cluster -> {
            stopped(cluster, 103);
            second(cluster, "scsi1", ",backup=0,size=8G");
            fresh(cluster);
        })) {
            that(lab.call("pve_guest_disk_delete", "guest", "git", "disk", "scsi1"))
                    .isRefusedBy("policy.backup_first");
            that(lab.call("pve_guest_delete", "guest", "git"))
                    .isRefusedBy("policy.backup_first")
                    .saying("last backup 3 h ago on pbs, verified, which does not count: scsi1 is not in it");
        }
    }

    @Test
    void a_mount_point_is_not_even_detached_where_it_is_to_be_deleted_without_one() {
        try (var lab = homelab(REQUIRED).with(cluster -> {
            cluster.guest(105).stop();
            cluster.storage("local-lvm").add("pve1", "vm-105-disk-9", 8L << 30, 1 << 30, cluster.now());
            cluster.guest(105).config.put("mp0", "local-lvm:vm-105-disk-9,mp=/srv,size=8G");
        })) {
            that(lab.call("pve_guest_disk_delete", "guest", "dns", "disk", "mp0"))
                    .isRefusedBy("policy.backup_first");
            assertThat(writes(lab)).isEmpty();
        }
    }

    @Test
    void to_delete_a_snapshot_wants_a_backup_that_is_left() {
        try (var lab = homelab(REQUIRED).with(cluster -> stopped(cluster, 103))) {
            lab.call("pve_snapshot_create", "guest", "git", "name", "one");
            that(lab.call("pve_snapshot_delete", "guest", "git", "name", "one")).isRefusedBy("policy.backup_first");
            that(lab.call("pve_undo")).isRefusedBy("policy.backup_first");
            that(lab.call("pve_undo", "without_backup", true)).isHeld();
            lab.with(PrecautionsTest::fresh).advance(Duration.ofMinutes(1));
            that(lab.call("pve_snapshot_delete", "guest", "git", "name", "one"))
                    .isDone()
                    .shows("103: last backup 3 h ago");
        }
    }

    @Test
    void the_last_backup_that_counts_is_not_deleted() {
        try (var lab = homelab(REQUIRED).with(PrecautionsTest::longAgo).with(PrecautionsTest::fresh)) {
            var archive = "pbs:backup/vm/103/2026-11-21T09:00:00Z";
            that(lab.call("pve_backup_delete", "archive", archive))
                    .isRefusedBy("policy.backup_first")
                    .saying("no other backup of 103 that counts", "20 d ago");
            that(lab.call("pve_volume_delete", "node", "pve1", "volume", archive))
                    .isRefusedBy("policy.backup_first");
            that(lab.call("pve_backup_delete", "archive", "pbs:backup/vm/103/2026-11-01T09:00:00Z"))
                    .shows("103, without this one: last backup 3 h ago on pbs, verified");
        }
    }

    @Test
    void before_a_disk_is_deleted_no_snapshot_is_taken_which_would_not_have_it() {
        try (var lab = homelab("snapshot_first = [\"change\"]").with(cluster -> {
            stopped(cluster, 103);
            second(cluster, "scsi1", ",size=8G");
        })) {
            that(lab.call("pve_guest_disk_delete", "guest", "git", "disk", "scsi1"))
                    .isDone();
            assertThat(snapshots(lab, 103)).isEmpty();
        }
    }
}
