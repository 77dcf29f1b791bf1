package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.schema.ApiSchema;
import pvemcp.sim.Credentials;
import pvemcp.sim.Scenario;
import pvemcp.tool.Definitions;
import pvemcp.tool.Prompt;
import pvemcp.tool.Resource;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;
import pvemcp.tools.Catalog;

/// Two clusters of one owner: `default` with 100 `db`, 101 `web`, 102 `dns` on `pve1`, and `office` with 101 `mail`,
/// 200 `web` and 201 `erp` on `node1`.
class SeveralClustersTest {
    private static Scenario office() {
        return cluster -> {
            cluster.name = "office";
            cluster.addNode("node1");
            Scenes.running(cluster, Scenes.vm(cluster, 101, "node1", "mail"));
            Scenes.vm(cluster, 200, "node1", "web");
            Scenes.running(cluster, Scenes.vm(cluster, 201, "node1", "erp"));
            return Credentials.operator(cluster);
        };
    }

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static ToolResult stop(Lab lab, String guest, Object... more) {
        var arguments = Json.obj("guest", guest, "action", "stop");
        for (int i = 0; i < more.length; i += 2) {
            arguments = arguments.with((String) more[i], Json.of(more[i + 1]));
        }
        return lab.call("pve_guest_power", arguments);
    }

    // ---- brakes and protection ----

    @Test
    void what_is_protected_in_one_cluster_can_be_changed_in_the_other() {
        try (var lab = Lab.of(Scenes.small())
                .owner("policy.operate = \"allow\"\n")
                .protecting("vmid:office:101", "vmid:100")) {
            lab.beside("office", office());

            that(stop(lab, "101", "cluster", "office")).isRefusedBy("policy.protect.guests");
            that(stop(lab, "101", "cluster", "default")).isDone();
            that(stop(lab, "100", "cluster", "default")).isRefusedBy("policy.protect.guests");
        }
    }

