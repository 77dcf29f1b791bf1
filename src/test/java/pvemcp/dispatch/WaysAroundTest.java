package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.Pool;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// What is refused is refused however it is spelt: other separators, escapes, aliases and places for the same thing.
class WaysAroundTest {
    private static final String OPEN = """
            [policy]
            operate = "allow"
            change = "allow"
            destroy = "allow"
            execute = "allow"
            limit.failures = 0
            """;

    private static final String WEB = "/nodes/pve1/qemu/101/config";
    private static final String DNS = "/nodes/pve1/lxc/102/config";

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static final Map<String, Lab> LABS = new HashMap<>();

    /// Where PVE's own protection is set for the container; the database has the tag `prod`, in the pool `held`.
    private static Lab fresh(String more) {
        return Lab.of(Scenes.small())
                .with(cluster -> {
                    cluster.guest(102).config.put("protection", "1");
                    var held = new Pool("held");
                    held.guests.add(100);
                    cluster.pools.put("held", held);
                })
                .owner(OPEN + more);
    }

    /// One for all tests that change nothing in it.
    private static Lab lab(String more) {
        return LABS.computeIfAbsent(more, WaysAroundTest::fresh);
    }

    @AfterAll
    static void end() {
        LABS.values().forEach(Lab::close);
        LABS.clear();
    }

    private static Judgement judge(Lab lab, String method, String path, Object... params) {
        return lab.judge("pve_api_write", "method", method, "path", path, "params", Json.obj(params));
    }

    private static ToolResult send(Lab lab, String method, String path, Object... params) {
        return lab.call("pve_api_write", "method", method, "path", path, "params", Json.obj(params));
    }

    private static void refuses(Judgement judgement, String rule) {
        assertThat(judgement.verdict()).isInstanceOf(Verdict.Deny.class);
        assertThat(judgement.verdict().rule()).isEqualTo(rule);
    }

    static Stream<Object> lists() {
        return Stream.of(
                "description,%s",
                "description;%s",
                " %s ",
                "description\t%s",
                "description\n%s",
                "%s\n",
                "description\f%s",
                "description\0%s",
                List.of("description", "%s"),
                List.of("description\t%s"),
                List.of("%s"));
    }

