package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.pve.Transport;
import pvemcp.pve.Verb;
import pvemcp.sim.Faults.Answer;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.tool.ToolResult;

/// A write leaves, and no answer comes back. It is found out what came of it, or said that nobody knows; it is never
/// sent a second time.
class LostAnswerTest {
    private static final Answer CARRIED_OUT = new Answer.Cut(0);
    private static final Answer CARRIED_OUT_SLOWLY = new Answer.After(596, "Connection timed out");
    private static final Answer NOT_CARRIED_OUT = new Answer.Instead(596, "Connection timed out");

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private final Deque<Runnable> atWrite = new ArrayDeque<>();

    /// Spoils the answers of the writes to come, one after the other; the rest are as they should be.
    private Lab losing(Answer... answers) {
        return losing(Lab.of(Scenes.small()), answers);
    }

    private Lab losing(Lab lab, Answer... answers) {
        for (var answer : answers) {
            atWrite.add(() -> lab.sim().faults().spoil(answer));
        }
        return lab.through(wire -> new Losing(wire, atWrite));
    }

    private record Losing(Transport wire, Deque<Runnable> atWrite) implements Transport {
        @Override
        public Json.Obj send(Verb verb, String path, Json.Obj params) {
            if (verb != Verb.GET) {
                Optional.ofNullable(atWrite.poll()).ifPresent(Runnable::run);
            }
            return wire.send(verb, path, params);
        }
    }

    private static List<String> writes(Lab lab) {
        return lab.requests().stream()
                .filter(request -> !request.startsWith("GET"))
                .toList();
    }

