package pvemcp.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Campaign;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.pve.Transport;
import pvemcp.pve.Verb;
import pvemcp.tool.ToolResult;

/// Two who change one guest at the same time, in any order of their steps: between any two requests of a call,
/// somebody else may have changed the configuration. Nobody writes over what they have not seen.
class TwoWritersTest {
    private static final int VM = 101;
    private static final int CONTAINER = 102;

    private final List<String> wrong = new ArrayList<>();
    private int done;
    private int conflicts;
    private int meddled;
    private Meddler meddler;

    @Test
    void nobody_writes_over_what_they_have_not_seen() {
        int seeds = Campaign.of(40, 5_000);
        try (var lab = Lab.of(Scenes.small())) {
            lab.through(wire -> (verb, path, params) -> meddler.meddledWith(wire, verb, path, params));
            for (int seed = 1; seed <= seeds; seed++) {
                var chance = new Random(seed);
                meddler = new Meddler(lab, chance, chance.nextBoolean() ? VM : CONTAINER, seed);
                lab.as("writer " + seed);
                judge(seed, meddler.other(chance.nextBoolean()));
            }
        }
        Campaign.report("two writers: %d seeds, %d meddled with, %d done, %d conflicts"
                .formatted(seeds, meddled, done, conflicts));
        assertThat(wrong).isEmpty();
        assertThat(done).as("done").isPositive();
        assertThat(conflicts).as("conflicts").isPositive();
    }

    private void judge(int seed, ToolResult result) {
        meddled += meddler.meddled > 0 ? 1 : 0;
        switch (result) {
            case ToolResult.Done _ -> {
                done++;
                require(meddler.written, "said to be done, and nothing was written", seed, result);
                require(!meddler.blind, "wrote over what it had not seen", seed, result);
            }
            case ToolResult.Failed failed
            when failed.code().equals("conflict") -> {
                conflicts++;
                require(!meddler.written, "said to be refused, and was written", seed, result);
            }
            default -> require(false, "neither done nor a conflict", seed, result);
        }
        require(meddler.isKept(), "a change of the other's is lost", seed, result);
    }

    private void require(boolean holds, String otherwise, int seed, ToolResult result) {
        if (!holds) {
            wrong.add("seed %d: %s: %s".formatted(seed, otherwise, result));
        }
    }

    /// The other writer, who strikes between the requests of a call.
    private static final class Meddler {
        private final Lab lab;
        private final Random chance;
        private final int guest;
        private final int seed;
        private final Map<String, String> wanted = new TreeMap<>();

        /// The states that the call has read: what is changed there and back again is none it has not seen.
        private final Set<String> seen = new HashSet<>();

        private int meddled;
        private boolean written;
        private boolean blind;

        Meddler(Lab lab, Random chance, int guest, int seed) {
            this.lab = lab;
            this.chance = chance;
            this.guest = guest;
            this.seed = seed;
        }

        /// The one whose call is meddled with.
        ToolResult other(boolean notes) {
            var id = Integer.toString(guest);
            return notes
                    ? lab.call(
                            "pve_guest_notes", "guest", id, "text", "seen by " + seed, "append", chance.nextBoolean())
                    : lab.call("pve_guest_set", "guest", id, "tags", "t" + seed);
        }

        Json.Obj meddledWith(Transport wire, Verb verb, String path, Json.Obj params) {
            if (chance.nextInt(6) == 0) {
                meddle();
            }
            boolean config = path.endsWith("/config") || path.endsWith("/pending");
            var there = digest();
            var answer = wire.send(verb, path, params);
            if (config && verb != Verb.GET) {
                written = true;
                blind = !seen.contains(there);
            } else if (config) {
                seen.add(there);
            }
            return answer;
        }

        private void meddle() {
            meddled++;
            var option = List.of("cores", "memory", "onboot").get(chance.nextInt(3));
            var value = option.equals("onboot")
                    ? Integer.toString(chance.nextInt(2))
                    : Integer.toString(512 + meddled + seed);
            wanted.put(option, value);
            lab.with(cluster -> cluster.guest(guest).config.put(option, value));
        }

        private String digest() {
            return lab.ask(cluster -> cluster.guest(guest).digest());
        }

        boolean isKept() {
            return lab.ask(cluster -> cluster.guest(guest).config.entrySet().containsAll(wanted.entrySet()));
        }
    }
}
