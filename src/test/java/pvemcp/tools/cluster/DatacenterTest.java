package pvemcp.tools.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// What is set for the cluster as a whole.
class DatacenterTest {
    private static final Policy WITHOUT_EXECUTE = Policy.DEFAULT.with(Tier.EXECUTE, Policy.Answer.DENY);

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab lab() {
        return Lab.of(Scenes.small());
    }

    private static Lab joined() {
        return lab().with(cluster -> {
            cluster.name = "home";
            cluster.addNode("pve2");
        });
    }

    @Test
    void options_are_set_shown_and_unset() {
        try (var lab = lab()) {
            that(lab.call(
                            "pve_cluster_set",
                            "what",
                            "options",
                            "values",
                            Map.of("keyboard", "de", "migration", "type=secure")))
                    .shows("outcome: changed");
            that(lab.call("pve_cluster_get", "what", "options")).shows("keyboard: de", "secure");
            that(lab.call("pve_cluster_set", "what", "options", "values", Map.of("delete", "keyboard")))
                    .shows("outcome: changed");
            that(lab.call("pve_cluster_get", "what", "options")).showsNot("keyboard");
            that(lab.call("pve_cluster_set", "what", "options", "values", Map.of("keybord", "de")))
                    .failsWith("bad_arguments")
                    .saying("keyboard");
        }
    }

    @Test
    void ha_is_disarmed_for_maintenance_and_armed_again() {
        try (var lab = joined()) {
            that(lab.call("pve_cluster_set", "what", "ha", "values", Map.of("armed", false, "resource-mode", "freeze")))
                    .shows("outcome: disarmed", "pve_ha_get");
            assertThat(lab.<String>ask(cluster -> cluster.ha.disarmed)).isEqualTo("freeze");
            that(lab.call("pve_cluster_set", "what", "ha", "values", Map.of("armed", true)))
                    .shows("outcome: armed");
            assertThat(lab.<String>ask(cluster -> cluster.ha.disarmed)).isEmpty();
            that(lab.call("pve_cluster_set", "what", "ha"))
                    .failsWith("bad_arguments")
                    .saying("armed");
            that(lab.speaking(ApiSchema.builtIn("8.4"))
                            .call("pve_cluster_set", "what", "ha", "values", Map.of("armed", true)))
                    .failsWith("bad_arguments")
                    .saying("has no /cluster/ha/status/arm-ha");
        }
    }

    @Test
    void an_option_that_sends_downloads_elsewhere_counts_as_more_than_a_change() {
        try (var lab = lab().policy(_ -> WITHOUT_EXECUTE)) {
            that(lab.call("pve_cluster_set", "what", "options", "values", Map.of("http_proxy", "http://192.0.2.9:1")))
                    .isRefusedBy("policy.execute");
            that(lab.call("pve_cluster_set", "what", "options", "values", Map.of("keyboard", "de")))
                    .isHeld()
                    .wouldSend("PUT /cluster/options {\"keyboard\":\"de\"}");
        }
    }

    @Test
    void the_log_tells_who_did_what() {
        try (var lab = lab()) {
            lab.call("pve_guest_power", "guest", "dns", "action", "start");
            that(lab.call("pve_cluster_get", "what", "log")).shows("cluster log", "vzstart:102");
            that(lab.call("pve_cluster_get", "what", "log", "text", "STARTING")).shows("1 line", "starting task");
            that(lab.call("pve_cluster_get", "what", "join", "text", "x")).failsWith("bad_arguments");
        }
    }

    @Test
    void corosync_and_how_to_join_are_shown() {
        try (var lab = joined()) {
            that(lab.call("pve_cluster_get", "what", "corosync"))
                    .shows("cluster: home", "pve2|2|1|192.0.2.12", "qdevice: none");
            that(lab.call("pve_cluster_get", "what", "join"))
                    .shows("contact: 192.0.2.11", "fingerprint: " + lab.sim().fingerprint(), "pvecm add");
        }
        try (var alone = lab()) {
            that(alone.call("pve_cluster_get", "what", "corosync")).shows("this host is in no cluster");
            that(alone.call("pve_cluster_get", "what", "join")).saying("node is not in a cluster");
        }
    }

    @Test
    void devices_are_mapped_and_what_is_wrong_with_them_is_told() {
        try (var lab = joined()) {
            that(lab.call(
                            "pve_cluster_set",
                            "what",
                            "pci",
                            "id",
                            "nic",
                            "values",
                            Map.of(
                                    "map",
                                    List.of(
                                            "node=pve1,path=0000:05:00.0,id=8086:125c",
                                            "node=pve2,path=0000:99:00.0,id=8086:125c"))))
                    .shows("outcome: created");
            lab.call(
                    "pve_cluster_set",
                    "what",
                    "dir",
                    "id",
                    "share",
                    "values",
                    Map.of("map", List.of("node=pve1,path=/srv")));
            that(lab.call("pve_cluster_get", "what", "mappings"))
                    .shows("nic|pci|pve1: 0000:05:00.0 [8086:125c]; pve2: 0000:99:00.0 [8086:125c]")
                    .shows("pve2: Invalid configuration: pci device '0000:99:00.0' not found")
                    .shows("share|dir|pve1: /srv");
            that(lab.call("pve_cluster_set", "what", "pci", "id", "nic", "values", Map.of("description", "10G")))
                    .shows("outcome: changed");
            that(lab.call("pve_cluster_get", "what", "mappings")).shows("0000:05:00.0", "10G");
            that(lab.call("pve_cluster_set", "what", "pci", "id", "nic", "action", "delete"))
                    .shows("outcome: deleted");
            that(lab.call("pve_cluster_set", "what", "pci", "id", "nic", "action", "delete"))
                    .saying("there is no 'nic'");
        }
    }

