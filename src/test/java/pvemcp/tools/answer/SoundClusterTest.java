package pvemcp.tools.answer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.sim.scenario.Scenarios;

/// Clusters with nothing wrong: no trouble is made up, and no wrong reason given.
class SoundClusterTest {
    @Test
    void a_fleet_is_well() {
        try (var lab = Lab.of(Scenarios.fleet(3, 10, 7))) {
            assertThat(LabAssert.assertThat(lab.call("pve_health")).isDone().text())
                    .doesNotContain("service", "is dead");
        }
    }

    @Test
    void guests_of_a_host_without_others_have_nowhere_to_go_whatever_their_memory() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            assertThat(LabAssert.assertThat(lab.call("pve_evacuation_plan", "node", "pve1"))
                            .isDone()
                            .text())
                    .contains("101|web|there is no other node that is up")
                    .doesNotContain("has the memory", "high availability");
        }
    }
}
