package pvemcp.tools.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// Backups and realm syncs by schedule.
class JobsTest {
    private static final Policy WITHOUT_EXECUTE = Policy.DEFAULT.with(Tier.EXECUTE, Policy.Answer.DENY);

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab lab() {
        return Lab.of(Scenes.small()).with(cluster -> {
            var vault = new Storage("vault", StorageType.NFS);
            vault.options.put("content", "backup");
            vault.options.put("path", "/mnt/pve/vault");
            vault.total = 1L << 40;
            cluster.storages.put("vault", vault);
            var pool = new Storage("pool", StorageType.ZFSPOOL);
            pool.options.put("content", "images,rootdir");
            pool.total = 1L << 40;
            cluster.storages.put("pool", pool);
            pool.add("pve1", "vm-101-disk-0", 8L << 30, 1L << 30, cluster.now());
            pool.add("pve1", "vm-101-disk-1", 8L << 30, 1L << 30, cluster.now());
            cluster.guest(101).config.put("scsi0", "pool:vm-101-disk-0,size=8G");
            cluster.guest(101).config.put("scsi1", "pool:vm-101-disk-1,size=8G,backup=0");
        });
    }

    private static ToolResult nightly(Lab lab) {
        return lab.call(
                "pve_job_set",
                "job",
                "nightly",
                "schedule",
                "02:30",
                "guests",
                List.of("web", "102"),
                "options",
                Map.of("storage", "vault", "prune-backups", "keep-last=3", "comment", "shop"));
    }

    @Test
    void a_backup_job_is_made_listed_changed_and_deleted() {
        try (var lab = lab()) {
            that(nightly(lab)).shows("outcome: created", "pve_job_list job=nightly");
            that(lab.call("pve_job_list"))
                    .shows("1 job; 1 guest in no backup job")
                    .shows("nightly|backup|yes|02:30|2026-11-22T02:30:00Z|101, 102|vault|keep-last=3|shop")
                    .shows("100|db");
            that(lab.call("pve_job_set", "job", "nightly", "guests", List.of("all"), "options", Map.of("enabled", 0)))
                    .shows("outcome: changed");
            that(lab.call("pve_job_list"))
                    .shows("1 job, 1 switched off; every guest is in a backup job")
                    .shows("nightly|backup|no|02:30||all|vault");
            that(lab.call("pve_job_set", "job", "nightly", "action", "delete")).shows("deleted; backups it made stay");
            that(lab.call("pve_job_set", "job", "nightly", "action", "delete")).saying("No such job 'nightly'");
        }
    }

    @Test
    void one_job_shows_which_disks_it_leaves_out() {
        try (var lab = lab()) {
            nightly(lab);
            that(lab.call("pve_job_list", "job", "nightly"))
                    .shows("2 guests, 1 with disks left out", "web (101)|scsi0|scsi1", "dns (102)");
        }
    }

    @Test
    void what_a_new_job_lacks_is_told_at_once() {
        try (var lab = lab()) {
            that(lab.call("pve_job_set", "job", "bare"))
                    .failsWith("bad_arguments")
                    .saying("'schedule'", "'guests'", "'storage'");
            that(lab.call(
                            "pve_job_set",
                            "job",
                            "odd",
                            "schedule",
                            "every full moon",
                            "guests",
                            List.of("web"),
                            "options",
                            Map.of("storage", "vault")))
                    .failsWith("bad_arguments")
                    .saying("schedule");
            that(lab.call("pve_job_set", "job", "odd", "options", Map.of("vmid", "101")))
                    .saying("'vmid' belongs into 'guests'");
        }
    }

    @Test
    void a_pool_is_backed_up_as_it_grows() {
        try (var lab = lab()) {
            that(lab.call(
                            "pve_job_set",
                            "job",
                            "shop",
                            "schedule",
                            "sun 01:00",
                            "guests",
                            List.of("pool:shop"),
                            "options",
                            Map.of("storage", "vault")))
                    .shows("outcome: created");
            that(lab.call("pve_job_list")).shows("shop|backup|yes|sun 01:00|2026-11-22T01:00:00Z|pool shop");
        }
    }

