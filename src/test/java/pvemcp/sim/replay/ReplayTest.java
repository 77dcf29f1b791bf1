package pvemcp.sim.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The judge of the simulator: what a real Proxmox VE 9.2.11 answered to these requests, it answers too.
///
/// A story that is not in the list is not supported yet. A difference that is meant to be there is listed with its
/// reason in `src/test/resources/recordings/allowed.txt`.
class ReplayTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s01_access",
                "s02_limited",
                "s03_nodes",
                "s04_cluster",
                "s05_cluster_ha_backup",
                "s06_cluster_firewall",
                "s07_sdn_notifications_acme",
                "s08_mappings_metrics",
                "s10_vm_create_errors",
                "s11_vm_lifecycle",
                "s12_vm_snapshot_clone",
                "s13_cloudinit",
                "s14_guest_agent",
                "s20_storage",
                "s21_pools",
                "s22_lxc",
                "s23_vzdump",
                "s24_tasks",
                "s25_wire",
                "s26_guest_firewall",
                "s27_rrd_console",
                "s28_lxc_clone",
                "s29_agent_states_power"
            })
    void the_simulator_answers_as_the_recorded_host_did(String file) {
        var story = Exchange.story(file);
        var allowances = Allowances.of(file);

        try (var host = RecordersHost.at(Replay.startOf(story), file)) {
            var differences = Replay.play(story, host).stream()
                    .filter(difference -> !allowances.allow(difference))
                    .toList();

            if (!differences.isEmpty()) {
                fail("%d differences from %s:%n%s"
                        .formatted(
                                differences.size(),
                                file,
                                differences.stream().map(Difference::toString).collect(Collectors.joining("\n"))));
            }
        }
        assertThat(allowances.unused())
                .as("allowed.txt lists differences that do not happen any more: remove them")
                .isEmpty();
    }
}
