package pvemcp.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Campaign;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.pve.Transport;
import pvemcp.pve.Verb;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// Somebody destroys a guest and makes another under its id, or renames or moves it, at any moment between the plan
/// to delete it and the request that does: the other one is not deleted.
///
/// PVE deletes by the id alone. A replacement in the one way from our last look to the request cannot be seen by
/// anybody, and is left out here.
class ReplacedGuestTest {
    private static final int SCHEDULES = Campaign.of(60, 1_000);
    private static final int VM = 111;
    private static final int CONTAINER = 112;

    /// What happens to the guest.
    private enum Turn {
        ANOTHER,
        ANOTHER_OF_THE_SAME_NAME,
        RENAMED,
        MOVED
    }

    private final List<String> wrong = new ArrayList<>();
    private int struck;
    private int refused;

    @Test
    void what_took_the_id_of_a_guest_is_not_deleted_in_its_place() {
        try (var lab = Lab.of(Scenes.small())
                .with(cluster -> cluster.addNode("pve2"))
                .policy(open -> open.with(Tier.DESTROY, Policy.Answer.ASK))) {
            var interloper = new Interloper[1];
            lab.through(wire -> (verb, path, params) -> interloper[0].passed(wire, verb, path, params));
            for (int seed = 1; seed <= SCHEDULES; seed++) {
                interloper[0] = new Interloper(lab, new Random(seed), seed);
                judge(seed, interloper[0]);
            }
        }
        Campaign.report("replaced: %d schedules, %d struck, %d refused".formatted(SCHEDULES, struck, refused));
        assertThat(wrong).isEmpty();
        assertThat(struck).isGreaterThan(SCHEDULES / 2);
    }

    private void judge(int seed, Interloper interloper) {
        interloper.makes();
        var held = interloper.call("");
        if (!(held instanceof ToolResult.Held)) {
            wrong.add("seed %d: not held: %s".formatted(seed, held));
            return;
        }
        interloper.strikesSoon();
        var end = interloper.call(Lab.yes(held));
        interloper.mayStrike = false;
        struck += interloper.hasStruck ? 1 : 0;
        refused += end instanceof ToolResult.Done ? 0 : 1;
        if (interloper.hasStruck && !interloper.isThere()) {
            wrong.add("seed %d: %s, and the other is gone: %s".formatted(seed, interloper.turn, end));
        }
        if (!interloper.hasStruck && !(end instanceof ToolResult.Done)) {
            wrong.add("seed %d: nothing happened, and yet: %s".formatted(seed, end));
        }
    }

    /// Whoever comes between the requests of a call.
    private static final class Interloper {
        private final Lab lab;
        private final Random chance;
        private final int id;
        private final Turn turn;
        private int left;
        private boolean mayStrike;
        private boolean hasStruck;

        Interloper(Lab lab, Random chance, int seed) {
            this.lab = lab.as("owner " + seed);
            this.chance = chance;
            this.id = chance.nextBoolean() ? VM : CONTAINER;
            var turns = List.of(Turn.values());
            this.turn = turns.get(chance.nextInt(turns.size()));
        }

        void makes() {
            lab.with(cluster -> put(cluster, "pve1", "web-" + id));
            lab.advance(Duration.ofSeconds(15));
        }

        private Guest put(Cluster cluster, String node, String name) {
            cluster.guests.remove(id);
            var guest = id == VM ? Scenes.vm(cluster, id, node, name) : Scenes.container(cluster, id, node, name);
            guest.config.put(
                    "net0",
                    "bridge=vmbr0,hwaddr=BC:24:11:%02X:%02X:%02X"
                            .formatted(chance.nextInt(256), chance.nextInt(256), chance.nextInt(256)));
            return guest;
        }

        ToolResult call(String ticket) {
            var arguments = Json.obj("guest", Integer.toString(id));
            return lab.call("pve_guest_delete", ticket.isEmpty() ? arguments : arguments.with("confirm", ticket));
        }

        void strikesSoon() {
            mayStrike = true;
            left = chance.nextInt(6);
        }

        Json.Obj passed(Transport wire, Verb verb, String path, Json.Obj params) {
            mayStrike &= verb != Verb.DELETE;
            if (mayStrike && !hasStruck && verb == Verb.GET && left-- == 0) {
                hasStruck = true;
                lab.with(this::strike);
            }
            return wire.send(verb, path, params);
        }

        private void strike(Cluster cluster) {
            switch (turn) {
                case ANOTHER -> put(cluster, "pve1", "payroll");
                case ANOTHER_OF_THE_SAME_NAME -> put(cluster, "pve1", "web-" + id);
                case RENAMED -> cluster.guest(id).config.put(id == VM ? "name" : "hostname", "payroll");
                case MOVED -> cluster.guest(id).node = "pve2";
            }
        }

        boolean isThere() {
            // Moved, it is still the one that was agreed on, and may be deleted where it is now.
            return turn == Turn.MOVED || lab.ask(cluster -> cluster.guests.containsKey(id));
        }
    }
}