    private static Json list(Object spelling, String element) {
        return spelling instanceof List<?> items
                ? Json.strings(items.stream()
                        .map(item -> item.toString().formatted(element))
                        .toList())
                : Json.str(spelling.toString().formatted(element));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void a_list_is_the_same_in_every_spelling(Object spelling) {
        var lab = lab("""

                [[policy.rule]]
                answer = "deny"
                tags = ["prod"]
                """);
        refuses(judge(lab, "put", DNS, "delete", list(spelling, "protection")), "policy.protect.flag");
        assertThat(judge(lab, "put", WEB, "delete", list(spelling, "tags")).verdict())
                .as("what policy goes by")
                .isInstanceOf(Verdict.Hold.class);
        assertThat(judge(lab, "put", WEB, "delete", list(spelling, "unused0")).tier())
                .isEqualTo(Tier.DESTROY);
        assertThat(judge(lab, "post", "/nodes/pve1/stopall", "vms", list(spelling, "100"))
                        .targets())
                .contains("VM 100 'db' on pve1");
    }

    @Test
    void a_list_is_sent_as_it_was_judged() {
        var lab = lab("");
        that(send(lab, "put", WEB, "delete", List.of("cores\tmemory"))).isDone();
        assertThat(lab.audit().getLast().toString()).contains("cores,memory");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nodes/pve1/lxc/102",
                "nodes/pve1/lxc/102",
                "/nodes/pve1/lxc/102/",
                "//nodes//pve1/lxc//102",
                "/nodes/pve1/l%78c/1%302",
                "/nodes/pve1/%6c%78%63/102",
                "/nodes%2fpve1%2Flxc/102",
                "%2fnodes/pve1/lxc/102",
                "/api2/json/nodes/pve1/lxc/102",
                "/api2/%6ason/nodes/pve1/lxc/102",
                "/api2/extjs/nodes/pve1/lxc/102",
                "/nodes/pve1/lxc/102?purge=1",
                "/nodes/pve1/lxc/102%3fpurge=1",
                "/nodes/pve1/lxc/102;x=1",
                "/nodes/pve1/lxc/102%00",
                "/nodes/pve1/lxc/102%0a",
                "/nodes/pve1/lxc/102%20",
                "/nodes/pve1/lxc/0102",
                "/nodes/pve1/lxc/１０２",
                "/nodes/pve1/lxc/%EF%BC%91%EF%BC%90%EF%BC%92",
                "/nodes/pve1/lxc/./102",
                "/nodes/pve1/lxc/x/../102",
                "/nodes/pve1/lxc/x/%2e%2e/102",
                "/nodes/pve1/lxc/%31%ff02",
                "/nodes/pve1/lxc/%2531%30%32",
                "/nodes/pve1/lxc/102%",
                "/Nodes/pve1/lxc/102",
                "/nodes/PVE1/lxc/102",
                "/nodes/pve2/lxc/102",
                "/nodes/localhost/lxc/102",
                "/nodes/pve1/qemu/102",
                "https://pve1:8006/api2/json/nodes/pve1/lxc/102"
            })
    void a_path_leads_nowhere_else_in_any_spelling(String path) {
        var lab = lab("");
        assertThat(send(lab, "delete", path)).isNotInstanceOf(ToolResult.Done.class);
        assertThat(lab.requests()).noneMatch(request -> request.startsWith("DELETE"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nodes/pve1/%71emu/101/config", "nodes//pve1/qemu/1%301/config/"})
    void what_is_seen_to_first_is_seen_to_on_every_path(String path) {
        try (var lab = fresh("snapshot_first = [\"change\"]\n")) {
            that(send(lab, "put", path, "description", "x")).isDone();
            assertThat(lab.requests().stream().filter(request -> !request.startsWith("GET")))
                    .containsExactly("POST /nodes/pve1/qemu/101/snapshot", "PUT " + WEB);
        }
    }

    @Test
    void whichever_node_answers_is_no_node_to_work_on() {
        var lab = lab("protect.nodes = [\"pve1\"]\n");
        for (var answer : List.of(
                send(lab, "post", "/nodes/localhost/status", "command", "reboot"),
                send(lab, "post", "/nodes/localhost/stopall"),
                send(lab, "put", "/nodes/%6cocalhost/dns", "search", "example.org"),
                lab.call("pve_node_power", "node", "localhost", "action", "reboot"))) {
            that(answer).failsWith("bad_arguments").saying("'localhost'", "name the node");
        }
        assertThat(lab.requests()).allMatch(request -> request.startsWith("GET"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", ";\n"})
    void nobody_named_is_everybody(String vms) {
        var lab = lab("protect.tags = [\"prod\"]\n");
        refuses(judge(lab, "post", "/nodes/pve1/stopall", "vms", vms), "policy.protect.tags");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [{"method":"DELETE","path":"qemu/100"}]                                 | no
            [{"method":"GET","path":"status"},{"method":"POST","path":"stopall"}]   | no
            [{"method":"GET","path":"qemu/100/%63onfig"}]                           | no
            [{"method":"GET","path":"subscription"}]                                | no
            [{"method":"get","path":"status"}]                                      | no
            {"method":"GET","path":"status"}                                        | no
            [{"method":"GET","path":"qemu/100/config"}]                             | yes
            """)
    void a_batch_only_reads(String commands, String passes) {
        var lab = lab("");
        var judgement = judge(lab, "post", "/nodes/pve1/execute", "commands", commands);
        if (passes.equals("yes")) {
            assertThat(judgement.verdict()).isInstanceOf(Verdict.Allow.class);
        } else {
            refuses(judgement, "batch");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hostpci0   | 0000:01:00.0
            hostpci0   | 0000:01:00.0,mapping=gpu
            hostpci0   | mapping=gpu,host=0000:01:00.0
            hostpci0   | mapping=gpu,0000:01:00.0
            hostpci0   | mapping=gpu,romfile=x.bin
            usb0       | host=1-1,mapping=stick
            usb0       | 1-1
            usb0       | Spice
            scsi4      | /dev/sda
            scsi4      | media=disk,file=/dev/sda
            scsi4      | volume=/dev/sda
            scsi4      | local:0,import-from=/etc/shadow
            scsi4      | none,file=/dev/sda
            virtio00   | /dev/sda
            serial0    | /dev/ttyS0
            archive    | /etc/shadow
            """)
    void no_device_or_path_of_the_host_comes_along_with_another(String option, String value) {
        var lab = lab("");
        var path = option.equals("archive") ? "/nodes/pve1/qemu" : WEB;
        var params = Json.obj(option, value);
        refuses(
                lab.judge(
                        "pve_api_write",
                        "method",
                        "post",
                        "path",
                        path,
                        "params",
                        option.equals("archive") ? params.with("vmid", 900) : params),
                "policy.host_options");
    }

    @Test
    void what_has_been_mapped_for_guests_is_none_of_these() {
        var lab = lab("");
        for (var params : List.of(
                Json.obj("hostpci0", "mapping=gpu,pcie=1"),
                Json.obj("usb0", "mapping=stick"),
                Json.obj("usb0", "spice,usb3=1"),
                Json.obj("usb0", "host=spice"))) {
            assertThat(lab.judge("pve_api_write", "method", "put", "path", WEB, "params", params)
                            .verdict())
                    .as(params.toString())
                    .isInstanceOf(Verdict.Allow.class);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            put    | /nodes/pve1/qemu/101/config                                    | scsi5 | local:100/data.qcow2
            put    | /nodes/pve1/qemu/101/config                                    | scsi5 | local:100/vm-100-disk-0.qcow2
            put    | /nodes/pve1/qemu/101/config                                    | scsi5 | local:0,import-from=local:100/vm-100-disk-0.qcow2
            put    | /nodes/pve1/qemu/101/config                                    | scsi5 | local:900/base-900-disk-0.qcow2/100/data.qcow2
            delete | /nodes/pve1/storage/local/content/local:100/data.qcow2         |       |
            delete | /nodes/pve1/storage/local/content/local%3A100%2Fdata.qcow2     |       |
            delete | /nodes/pve1/storage/pbs/content/backup/vm/100/2026-11-01T09:00:00Z |   |
            post   | /nodes/pve1/qemu/101/move_disk                                 | target-vmid | 100
            post   | /cluster/ha/resources                                          | sid   | 100
            put    | /access/acl                                                    | path  | vms/100
            put    | /access/acl                                                    | path  | //vms//100/
            put    | /access/acl                                                    | path  | /pool/held
            """)
    void what_is_of_a_protected_guest_is_found_by_every_name(String method, String path, String option, String value) {
        var lab = lab("protect.tags = [\"prod\"]\n");
        var params = option == null ? Json.Obj.EMPTY : Json.obj(option, value);
        var full = path.equals("/access/acl")
                ? params.with("roles", "PVEVMUser").with("users", "a@pve")
                : path.endsWith("move_disk") ? params.with("disk", "scsi0") : params;
        refuses(lab.judge("pve_api_write", "method", method, "path", path, "params", full), "policy.protect.tags");
    }
}
