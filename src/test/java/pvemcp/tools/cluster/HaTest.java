package pvemcp.tools.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.tool.ToolResult;

/// Guests that the cluster itself starts, stops and moves.
class HaTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    /// Two nodes, `web` and `dns` under HA.
    private static Lab lab() {
        return Lab.of(Scenes.small()).with(cluster -> {
            cluster.name = "home";
            cluster.addNode("pve2");
            cluster.ha.manage("vm:101");
            cluster.ha.manage("ct:102").options.put("state", "stopped");
            cluster.ha.manage("ct:102").crmState = "stopped";
        });
    }

    private static boolean isRunning(Lab lab, int vmid) {
        return lab.ask(cluster -> cluster.guest(vmid).isRunning());
    }

    private static String nodeOf(Lab lab, int vmid) {
        return lab.ask(cluster -> cluster.guest(vmid).node);
    }

    private static String wanted(Lab lab, String sid) {
        return lab.ask(cluster -> cluster.ha.resources.get(sid).requested());
    }

    // ---- looking ----

    @Test
    void all_of_ha_is_seen_at_once() {
        try (var lab = lab()) {
            that(lab.call("pve_ha_get"))
                    .shows("summary: 2 guests under HA: 1 started, 1 stopped; quorate")
                    .shows("web (vm:101)|pve1|started|started|restart 1, relocate 1")
                    .shows("dns (ct:102)|pve1|stopped|stopped")
                    .shows("master|pve1|pve1 (active", "lrm|pve2|pve2 (active", "fencing|pve1|armed");
            that(lab.call("pve_ha_get", "guest", "web")).shows("web (vm:101)").showsNot("dns", "master");
            that(lab.call("pve_ha_get", "guest", "db")).shows("vm:100 is not under HA");
        }
    }

    @Test
    void what_is_in_trouble_comes_first_with_what_to_do() {
        try (var lab = lab()) {
            lab.with(cluster -> cluster.ha.manage("vm:101").crmState = "error");
            that(lab.call("pve_ha_get"))
                    .shows("2 guests under HA: 1 error, 1 stopped", "pve_ha_guest_set state=disabled clears an error");
            lab.with(cluster -> cluster.ha.disarmed = "freeze");
            that(lab.call("pve_ha_get")).shows("DISARMED", "/cluster/ha/status/arm-ha");
            that(lab.call("pve_health")).shows("high availability is disarmed");
        }
    }

    // ---- setting ----

    @Test
    void a_guest_is_put_under_ha_changed_and_taken_out() {
        try (var lab = lab()) {
            that(lab.call("pve_ha_guest_set", "guest", "db", "options", Map.of("max_restart", 3, "comment", "shop")))
                    .shows("outcome: under HA now", "name: db (100) on pve1");
            lab.advance(Duration.ofSeconds(15));
            that(lab.call("pve_ha_get", "guest", "db")).shows("started|started|restart 3, relocate 1", "shop");
            that(lab.call("pve_ha_guest_set", "guest", "db", "state", "ignored"))
                    .shows("outcome: changed");
            assertThat(wanted(lab, "vm:100")).isEqualTo("ignored");
            that(lab.call("pve_ha_guest_set", "action", "remove", "guest", "db"))
                    .shows("out of HA; it stays as it is now");
            assertThat(isRunning(lab, 100)).isTrue();
            that(lab.call("pve_ha_guest_set", "action", "remove", "guest", "db"))
                    .saying("cannot delete service 'vm:100', not HA managed!");
        }
    }

    @Test
    void ha_makes_the_state_come_true() {
        try (var lab = lab()) {
            lab.call("pve_ha_guest_set", "guest", "dns", "state", "started");
            lab.advance(Duration.ofSeconds(30));
            assertThat(isRunning(lab, 102)).isTrue();
            lab.call("pve_ha_guest_set", "guest", "dns", "state", "disabled");
            lab.advance(Duration.ofSeconds(30));
            assertThat(isRunning(lab, 102)).isFalse();
        }
    }

    @Test
    void an_error_is_cleared_by_disabling() {
        try (var lab = lab()) {
            lab.with(cluster -> {
                cluster.ha.manage("vm:101").crmState = "error";
                cluster.guest(101).stop();
            });
            that(lab.call("pve_ha_guest_set", "guest", "web", "state", "started"))
                    .saying("service 'vm:101' in error state, must be disabled and fixed first");
            lab.call("pve_ha_guest_set", "guest", "web", "state", "disabled");
            lab.advance(Duration.ofSeconds(15));
            lab.call("pve_ha_guest_set", "guest", "web", "state", "started");
            lab.advance(Duration.ofSeconds(30));
            assertThat(isRunning(lab, 101)).isTrue();
        }
    }

    @Test
    void a_guest_that_is_protected_is_not_taken_out() {
        try (var lab = lab().protecting("tag:prod")) {
            that(lab.call("pve_ha_guest_set", "guest", "100")).isRefusedBy("policy.protect.tags");
            that(lab.call("pve_ha_rule_set", "name", "r", "guests", List.of("web", "db"), "affinity", "apart"))
                    .isRefusedBy("policy.protect.tags");
        }
    }

    @Test
    void what_does_not_belong_into_options_is_told() {
        try (var lab = lab()) {
            that(lab.call("pve_ha_guest_set", "guest", "db", "options", Map.of("state", "started")))
                    .failsWith("bad_arguments");
            that(lab.call("pve_ha_guest_set", "guest", "db", "options", Map.of("max_restarts", 3)))
                    .failsWith("bad_arguments")
                    .saying("max_restarts");
            that(lab.call("pve_ha_guest_set", "guest", "web")).saying("is under HA already; say what to change");
        }
    }

    // ---- moving ----

    @Test
    void ha_moves_its_guest_live_or_by_starting_it_anew() {
        try (var lab = lab()) {
            that(lab.call("pve_ha_guest_set", "action", "migrate", "guest", "web", "node", "pve2"))
                    .shows("outcome: done");
            assertThat(nodeOf(lab, 101)).isEqualTo("pve2");
            that(lab.call("pve_ha_guest_set", "action", "relocate", "guest", "web", "node", "pve1"))
                    .shows("outcome: done");
            lab.advance(Duration.ofSeconds(30));
            assertThat(nodeOf(lab, 101)).isEqualTo("pve1");
            assertThat(isRunning(lab, 101)).isTrue();
        }
    }

    @Test
    void a_move_that_ha_would_silently_drop_is_refused_here() {
        try (var lab = lab()) {
            that(lab.call("pve_ha_guest_set", "action", "migrate", "guest", "web", "node", "pve9"))
                    .failsWith("bad_arguments")
                    .saying("'pve9' is none of the nodes online: pve1, pve2");
            that(lab.call("pve_ha_guest_set", "action", "migrate", "guest", "web", "node", "pve1"))
                    .saying("it is on pve1 already");
            that(lab.call("pve_ha_guest_set", "action", "migrate", "guest", "db", "node", "pve2"))
                    .saying("not under HA; pve_guest_migrate");
        }
    }

    // ---- power of a guest under HA ----

    @Test
    void power_is_followed_until_ha_has_done_it() {
        try (var lab = lab()) {
            that(lab.call("pve_guest_power", "guest", "web", "action", "shutdown"))
                    .shows("outcome: done", ":hastop:101:");
            assertThat(isRunning(lab, 101)).isFalse();
            assertThat(wanted(lab, "vm:101")).isEqualTo("stopped");
            that(lab.call("pve_guest_power", "guest", "web", "action", "start"))
                    .shows("outcome: done", ":hastart:101:");
            assertThat(isRunning(lab, 101)).isTrue();
            that(lab.call("pve_guest_power", "guest", "dns", "action", "start"))
                    .shows("outcome: done", ":hastart:102:");
            assertThat(isRunning(lab, 102)).isTrue();
        }
    }

    @Test
    void ha_that_is_slow_is_reported_as_going_on() {
        try (var lab = lab()) {
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop", "timeout", "4s"))
                    .shows("outcome: still running", "HA is at it (stopping, on pve1)");
            assertThat(isRunning(lab, 101)).isTrue();
        }
    }

    @Test
    void ha_that_gives_up_is_a_failure() {
        try (var lab = lab()) {
            lab.with(cluster -> cluster.guest(102).config.put("lock", "backup"));
            that(lab.call("pve_guest_power", "guest", "dns", "action", "start"))
                    .failsWith("pve_error")
                    .saying("HA could not start 102", "'error' on pve1", "pve_ha_guest_set state=disabled");
        }
    }

    @Test
    void many_guests_are_followed_through_ha_as_well() {
        try (var lab = lab()) {
            that(lab.call("pve_guest_power_many", "action", "shutdown", "vmids", List.of(100, 101)))
                    .shows("shutdown: 2 done");
            assertThat(isRunning(lab, 101)).isFalse();
        }
    }

    @Test
    void what_ha_ignores_is_not_asked_of_ha() {
        try (var lab = lab()) {
            lab.with(cluster -> cluster.ha.manage("vm:101").options.put("state", "ignored"));
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop")).shows("outcome: done", ":qmstop:101:");
        }
    }

    @Test
    void a_guest_under_ha_is_deleted_only_when_ha_forgets_it() {
        try (var lab = lab()) {
            that(lab.call("pve_guest_delete", "guest", "dns", "purge", false))
                    .saying("used in HA resources and purge parameter not set");
            that(lab.call("pve_guest_delete", "guest", "dns")).shows("done");
            assertThat(lab.<Boolean>ask(cluster -> cluster.ha.resources.containsKey("ct:102")))
                    .isFalse();
        }
    }

    // ---- rules ----

    @Test
    void a_rule_says_where_guests_run() {
        try (var lab = lab()) {
            that(lab.call(
                            "pve_ha_rule_set",
                            "name",
                            "first",
                            "guests",
                            List.of("web"),
                            "nodes",
                            List.of("pve1:2", "pve2"),
                            "options",
                            Map.of("strict", 1)))
                    .shows("outcome: rule made");
            that(lab.call("pve_ha_get")).shows("first|on nodes|vm:101|pve1:2 pve2|yes|yes");
            that(lab.call("pve_ha_rule_set", "name", "first", "options", Map.of("disable", 1)))
                    .shows("outcome: rule changed");
            that(lab.call("pve_ha_get", "guest", "web")).shows("first|on nodes|vm:101|pve1:2 pve2|yes|no");
            that(lab.call("pve_ha_rule_set", "name", "first", "affinity", "apart"))
                    .failsWith("bad_arguments")
                    .saying("rule first is a node-affinity rule");
            that(lab.call("pve_ha_rule_set", "action", "delete", "name", "first"))
                    .shows("outcome: deleted");
            that(lab.call("pve_ha_rule_set", "action", "delete", "name", "first"))
                    .saying("no such ha rule 'first'");
        }
    }

    @Test
    void a_rule_keeps_guests_apart() {
        try (var lab = lab()) {
            that(lab.call("pve_ha_rule_set", "name", "pair", "guests", List.of("web", "dns"), "affinity", "apart"))
                    .shows("outcome: rule made");
            that(lab.call("pve_ha_get")).shows("pair|apart|vm:101 ct:102");
            that(lab.call("pve_ha_rule_set", "name", "one", "guests", List.of("web"), "affinity", "together"))
                    .saying("Rule 'one' is invalid");
            that(lab.call("pve_ha_rule_set", "name", "odd", "guests", List.of("db", "web"), "affinity", "apart"))
                    .saying("cannot use unmanaged resource(s) vm:100");
            that(lab.call("pve_ha_rule_set", "name", "x")).saying("name the guests it is for");
        }
    }

    @Test
    void where_a_cluster_still_has_groups_a_rule_is_a_group() {
        try (var lab = lab()) {
            lab.with(cluster -> cluster.ha.groups = Optional.of(new TreeMap<>()));
            that(lab.call("pve_ha_rule_set", "name", "east", "guests", List.of("web"), "nodes", List.of("pve2")))
                    .shows("outcome: group made");
            that(lab.call("pve_ha_get")).shows("east|group|vm:101|pve2");
            that(lab.call("pve_ha_rule_set", "name", "east", "options", Map.of("strict", 1)))
                    .shows("outcome: group changed");
            that(lab.call("pve_ha_rule_set", "action", "delete", "name", "east"))
                    .saying("ha group is used by resource 'vm:101'");
            lab.call("pve_ha_guest_set", "guest", "web", "options", Map.of("delete", "group"));
            that(lab.call("pve_ha_rule_set", "action", "delete", "name", "east"))
                    .shows("outcome: deleted");
            that(lab.call("pve_ha_rule_set", "name", "x", "guests", List.of("web"), "affinity", "apart"))
                    .saying("HA groups (PVE 8), which are about nodes only");
        }
    }

    // ---- why ----

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    error    | high availability gave up on it (HA state error, wanted started)
                    fence    | its node is being fenced
                    recovery | its node is gone and HA finds no other
                    ''       | HA has not taken it on
                    stopped  | HA is at it (HA state starting)
                    """)
    void why_says_what_ha_makes_of_a_guest(String state, String cause) {
        try (var lab = lab()) {
            lab.with(cluster -> {
                cluster.ha.manage("vm:101").crmState = state;
                cluster.guest(101).stop();
            });
            that(lab.call("pve_why", "guest", "web")).shows("101 web: " + cause);
        }
    }

    @Test
    void why_says_that_ha_keeps_a_guest_off() {
        try (var lab = lab()) {
            that(lab.call("pve_why", "guest", "dns"))
                    .shows("102 dns: HA keeps it off, as it was told to", "pve_guest_power action=start guest=102")
                    .showsNot("nothing starts it");
        }
    }
}