    private static Json.Obj reconciled(Lab lab) {
        return lab.auditLines().stream()
                .filter(line -> line.text("event").equals(Optional.of("reconciled")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_task_that_was_started_is_found_and_followed_to_its_end() {
        for (var lost : List.of(CARRIED_OUT, CARRIED_OUT_SLOWLY)) {
            try (var lab = losing(lost)) {
                that(lab.call("pve_guest_power", "guest", "web", "action", "stop"))
                        .shows("done", "the answer to POST /nodes/pve1/qemu/101/status/stop was lost", "UPID:pve1:");
                assertThat(writes(lab)).containsExactly("POST /nodes/pve1/qemu/101/status/stop");
                assertThat(reconciled(lab).text("found")).contains("done");
                assertThat(lab.audit().getLast().array("tasks").orElseThrow().items())
                        .hasSize(1);
            }
        }
    }

    @Test
    void what_has_started_no_task_was_not_done_and_can_be_made_again() {
        try (var lab = losing(NOT_CARRIED_OUT)) {
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop"))
                    .failsWith("not_done")
                    .saying("its answer was lost", "no task in 12 s")
                    .hinting("it can be made again");
            assertThat(writes(lab)).hasSize(1);
            assertThat(reconciled(lab).text("found")).contains("not done");
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop")).shows("done");
        }
    }

    @Test
    void an_earlier_task_of_the_same_kind_is_not_taken_for_it() {
        try (var lab = losing()) {
            that(lab.call("pve_guest_power", "guest", "web", "action", "reboot"))
                    .isDone();
            atWrite.add(() -> lab.sim().faults().spoil(NOT_CARRIED_OUT));
            that(lab.call("pve_guest_power", "guest", "web", "action", "reboot"))
                    .failsWith("not_done");
        }
    }

    @Test
    void clocks_that_are_hours_apart_do_not_hide_it() {
        for (var ahead : List.of(Duration.ofHours(2), Duration.ofHours(-2))) {
            try (var lab = losing(CARRIED_OUT).clockAhead(ahead)) {
                that(lab.call("pve_guest_power", "guest", "web", "action", "stop"))
                        .shows("was lost", "UPID:pve1:");
            }
        }
    }

    @Test
    void a_guest_that_is_made_is_found_by_the_task_that_makes_it() {
        try (var lab = losing(Lab.of(Scenarios.homelab()), CARRIED_OUT)) {
            that(lab.call("pve_vm_create", "name", "fresh", "vmid", 300, "storage", "local-lvm"))
                    .shows("300", "was lost");
            assertThat(writes(lab)).hasSize(1);
        }
    }

    @Test
    void settings_that_are_as_was_asked_for_were_made() {
        try (var lab = losing(CARRIED_OUT)) {
            that(lab.call("pve_guest_set", "guest", "dns", "cores", 4))
                    .shows("the answer to PUT /nodes/pve1/lxc/102/config was lost: it is as was asked for");
            assertThat(writes(lab)).hasSize(1);
            that(lab.call("pve_undo")).isDone();
        }
    }

    @Test
    void settings_that_are_as_they_were_were_not_made() {
        try (var lab = losing(NOT_CARRIED_OUT)) {
            that(lab.call("pve_guest_set", "guest", "dns", "cores", 4))
                    .failsWith("not_done")
                    .saying("12 s later all is as it was");
            assertThat(lab.<Boolean>ask(
                            cluster -> cluster.guest(102).effective().containsKey("cores")))
                    .isFalse();
        }
    }

    @Test
    void somebody_elses_change_is_not_taken_for_ours() {
        try (var lab = losing()) {
            atWrite.add(() -> {
                lab.sim().faults().spoil(NOT_CARRIED_OUT);
                lab.with(cluster -> cluster.guest(102).config.put("description", "by hand"));
            });
            that(lab.call("pve_guest_set", "guest", "dns", "cores", 4))
                    .failsWith("ambiguous")
                    .saying("something has changed since, and not as was asked for");
        }
    }

    @Test
    void what_was_made_or_taken_away_is_looked_for_in_its_list() {
        try (var lab = losing(CARRIED_OUT, NOT_CARRIED_OUT, CARRIED_OUT, NOT_CARRIED_OUT)) {
            that(lab.call("pve_api_write", "method", "post", "path", "/pools", "params", Json.obj("poolid", "one")))
                    .shows("was lost: it is as was asked for");
            that(lab.call("pve_api_write", "method", "post", "path", "/pools", "params", Json.obj("poolid", "two")))
                    .failsWith("not_done");
            that(lab.call("pve_api_write", "method", "delete", "path", "/pools/one"))
                    .shows("was lost: it is as was asked for");
            that(lab.call("pve_api_write", "method", "delete", "path", "/pools/shop"))
                    .failsWith("not_done");
        }
    }

    @Test
    void a_firewall_rule_is_found_among_the_others() {
        var rule = Json.obj("type", "in", "action", "ACCEPT", "proto", "tcp", "dport", "22");
        try (var lab = losing(CARRIED_OUT, NOT_CARRIED_OUT)) {
            for (var expected : List.of("done", "not done")) {
                lab.call("pve_firewall_rule", "guest", "web", "action", "add", "rule", rule);
                assertThat(lab.auditLines())
                        .filteredOn(line -> line.text("event").equals(Optional.of("reconciled")))
                        .last()
                        .satisfies(line -> assertThat(line.text("found")).contains(expected));
            }
        }
    }

    @Test
    void what_nobody_can_tell_is_said_to_be_unknown_at_once() {
        try (var lab = losing(CARRIED_OUT)) {
            that(lab.call(
                            "pve_api_write",
                            "method",
                            "post",
                            "path",
                            "/nodes/pve1/qemu/101/monitor",
                            "params",
                            Json.obj("command", "info")))
                    .failsWith("ambiguous")
                    .saying("nothing that can be read tells")
                    .hinting("it may or may not have been carried out");
            assertThat(writes(lab)).hasSize(1);
        }
    }

    @Test
    void where_the_node_is_gone_what_the_others_know_of_it_still_counts() {
        try (var lab = losing()) {
            lab.with(cluster -> cluster.addNode("pve2"));
            atWrite.add(() -> {
                lab.sim().faults().spoil(CARRIED_OUT);
                lab.sim().faults().spoil(new Answer.Instead(595, "no route"));
                lab.sim().faults().spoil(new Answer.Instead(595, "no route"));
                lab.sim().faults().spoil(new Answer.Instead(595, "no route"));
            });
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop")).shows("was lost", "UPID:pve1:");
        }
    }

    @Test
    void where_nothing_answers_any_more_it_stays_unknown() {
        try (var lab = losing()) {
            atWrite.add(() -> {
                lab.sim().faults().spoil(NOT_CARRIED_OUT);
                for (int i = 0; i < 100; i++) {
                    lab.sim().faults().spoil(new Answer.Instead(595, "no route"));
                }
            });
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop"))
                    .failsWith("ambiguous")
                    .saying("the tasks cannot be seen");
        }
    }

    @Test
    void who_takes_the_call_back_does_not_wait_for_what_became_of_it() {
        try (var lab = losing(NOT_CARRIED_OUT)) {
            lab.onProgress(words -> {
                if (words.contains("was lost")) {
                    lab.cancel();
                }
            });
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop")).failsWith("cancelled");
            assertThat(lab.audit().getLast().array("sent").orElseThrow().items())
                    .hasSize(1);
        }
    }
}
