package pvemcp.tools.smoke;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.gate.Policy.Answer;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.sim.Credentials;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Pool;
import pvemcp.sim.world.Role;
import pvemcp.sim.world.User;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// The tests an owner runs on a real cluster, here on a simulated one.
class SmokeTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab lab() {
        return Lab.of(Scenarios.homelab());
    }

    private static ToolResult smoke(Lab lab, String suites, Object... more) {
        var arguments = new ArrayList<Object>(List.of("node", "pve1", "suites", Arrays.asList(suites.split(","))));
        arguments.addAll(List.of(more));
        return lab.call("pve_smoke", arguments.toArray());
    }

    private static List<Integer> guests(Lab lab) {
        return lab.ask(cluster -> List.copyOf(cluster.guests.keySet()));
    }

    private static String checks(ToolResult result) {
        return ((Json.Obj) that(result).data()).get("checks").orElseThrow().write();
    }

    @Test
    void the_reading_suites_change_nothing_and_are_a_read() {
        try (var lab = lab().policy(Policy::readOnly)) {
            var before = guests(lab);
            // Under a policy without writes the tool is not offered, and a call of it is a read all the same.
            that(smoke(lab, "read_only,service")).shows("verdict: passed: 12 ok, 0 failed, 0 skipped", "pveproxy");
            assertThat(guests(lab)).isEqualTo(before);
        }
    }

    @Test
    void a_container_lives_is_backed_up_rolled_back_and_removed() {
        try (var lab = lab()) {
            var before = guests(lab);
            var volumes = lab.<String>ask(cluster ->
                    cluster.storage("backup").volumes("pve1").keySet().toString());

            lab.enteringOverSsh();
            var result = smoke(lab, "lifecycle,rollback,backup", "write", true);

            that(result).shows("verdict: passed", "smoke-ok", "128 MiB", "deleted");
            assertThat(checks(result)).doesNotContain("failed", "skipped");
            assertThat(guests(lab)).isEqualTo(before);
            assertThat(lab.<String>ask(cluster ->
                            cluster.storage("backup").volumes("pve1").keySet().toString()))
                    .isEqualTo(volumes);
            that(lab.call("pve_smoke_cleanup")).shows("nothing is left");
        }
    }

    @Test
    void a_way_into_the_container_that_is_closed_is_no_failure() {
        try (var lab = lab()) {
            that(smoke(lab, "lifecycle", "write", true))
                    .shows("verdict: passed: 5 ok, 0 failed, 1 skipped", "the owner sets ssh.enabled");
        }
    }

    @Test
    void the_rights_of_the_printed_recipe_are_enough() {
        try (var lab = Lab.of(SmokeTest::withTheRecipesRights)) {
            var result = smoke(
                    lab,
                    "read_only,service,lifecycle,rollback,backup,clone",
                    "write",
                    true,
                    "pool",
                    "mcp-smoke",
                    "storage",
                    "local-lvm",
                    "backup_storage",
                    "backup",
                    "source",
                    900);
            that(result).shows("verdict: passed");
        }
    }

    /// As `pve-mcp smoke recipe` has root give them.
    private static Credentials withTheRecipesRights(Cluster cluster) {
        Scenarios.homelab().seed(cluster);
        var who = "mcp-smoke@pve";
        cluster.access.roles.put(
                "McpSmoke", new Role("McpSmoke", false, new TreeSet<>(List.of(SmokeRecipe.GUESTS.split(" ")))));
        cluster.access.roles.put(
                "McpSmokeStore",
                new Role("McpSmokeStore", false, new TreeSet<>(List.of(SmokeRecipe.STORES.split(" ")))));
        cluster.pools.put("mcp-smoke", new Pool("mcp-smoke"));
        cluster.access.users.put(who, new User(who));
        for (var grant : SmokeRecipe.grants("mcp-smoke", "pve1", "local-lvm", "backup", "local", "900")) {
            cluster.access.grant(new Acl(grant.path(), Acl.Kind.USER, who, grant.role(), true));
        }
        return Credentials.token(cluster, who, "smoke");
    }

    @Test
    void a_vm_is_cloned_without_its_cables_and_removed() {
        try (var lab = lab()) {
            var before = guests(lab);
            that(smoke(lab, "clone", "write", true, "source", "debian-13-template"))
                    .shows("verdict: passed", "1 NIC", "deleted");
            assertThat(guests(lab)).isEqualTo(before);
            assertThat(lab.audit().toString()).contains("link_down=1");
        }
    }

    @Test
    void a_running_vm_is_not_cloned() {
        try (var lab = lab()) {
            that(smoke(lab, "clone", "write", true, "source", 101))
                    .shows("verdict: failed", "is not for cloning in a test", "it is running");
        }
    }

    @Test
    void what_the_owner_protects_does_not_stand_in_the_way() {
        try (var lab = lab().protecting("tag:prod", "vmid:101-121")) {
            that(smoke(lab, "lifecycle,clone", "write", true, "source", 900)).shows("verdict: passed");
        }
    }

    @Test
    void what_was_made_is_removed_also_where_policy_stops_a_step() {
        try (var lab = lab().owner("""
                [policy]
                operate = "allow"
                change = "allow"
                destroy = "allow"
                execute = "allow"
                [[policy.rule]]
                name = "nothing onto the backup disk"
                answer = "deny"
                storages = ["backup"]
                """)) {
            var before = guests(lab);
            that(smoke(lab, "lifecycle,backup", "write", true, "backup_storage", "backup"))
                    .isRefusedBy("policy.rule 'nothing onto the backup disk'");
            assertThat(guests(lab)).isEqualTo(before);
            that(lab.call("pve_smoke_cleanup")).shows("nothing is left");
        }
    }

    @Test
    void nothing_is_made_unless_that_is_said() {
        try (var lab = lab()) {
            that(smoke(lab, "lifecycle")).failsWith("bad_arguments").saying("write=true allows it");
            that(smoke(lab, "clone", "write", true)).failsWith("bad_arguments").saying("needs a VM or template");
            that(smoke(lab.policy(policy -> policy.with(Tier.DESTROY, Answer.DENY)), "lifecycle", "write", true))
                    .isRefusedBy("policy.destroy");
        }
    }

    @Test
    void nothing_is_made_that_cannot_be_written_down() {
        try (var lab = lab().opening(LocalFiles.NONE)) {
            var before = guests(lab);
            that(smoke(lab, "lifecycle", "write", true)).isRefusedBy("smoke.file");
            assertThat(guests(lab)).isEqualTo(before);
        }
    }

    @Test
    void clean_up_shows_first_and_removes_only_what_the_tests_made() {
        try (var lab = lab()) {
            var left = leftBehind(lab);
            that(lab.call("pve_smoke_cleanup"))
                    .shows("1 would be removed", "container " + left, "would be deleted", "apply=true");
            assertThat(guests(lab)).contains(left);

            that(lab.call("pve_smoke_cleanup", "apply", true)).shows("1 of 1 removed", "deleted");
            assertThat(guests(lab)).doesNotContain(left);
            that(lab.call("pve_smoke_cleanup")).shows("nothing is left");
        }
    }

    @Test
    void a_guest_that_took_the_id_is_left_alone() {
        try (var lab = lab()) {
            var left = leftBehind(lab);
            lab.with(cluster -> {
                cluster.guests.get(left).config.put("description", "ours now");
                cluster.guests.get(left).config.remove("protection");
            });
            that(lab.call("pve_smoke_cleanup", "apply", true)).shows("left alone: another guest has this id");
            assertThat(guests(lab)).contains(left);
        }
    }

    /// A run whose clean-up at the end is refused, since somebody protects the new container meanwhile.
    private static int leftBehind(Lab lab) {
        var before = guests(lab);
        lab.onProgress(message -> {
            if (message.contains("running")) {
                lab.with(cluster -> cluster.guests.forEach((vmid, guest) -> {
                    if (!before.contains(vmid)) {
                        guest.config.put("protection", "1");
                    }
                }));
            }
        });
        that(smoke(lab, "lifecycle", "write", true)).shows("verdict: failed", "pve_smoke_cleanup", "can't remove CT");
        var left = guests(lab).stream()
                .filter(vmid -> !before.contains(vmid))
                .findFirst()
                .orElseThrow();
        lab.with(cluster -> cluster.guests.get(left).config.remove("protection"));
        return left;
    }
}
