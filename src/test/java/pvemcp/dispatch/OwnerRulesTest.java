package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.tool.ToolResult;

/// What an owner's configuration makes of calls: exceptions by what a call touches, hours, and what no rule allows.
/// It is noon on a Saturday.
class OwnerRulesTest {
    private static final String STAGING_MAY_RUN = """
            [[policy.rule]]
            name = "staging"
            answer = "allow"
            tiers = ["operate"]
            names = ["web*"]
            """;

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static ToolResult power(Lab lab, String guest, String action) {
        return lab.call("pve_guest_power", "guest", guest, "action", action);
    }

    private static ToolResult post(Lab lab, String path, Object... params) {
        return lab.call("pve_api_write", "method", "post", "path", path, "params", Json.obj(params));
    }

    private static ToolResult put(Lab lab, String path, Object... params) {
        return lab.call("pve_api_write", "method", "put", "path", path, "params", Json.obj(params));
    }

    // ---- rules ----

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            names = ["web*"]             | allow | ask
            names = ["WEB"]              | allow | ask
            tags = ["prod"]              | ask   | allow
            tags = ["pr?d", "other"]     | ask   | allow
            pools = ["shop"]             | allow | ask
            guests = ["101-109"]         | allow | ask
            nodes = ["pve*"]             | allow | allow
            nodes = ["pve2"]             | ask   | ask
            storages = ["local"]         | ask   | ask
            clusters = ["default"]       | allow | allow
            clusters = ["other"]         | ask   | ask
            tools = ["pve_guest_*"]      | allow | allow
            tools = ["pve_vm_*"]         | ask   | ask
            when = ["Sat 11:00-13:00"]   | allow | allow
            when = ["Sat 11:00-12:00"]   | ask   | ask
            when = ["Mon-Fri 11:00-13:00"] | ask | ask
            when = ["12:30-13:30 Europe/Berlin"] | allow | allow
            when = ["Fri 23:00-12:30"]   | allow | allow
            """)
    void a_rule_holds_where_all_its_conditions_do(String condition, String web, String db) {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [[policy.rule]]
                answer = "allow"
                tiers = ["operate"]
                """ + condition)) {
            assertThat(answer(lab, "web")).isEqualTo(web);
            assertThat(answer(lab, "db")).isEqualTo(db);
        }
    }

    private static String answer(Lab lab, String guest) {
        return answer(lab.judge("pve_guest_power", "guest", guest, "action", "stop"));
    }

    private static String answer(Judgement judgement) {
        return switch (judgement.verdict()) {
            case Verdict.Allow _ -> "allow";
            case Verdict.Hold _ -> "ask";
            case Verdict.Deny _ -> "deny";
        };
    }

    @Test
    void the_first_rule_that_holds_counts() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [[policy.rule]]
                name = "the database"
                answer = "deny"
                tags = ["prod"]

                [[policy.rule]]
                answer = "allow"
                tiers = ["operate", "change"]
                """)) {
            that(power(lab, "web", "stop")).isDone();
            that(power(lab, "db", "stop"))
                    .isRefusedBy("policy.rule 'the database'")
                    .saying("VM 100 'db' on pve1");
            assertThat(lab.judge("pve_guest_power", "guest", "web", "action", "start")
                            .verdict()
                            .rule())
                    .isEqualTo("policy.rule 2");
        }
    }

    @Test
    void of_several_guests_the_strictest_answer_counts() {
        try (var lab = Lab.of(Scenes.small()).owner(STAGING_MAY_RUN)) {
            that(post(lab, "/nodes/pve1/stopall", "vms", "101")).isDone();
            that(post(lab, "/nodes/pve1/stopall", "vms", "101,100")).isHeld();
            that(post(lab, "/nodes/pve1/stopall")).isHeld();
        }
    }

    @Test
    void a_rule_for_guests_says_nothing_of_their_node() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [[policy.rule]]
                answer = "allow"
                tiers = ["operate", "change", "destroy", "execute"]
                guests = ["100-999"]
                """)) {
            that(post(lab, "/nodes/pve1/qemu/101/status/stop")).isDone();
            that(post(lab, "/nodes/pve1/status", "command", "reboot")).isHeld();
            that(put(lab, "/nodes/pve1/dns", "search", "example.org")).isHeld();
        }
    }

    @Test
    void a_storage_named_along_with_a_guest_can_only_make_it_stricter() {
        var guests = """
                [[policy.rule]]
                answer = "allow"
                tiers = ["change"]
                guests = ["101"]
                """;
        Object[] disk = {"scsi1", "local-lvm:1"};
        try (var lab = Lab.of(Scenes.small())) {
            var path = "/nodes/pve1/qemu/101/config";
            assertThat(answer(lab.owner(guests)
                            .judge("pve_api_write", "method", "put", "path", path, "params", Json.obj(disk))))
                    .isEqualTo("allow");
            assertThat(answer(lab.owner("""
                            [[policy.rule]]
                            answer = "deny"
                            storages = ["local-lvm"]
                            """ + guests)
                            .judge("pve_api_write", "method", "put", "path", path, "params", Json.obj(disk))))
                    .isEqualTo("deny");
        }
    }

    @Test
    void rules_hold_for_what_a_tool_sends_and_not_only_for_what_it_says() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [policy]
                operate = "allow"
                change = "allow"
                execute = "allow"

                [[policy.rule]]
                answer = "deny"
                storages = ["local*"]
                """)) {
            that(lab.call("pve_guest_disk", "guest", "web", "action", "add", "storage", "local-lvm", "size", "1G"))
                    .isRefusedBy("policy.rule 1");
            assertThat(lab.audit().getLast().has("sent")).isFalse();
        }
    }

    @Test
    void reads_can_be_denied_by_rule_too() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [[policy.rule]]
                answer = "deny"
                tiers = ["read"]
                tags = ["prod"]
                """)) {
            that(lab.call("pve_guest_get", "guest", "db")).isRefusedBy("policy.rule 1");
            that(lab.call("pve_guest_get", "guest", "web")).isDone();
            that(power(lab, "db", "stop")).isHeld();
        }
    }

    @Test
    void a_read_by_another_tool_is_no_way_round_such_a_rule() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [[policy.rule]]
                answer = "deny"
                tiers = ["read"]
                names = ["db"]
                """)) {
            that(lab.call("pve_metrics_get", "guests", "web,db")).isRefusedBy("policy.rule 1");
            that(lab.call("pve_metrics_get", "guests", "web")).isDone();
            that(lab.call("pve_why", "guest", "100")).isRefusedBy("policy.rule 1");
            that(lab.call("pve_why", "guest", "web")).isDone();
            that(lab.call("pve_why", "node", "pve1")).isDone();
            that(lab.call("pve_firewall_get", "guest", "db")).isRefusedBy("policy.rule 1");
            that(lab.call("pve_firewall_get")).isDone();
            that(lab.call("pve_ha_get", "guest", "db")).isRefusedBy("policy.rule 1");
            that(lab.call("pve_ha_get")).isDone();
        }
    }

    @Test
    void a_tool_is_offered_where_a_rule_may_let_it_through() {
        try (var lab = Lab.of(Scenes.small())) {
            assertThat(lab.owner("").dispatcher().tool("pve_guest_delete")).isEmpty();
            assertThat(lab.owner("""
                            [[policy.rule]]
                            answer = "ask"
                            tiers = ["destroy"]
                            pools = ["sandbox"]
                            """).dispatcher().tool("pve_guest_delete")).isPresent();
            assertThat(lab.owner("""
                            [[policy.rule]]
                            answer = "deny"
                            tools = ["pve_guest_power"]
                            """).dispatcher().tool("pve_guest_power")).isEmpty();
        }
    }

    // ---- what rules go by ----

    @Test
    void nobody_makes_a_rule_hold_by_changing_tags_or_pools_unasked() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [policy]
                change = "allow"
                execute = "allow"

                [[policy.rule]]
                answer = "allow"
                tiers = ["destroy"]
                tags = ["scrap"]
                pools = ["scrap"]
                """)) {
            that(put(lab, "/nodes/pve1/qemu/101/config", "description", "mine")).isDone();
            that(put(lab, "/nodes/pve1/qemu/101/config", "tags", "scrap")).isHeld();
            that(lab.call("pve_guest_set", "guest", "web", "tags", List.of("scrap")))
                    .isHeld();
            that(put(lab, "/pools", "poolid", "shop", "vms", "100")).isHeld();
            String tags = lab.ask(cluster -> cluster.guest(101).config.get("tags"));
            assertThat(tags).isNull();
        }
    }

    // ---- hours ----

    @Test
    void outside_the_owners_hours_nothing_is_changed() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [policy]
                operate = "allow"
                windows = ["Sat 11:00-13:00", "Mon-Fri 22:00-06:00"]
                """)) {
            that(power(lab, "web", "stop")).isDone();
            lab.advance(Duration.ofHours(1));
            that(power(lab, "db", "stop"))
                    .isRefusedBy("policy.windows")
                    .saying("it is Sat 13:0", "UTC, and changes are made only Sat 11:00-13:00, Mon-Fri 22:00-06:00");
            that(lab.call("pve_guest_list")).isDone();
            lab.advance(Duration.ofHours(48 + 10));
            that(power(lab, "db", "stop")).isDone();
        }
    }

    // ---- PVE's own protection ----

    @Test
    void a_guest_with_pves_protection_is_not_destroyed_and_does_not_lose_it() {
        try (var lab =
                Lab.of(Scenes.small()).with(cluster -> cluster.guest(102).config.put("protection", "1"))) {
            that(lab.call("pve_guest_delete", "guest", "dns"))
                    .isRefusedBy("policy.protect.flag")
                    .saying("container 102 'dns' on pve1");
            that(lab.call("pve_api_write", "method", "delete", "path", "/nodes/pve1/lxc/102"))
                    .isRefusedBy("policy.protect.flag");
            that(put(lab, "/nodes/pve1/lxc/102/config", "protection", 0)).isRefusedBy("policy.protect.flag");
            that(put(lab, "/nodes/pve1/lxc/102/config", "delete", "description,protection"))
                    .isRefusedBy("policy.protect.flag");
            that(lab.call("pve_guest_set", "guest", "dns", "protection", false)).isRefusedBy("policy.protect.flag");
            that(power(lab, "dns", "start")).isDone();
            that(put(lab, "/nodes/pve1/qemu/101/config", "protection", 1)).isDone();
        }
    }

    @Test
    void the_owner_says_what_the_protection_of_pve_is_taken_for() {
        var open = """
                [policy]
                operate = "allow"
                change = "allow"
                destroy = "allow"
                execute = "allow"
                """;
        try (var lab =
                Lab.of(Scenes.small()).with(cluster -> cluster.guest(102).config.put("protection", "1"))) {
            lab.owner(open + "protect.flag = \"change\"\n");
            that(power(lab, "dns", "start")).isRefusedBy("policy.protect.flag");
            lab.owner(open + "protect.flag = \"off\"\n");
            that(put(lab, "/nodes/pve1/lxc/102/config", "protection", 0)).isDone();
            that(lab.call("pve_guest_delete", "guest", "dns")).isDone();
        }
    }

    // ---- what no rule allows ----

    @Test
    void new_guests_go_into_the_owners_pool() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [policy]
                create.pool = "shop"

                [[policy.rule]]
                answer = "allow"
                tiers = ["change", "execute"]
                pools = ["shop"]
                """)) {
            that(post(lab, "/nodes/pve1/qemu", "vmid", 120)).isDone();
            that(post(lab, "/nodes/pve1/qemu", "vmid", 121, "pool", "shop")).isDone();
            that(post(lab, "/nodes/pve1/qemu", "vmid", 122, "pool", "lab")).isRefusedBy("policy.create.pool");
            that(lab.call("pve_guest_clone", "guest", "web", "name", "copy")).isDone();
            var pool = lab.ask(cluster -> List.copyOf(cluster.pools.get("shop").guests));
            assertThat(pool).contains(101, 120, 121).hasSize(4);
        }
    }

    @Test
    void what_a_call_makes_is_judged_by_what_it_sends() {
        try (var lab = Lab.of(Scenarios.homelab()).owner("""
                [policy]
                protect.tags = ["prod"]

                [[policy.rule]]
                answer = "allow"
                tiers = ["change"]
                names = ["fresh*"]
                """)) {
            that(lab.call("pve_vm_create", "name", "fresh-1")).isDone();
            that(lab.call("pve_vm_create", "name", "other")).isHeld();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            args           | -device pvpanic          | args
            hookscript     | local:snippets/x.pl      | hookscript
            cicustom       | user=local:snippets/a    | cicustom
            hostpci0       | 0000:01:00.0             | hostpci
            usb0           | host=1234:5678           | usb
            serial0        | /dev/ttyS0               | serial
            scsi3          | /dev/sdb                 | path
            ide2           | file=/etc/shadow,media=cdrom | path
            scsi3          | local:0,import-from=/dev/sda | path
            """)
    void what_reaches_through_to_the_host_is_refused_unless_the_owner_lists_it(
            String option, String value, String listed) {
        try (var lab = Lab.of(Scenes.small())) {
            that(put(lab, "/nodes/pve1/qemu/101/config", option, value)).isRefusedBy("policy.host_options");
            that(post(lab, "/nodes/pve1/qemu", "vmid", 120, option, value)).isRefusedBy("policy.host_options");
            that(lab.call("pve_guest_set", "guest", "web", "options", Json.obj(option, value)))
                    .isRefusedBy("policy.host_options");
            lab.owner("policy.execute = \"ask\"\npolicy.host_options = [\"%s\"]\n".formatted(listed));
            assertThat(answer(lab.judge(
                            "pve_api_write",
                            "method",
                            "put",
                            "path",
                            "/nodes/pve1/qemu/101/config",
                            "params",
                            Json.obj(option, value))))
                    .isEqualTo("ask");
        }
    }

    @Test
    void devices_that_an_administrator_has_mapped_are_no_way_to_the_host() {
        try (var lab = Lab.of(Scenes.small()).owner("policy.execute = \"ask\"\n")) {
            for (var device : List.of("mapping=gpu", "mapping=gpu,pcie=1")) {
                assertThat(answer(lab.judge(
                                "pve_api_write",
                                "method",
                                "put",
                                "path",
                                "/nodes/pve1/qemu/101/config",
                                "params",
                                Json.obj("hostpci0", device))))
                        .isEqualTo("ask");
            }
        }
    }

    @Test
    void pve_is_sent_to_listed_hosts_only() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [policy]
                execute = "allow"
                url_hosts = ["cloud.example.org"]
                """)) {
            for (var url : List.of(
                    "https://evil.example/x.iso",
                    "https://cloud.example.org@evil.example/x.iso",
                    "https://cloud.example.org.evil.example/x.iso",
                    "https://127.0.0.1/x.iso",
                    "not a url")) {
                that(post(
                                lab,
                                "/nodes/pve1/storage/local/download-url",
                                "url",
                                url,
                                "content",
                                "iso",
                                "filename",
                                "x.iso"))
                        .isRefusedBy("policy.url_hosts");
            }
            assertThat(answer(lab.judge(
                            "pve_api_write",
                            "method",
                            "post",
                            "path",
                            "/nodes/pve1/storage/local/download-url",
                            "params",
                            Json.obj("url", "https://Cloud.Example.org/x.iso", "content", "iso", "filename", "x.iso"))))
                    .isEqualTo("allow");
        }
    }
}
