package pvemcp.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;

/// The largest cluster the simulator is made for.
class FleetTest {
    @Test
    void ten_thousand_guests_on_thirty_two_nodes_are_listed_at_once() {
        var begun = System.nanoTime();
        try (var sim = PveSim.start(Scenarios.fleet(32, 10_000, 7), SimTime.byHand(Worlds.NOON))) {
            var client = SimClient.of(sim);

            var guests = client.get("/cluster/resources?type=vm").rows();
            var nodes = client.get("/cluster/resources?type=node").rows();

            assertThat(guests).hasSize(10_000).allMatch(row -> row.has("name"));
            assertThat(nodes).hasSize(32).allMatch(row -> row.whole("maxmem").orElseThrow() > 0);
        }
        // A second is the aim on an idle machine; the bound is for what would be far slower with more guests.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(60));
    }

    @Test
    void the_same_seed_makes_the_same_cluster() {
        assertThat(names(3)).isEqualTo(names(3)).isNotEqualTo(names(4));
    }

    private static String names(long seed) {
        try (var sim = PveSim.start(Scenarios.fleet(3, 40, seed), SimTime.byHand(Worlds.NOON))) {
            return SimClient.of(sim).get("/cluster/resources?type=vm").text();
        }
    }
}
