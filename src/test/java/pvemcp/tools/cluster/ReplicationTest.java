package pvemcp.tools.cluster;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.StorageType;
import pvemcp.tool.ToolResult;

/// Copies of guests on other nodes.
class ReplicationTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab twoNodes() {
        return Lab.of(Scenes.small()).with(cluster -> {
            cluster.addNode("pve2");
            Scenes.diskOn(cluster, StorageType.ZFSPOOL, 101);
        });
    }

    @Test
    void a_guest_is_replicated_and_the_job_tells_how_it_goes() {
        try (var lab = twoNodes()) {
            that(lab.call("pve_replication_list")).shows("0 jobs");
            that(lab.call("pve_replication_set", "guest", "web", "target", "pve2", "schedule", "*/30", "rate", 50))
                    .shows("outcome: created", "job: 101-0");
            lab.advance(Duration.ofMinutes(1));
            that(lab.call("pve_replication_list", "guest", "web")).shows("1 job", "101-0|pve1|pve2|*/30|ok|2026-11-21");
            that(lab.call("pve_replication_list", "job", "101-0")).shows("replication log", "end replication job");
        }
    }

    @Test
    void the_same_target_again_changes_the_job() {
        try (var lab = twoNodes()) {
            lab.call("pve_replication_set", "guest", "web", "target", "pve2");
            that(lab.call("pve_replication_set", "guest", "web", "target", "pve2", "enabled", false))
                    .shows("outcome: changed", "job: 101-0");
            that(lab.call("pve_replication_list")).shows("101-0|pve1|pve2|*/15|disabled");
        }
    }

    @Test
    void a_job_runs_now_and_is_removed_when_asked() {
        try (var lab = twoNodes()) {
            lab.call("pve_replication_set", "guest", "web", "target", "pve2");
            that(lab.call("pve_replication_run", "job", "101-0")).shows("outcome: scheduled");
            that(lab.call("pve_replication_delete", "job", "101-0")).shows("outcome: marked for removal");
            that(lab.call("pve_replication_list")).shows("being removed");
            lab.advance(Duration.ofMinutes(1));
            that(lab.call("pve_replication_list")).shows("0 jobs");
            that(lab.call("pve_replication_run", "job", "101-0")).saying("no such replication job '101-0'");
            that(lab.call("pve_replication_run", "job", "web")).failsWith("bad_arguments");
        }
    }

    @Test
    void a_failing_job_says_why() {
        try (var lab = twoNodes()) {
            lab.call("pve_replication_set", "guest", "web", "target", "pve2");
            lab.with(cluster -> Scenes.diskOn(cluster, StorageType.LVMTHIN, 101));
            lab.advance(Duration.ofMinutes(1));
            that(lab.call("pve_replication_list"))
                    .shows("1 job, 1 failing", "missing replicate feature on volume 'lvmthin:vm-101-disk-0'");
        }
    }

    @Test
    void a_guest_whose_disks_cannot_be_sent_is_refused() {
        try (var lab = twoNodes()) {
            lab.with(cluster -> Scenes.diskOn(cluster, StorageType.LVMTHIN, 100));
            that(lab.call("pve_replication_set", "guest", "db", "target", "pve2"))
                    .saying("missing replicate feature on volume 'lvmthin:vm-100-disk-0'");
            that(lab.call("pve_replication_set", "guest", "dns", "target", "pve2"))
                    .saying("No replicatable volumes found");
        }
    }

    @Test
    void a_target_that_is_not_there_or_the_same_is_refused() {
        try (var lab = twoNodes()) {
            that(lab.call("pve_replication_set", "guest", "web", "target", "pve9"))
                    .saying("Target 'pve9' does not exist.");
            that(lab.call("pve_replication_set", "guest", "web", "target", "pve1"))
                    .failsWith("bad_arguments");
            lab.policy(_ -> Policy.DEFAULT);
            that(lab.call("pve_replication_delete", "job", "101-0")).isRefusedBy("policy.destroy");
        }
    }
}
