package pvemcp.tools.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.tool.ToolResult;

class GuestPowerTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static boolean isRunning(Lab lab, int vmid) {
        return lab.ask(cluster -> cluster.guest(vmid).isRunning());
    }

    @Test
    void stopping_a_guest_waits_until_it_is_off() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop"))
                    .shows("outcome: done", "task: UPID:pve1:", ":qmstop:101:");
            assertThat(isRunning(lab, 101)).isFalse();
        }
    }

    @Test
    void starting_a_container_works_the_same_way() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_guest_power", "guest", "pve1/102", "action", "start"))
                    .shows("outcome: done", ":vzstart:102:");
            assertThat(isRunning(lab, 102)).isTrue();
        }
    }

    @Test
    void a_protected_guest_cannot_be_stopped_under_any_of_its_names() {
        try (var lab = Lab.of(Scenes.small()).protecting("tag:prod")) {
            for (var name : List.of("100", "db", "pve1/100", "pve1/db")) {
                that(lab.call("pve_guest_power", "guest", name, "action", "stop"))
                        .isRefusedBy("policy.protect.tags")
                        .saying("VM 100 'db' on pve1 has the protected tag 'prod'")
                        .hinting("policy.protect.tags");
            }
            assertThat(isRunning(lab, 100)).isTrue();
            assertThat(lab.audit())
                    .hasSize(4)
                    .allMatch(line -> line.text("result").orElseThrow().equals("refused policy.protect.tags"));
        }
    }

    @Test
    void stopping_a_locked_guest_says_who_holds_it() {
        try (var lab =
                Lab.of(Scenes.small()).with(cluster -> cluster.guest(101).config.put("lock", "backup"))) {
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop"))
                    .failsWith("task_failed")
                    .saying("VM is locked (backup)")
                    .hinting("pve_task_list guest=101 running=true");
            assertThat(isRunning(lab, 101)).isTrue();
        }
    }

    @Test
    void a_task_that_fails_is_quoted_with_its_decisive_lines() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.sim().faults().fail("qmstop").with("VM quit/powerdown failed - got timeout");
            that(lab.call("pve_guest_power", "guest", "101", "action", "stop"))
                    .failsWith("task_failed")
                    .saying("qmstop", "VM quit/powerdown failed - got timeout")
                    .hinting("pve_task_get task=UPID:pve1:");
        }
    }

    @Test
    void what_takes_longer_than_the_wait_is_handed_back_as_a_task() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.with(cluster -> cluster.guest(101).hasSystem = false);
            var going = lab.call("pve_guest_power", "guest", "web", "action", "shutdown", "timeout", "5s");
            that(going).shows("outcome: still running", "next: pve_task_wait task=UPID:pve1:");
            var task = ((Json.Obj) that(going).data()).text("task").orElseThrow();
            that(lab.call("pve_task_get", "task", task)).shows("verdict: running");
            that(lab.call("pve_task_stop", "task", task)).shows("outcome: stopped");
            that(lab.call("pve_task_get", "task", task)).shows("verdict: failed");
            assertThat(isRunning(lab, 101)).isTrue();
        }
    }

    @Test
    void a_name_that_two_guests_have_is_answered_with_the_choices() {
        try (var lab = Lab.of(Scenes.small()).with(cluster -> Scenes.vm(cluster, 110, "pve1", "web"))) {
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop"))
                    .failsWith("not_unique")
                    .hinting("pve1/101", "pve1/110");
            assertThat(isRunning(lab, 101)).isTrue();
        }
    }

    @Test
    void a_name_nobody_has_is_answered_with_the_nearest() {
        try (var lab = Lab.of(Scenes.small())) {
            for (var typed : List.of("wep", "wbe", "Webb")) {
                that(lab.call("pve_guest_power", "guest", typed, "action", "stop"))
                        .failsWith("not_found")
                        .saying("no guest '%s' (did you mean web (101)?)".formatted(typed));
            }
        }
    }

    @Test
    void an_agreed_stop_is_void_once_the_guest_has_changed() {
        try (var lab = Lab.of(Scenes.small()).policy(_ -> Policy.DEFAULT)) {
            var held = lab.call("pve_guest_power", "guest", "web", "action", "stop");
            that(held).wouldSend("POST /nodes/pve1/qemu/101/status/stop").saying("VM 101 'web' on pve1");
            var ticket = Lab.yes(held);
            lab.with(cluster -> cluster.guest(101).config.put("name", "bank"));
            that(lab.call("pve_guest_power", "guest", "101", "action", "stop", "confirm", ticket))
                    .failsWith("ticket_refused");
            lab.with(cluster -> cluster.guest(101).config.put("name", "web"));
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop", "confirm", ticket))
                    .isDone();
            assertThat(isRunning(lab, 101)).isFalse();
        }
    }

    @Test
    void a_call_taken_back_stops_waiting_and_says_that_the_task_goes_on() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.cancel();
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop"))
                    .failsWith("cancelled")
                    .saying("already started: UPID:pve1:")
                    .hinting("pve_task_get task=UPID:pve1:");
        }
    }
}