    @Test
    void the_same_id_in_two_clusters_is_two_guests_to_a_budget() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [policy]
                operate = "allow"
                limit.guests = 1
                """)) {
            lab.beside("office", office());

            that(stop(lab, "101", "cluster", "office")).isDone();
            that(stop(lab, "101", "cluster", "default")).isRefusedBy("policy.limit.guests");
        }
    }

    @Test
    void a_tool_that_keeps_failing_in_one_cluster_rests_there() {
        try (var lab = Lab.of(Scenes.small())
                .owner("""
                [policy]
                operate = "allow"
                limit.failures = 1
                """)
                .with(cluster -> cluster.guest(101).config.put("lock", "backup"))) {
            lab.beside("office", office());

            that(stop(lab, "web", "cluster", "default")).failsWith("task_failed");
            that(stop(lab, "100", "cluster", "default")).isRefusedBy("policy.limit.failures");
            that(stop(lab, "101", "cluster", "office")).isDone();
        }
    }

    // ---- what is named in lists ----

    @Test
    void figures_are_of_the_cluster_that_has_what_is_named() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());

            that(lab.call("pve_metrics_get", "guests", "erp")).shows("cluster: office", "erp (201)");
            that(lab.call("pve_metrics_get", "nodes", "node1")).shows("cluster: office", "node1|cpu");
            that(lab.call("pve_metrics_get", "nodes", List.of("pve1"))).shows("cluster: default", "pve1|cpu");
            that(lab.call("pve_metrics_get", "guests", "erp,db"))
                    .failsWith("bad_arguments")
                    .saying("guest erp and guest db are not of one cluster");
        }
    }

    // ---- reads of all ----

    @Test
    void a_list_is_of_all_clusters_counted_and_sorted_as_one() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());

            that(lab.call("pve_guest_list", "fields", "cluster,id,name,status")).reads("""
                    6 guests: 3 default, 3 office; 4 running, 2 stopped; 1 container, 5 vm
                    cluster|id|name|status
                    default|100|db|running
                    default|101|web|running
                    office|101|mail|running
                    default|102|dns|stopped
                    office|200|web|stopped
                    office|201|erp|running
                    other fields: kind, node, cpu, cores, mem, max_mem, max_disk, uptime, tags, pool, lock, ha, template""");
        }
    }

    @Test
    void pages_go_through_the_union() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());
            var seen = new ArrayList<String>();
            var arguments = Json.obj("limit", 2, "fields", Json.strings(List.of("cluster", "id")));
            var cursor = "";
            do {
                var page = (ToolResult.Done)
                        lab.call("pve_guest_list", cursor.isEmpty() ? arguments : arguments.with("cursor", cursor));
                var data = (Json.Obj) page.data();
                data.array("rows").orElseThrow().items().forEach(row -> seen.add(row.write()));
                cursor = data.text("next").orElse("");
            } while (!cursor.isEmpty());

            assertThat(seen).hasSize(6).doesNotHaveDuplicates();
        }
    }

    @Test
    void one_that_is_named_answers_alone() {
        try (var lab = Lab.of(Scenes.small())) {
            var office = lab.beside("office", office());

            that(lab.call("pve_guest_list", "cluster", "office", "fields", "id,name"))
                    .shows("3 guests", "201|erp")
                    .showsNot("db", "default");
            assertThat(lab.requests()).isEmpty();
            assertThat(office.requests()).isNotEmpty();
        }
    }

    @Test
    void one_that_is_down_is_told_and_the_others_stay() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office()).down();

            for (var list : List.of("pve_guest_list", "pve_node_list", "pve_storage_list", "pve_task_list")) {
                that(lab.call(list)).shows("not among them: office: https://", "cannot be reached");
            }
            that(lab.call("pve_guest_list")).shows("3 guests", "default|101|web");
        }
    }

    @Test
    void one_that_is_slow_holds_nobody_beyond_its_time() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office()).silent(Duration.ofMillis(300));

            that(lab.call("pve_guest_list"))
                    .shows("default|101|web", "not among them: office: office cannot be reached: no answer in 0.3s");
        }
    }

    @Test
    void when_none_answers_each_says_why() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office()).down();
            lab.sim().close();

            that(lab.call("pve_guest_list")).failsWith("unreachable").saying("default: https://", "office: https://");
        }
    }

    @Test
    void tasks_of_a_node_are_those_of_its_cluster() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());
            stop(lab, "erp");

            that(lab.call("pve_task_list", "node", "node1"))
                    .shows("1 task", "office|")
                    .showsNot("not among them");
            that(lab.call("pve_task_list", "guest", "erp")).shows("1 task", "qmstop");
        }
    }

    @Test
    void a_cluster_that_policy_closes_to_reads_is_left_out_and_said_so() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [[policy.rule]]
                answer = "deny"
                tiers = ["read"]
                clusters = ["office"]
                """)) {
            var office = lab.beside("office", office());

            that(lab.call("pve_guest_list")).shows("3 guests", "not among them: office: a rule of the owner's denies");
            assertThat(office.requests()).isEmpty();
        }
    }

    // ---- answers to whole jobs ----

    @Test
    void the_state_of_all_clusters_stands_below_one_another() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());
            lab.beside("away", office()).down();

            that(lab.call("pve_cluster_status"))
                    .shows("no answer of away: https://", "\ndefault:", "\noffice:", "cluster: office", "3, 2 running");
        }
    }

    @Test
    void health_looks_at_all_and_says_of_each_problem_where_it_is() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office())
                    .with(cluster -> cluster.guest(201).config.put("lock", "backup"));
            lab.beside("away", office()).down();

            that(lab.call("pve_health"))
                    .shows(
                            "2 of 3 clusters: office: ",
                            "; default: healthy",
                            "cluster|grave|where|what",
                            "office||201 erp|locked (backup)",
                            "- away: https://",
                            "pve_why guest=201 (cluster=office)");
        }
    }

    @Test
    void health_tells_what_is_grave_anywhere_before_anything_else() {
        try (var lab =
                Lab.of(Scenes.small()).with(cluster -> cluster.guest(101).config.put("lock", "backup"))) {
            lab.beside("office", office())
                    .with(cluster -> List.of("pvestatd", "cron")
                            .forEach(name -> cluster.node("node1").host.services.get(name).running = false));

            var health = that(lab.call("pve_health")).shows("2 of 2 clusters: office: ", "; default: ");
            assertThat(health.text())
                    .containsSubsequence("office|yes|", "office|yes|", "default||101 web|locked", "next:");
        }
    }

    @Test
    void a_query_has_a_column_for_the_cluster_in_every_table() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());

            that(lab.call(
                            "pve_query",
                            "sql",
                            "SELECT cluster, COUNT(*) AS n FROM guests GROUP BY cluster ORDER BY cluster"))
                    .shows("cluster|n", "default|3", "office|3");
            that(lab.call("pve_query", "sql", """
                            SELECT g.cluster, g.name, n.node FROM guests g
                            JOIN nodes n ON n.cluster = g.cluster AND n.node = g.node WHERE g.name = 'web' ORDER BY 1""")).shows("default|web|pve1", "office|web|node1");
            that(lab.call("pve_query", "sql", "SELECT cluster, name FROM guests WHERE vmid = 101", "cluster", "office"))
                    .shows("office|mail")
                    .showsNot("default");
            that(lab.call("pve_query")).shows("every table also has the column cluster");
        }
    }

    @Test
    void a_query_without_one_of_the_clusters_says_so() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office()).down();

            that(lab.call("pve_query", "sql", "SELECT name FROM guests")).shows("web", "nothing of office: https://");
        }
    }

    @Test
    void backups_are_listed_and_audited_everywhere() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("house", Scenes.household());

            that(lab.call("pve_backup_list")).shows("cluster|archive", "house|pbs:backup/ct/110/");
            that(lab.call("pve_backup_audit")).shows("2 of 2 clusters", "house|", "default|");
        }
    }

    // ---- resources, prompts, completion ----

    @Test
    void uris_carry_the_cluster() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("my office", office());
            var server = lab.dispatcher();

            assertThat(server.resources())
                    .extracting(Resource::uri)
                    .contains("pve://default/cluster", "pve://my%20office/cluster", "pve://{cluster}/guest/{guest}")
                    .doesNotContain("pve://cluster");
            assertThat(server.read("pve://my%20office/guest/web", lab.caller())
                            .orElseThrow()
                            .text())
                    .contains("id: 200");
            assertThat(server.read("pve://default/guest/web", lab.caller())
                            .orElseThrow()
                            .text())
                    .contains("id: 101");
            assertThat(server.read("pve://my%20office/schema/nodes/{node}/status", lab.caller()))
                    .isPresent();
            assertThat(server.read("pve://elsewhere/guest/web", lab.caller())).isEmpty();
            assertThat(server.read("pve://guest/web", lab.caller())).isEmpty();
        }
    }

    @Test
    void a_prompt_is_about_all_clusters_or_one() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());
            var prompt = lab.dispatcher().prompts().getFirst();

            assertThat(prompt.arguments())
                    .extracting(Prompt.Argument::candidates)
                    .contains("cluster");
            assertThat(prompt.text(Map.of())).contains("Clusters: default, office. This is about all of them.");
            assertThat(prompt.text(Map.of("cluster", "office"))).contains("This is about office.");
            assertThat(lab.dispatcher().instructions())
                    .contains("Clusters: default, office.")
                    .hasSizeLessThan(2_048);
        }
    }

    @Test
    void names_are_completed_from_all_clusters_or_from_the_one_that_is_named() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());
            lab.beside("away", office()).down();
            var server = lab.dispatcher();

            assertThat(server.complete("cluster", "o", lab.caller())).containsExactly("office");
            assertThat(server.complete("guest", "", lab.caller()))
                    .contains("db", "erp", "mail")
                    .doesNotHaveDuplicates();
            assertThat(server.complete("guest", "", Optional.of("office"), lab.caller()))
                    .contains("erp")
                    .doesNotContain("db");
        }
    }

    @Test
    void each_cluster_is_spoken_to_in_its_own_version() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("older", office()).speaking(ApiSchema.builtIn("8.4"));

            that(lab.call("pve_api_read", "path", "/cluster/ha/rules", "cluster", "default"))
                    .isDone();
            that(lab.call("pve_api_read", "path", "/cluster/ha/rules", "cluster", "older"))
                    .failsWith("bad_arguments");
            that(lab.call("pve_guest_list")).shows("6 guests", "older|201|erp");
        }
    }

    // ---- calls about one ----

    @Test
    void a_guest_that_one_cluster_has_is_found_there_and_the_answer_says_where() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());

            that(lab.call("pve_guest_get", "guest", "erp")).shows("cluster: office", "name: erp");
            that(lab.call("pve_node_get", "node", "node1")).shows("cluster: office");
            that(stop(lab, "erp")).shows("cluster: office", "outcome: done");
        }
    }

    @Test
    void a_guest_that_two_clusters_have_is_answered_with_the_choices() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());

            that(stop(lab, "web"))
                    .failsWith("not_unique")
                    .saying("'web' is more than one")
                    .hinting("cluster=default (pve1/101)", "cluster=office (node1/200)");
            that(lab.call("pve_guest_get", "guest", "101"))
                    .failsWith("not_unique")
                    .hinting("cluster=default (pve1/101)", "cluster=office (node1/101)");
            assertThat(lab.requests()).noneMatch(request -> request.startsWith("POST"));
            that(stop(lab, "web", "cluster", "office")).shows("outcome: done").showsNot("cluster:");
        }
    }

    @Test
    void a_guest_that_nobody_has_is_missed_in_all_of_them() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());

            that(stop(lab, "erq")).failsWith("not_found").saying("no guest 'erq' in the clusters default, office");
        }
    }

    @Test
    void nothing_is_changed_while_another_cluster_cannot_say_whether_it_has_one_too() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office()).down();

            that(stop(lab, "db"))
                    .failsWith("bad_arguments")
                    .saying("guest db is on default", "office: https://", "cluster=default");
            that(lab.call("pve_guest_get", "guest", "db"))
                    .shows("cluster: default (not asked: office: https://", "name: db");
            that(stop(lab, "db", "cluster", "default")).shows("outcome: done");
        }
    }

    @Test
    void what_changes_something_and_names_nothing_has_to_say_where() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());

            that(lab.call("pve_api_write", "method", "post", "path", "/pools", "params", Json.obj("poolid", "new")))
                    .failsWith("bad_arguments")
                    .saying("argument 'cluster'", "default, office");
            that(lab.call(
                            "pve_api_write",
                            Json.obj("method", "post", "path", "/pools", "cluster", "office")
                                    .with("params", Json.obj("poolid", "new"))))
                    .isDone();
        }
    }

    @Test
    void a_cluster_that_is_misspelt_is_told_with_those_there_are() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());

            that(lab.call("pve_guest_list", "cluster", "ofice"))
                    .failsWith("bad_arguments")
                    .saying("'ofice' is none of default, office", "office");
        }
    }

    // ---- names that choose ----

    @Test
    void names_that_are_kept_for_a_cluster_choose_it_without_a_look() {
        try (var lab = Lab.of(Scenes.small())) {
            var office = lab.beside("office", office()).keeping("web", "acme-*");

            that(lab.call("pve_guest_get", "guest", "web")).shows("cluster: office", "id: 200");
            assertThat(lab.requests()).isEmpty();
            assertThat(office.requests()).isNotEmpty();
        }
    }

    @Test
    void a_name_that_is_kept_for_two_clusters_chooses_none() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office()).keeping("w*");
            lab.beside("shop", Scenes.small()).keeping("*b");

            that(lab.call("pve_guest_get", "guest", "web"))
                    .failsWith("bad_arguments")
                    .saying("kept for several clusters", "office, shop");
        }
    }

    @Test
    void a_cluster_with_the_tier_read_is_seen_and_not_changed() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [policy]
                operate = "allow"
                [clusters.default]
                url = "https://pve1.example:8006"
                token_id = "mcp@pve!agent"
                token_secret_command = "echo s3cret"
                [clusters.office]
                url = "https://node1.example:8006"
                token_id = "mcp@pve!agent"
                token_secret_command = "echo s3cret"
                tier = "read"
                """)) {
            lab.beside("office", office());

            that(stop(lab, "erp")).isRefusedBy("clusters.office.tier");
            that(lab.call("pve_guest_list")).shows("office|201|erp");
            that(stop(lab, "db")).shows("outcome: done");
            assertThat(lab.dispatcher().tool("pve_guest_power")).isPresent();
        }
    }

    @Test
    void where_there_is_one_cluster_its_tier_takes_tools_away() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                url = "https://pve1.example:8006"
                token_id = "mcp@pve!agent"
                token_secret_command = "echo s3cret"
                tier = "operate"
                [policy]
                destroy = "ask"
                """)) {
            assertThat(lab.dispatcher().tool("pve_guest_power")).isPresent();
            assertThat(lab.dispatcher().tool("pve_guest_delete")).isEmpty();
        }
    }

    // ---- a yes ----

    @Test
    void a_preview_names_the_cluster_and_a_yes_holds_for_it_alone() {
        try (var lab = asking()) {
            lab.beside("office", office());
            var held = stop(lab, "erp");

            that(held).isHeld();
            assertThat(((ToolResult.Held) held).preview().summary()).startsWith("in the cluster office: ");
            that(lab.approved(held, "pve_guest_power", "guest", "200", "action", "stop", "cluster", "office"))
                    .failsWith("ticket_refused");
            that(lab.approved(held, "pve_guest_power", "guest", "erp", "action", "stop"))
                    .shows("outcome: done");
        }
    }

    @Test
    void a_yes_for_a_guest_of_one_cluster_is_none_for_its_namesake_in_another() {
        try (var lab = asking()) {
            lab.beside("twin", Scenes.small());
            var held = lab.call("pve_guest_power", "guest", "web", "action", "stop", "cluster", "default");

            that(held).isHeld();
            that(lab.approved(held, "pve_guest_power", "guest", "web", "action", "stop", "cluster", "twin"))
                    .failsWith("ticket_refused");
        }
    }

    private static Lab asking() {
        return Lab.of(Scenes.small()).asking().policy(policy -> policy.with(Tier.OPERATE, Policy.Answer.ASK));
    }

    // ---- what goes on ----

    @Test
    void work_that_goes_on_is_followed_in_its_cluster() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("twin", Scenes.small());
            var going = (ToolResult.Done) lab.call(
                    "pve_guest_power", "guest", "web", "action", "shutdown", "timeout", "0s", "cluster", "twin");
            var name = going.going().orElseThrow();

            assertThat(new String(Base64.getUrlDecoder().decode(name.split("\\.", 2)[0]), StandardCharsets.UTF_8))
                    .contains("\"twin\"");
            assertThat(lab.dispatcher().work(name, lab.caller())).isPresent();
            assertThat(lab.requests()).noneMatch(request -> request.contains("/tasks/"));
        }
    }

    @Test
    void the_audit_log_says_which_cluster_it_was() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());
            stop(lab, "erp");

            assertThat(lab.audit())
                    .isNotEmpty()
                    .allMatch(line -> line.object("call")
                            .orElseThrow()
                            .text("cluster")
                            .orElse("")
                            .equals("office"));
        }
    }

    // ---- where there is one ----

    @Test
    void with_one_cluster_nobody_speaks_of_clusters() {
        try (var lab = Lab.of(Scenes.small())) {
            assertThat(lab.dispatcher().tools())
                    .noneMatch(tool -> lab.dispatcher().definition(tool).contains("\"cluster\""));
            that(lab.call("pve_guest_get", "guest", "web")).showsNot("cluster");
            that(lab.call("pve_guest_list", "cluster", "default"))
                    .failsWith("bad_arguments")
                    .saying("unknown argument 'cluster'");
        }
    }

    @Test
    void whoever_types_a_call_can_name_the_cluster() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());
            var power = lab.dispatcher().tool("pve_guest_power").orElseThrow();

            assertThat(lab.dispatcher().params(power).getLast().name()).isEqualTo("cluster");
            assertThat(lab.dispatcher().params(power).getLast().words()).containsExactly("default", "office");
        }
        try (var alone = Lab.of(Scenes.small())) {
            var power = alone.dispatcher().tool("pve_guest_power").orElseThrow();

            assertThat(alone.dispatcher().params(power)).isEqualTo(power.params());
        }
    }

    @Test
    void what_is_shipped_for_one_cluster_is_made_into_what_would_be_derived_for_several() {
        var clusters = new LinkedHashSet<>(List.of("home", "off\"ice"));
        for (var tool : Catalog.tools(Catalog.Surface.ALL, List.of())) {
            var shipped = Definitions.shipped().of(tool.name()).orElseThrow();

            assertThat(Describe.withCluster(shipped, clusters))
                    .isEqualTo(Describe.tool(tool, clusters).write());
        }
    }

    @Test
    void with_several_each_tool_takes_their_names() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.beside("office", office());

            assertThat(lab.dispatcher().tools())
                    .allMatch(tool -> lab.dispatcher()
                            .definition(tool)
                            .contains("\"cluster\":{\"type\":\"string\",\"enum\":[\"default\",\"office\"]"));
        }
    }
}
