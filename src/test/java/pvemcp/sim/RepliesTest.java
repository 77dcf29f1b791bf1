package pvemcp.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Ceph;
import pvemcp.sim.world.NetworkInterface;

/// What is answered has the types that PVE's schema declares for it.
class RepliesTest {
    private final List<String> told = new ArrayList<>();

    @Test
    void every_read_answers_in_the_declared_types() {
        var options =
                SimOptions.of(Scenarios.homelab(), SimTime.byHand(Worlds.NOON)).withStrict(told::add);
        try (var sim = PveSim.start(options)) {
            sim.change(cluster -> {
                var ceph = Ceph.on(cluster, cluster.nodes.firstEntry().getKey());
                ceph.fileSystems.put("files", new Ceph.FileSystem("a", "b"));
            });

            var answers = Reads.of(sim);

            assertThat(told).isEmpty();
            assertThat(answers.values())
                    .filteredOn(answer -> answer.startsWith("200"))
                    .hasSizeGreaterThan(200);
        }
    }

    @Test
    void a_reply_that_is_not_as_declared_is_an_error_that_says_how() {
        var options = SimOptions.of(Worlds.BARE, SimTime.byHand(Worlds.NOON)).withStrict(told::add);
        try (var sim = PveSim.start(options)) {
            var settings = new TreeMap<String, Json>(Map.of("type", Json.str("bridge"), "mtu", Json.str("large")));
            sim.change(cluster ->
                    cluster.node("pve").host.interfaces.put("vmbr9", new NetworkInterface("vmbr9", settings, true)));

            var answer = SimClient.of(sim).get("/nodes/pve/network");

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.reason())
                    .isEqualTo("the reply of GET /nodes/{node}/network is not as Proxmox VE declares it: "
                            + "data[].mtu is no integer: \"large\"");
            assertThat(told).containsExactly(answer.reason());
        }
    }
}
