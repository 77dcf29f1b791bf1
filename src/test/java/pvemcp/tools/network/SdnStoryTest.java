package pvemcp.tools.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.Credentials;
import pvemcp.sim.Scenario;
import pvemcp.sim.world.Sdn;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// Networks are defined, looked over, and put into effect on all nodes.
class SdnStoryTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Scenario twoNodes() {
        return cluster -> {
            cluster.name = "lab";
            cluster.addNode("pve1");
            cluster.addNode("pve2");
            return Credentials.operator(cluster);
        };
    }

    private static ToolResult set(Lab lab, String what, String action, String name, Object... namesAndValues) {
        return lab.call(
                "pve_sdn_set", "what", what, "action", action, "name", name, "options", Json.obj(namesAndValues));
    }

    private static ToolResult setBelow(
            Lab lab, String what, String action, String of, String name, Object... namesAndValues) {
        return lab.call(
                "pve_sdn_set",
                "what",
                what,
                "action",
                action,
                "of",
                of,
                "name",
                name,
                "options",
                Json.obj(namesAndValues));
    }

    /// A zone with one network that has a subnet, defined and not yet applied.
    private static void define(Lab lab) {
        that(set(lab, "zone", "create", "lan", "type", "simple", "ipam", "pve"))
                .shows("noted, not applied", "pve_sdn_apply");
        that(set(lab, "vnet", "create", "web", "zone", "lan", "alias", "front")).isDone();
        that(setBelow(lab, "subnet", "create", "web", "10.9.0.0/24", "gateway", "10.9.0.1", "snat", 1))
                .isDone();
    }

    private static ToolResult apply(Lab lab) {
        return lab.call("pve_sdn_apply", "action", "apply");
    }

    @Test
    void what_is_defined_waits_and_shows_until_it_is_applied_on_every_node() {
        try (var lab = Lab.of(twoNodes())) {
            that(lab.call("pve_sdn_get")).shows("0 changes that wait to be applied");
            define(lab);
            that(lab.call("pve_sdn_get"))
                    .shows(
                            "3 changes that wait to be applied",
                            "|new|",
                            "zone|lan|simple",
                            "vnet|web|vnet|lan",
                            "ipam pve")
                    .shows("lan-10.9.0.0-24", "gateway 10.9.0.1");
            that(apply(lab)).shows("in effect on all 2 nodes", "pve1|OK|available (lan)", "pve2|OK|available (lan)");
            that(lab.call("pve_sdn_get")).shows("0 changes that wait to be applied");
            that(lab.call("pve_sdn_get", "what", "vnets")).shows("1 vnet", "web", "alias front");
            that(lab.call("pve_sdn_get", "what", "addresses")).shows("10.9.0.1", "gateway", "lan");
        }
    }

    @Test
    void a_change_is_shown_as_before_and_after_and_can_be_thrown_away() {
        try (var lab = Lab.of(twoNodes())) {
            define(lab);
            that(apply(lab)).isDone();
            that(set(lab, "zone", "change", "lan", "mtu", 1400)).isDone();
            that(apply(lab)).isDone();
            that(set(lab, "zone", "change", "lan", "mtu", 1450)).isDone();
            that(set(lab, "vnet", "change", "web", "delete", "alias")).isDone();
            that(lab.call("pve_sdn_get"))
                    .shows("2 changes that wait to be applied", "mtu 1400 -> 1450", "alias front -> deleted");
            that(lab.call("pve_sdn_apply", "action", "rollback")).shows("thrown away");
            that(lab.call("pve_sdn_get")).shows("0 changes that wait");
            that(lab.call("pve_sdn_get", "what", "zones")).shows("mtu 1400");
        }
    }

    @Test
    void a_node_whose_network_did_not_take_it_is_named_with_what_it_says() {
        try (var lab = Lab.of(twoNodes()).with(cluster -> cluster.sdn.stuck.add("pve2"))) {
            define(lab);
            that(apply(lab))
                    .shows("in effect on 1 of 2 nodes", "pve1|OK|available (lan)")
                    .shows("pve2|command 'ifreload -a' failed: exit code 1|error: missing web (web) (lan)");
            that(lab.call("pve_sdn_get", "what", "status"))
                    .shows("1 of 2 are not available", "pve2|lan|error|missing web");
            that(lab.call("pve_health")).shows("yes|pve2|SDN zone lan is not in effect: missing web (web)");
        }
    }

    @Test
    void a_node_that_is_away_is_not_passed_over() {
        try (var lab = Lab.of(twoNodes()).with(cluster -> {
            cluster.addNode("pve3"); // Two of three are a majority.
            cluster.node("pve2").online = false;
        })) {
            define(lab);
            that(apply(lab)).shows("in effect on 2 of 3 nodes", "pve2|offline|not told");
        }
    }

    @Test
    void before_it_is_applied_it_is_said_what_each_node_would_get() {
        try (var lab = Lab.of(twoNodes())) {
            define(lab);
            that(lab.call("pve_sdn_apply", "action", "apply", "dry_run", true))
                    .shows("apply 3 pending SDN changes: every node reloads its network", "PUT /cluster/sdn")
                    .shows("new zone lan", "files of pve1: 10 lines added, 0 removed");
            that(lab.call("pve_sdn_get", "what", "dry_run", "node", "pve1"))
                    .shows("+iface web", "+\taddress 10.9.0.1/24".replace("\t", " "), "untrusted")
                    .showsNot("pve2");
            assertThat(lab.<Integer>ask(cluster -> cluster.sdn.version())).isZero();
        }
    }

    @Test
    void only_the_owner_of_the_lock_writes() {
        try (var lab = Lab.of(twoNodes())) {
            var locked = lab.call("pve_sdn_apply", "action", "lock");
            that(locked).shows("locked", "lock=");
            var text = LabAssert.assertThat(locked).text();
            var lock = text.substring(text.indexOf("lock=") + 5).split(" ", 2)[0];
            that(set(lab, "zone", "create", "lan", "type", "simple"))
                    .failsWith("locked")
                    .hinting("pve_sdn_apply action=unlock")
                    .saying("invalid lock token provided!");
            that(lab.call(
                            "pve_sdn_set",
                            "what",
                            "zone",
                            "action",
                            "create",
                            "name",
                            "lan",
                            "options",
                            Json.obj("type", "simple", "lock-token", lock)))
                    .isDone();
            that(lab.call("pve_sdn_apply", "action", "unlock"))
                    .failsWith("bad_arguments")
                    .saying("force=true takes it");
            that(lab.call("pve_sdn_apply", "action", "apply", "lock", lock)).shows("in effect on all 2 nodes");
            that(set(lab, "zone", "change", "lan", "mtu", 1400)).isDone();
        }
    }

    @Test
    void somebody_elses_lock_is_taken_by_force_only() {
        try (var lab = Lab.of(twoNodes())) {
            that(lab.call("pve_sdn_apply", "action", "lock")).isDone();
            that(lab.call("pve_sdn_apply", "action", "unlock", "lock", "wrong"))
                    .failsWith("locked")
                    .saying("could not release lock");
            that(lab.call("pve_sdn_apply", "action", "unlock", "force", true)).shows("unlocked");
            that(set(lab, "zone", "create", "lan", "type", "simple")).isDone();
        }
    }

    @Test
    void pve_says_in_its_own_words_why_something_cannot_be() {
        try (var lab = Lab.of(twoNodes())) {
            define(lab);
            that(set(lab, "zone", "create", "vl", "type", "vlan"))
                    .failsWith("pve_error")
                    .saying("missing value for required option 'bridge'");
            that(set(lab, "zone", "delete", "lan")).failsWith("pve_error").saying("zone lan is used by vnet web");
            that(setBelow(lab, "subnet", "create", "web", "10.10.0.0/24", "gateway", "192.0.2.1"))
                    .saying("192.0.2.1 is not in subnet 10.10.0.0/24");
            that(setBelow(lab, "subnet", "delete", "web", "10.9.0.0/24"))
                    .failsWith("bad_arguments")
                    .saying("goes by its id");
            that(set(lab, "subnet", "delete", "lan-10.9.0.0-24"))
                    .failsWith("bad_arguments")
                    .saying("argument 'of': needed for a subnet");
        }
    }

    @Test
    void what_is_gone_waits_too_and_everything_can_go() {
        try (var lab = Lab.of(twoNodes())) {
            define(lab);
            that(apply(lab)).isDone();
            that(setBelow(lab, "subnet", "change", "web", "lan-10.9.0.0-24", "gateway", "10.9.0.254"))
                    .isDone();
            that(setBelow(lab, "subnet", "delete", "web", "lan-10.9.0.0-24")).isDone();
            that(set(lab, "vnet", "delete", "web")).isDone();
            that(set(lab, "zone", "delete", "lan")).isDone();
            that(lab.call("pve_sdn_get")).shows("deleted");
            that(apply(lab)).shows("in effect on all 2 nodes", "pve1|OK|none here");
            assertThat(lab.<Integer>ask(
                            cluster -> cluster.sdn.running(Sdn.Part.ZONES).size()))
                    .isZero();
        }
    }

    @Test
    void an_address_is_reserved_and_freed_at_once() {
        try (var lab = Lab.of(twoNodes())) {
            define(lab);
            that(apply(lab)).isDone();
            that(setBelow(lab, "address", "create", "web", "10.9.0.7", "mac", "BC:24:11:00:00:07"))
                    .shows("outcome: done");
            that(lab.call("pve_sdn_get", "what", "addresses")).shows("10.9.0.7", "reserved", "BC:24:11:00:00:07");
            that(setBelow(lab, "address", "delete", "web", "10.9.0.7")).isDone();
            that(lab.call("pve_sdn_get", "what", "addresses")).showsNot("10.9.0.7");
        }
    }

    @Test
    void a_fabric_keeps_what_a_change_does_not_name() {
        try (var lab = Lab.of(twoNodes())) {
            that(set(lab, "fabric", "create", "core", "protocol", "openfabric", "ip_prefix", "10.0.0.0/24"))
                    .isDone();
            that(setBelow(
                            lab,
                            "fabric_node",
                            "create",
                            "core",
                            "pve1",
                            "ip",
                            "10.0.0.1",
                            "interfaces",
                            Json.arr(Json.str("name=eno2"))))
                    .isDone();
            that(set(lab, "fabric", "change", "core", "hello_interval", 5)).isDone();
            that(setBelow(lab, "fabric_node", "change", "core", "pve1", "ip", "10.0.0.9"))
                    .isDone();
            that(lab.call("pve_sdn_get", "what", "fabrics"))
                    .shows(
                            "core|openfabric",
                            "hello_interval 5",
                            "10.0.0.0/24",
                            "pve1|openfabric|core|new",
                            "name=eno2");
            that(apply(lab)).isDone();
            that(setBelow(lab, "fabric_node", "delete", "core", "pve1")).isDone();
            that(set(lab, "fabric", "delete", "core")).isDone();
        }
    }

    @Test
    void a_controller_is_made_and_its_zone_gets_routes() {
        try (var lab = Lab.of(twoNodes())) {
            that(set(lab, "controller", "create", "bgp1", "type", "evpn", "asn", 65000, "peers", "192.0.2.11"))
                    .isDone();
            that(set(lab, "zone", "create", "ev", "type", "evpn", "controller", "bgp1", "vrf-vxlan", 4000))
                    .isDone();
            that(lab.call("pve_sdn_get", "what", "controllers")).shows("bgp1|evpn", "asn 65000");
            that(apply(lab)).isDone();
            that(lab.call("pve_sdn_get", "what", "routes", "name", "ev", "node", "pve1"))
                    .isDone();
            that(set(lab, "vnet", "create", "evnet", "zone", "ev", "tag", 4001)).isDone();
            that(apply(lab)).isDone();
            that(lab.call("pve_sdn_get", "what", "macs", "name", "evnet", "node", "pve1"))
                    .isDone();
            assertThat(lab.requests()).contains("GET /nodes/pve1/sdn/vnets/evnet/mac-vrf");
            that(lab.call("pve_sdn_get", "what", "routes", "name", "ev"))
                    .failsWith("bad_arguments")
                    .saying("argument 'node'");
        }
    }

    @Test
    void a_guest_is_plugged_into_a_network_that_runs_and_shows_on_its_bridge() {
        try (var lab = Lab.of(Scenes.small())) {
            define(lab);
            that(apply(lab)).isDone();
            that(lab.call("pve_guest_nic", "guest", "web", "action", "add", "bridge", "web"))
                    .isDone();
            that(lab.call("pve_sdn_get", "what", "bridges", "name", "lan", "node", "pve1"))
                    .shows("web", "tap101i");
        }
    }

    @Test
    void a_part_that_dials_out_needs_more_than_a_change() {
        try (var lab = Lab.of(twoNodes()).policy(policy -> policy.with(Tier.EXECUTE, Policy.Answer.DENY))) {
            that(set(lab, "zone", "create", "lan", "type", "simple")).isDone();
            that(set(lab, "ipam", "create", "box", "type", "netbox", "url", "http://192.0.2.9"))
                    .isRefusedBy("policy.execute");
        }
    }
}
