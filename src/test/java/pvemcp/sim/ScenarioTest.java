package pvemcp.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;

class ScenarioTest {
    private static PveSim start(Scenario scenario) {
        return PveSim.start(scenario, SimTime.byHand(Worlds.NOON));
    }

    private static Json.Arr get(PveSim sim, String path) {
        return (Json.Arr) SimClient.of(sim).get(path).data();
    }

    @Test
    void the_homelab_has_a_dozen_guests_on_one_node_and_a_past() {
        try (var sim = start(Scenarios.homelab())) {
            var guests = get(sim, "/cluster/resources?type=vm");
            assertThat(guests.size()).isEqualTo(12);
            assertThat(get(sim, "/nodes").size()).isEqualTo(1);
            assertThat(get(sim, "/nodes/pve1/tasks?errors=1").items())
                    .anyMatch(
                            task -> ((Json.Obj) task).text("status").orElse("").equals("job errors"));
            assertThat(get(sim, "/nodes/pve1/storage/backup/content").size()).isEqualTo(19);
        }
    }

    @Test
    void the_same_seed_gives_the_same_fleet() {
        String first;
        try (var sim = start(Scenarios.fleet(3, 60, 7))) {
            first = get(sim, "/cluster/resources").write();
        }
        try (var sim = start(Scenarios.fleet(3, 60, 7))) {
            assertThat(get(sim, "/cluster/resources").write()).isEqualTo(first);
        }
        try (var sim = start(Scenarios.fleet(3, 60, 8))) {
            assertThat(get(sim, "/cluster/resources").write()).isNotEqualTo(first);
        }
    }

    @Test
    void ten_thousand_guests_are_there_at_once() {
        long begin = System.nanoTime();
        try (var sim = start(Scenarios.fleet(32, 10_000, 1))) {
            var started = Duration.ofNanos(System.nanoTime() - begin);
            var client = SimClient.of(sim);
            client.get("/version");
            client.get("/cluster/resources");
            begin = System.nanoTime();
            var rows = client.get("/cluster/resources").rows();
            var answered = Duration.ofNanos(System.nanoTime() - begin);
            assertThat(rows).hasSizeGreaterThan(10_000);
            // Generous bounds: they are to catch a quadratic slip, not a busy machine.
            assertThat(started).isLessThan(Duration.ofSeconds(60));
            assertThat(answered).isLessThan(Duration.ofSeconds(30));
        }
    }
}
