package pvemcp.tools.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.lab.Golden;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.lab.Tokens;
import pvemcp.sim.Credentials;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.Role;
import pvemcp.sim.world.Token;
import pvemcp.sim.world.User;

/// The cluster `troubled` has one instance of each trouble: each is found, and nothing else is accused.
class TroubledTest {
    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.of(Scenarios.troubled());
    }

    @AfterAll
    static void stop() {
        lab.close();
    }

    private static String ask(String tool, Object... arguments) {
        return LabAssert.assertThat(lab.call(tool, arguments)).isDone().text();
    }

    private static List<String> table(String title, String tool, Object... arguments) {
        var answer = LabAssert.assertThat(lab.call(tool, arguments)).data();
        return Evidence.rows(answer, title).orElse(List.of());
    }

    @Test
    void health_finds_what_is_broken_and_nothing_else() {
        assertThat(table("problems", "pve_health"))
                .containsExactlyInAnyOrder(
                        "yes|gamma|node is offline",
                        "yes|nas|storage not available on alpha, beta",
                        "|thin on alpha|storage 87.6 % full",
                        "yes|vm:216|high availability: error on beta",
                        "yes|beta|service pvescheduler is dead",
                        "|beta|certificate pve-ssl.pem ends in 9 days",
                        "|beta|clock differs by 47 s from the others",
                        "|tasks|2 failed in the last day",
                        "|208 locked|locked (backup), and no task works on it");
        assertThat(ask("pve_health")).startsWith("9 problems, 4 of them grave");
    }

    @Test
    void the_backup_audit_names_each_guest_with_its_reason() {
        assertThat(table("guests", "pve_backup_audit"))
                .containsExactlyInAnyOrder(
                        "200|unscheduled|none|only a job that is switched off covers it; no backup on any storage this token sees",
                        "201|stale|24d|newest is 24 days old",
                        "202|corrupt|1d|verification of the newest failed",
                        "203|unverified|1d|newest was never verified",
                        "204|failing|3d|last attempt failed: VM 204 qmp command 'backup' failed - got timeout",
                        "211|partial|1d|left out: scsi1");
    }

    @Test
    void a_token_that_may_not_see_backups_says_so() {
        try (var other = Lab.of(cluster -> {
            Scenarios.troubled().seed(cluster);
            cluster.access.roles.put(
                    "Blind",
                    new Role("Blind", false, new TreeSet<>(List.of("VM.Audit", "Datastore.Audit", "Sys.Audit"))));
            var user = new User("blind@pve");
            var token = new Token("x", "6fa7c7a5-1f0c-4c63-9cb0-0d7f6a3a7a11", "", 0, false);
            user.tokens.put("x", token);
            cluster.access.users.put(user.id(), user);
            cluster.access.grant(new Acl("/", Acl.Kind.USER, user.id(), "Blind", true));
            return new Credentials("blind@pve!x", token.secret());
        })) {
            LabAssert.assertThat(other.call("pve_backup_audit"))
                    .shows("not visible with this token")
                    .showsNot("no backup on any storage");
        }
    }

    @Test
    void failed_tasks_come_by_cause_with_the_lines_that_tell() {
        assertThat(table("causes", "pve_failed_tasks", "since", "3d"))
                .hasSize(2)
                .anyMatch(row -> row.startsWith("2|vzdump|204|") && row.endsWith("|job errors"))
                .anyMatch(row -> row.startsWith("1|qmstart|209|"));
        assertThat(ask("pve_failed_tasks"))
                .contains("qmp command 'backup' failed - got timeout", "pve_task_get task=UPID:");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    busy         | it uses all its CPUs
                    full         | its root disk is full
                    locked       | it is locked
                    unbootable   | it did not start
                    mute         | its guest agent does not answer
                    offline      | its network cable is pulled
                    stranded     | its node gamma is off
                    ha-error     | high availability gave up on it
                    web          | nothing wrong was found from outside
                    db           | nothing wrong was found from outside
                    dns          | nothing wrong was found from outside
                    """)
    void why_puts_the_cause_first(String guest, String cause) {
        var found = lab.ask(cluster -> cluster.guests.values().stream()
                .filter(one -> one.name().equals(guest))
                .findFirst()
                .orElseThrow()
                .vmid());
        assertThat(ask("pve_why", "guest", found.toString()))
                .startsWith(found + " ")
                .contains(": " + cause);
    }

    @Test
    void why_looks_at_nodes_too() {
        assertThat(ask("pve_why", "node", "gamma")).startsWith("node gamma: the node is offline");
        assertThat(table("causes, likeliest first", "pve_why", "node", "alpha"))
                .anyMatch(row -> row.startsWith("storage nas is not available"))
                .anyMatch(row -> row.startsWith("guest 205 busy uses its CPUs up"));
        LabAssert.assertThat(lab.call("pve_why")).failsWith("bad_arguments").saying("one guest or one node");
    }

    @Test
    void storage_pressure_accuses_only_what_nobody_needs() {
        assertThat(table("tight storages", "pve_storage_pressure"))
                .singleElement()
                .asString()
                .startsWith("thin on alpha|87.6 %");
        assertThat(table("orphaned disks", "pve_storage_pressure"))
                .containsExactly("ceph:vm-999-disk-0|64 GiB|999|no such guest");
        assertThat(table("snapshots older than 30 days", "pve_storage_pressure"))
                .containsExactly("212|old-snapshot|before-upgrade|200");
        assertThat(table("ISO images unused for 90 days", "pve_storage_pressure"))
                .singleElement()
                .asString()
                .startsWith("local:iso/forgotten-22.04.iso|");
    }

    @Test
    void right_sizing_finds_the_idle_and_the_busy() {
        assertThat(table("guests, by the last day", "pve_right_sizing"))
                .hasSize(2)
                .anyMatch(row -> row.startsWith("206|idle|") && row.endsWith("cores 8 -> 1; memory 16 GiB -> 2.5 GiB"))
                .anyMatch(row -> row.startsWith("205|busy|") && row.endsWith("cores 4 -> 6"));
    }

    @Test
    void capacity_tells_which_storage_fills_up() {
        assertThat(ask("pve_capacity")).startsWith("thin on alpha full in ");
    }

    @Test
    void an_evacuation_says_what_cannot_go() {
        var text = ask("pve_evacuation_plan", "node", "alpha");
        assertThat(text)
                .contains("nothing was moved", "208|locked|locked (backup)", "217|tight|beta|", "copies disks on thin");
        assertThat(ask("pve_evacuation_plan", "node", "gamma")).startsWith("node gamma is off");
    }

    @Test
    void rebalancing_moves_from_the_full_to_the_empty_node() {
        assertThat(table("moves", "pve_rebalance_plan")).isNotEmpty().allMatch(row -> row.contains("|alpha|beta|"));
    }

    @Test
    void updates_are_planned_for_nodes_that_have_some() {
        assertThat(table("nodes, in this order", "pve_update_plan"))
                .singleElement()
                .asString()
                .startsWith("alpha|4|yes, a kernel|");
    }

    @Test
    void the_security_audit_accuses_the_careless_alone() {
        assertThat(table("findings", "pve_security_audit"))
                .containsExactlyInAnyOrder(
                        "high|user ci@pve|has Administrator on everything",
                        "high|token ci@pve!deploy|may all its user may (privsep off)",
                        "medium|token ci@pve!deploy|never expires",
                        "high|cluster firewall|is off: no rule of any node or guest has effect",
                        "low|guest 213 open|has an interface without firewall");
    }

    @Test
    void what_changed_leaves_out_looking() {
        assertThat(ask("pve_what_changed"))
                .startsWith("3 tasks in the last 1d, by root@pam")
                .contains("qmconfig|100|")
                .doesNotContain("vncproxy")
                .contains("tasks of gamma: cannot be reached");
    }

    @Test
    void the_report_describes_the_cluster() {
        assertThat(ask("pve_report"))
                .startsWith("cluster troubled: Proxmox VE 9.2")
                .contains("nightly|yes|02:00|pbs|all but 200", "100|web|vm|alpha|running|2|4 GiB");
    }

    @Test
    void the_guide_shows_what_is_really_answered() {
        var page = new StringBuilder("""
                # A cluster in trouble

                `pve-mcp sim --scenario troubled` has one instance of each thing that goes wrong. These are the answers to \
                single calls; a test makes them anew.
                """);
        for (var tool : List.of("pve_health", "pve_backup_audit", "pve_failed_tasks", "pve_storage_pressure")) {
            page.append("\n## ")
                    .append(tool)
                    .append("\n```\n")
                    .append(ask(tool))
                    .append("\n```\n");
        }
        page.append("\n## pve_why guest=full\n```\n")
                .append(ask("pve_why", "guest", "full"))
                .append("\n```\n");
        Golden.check("docs/guide/troubled.md", page.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pve_health",
                "pve_backup_audit",
                "pve_failed_tasks",
                "pve_capacity",
                "pve_right_sizing",
                "pve_rebalance_plan",
                "pve_storage_pressure",
                "pve_update_plan",
                "pve_security_audit",
                "pve_what_changed",
                "pve_report"
            })
    void no_answer_costs_more_than_2_000_tokens(String tool) {
        assertThat(Tokens.count(ask(tool))).isLessThanOrEqualTo(2_000);
        try (var large = Lab.of(Scenes.fleet(150))) {
            var text = LabAssert.assertThat(large.call(tool)).isDone().text();
            assertThat(Tokens.count(text)).as(text).isLessThanOrEqualTo(2_000);
        }
    }
}