    @Test
    void mapping_hardware_takes_more_than_changing_and_removing_it_does_not() {
        try (var lab = lab()) {
            lab.call(
                    "pve_cluster_set",
                    "what",
                    "usb",
                    "id",
                    "key",
                    "values",
                    Map.of("map", List.of("node=pve1,id=1234:5678")));
            lab.policy(_ -> WITHOUT_EXECUTE);
            that(lab.call(
                            "pve_cluster_set",
                            "what",
                            "usb",
                            "id",
                            "other",
                            "values",
                            Map.of("map", List.of("node=pve1,id=1234:5678"))))
                    .isRefusedBy("policy.execute");
            that(lab.call("pve_cluster_set", "what", "usb", "id", "key", "action", "delete"))
                    .isHeld()
                    .wouldSend("DELETE /cluster/mapping/usb/key");
        }
    }

    @Test
    void metrics_are_sent_somewhere_and_no_longer() {
        try (var lab = lab()) {
            that(lab.call(
                            "pve_cluster_set",
                            "what",
                            "metrics",
                            "id",
                            "graph",
                            "values",
                            Map.of("type", "graphite", "server", "192.0.2.30", "port", 2003)))
                    .shows("outcome: created");
            that(lab.call("pve_cluster_set", "what", "metrics", "id", "graph", "values", Map.of("disable", 1)))
                    .shows("outcome: changed");
            that(lab.call("pve_cluster_get", "what", "metrics")).shows("graph|graphite|192.0.2.30|2003|no");
            that(lab.call(
                            "pve_cluster_set",
                            "what",
                            "metrics",
                            "id",
                            "inf",
                            "values",
                            Map.of("type", "influxdb", "server", "192.0.2.31", "port", 8086, "token", "abc")))
                    .failsWith("bad_arguments")
                    .saying("token", "secret:");
            that(lab.call("pve_cluster_set", "what", "metrics", "id", "graph", "action", "delete"))
                    .shows("outcome: deleted");
            assertThat(lab.<Boolean>ask(cluster -> cluster.metricServers.isEmpty()))
                    .isTrue();
        }
    }

    @Test
    void a_cpu_model_of_ones_own_is_kept() {
        try (var lab = lab()) {
            that(lab.call(
                            "pve_cluster_set",
                            "what",
                            "cpu",
                            "id",
                            "even",
                            "values",
                            Map.of("reported-model", "EPYC-Milan", "flags", "+aes;-pcid")))
                    .shows("outcome: created");
            that(lab.call("pve_cluster_get", "what", "cpus")).shows("custom-even", "EPYC-Milan");
            that(lab.call("pve_cluster_set", "what", "cpu", "id", "even", "values", Map.of("hidden", 1)))
                    .shows("outcome: changed");
            that(lab.call("pve_cluster_set", "what", "cpu", "id", "even", "action", "delete"))
                    .shows("outcome: deleted");
        }
    }

    @Test
    void a_host_with_guests_joins_no_cluster() {
        try (var lab = lab().knowingSecret("root", "correct horse battery staple")) {
            var values = Map.of("fingerprint", lab.sim().fingerprint(), "password", "secret:root");
            that(lab.call("pve_cluster_set", "what", "join", "id", "192.0.2.40", "values", values, "dry_run", true))
                    .shows("POST /cluster/config/join", "192.0.2.40")
                    .showsNot("correct horse");
            that(lab.call("pve_cluster_set", "what", "join", "id", "192.0.2.40", "values", values))
                    .failsWith("forbidden")
                    .saying("root@pam");
            that(lab.call(
                            "pve_cluster_set",
                            "what",
                            "join",
                            "id",
                            "192.0.2.40",
                            "values",
                            Map.of("fingerprint", lab.sim().fingerprint(), "password", "in the clear")))
                    .failsWith("bad_arguments");
        }
    }

    @Test
    void what_is_missing_or_too_much_is_told() {
        try (var lab = lab()) {
            that(lab.call("pve_cluster_set", "what", "pci"))
                    .failsWith("bad_arguments")
                    .saying("'id'");
            that(lab.call("pve_cluster_set", "what", "options")).saying("say what to set");
            that(lab.call("pve_cluster_set", "what", "options", "action", "delete"))
                    .saying("delete");
        }
    }
}
