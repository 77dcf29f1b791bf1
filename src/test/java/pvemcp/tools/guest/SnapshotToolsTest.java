package pvemcp.tools.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

class SnapshotToolsTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static boolean isRunning(Lab lab, int vmid) {
        return lab.ask(cluster -> cluster.guest(vmid).isRunning());
    }

    @Test
    void snapshots_are_shown_as_the_tree_they_are() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_snapshot_create", "guest", "web", "name", "second", "description", "before\nthe move"))
                    .shows("outcome: done", ":qmsnapshot:101:");
            lab.advance(Duration.ofHours(2));
            that(lab.call("pve_snapshot_list", "guest", "web"))
                    .shows(
                            "guest: web (101) on pve1",
                            "snapshots: 2",
                            "before-upgrade|",
                            "└ second|",
                            "(now, grown from second)",
                            "second: before the move",
                            "<untrusted-x source=\"snapshot descriptions\">");
            that(lab.call("pve_snapshot_list", "guest", "web", "snapshot", "before-upgrade"))
                    .shows("snapshot: before-upgrade", "cores|2", "memory|4096");
        }
    }

    @Test
    void the_ram_of_a_container_cannot_be_saved() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_snapshot_create", "guest", "dns", "name", "one", "memory", true))
                    .failsWith("bad_arguments")
                    .saying("dns (105) on pve1 is a container");
            that(lab.call("pve_snapshot_create", "guest", "web", "name", "warm", "memory", true))
                    .shows("outcome: done");
            that(lab.call("pve_snapshot_list", "guest", "web")).shows("warm|2026", "|yes");
        }
    }

    @Test
    void a_disk_that_cannot_have_snapshots_is_named() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_snapshot_create", "guest", "media", "name", "one"))
                    .failsWith("pve_error")
                    .saying("snapshot feature is not available", "mp0 on nas");
        }
    }

    @Test
    void a_rollback_says_beforehand_what_it_loses() {
        try (var lab = Lab.of(Scenarios.homelab()).policy(open -> open.with(Tier.DESTROY, Policy.Answer.ASK))) {
            that(lab.call("pve_snapshot_create", "guest", "web", "name", "later"))
                    .isDone();
            var held = lab.call("pve_snapshot_rollback", "guest", "web", "name", "before-upgrade");
            that(held)
                    .wouldSend("POST /nodes/pve1/qemu/101/snapshot/before-upgrade/rollback")
                    .saying("roll web (101) on pve1 back to snapshot before-upgrade, taken 2026-11-12");
            assertThat(((ToolResult.Held) held).preview().warnings())
                    .anyMatch(line -> line.contains("newer snapshots (later)"))
                    .anyMatch(line -> line.contains("the guest is stopped"));
            var ticket = Lab.yes(held);
            that(lab.call("pve_snapshot_rollback", "guest", "web", "name", "before-upgrade", "confirm", ticket))
                    .shows("outcome: done", ":qmrollback:101:");
            assertThat(isRunning(lab, 101)).isFalse();
        }
    }

    @Test
    void an_unknown_snapshot_is_answered_with_those_there_are() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_snapshot_delete", "guest", "web", "name", "before-upgrad"))
                    .failsWith("not_found")
                    .saying("did you mean 'before-upgrade'?");
            that(lab.call("pve_snapshot_delete", "guest", "web", "name", "before-upgrade"))
                    .shows("outcome: done");
            that(lab.call("pve_snapshot_rollback", "guest", "web", "name", "before-upgrade"))
                    .failsWith("not_found")
                    .saying("it has none");
        }
    }

    @Test
    void a_snapshot_of_another_guest_under_the_same_id_is_not_deleted() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            lab.call("pve_guest_get", "guest", "web"); // The list of guests is a moment old after this.
            lab.with(cluster -> cluster.guest(101).config.put("name", "payroll"));
            that(lab.call("pve_snapshot_delete", "guest", "web", "name", "before-upgrade"))
                    .failsWith("conflict")
                    .saying("101 is 'payroll' by now, no longer 'web'");
            assertThat(lab.<Boolean>ask(cluster -> cluster.guest(101).snapshots.containsKey("before-upgrade")))
                    .isTrue();
        }
    }

    @Test
    void a_locked_guest_takes_no_snapshot() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            lab.with(cluster -> cluster.guest(101).config.put("lock", "backup"));
            that(lab.call("pve_snapshot_create", "guest", "web", "name", "one"))
                    .failsWith("task_failed")
                    .saying("VM is locked (backup)")
                    .hinting("pve_task_list guest=101");
        }
    }
}
