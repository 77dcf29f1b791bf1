package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// `pve_undo`: what was replaced is in the audit log, and comes back by the same road.
class UndoStoryTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static String config(Lab lab, int vmid, String name) {
        return lab.ask(cluster -> String.valueOf(cluster.guest(vmid).config.get(name)));
    }

    @Test
    void a_changed_configuration_comes_back_as_it_was() {
        try (var lab = Lab.of(Scenes.small())) {
            var before = config(lab, 102, "memory");
            that(lab.call("pve_guest_set", "guest", "dns", "memory", "1G", "add_tags", "edge"))
                    .isDone();
            assertThat(config(lab, 102, "memory")).isEqualTo("1024");
            that(lab.call("pve_undo")).isDone();
            assertThat(config(lab, 102, "memory")).isEqualTo(before);
            assertThat(config(lab, 102, "tags")).isEqualTo("null");
        }
    }

    @Test
    void taking_back_what_was_taken_back_does_it_again() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.call("pve_guest_set", "guest", "dns", "memory", "1G");
            that(lab.call("pve_undo")).isDone();
            that(lab.call("pve_undo")).isDone();
            assertThat(config(lab, 102, "memory")).isEqualTo("1024");
        }
    }

    @Test
    void the_inverse_is_held_and_says_what_it_takes_back() {
        try (var lab = Lab.of(Scenes.small())) {
            var before = config(lab, 102, "memory");
            lab.call("pve_guest_set", "guest", "dns", "memory", "1G");
            lab.policy(policy -> policy.with(Tier.CHANGE, Policy.Answer.ASK));
            var held = lab.call("pve_undo");
            that(held).isHeld();
            assertThat(((ToolResult.Held) held).preview().toString())
                    .contains(
                            "pve_guest_set on container 102 'dns'",
                            "memory 1024 → " + before,
                            "PUT /nodes/pve1/lxc/102/config");
            assertThat(config(lab, 102, "memory")).isEqualTo("1024");
            var ticket = Lab.yes(held);
            that(lab.call("pve_undo", "confirm", ticket)).isDone();
            assertThat(config(lab, 102, "memory")).isEqualTo(before);
        }
    }

    @Test
    void a_protected_guest_is_not_changed_back_either() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.call("pve_guest_set", "guest", "dns", "memory", "1G");
            lab.protecting("vmid:102");
            that(lab.call("pve_undo")).isRefusedBy("policy.protect.guests");
            lab.protecting().policy(policy -> policy.with(Tier.CHANGE, Policy.Answer.DENY));
            that(lab.call("pve_undo")).isRefusedBy("policy.change");
        }
    }

    @Test
    void what_was_changed_again_since_is_left_alone() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.call("pve_guest_set", "guest", "dns", "memory", "1G");
            lab.with(cluster -> cluster.guest(102).config.put("memory", "777"));
            that(lab.call("pve_undo")).failsWith("moved_on").saying("memory was left at 1024 and is now 777");
            assertThat(config(lab, 102, "memory")).isEqualTo("777");
        }
    }

    @Test
    void a_change_elsewhere_in_the_same_configuration_does_not_stand_in_the_way() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.call("pve_guest_set", "guest", "dns", "memory", "1G");
            lab.with(cluster -> cluster.guest(102).config.put("description", "else"));
            that(lab.call("pve_undo")).isDone();
            assertThat(config(lab, 102, "description")).isEqualTo("else");
        }
    }

    @Test
    void a_guest_that_was_started_is_shut_down_and_one_that_was_stopped_started() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.call("pve_guest_power", "guest", "dns", "action", "start");
            that(lab.call("pve_undo")).isDone();
            assertThat(lab.<Boolean>ask(cluster -> cluster.guest(102).isRunning()))
                    .isFalse();
            lab.call("pve_guest_power", "guest", "web", "action", "stop");
            that(lab.call("pve_undo")).isDone();
            assertThat(lab.<Boolean>ask(cluster -> cluster.guest(101).isRunning()))
                    .isTrue();
        }
    }

    @Test
    void a_snapshot_that_was_made_is_deleted_as_far_as_policy_lets_it() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_snapshot_create", "guest", "web", "name", "before"))
                    .isDone();
            lab.policy(policy -> policy.with(Tier.DESTROY, Policy.Answer.DENY));
            that(lab.call("pve_undo")).isRefusedBy("policy.destroy");
            lab.policy(policy -> policy.with(Tier.DESTROY, Policy.Answer.ALLOW));
            that(lab.call("pve_undo")).isDone();
            that(lab.call("pve_snapshot_list", "guest", "web")).showsNot("before");
        }
    }

    @Test
    void firewall_rules_come_and_go() {
        var rule = Json.obj("type", "in", "action", "ACCEPT", "proto", "tcp", "dport", "22");
        try (var lab = Lab.of(Scenes.small())) {
            lab.call("pve_firewall_rule", "guest", "web", "action", "add", "rule", rule.with("comment", "first"));
            lab.call("pve_firewall_rule", "guest", "web", "action", "add", "rule", rule.with("comment", "second"));
            that(lab.call("pve_undo")).isDone();
            that(lab.call("pve_firewall_get", "guest", "web")).shows("first").showsNot("second");
            lab.call("pve_firewall_rule", "guest", "web", "action", "delete", "pos", 0);
            that(lab.call("pve_undo")).isDone();
            that(lab.call("pve_firewall_get", "guest", "web")).shows("first");
        }
    }

    @Test
    void what_has_no_inverse_is_said_to_have_none() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_undo")).failsWith("not_found");
            lab.call("pve_snapshot_create", "guest", "web", "name", "before");
            lab.call("pve_snapshot_delete", "guest", "web", "name", "before");
            that(lab.call("pve_undo")).failsWith("no_inverse").saying("pve_snapshot_delete");
        }
    }

    @Test
    void a_guest_that_was_moved_is_moved_back() {
        try (var lab = Lab.of(Scenes.small()).with(cluster -> cluster.addNode("pve2"))) {
            that(lab.call("pve_guest_migrate", "guest", "dns", "node", "pve2")).isDone();
            that(lab.call("pve_undo", "dry_run", true)).shows("POST /nodes/pve2/lxc/102/migrate", "pve1");
            that(lab.call("pve_undo")).isDone();
            assertThat(lab.<String>ask(cluster -> cluster.guest(102).node)).isEqualTo("pve1");
        }
    }

    @Test
    void a_volume_that_has_grown_stays_as_it_is_and_that_is_said() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_guest_disk", "guest", "git", "action", "resize", "disk", "scsi0", "size", "+1G"))
                    .isDone();
            that(lab.call("pve_undo")).failsWith("no_inverse").saying("PVE has no request that takes it back");
        }
    }

    @Test
    void an_earlier_change_is_named_by_its_line() {
        try (var lab = Lab.of(Scenes.small())) {
            var before = config(lab, 102, "memory");
            lab.call("pve_guest_set", "guest", "dns", "memory", "1G");
            var line = lab.audit().getLast().whole("seq").orElseThrow();
            lab.call("pve_guest_power", "guest", "dns", "action", "start");
            that(lab.call("pve_undo", "line", line)).isDone();
            assertThat(config(lab, 102, "memory")).isEqualTo(before);
        }
    }

    @Test
    void nobody_takes_back_what_another_did() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.as("one").call("pve_guest_set", "guest", "dns", "memory", "1G");
            var line = lab.audit().getLast().whole("seq").orElseThrow();
            that(lab.as("other").call("pve_undo")).failsWith("not_found");
            that(lab.as("other").call("pve_undo", "line", line)).failsWith("not_found");
        }
    }

    @Test
    void what_a_request_replaces_is_in_the_audit_log_before_it_leaves() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.call("pve_guest_set", "guest", "dns", "memory", "1G");
            assertThat(lab.auditLines())
                    .extracting(line -> line.text("event").orElseThrow())
                    .containsSubsequence(List.of("begin", "prior", "end"));
        }
    }
}