    @Test
    void a_job_runs_now_for_the_guests_it_covers() {
        try (var lab = lab()) {
            nightly(lab);
            that(lab.call("pve_job_set", "action", "run", "job", "nightly"))
                    .shows("outcome: done", "web (101)|done|", "dns (102)|done|")
                    .showsNot("db (100)");
            that(lab.call("pve_backup_list", "storage", "vault")).shows("2 backups");
            that(lab.call("pve_job_set", "action", "run", "job", "none")).saying("No such job 'none'");
        }
    }

    @Test
    void guests_that_are_protected_are_in_no_job_that_is_run_or_changed_here() {
        try (var lab = lab().protecting("tag:prod")) {
            lab.with(cluster -> {
                var job = new TreeMap<>(Map.of("all", "1", "schedule", "daily", "storage", "vault"));
                cluster.backupJobs.put("every", job);
                var one = new TreeMap<>(Map.of("vmid", "101", "schedule", "daily", "storage", "vault"));
                cluster.backupJobs.put("one", one);
            });
            that(lab.call("pve_job_set", "action", "run", "job", "every")).isRefusedBy("policy.protect.tags");
            that(lab.call("pve_job_set", "job", "every", "action", "delete")).isRefusedBy("policy.protect.tags");
            assertThat(lab.<Integer>ask(
                            cluster -> cluster.storage("vault").volumes("pve1").size()))
                    .isZero();
            that(lab.call("pve_job_set", "job", "one", "guests", List.of("100", "101")))
                    .isRefusedBy("policy.protect.tags");
            that(lab.call("pve_job_set", "action", "run", "job", "one")).shows("outcome: done");
        }
    }

    @Test
    void a_job_that_runs_a_script_is_not_run_as_if_it_were_harmless() {
        try (var lab = lab()) {
            lab.with(cluster -> cluster.backupJobs.put(
                    "hooked",
                    new TreeMap<>(Map.of(
                            "vmid", "101", "schedule", "daily", "storage", "vault", "script", "/root/hook.sh"))));
            that(lab.call("pve_job_set", "action", "run", "job", "hooked"))
                    .failsWith("bad_arguments")
                    .saying("runs a script");
            lab.policy(_ -> WITHOUT_EXECUTE);
            that(lab.call("pve_job_set", "job", "hooked", "options", Map.of("script", "/root/other.sh")))
                    .isRefusedBy("policy.execute");
            that(lab.call("pve_job_set", "job", "hooked", "schedule", "sat 03:00"))
                    .isHeld()
                    .wouldSend("PUT /cluster/backup/hooked {\"schedule\":\"sat 03:00\"}");
        }
    }

    @Test
    void a_realm_is_synced_by_schedule() {
        try (var lab = lab()) {
            that(lab.call(
                            "pve_job_set",
                            "job",
                            "staff",
                            "kind",
                            "realm_sync",
                            "schedule",
                            "daily",
                            "options",
                            Map.of("realm", "pve", "scope", "both")))
                    .shows("outcome: created");
            that(lab.call("pve_job_list")).shows("staff|realm_sync|yes|daily|2026-11-22T00:00:00Z|realm pve, both");
            that(lab.call("pve_job_set", "job", "staff", "kind", "realm_sync", "options", Map.of("enabled", 0)))
                    .shows("outcome: changed");
            assertThat(lab.<Map<String, String>>ask(cluster -> cluster.realmSyncs.get("staff")))
                    .containsEntry("schedule", "daily")
                    .containsEntry("enabled", "0");
            that(lab.call("pve_job_set", "job", "staff", "kind", "realm_sync", "action", "delete"))
                    .shows("outcome: deleted");
        }
    }

    @Test
    void a_schedule_tells_when_it_would_run() {
        try (var lab = lab()) {
            that(lab.call("pve_job_list", "schedule", "mon..fri 8..17/3:30")).reads("""
                            2026-11-23T08:30:00Z
                            2026-11-23T11:30:00Z
                            2026-11-23T14:30:00Z
                            2026-11-23T17:30:00Z
                            2026-11-24T08:30:00Z""");
            that(lab.call("pve_job_list", "schedule", "*-2-29 12:00")).shows("2028-02-29T12:00:00Z");
            that(lab.call("pve_job_list", "schedule", "never")).failsWith("bad_arguments");
        }
    }
}
