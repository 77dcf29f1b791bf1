package pvemcp.tools.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.Cluster;
import pvemcp.tool.ToolResult;

class FirewallTest {
    private static final Json.Obj SSH = Json.obj("type", "in", "action", "ACCEPT", "macro", "SSH");
    private static final Json.Obj API =
            Json.obj("type", "in", "action", "ACCEPT", "proto", "tcp", "dport", "8006", "enable", 1);

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static String held(ToolResult result) {
        return ((ToolResult.Held) result).preview().toString();
    }

    private static List<String> rules(Cluster cluster) {
        return cluster.guest(101).firewall.rules.stream()
                .map(rule -> rule.getOrDefault("comment", rule.getOrDefault("macro", "?")) + " " + rule.get("enable"))
                .toList();
    }

    @Test
    void a_new_rule_is_first_and_off_unless_it_is_said_otherwise() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_firewall_rule", "guest", "web", "action", "add", "rule", SSH))
                    .shows("added, but off", "0|no|in|ACCEPT|macro SSH");
            that(lab.call("pve_firewall_rule", "guest", "web", "action", "add", "rule", API.with("comment", "api")))
                    .shows("added, and on", "0|yes|in|ACCEPT|proto tcp, dport 8006|api", "1|no");
        }
    }

    @Test
    void a_clone_has_the_rules_of_what_it_was_made_of_and_keeps_them_when_those_change() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.call("pve_firewall_rule", "guest", "web", "action", "add", "rule", API.with("comment", "api"));
            that(lab.call("pve_guest_clone", "guest", "web", "name", "web2", "vmid", 200))
                    .isDone();
            that(lab.call("pve_firewall_rule", "guest", "web", "action", "delete", "pos", 0))
                    .isDone();

            that(lab.call("pve_firewall_get", "guest", "web2")).shows("api");
            that(lab.call("pve_firewall_get", "guest", "web")).showsNot("api");
        }
    }

    @Test
    void a_rule_for_the_middle_is_put_there_before_it_is_on() {
        try (var lab = Lab.of(Scenes.small())) {
            for (var name : new String[] {"c", "b", "a"}) {
                lab.call("pve_firewall_rule", "guest", "web", "action", "add", "rule", SSH.with("comment", name));
            }
            that(lab.call(
                            "pve_firewall_rule",
                            "guest",
                            "web",
                            "action",
                            "add",
                            "pos",
                            2,
                            "rule",
                            API.with("comment", "x")))
                    .shows("added, and on");
            assertThat(lab.ask(FirewallTest::rules)).containsExactly("a 0", "b 0", "x 1", "c 0");
            that(lab.call("pve_firewall_rule", "guest", "web", "action", "move", "pos", 2, "to", 0))
                    .isDone();
            assertThat(lab.ask(FirewallTest::rules)).containsExactly("x 1", "a 0", "b 0", "c 0");
            that(lab.call("pve_firewall_rule", "guest", "web", "action", "move", "pos", 0, "to", 3))
                    .isDone();
            assertThat(lab.ask(FirewallTest::rules)).containsExactly("a 0", "b 0", "c 0", "x 1");
            that(lab.call("pve_firewall_rule", "guest", "web", "action", "delete", "pos", 1))
                    .shows("deleted; the rules behind it have moved up");
            assertThat(lab.ask(FirewallTest::rules)).containsExactly("a 0", "c 0", "x 1");
        }
    }

    @Test
    void rules_that_have_changed_since_they_were_seen_are_left_alone() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.call("pve_firewall_rule", "guest", "web", "action", "add", "rule", SSH);
            var seen = ((Json.Obj)
                            that(lab.call("pve_firewall_get", "guest", "web")).data())
                    .text("digest")
                    .orElseThrow();
            that(lab.call(
                            "pve_firewall_rule",
                            "guest",
                            "web",
                            "action",
                            "change",
                            "pos",
                            0,
                            "digest",
                            seen,
                            "rule",
                            Json.obj("enable", 1, "comment", "in")))
                    .shows("0|yes|in|ACCEPT|macro SSH|in");
            that(lab.call("pve_firewall_rule", "guest", "web", "action", "delete", "pos", 0, "digest", seen))
                    .failsWith("bad_arguments")
                    .saying("the rules have changed since");
            that(lab.call("pve_firewall_rule", "guest", "web", "action", "change", "pos", 0, "unset", "comment"))
                    .showsNot("|in\n0");
            that(lab.call("pve_firewall_rule", "guest", "web", "action", "delete", "pos", 7))
                    .failsWith("bad_arguments")
                    .saying("there is no rule 7");
        }
    }

    @Test
    void turning_the_datacenter_firewall_on_warns_of_a_lock_out() {
        try (var lab = Lab.of(Scenes.small()).policy(_ -> Policy.DEFAULT)) {
            var on = Json.obj("enable", 1);
            assertThat(held(lab.call("pve_firewall_set", "options", on)))
                    .contains("PUT /cluster/firewall/options", "this can lock you out", "tcp 8006", "SSH (tcp 22)");
            lab.with(cluster -> {
                cluster.firewall.rules.add(rule("ACCEPT", "8006"));
                cluster.firewall.rules.add(rule("ACCEPT", "22"));
            });
            assertThat(held(lab.call("pve_firewall_set", "options", on))).doesNotContain("lock you out");
            assertThat(lab.<Boolean>ask(cluster -> cluster.firewall.options.isEmpty()))
                    .isTrue();
        }
    }

    @Test
    void taking_away_the_rule_that_lets_the_api_in_warns_of_a_lock_out() {
        try (var lab = Lab.of(Scenes.small()).policy(_ -> Policy.DEFAULT).with(cluster -> {
            cluster.firewall.options.put("enable", "1");
            cluster.firewall.rules.add(rule("ACCEPT", "8000:8010"));
        })) {
            assertThat(held(lab.call("pve_firewall_rule", "action", "delete", "pos", 0)))
                    .contains("DELETE /cluster/firewall/rules/0", "tcp 8006")
                    .doesNotContain("tcp 22");
            assertThat(held(lab.call(
                            "pve_firewall_rule",
                            "node",
                            "pve1",
                            "action",
                            "add",
                            "rule",
                            Json.obj("type", "in", "action", "DROP", "enable", 1))))
                    .contains("POST /nodes/pve1/firewall/rules", "tcp 8006", "split the cluster");
        }
    }

    @Test
    void options_are_set_and_set_back() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_firewall_set", "guest", "web", "options", Json.obj("enable", 1, "policy_in", "DROP")))
                    .shows("after: enable 1, policy_in DROP");
            that(lab.call("pve_firewall_set", "guest", "web", "unset", "policy_in"))
                    .shows("before: enable 1, policy_in DROP", "after: enable 1");
            that(lab.call("pve_firewall_set", "guest", "web", "options", Json.obj("policy_in", "MAYBE")))
                    .failsWith("bad_arguments");
        }
    }

    @Test
    void a_security_group_is_made_filled_and_used() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_firewall_object", "kind", "group", "action", "create", "name", "web"))
                    .shows("created", "pve_firewall_rule group=web action=add");
            lab.call("pve_firewall_rule", "group", "web", "action", "add", "rule", API);
            that(lab.call("pve_firewall_get", "group", "web")).shows("dport 8006");
            that(lab.call("pve_firewall_get", "show", "groups")).shows("web");
            that(lab.call(
                            "pve_firewall_rule",
                            "guest",
                            "101",
                            "action",
                            "add",
                            "rule",
                            Json.obj("type", "group", "action", "web", "enable", 1)))
                    .shows("0|yes|group|web");
            that(lab.call("pve_firewall_object", "kind", "group", "action", "delete", "name", "web"))
                    .failsWith("pve_error")
                    .saying("is not empty");
        }
    }

    @Test
    void addresses_are_named_gathered_and_let_go() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.call(
                    "pve_firewall_object",
                    "kind",
                    "alias",
                    "action",
                    "create",
                    "name",
                    "office",
                    "cidr",
                    "192.0.2.0/24");
            lab.call("pve_firewall_object", "kind", "ipset", "action", "create", "name", "admins");
            that(lab.call(
                            "pve_firewall_object",
                            "kind",
                            "entry",
                            "action",
                            "create",
                            "name",
                            "admins",
                            "cidr",
                            "192.0.2.7"))
                    .isDone();
            that(lab.call("pve_firewall_get", "show", "aliases")).shows("office|192.0.2.0/24");
            that(lab.call("pve_firewall_get", "ipset", "admins")).shows("192.0.2.7");
            that(lab.call("pve_firewall_get", "show", "refs")).shows("+admins", "office");
            that(lab.call(
                            "pve_firewall_object",
                            "kind",
                            "alias",
                            "action",
                            "change",
                            "name",
                            "office",
                            "rename",
                            "home"))
                    .isDone();
            that(lab.call(
                            "pve_firewall_object",
                            "kind",
                            "entry",
                            "action",
                            "delete",
                            "name",
                            "admins",
                            "cidr",
                            "192.0.2.7"))
                    .isDone();
            that(lab.call("pve_firewall_object", "kind", "ipset", "action", "delete", "name", "admins"))
                    .isDone();
            that(lab.call("pve_firewall_get", "show", "refs")).shows("home").showsNot("admins");
        }
    }

    @Test
    void a_protected_guests_firewall_stays_as_it_is() {
        try (var lab = Lab.of(Scenes.small()).protecting("tag:prod")) {
            that(lab.call("pve_firewall_rule", "guest", "db", "action", "add", "rule", SSH))
                    .isRefusedBy("policy.protect.tags");
            assertThat(lab.<Boolean>ask(
                            cluster -> cluster.guest(100).firewall.rules.isEmpty()))
                    .isTrue();
        }
    }

    @Test
    void a_log_nobody_has_written_is_shown_in_pves_words() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_firewall_get", "node", "pve1", "show", "log")).shows("unable to open file");
        }
    }

    private static SequencedMap<String, String> rule(String action, String port) {
        var rule = new LinkedHashMap<String, String>();
        rule.put("type", "in");
        rule.put("action", action);
        rule.put("enable", "1");
        rule.put("proto", "tcp");
        rule.put("dport", port);
        return rule;
    }
}
