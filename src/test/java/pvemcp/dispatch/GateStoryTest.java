package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.gate.Policy;
import pvemcp.gate.Policy.Answer;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.Credentials;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;
import pvemcp.tools.Catalog;
import pvemcp.tools.Resources;

/// What stands between a call and a cluster.
class GateStoryTest {
    private static final Object[] NEW_POOL = {
        "method", "post", "path", "/pools", "params", Json.obj("poolid", "lab", "comment", "for tests")
    };

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab careful() {
        return Lab.of(Scenes.small()).policy(_ -> Policy.DEFAULT);
    }

    private static boolean hasPool(Lab lab) {
        return lab.ask(cluster -> cluster.pools.containsKey("lab"));
    }

    private static Object[] with(Object[] arguments, Object... more) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(more));
        return all.toArray();
    }

    private static String ticket(ToolResult held) {
        return ((ToolResult.Held) held).ticket().text();
    }

    @Test
    void a_change_is_held_until_somebody_says_yes() {
        try (var lab = careful()) {
            var held = lab.call("pve_api_write", NEW_POOL);
            that(held).isHeld().wouldSend("POST /pools {\"poolid\":\"lab\",\"comment\":\"for tests\"}");
            assertThat(hasPool(lab)).isFalse();
            that(lab.call("pve_api_write", with(NEW_POOL, "confirm", ticket(held))))
                    .shows("outcome: done");
            assertThat(hasPool(lab)).isTrue();
        }
    }

    @Test
    void a_ticket_is_good_once_for_this_call_and_this_caller_and_not_for_long() {
        try (var lab = careful()) {
            var ticket = ticket(lab.call("pve_api_write", NEW_POOL));
            that(lab.call(
                            "pve_api_write",
                            "method",
                            "post",
                            "path",
                            "/pools",
                            "params",
                            Json.obj("poolid", "x"),
                            "confirm",
                            ticket))
                    .failsWith("ticket_refused");
            that(lab.as("somebody else").call("pve_api_write", with(NEW_POOL, "confirm", ticket)))
                    .failsWith("ticket_refused");
            lab.as("test").advance(Duration.ofMinutes(3));
            that(lab.call("pve_api_write", with(NEW_POOL, "confirm", ticket)))
                    .failsWith("ticket_refused")
                    .saying("expired");
            assertThat(hasPool(lab)).isFalse();
            var fresh = ticket(lab.call("pve_api_write", NEW_POOL));
            that(lab.call("pve_api_write", with(NEW_POOL, "confirm", fresh))).isDone();
            lab.with(cluster -> cluster.pools.remove("lab"));
            that(lab.call("pve_api_write", with(NEW_POOL, "confirm", fresh)))
                    .failsWith("ticket_refused")
                    .saying("used");
        }
    }

    @Test
    void where_the_user_can_be_asked_a_model_cannot_say_yes_itself() {
        try (var lab = careful().asking()) {
            var held = lab.call("pve_api_write", NEW_POOL);
            that(lab.call("pve_api_write", with(NEW_POOL, "confirm", ticket(held))))
                    .isHeld();
            assertThat(hasPool(lab)).isFalse();
            that(lab.approved(held, "pve_api_write", NEW_POOL)).isDone();
            assertThat(hasPool(lab)).isTrue();
        }
    }

    @Test
    void without_anybody_to_ask_policy_can_refuse() {
        try (var lab = careful().policy(policy -> policy.with(Policy.Unasked.DENY))) {
            that(lab.call("pve_api_write", NEW_POOL)).isRefusedBy("policy.without_elicitation");
        }
    }

    @Test
    void a_dry_run_says_the_request_and_changes_nothing() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_api_write", with(NEW_POOL, "dry_run", true))).shows("POST /pools");
            assertThat(hasPool(lab)).isFalse();
        }
    }

    @Test
    void wrong_parameters_are_told_all_at_once_and_never_sent() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call(
                            "pve_api_write",
                            "method",
                            "post",
                            "path",
                            "/pools",
                            "params",
                            Json.obj("poolid", "a b", "coment", "x")))
                    .failsWith("bad_arguments")
                    .saying("poolid: ", "coment: ");
            assertThat(lab.audit().getLast().has("sent")).isFalse();
        }
    }

    @Test
    void removing_for_good_is_denied_unless_the_owner_says_otherwise() {
        try (var lab = careful()) {
            that(lab.call("pve_api_write", "method", "delete", "path", "/nodes/pve1/qemu/100"))
                    .isRefusedBy("policy.destroy")
                    .hinting("policy.destroy");
        }
    }

    @Test
    void a_protected_guest_is_protected_on_every_path_to_it() {
        try (var lab = Lab.of(Scenes.small()).protecting("tag:prod")) {
            for (var path : List.of(
                    "/nodes/pve1/qemu/100/status/stop",
                    "/api2/json/nodes/pve1/qemu/100/status/stop",
                    "nodes/pve1/qemu/100/status/stop?timeout=1",
                    "/nodes/pve1/qemu/%31%30%30/status/stop")) {
                that(lab.call("pve_api_write", "method", "post", "path", path)).isRefusedBy("policy.protect.tags");
            }
            for (var params : List.of(Json.obj("vms", "100"), Json.obj("vms", "101,100"), Json.Obj.EMPTY)) {
                that(lab.call("pve_api_write", "method", "post", "path", "/nodes/pve1/stopall", "params", params))
                        .isRefusedBy("policy.protect.tags");
            }
            that(lab.call(
                            "pve_api_write",
                            "method",
                            "post",
                            "path",
                            "/nodes/pve1/status",
                            "params",
                            Json.obj("command", "reboot")))
                    .isRefusedBy("policy.protect.tags");
            assertThat(lab.audit())
                    .hasSize(8)
                    .allMatch(line -> line.text("result").orElse("").equals("refused policy.protect.tags"));
        }
    }

    @Test
    void what_only_parameters_name_is_judged_too() {
        try (var lab = Lab.of(Scenes.small()).protecting("pool:shop")) {
            that(lab.call(
                            "pve_api_write",
                            "method",
                            "put",
                            "path",
                            "/pools",
                            "params",
                            Json.obj("poolid", "shop", "comment", "mine")))
                    .isRefusedBy("policy.protect.pools");
            that(lab.call("pve_guest_power", "guest", "web", "action", "stop")).isRefusedBy("policy.protect.pools");
        }
    }

    @Test
    void a_read_that_does_more_than_read_is_not_read() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call(
                            "pve_api_read",
                            "path",
                            "/nodes/pve1/query-url-metadata",
                            "params",
                            Json.obj("url", "https://example.org/")))
                    .failsWith("bad_arguments")
                    .saying("does more than read");
            that(careful()
                            .call(
                                    "pve_api_write",
                                    "method",
                                    "get",
                                    "path",
                                    "/nodes/pve1/query-url-metadata",
                                    "params",
                                    Json.obj("url", "https://example.org/")))
                    .isHeld();
        }
    }

    @Test
    void what_the_api_does_not_have_is_answered_with_what_it_has() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_api_read", "path", "/nodes/pve1/quemu"))
                    .failsWith("bad_arguments")
                    .saying("has no /nodes/pve1/quemu");
            that(lab.call("pve_api_read", "path", "/nodes/pve1/qemu/100/status/stop"))
                    .failsWith("bad_arguments")
                    .saying("answers to POST, not to GET");
            that(lab.call("pve_api_read", "path", "/nodes/{node}/qemu"))
                    .failsWith("bad_arguments")
                    .saying("template");
        }
    }

    @Test
    void every_call_is_written_down_and_secrets_are_not() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.call("pve_guest_list", "limit", 1);
            lab.call("pve_guest_list", "limt", 1);
            lab.call(
                    "pve_api_write",
                    "method",
                    "post",
                    "path",
                    "/access/users",
                    "params",
                    Json.obj("userid", "a@pve", "password", "hunter2-hunter2"));
            var lines = lab.audit();
            assertThat(lines)
                    .extracting(line -> line.text("event").orElse("") + " "
                            + line.text("result").orElse(""))
                    .containsExactly("end done", "end failed bad_arguments", "begin ", "end done");
            assertThat(lines.getLast().array("sent").orElseThrow().write()).contains("POST /access/users");
            assertThat(lines).noneMatch(line -> line.write().contains("hunter2"));
            assertThat(lines.get(2).object("call").orElseThrow().text("principal"))
                    .contains("test");
        }
    }

    @Test
    void nothing_is_changed_that_cannot_be_written_down(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("file"), "not a folder");
        try (var lab = Lab.of(Scenes.small()).auditingTo(folder.resolve("file/audit.jsonl"))) {
            that(lab.call("pve_api_write", NEW_POOL)).failsWith("audit_unavailable");
            assertThat(hasPool(lab)).isFalse();
            that(lab.call("pve_guest_list")).isDone();
        }
    }

    @Test
    void a_missing_right_comes_with_the_line_that_grants_it() {
        try (var lab = Lab.of(cluster -> {
            Scenes.small().seed(cluster);
            return Credentials.token(cluster, "nobody@pve", "agent");
        })) {
            that(lab.call("pve_api_write", NEW_POOL))
                    .failsWith("forbidden")
                    .saying("nobody@pve!agent may not Pool.Allocate on /pool/lab")
                    .hinting("pveum acl modify /pool/lab --tokens 'nobody@pve!agent' --roles PVEPoolAdmin");
        }
    }

    @Test
    void resources_and_completion_go_the_same_way() {
        try (var lab = Lab.of(Scenes.small())) {
            var road = lab.dispatcher();
            assertThat(road.complete("guest", "w", lab.caller())).containsExactly("web");
            assertThat(road.complete("node", "", lab.caller())).containsExactly("pve1");
            assertThat(road.complete("path", "/pools", lab.caller())).contains("/pools");
            assertThat(road.complete("nonsense", "", lab.caller())).isEmpty();
            assertThat(road.read("pve://cluster", lab.caller()).orElseThrow().text())
                    .contains("guests: 3, 2 running");
            assertThat(road.read("pve://schema/pools", lab.caller())
                            .orElseThrow()
                            .text())
                    .contains("POST /pools");
            assertThat(road.read("pve://nothing", lab.caller())).isEmpty();
        }
    }

    @Test
    void what_policy_keeps_from_a_caller_no_resource_shows() {
        try (var lab = Lab.of(Scenes.small()).owner("""
                [[policy.rule]]
                answer = "deny"
                tiers = ["read"]
                guests = ["101"]

                [[policy.rule]]
                answer = "ask"
                tiers = ["read"]
                tools = ["pve_guest_config"]
                """)) {
            var road = lab.dispatcher();
            for (var name : List.of("web", "101")) {
                assertThatThrownBy(() -> road.read("pve://guest/" + name, lab.caller()))
                        .isInstanceOf(Unreadable.class)
                        .hasMessageContaining("a rule of the owner's denies this on VM 101");
            }
            assertThatThrownBy(() -> road.read("pve://guest/dns", lab.caller()))
                    .isInstanceOf(Unreadable.class)
                    .hasMessageContaining("nobody is asked about a resource");
            assertThat(road.read("pve://node/pve1", lab.caller())).isPresent();

            var blind =
                    lab.policy(policy -> policy.with(Tier.READ, Answer.DENY)).dispatcher();
            assertThatThrownBy(() -> blind.read("pve://cluster", lab.caller())).isInstanceOf(Unreadable.class);
            assertThat(blind.complete("guest", "", lab.caller())).isEmpty();
            assertThat(blind.read("pve://schema/pools", lab.caller())).isPresent();
        }
    }

    @Test
    void the_calls_of_resources_are_those_of_tools() {
        var tools = Catalog.tools(Catalog.Surface.ALL, List.of()).stream()
                .collect(Collectors.toMap(Tool::name, Tool::shape));
        var names = Map.of(
                "node",
                "pve1",
                "guest",
                "web",
                "storage",
                "local",
                "path",
                "/pools",
                "task",
                "UPID:pve1:00001234:00005678:6B0187C0:qmstart:101:root@pam:");
        for (var resource : Resources.ALL) {
            for (var read : resource.reads().of(names)) {
                assertThat(tools.get(read.tool()))
                        .as(resource.uri())
                        .isEqualTo(read.call().getClass());
            }
        }
    }

    @Test
    void even_reads_can_be_made_to_ask() {
        try (var lab = Lab.of(Scenes.small()).policy(policy -> policy.with(Tier.READ, Answer.ASK))) {
            var held = lab.call("pve_guest_list");
            that(held).isHeld();
            that(lab.call("pve_next_id")).isHeld();
            assertThat(lab.audit())
                    .allMatch(line -> line.text("result").orElseThrow().equals("held"));
        }
    }

    @Test
    void a_denied_tool_is_not_even_offered() {
        try (var lab = Lab.of(Scenes.small()).policy(_ -> Policy.DEFAULT.with(Tier.OPERATE, Answer.DENY))) {
            assertThat(lab.dispatcher().tools()).extracting(tool -> tool.name()).doesNotContain("pve_guest_power");
        }
    }
}
