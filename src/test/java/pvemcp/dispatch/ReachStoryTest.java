package pvemcp.dispatch;

import static pvemcp.lab.LabAssert.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import pvemcp.config.TokenFile;
import pvemcp.gate.Policy.Answer;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// A caller whose token goes less far than the policy, on a cluster with more than is theirs. The policy lets
/// everything through, so that every refusal is the token's.
class ReachStoryTest {
    private static Lab lab(String tier, String... within) {
        return Lab.of(Scenes.small())
                .policy(policy -> {
                    var open = policy;
                    for (var each : Tier.values()) {
                        open = open.with(each, Answer.ALLOW);
                    }
                    return open;
                })
                .reaching(TokenFile.reach("anna", tier, List.of(within)));
    }

    private static ToolResult write(Lab lab, String method, String path, Object... params) {
        return lab.call("pve_api_write", "method", method, "path", path, "params", Json.obj(params));
    }

    private static ToolResult stop(Lab lab, String guest) {
        return lab.call("pve_guest_power", "guest", guest, "action", "stop");
    }

    @Test
    void other_guests_are_seen_but_not_changed() {
        try (var lab = lab("operate", "guest=101")) {
            assertThat(stop(lab, "db"))
                    .isRefusedBy("token.within")
                    .saying("VM 100 'db' on pve1 is not among what 'anna' may change");
            assertThat(stop(lab, "web")).isDone();
            assertThat(lab.call("pve_guest_get", "guest", "db")).isDone();
        }
    }

    @Test
    void a_request_of_a_higher_tier_does_not_leave_by_the_general_tool_either() {
        try (var lab = lab("operate")) {
            assertThat(write(lab, "post", "/nodes/pve1/qemu/101/status/stop")).isDone();
            assertThat(write(lab, "put", "/nodes/pve1/qemu/101/config", "description", "mine"))
                    .isRefusedBy("token.tier");
            assertThat(write(lab, "delete", "/nodes/pve1/qemu/101")).isRefusedBy("token.tier");
        }
    }

    @Test
    void what_is_of_the_whole_cluster_is_nobodys_within_a_selection() {
        try (var lab = lab("execute", "pool=shop")) {
            assertThat(write(lab, "put", "/cluster/options", "keyboard", "de")).isRefusedBy("token.within");
            assertThat(write(lab, "post", "/nodes/pve1/status", "command", "reboot"))
                    .isRefusedBy("token.within");
            assertThat(write(lab, "post", "/access/users", "userid", "eve@pve")).isRefusedBy("token.within");
        }
    }

    @Test
    void nobody_draws_a_guest_into_their_own_reach() {
        try (var lab = lab("execute", "pool=shop", "tag=mine")) {
            assertThat(write(lab, "put", "/pools/shop", "vms", "100")).isRefusedBy("token.within");
            assertThat(write(lab, "put", "/pools", "poolid", "shop", "vms", "100", "allow-move", 1))
                    .isRefusedBy("token.within");
            assertThat(write(lab, "put", "/nodes/pve1/qemu/100/config", "tags", "mine"))
                    .isRefusedBy("token.within");
        }
    }

    @Test
    void a_volume_of_another_guest_is_that_guests() {
        try (var lab = lab("change", "pool=shop")) {
            assertThat(write(lab, "put", "/nodes/pve1/qemu/101/config", "scsi1", "local:100/vm-100-disk-0.raw"))
                    .isRefusedBy("token.within");
        }
    }

    @Test
    void a_new_guest_has_to_be_made_within_reach() {
        try (var lab = lab("execute", "pool=shop")) {
            assertThat(write(lab, "post", "/nodes/pve1/qemu", "vmid", 120)).isRefusedBy("token.within");
            assertThat(write(lab, "post", "/nodes/pve1/qemu", "vmid", 121, "pool", "shop"))
                    .isDone();
        }
    }
}
