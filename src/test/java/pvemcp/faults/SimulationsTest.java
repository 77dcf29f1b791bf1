package pvemcp.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import pvemcp.faults.Arena.Went;
import pvemcp.json.Json;
import pvemcp.lab.Campaign;
import pvemcp.pve.Upid;
import pvemcp.tool.ToolResult;

/// Thousands of short stories in which things break by chance, each from a seed of its own. What callers are told is
/// compared with what the simulator has really done: never more than once, never other than was said; where nobody
/// can know, that is said.
///
/// A story that ends badly names its seed; `-Dseed=N` tells that one alone.
class SimulationsTest {
    private static final int IN_ONE_ARENA = 50;
    private static final Set<String> DOUBT = Set.of("ambiguous", "task_vanished");

    private final Map<String, Integer> told = new ConcurrentSkipListMap<>();
    private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());

    @Test
    void what_is_told_is_what_was_done_whatever_breaks() throws Exception {
        int from = Integer.getInteger("seed", 1);
        int to = Integer.getInteger("seed", Campaign.of(25, Integer.getInteger("simulations", 10_000)));
        try (var threads = Executors.newFixedThreadPool(Campaign.of(1, 2))) {
            var arenas = new ArrayList<Future<?>>();
            for (int first = from; first <= to; first += IN_ONE_ARENA) {
                int begin = first;
                int end = Math.min(to, first + IN_ONE_ARENA - 1);
                arenas.add(threads.submit(() -> simulate(begin, end)));
            }
            for (var arena : arenas) {
                arena.get();
            }
        }
        Campaign.report(
                "simulations: %d seeds, %s, %d wrong".formatted(to - from + 1, new TreeMap<>(told), wrong.size()));
        assertThat(wrong).isEmpty();
    }

    private void simulate(int from, int to) {
        try (var arena = new Arena()) {
            for (int seed = from; seed <= to; seed++) {
                for (var went : arena.simulate(seed)) {
                    judge(arena, seed, went);
                }
            }
            for (var each : arena.audit()) {
                wrong.add("seeds %d to %d: %s".formatted(from, to, each));
            }
            count("requests", (int) arena.requests());
            count("faults", (int) arena.faults());
        }
    }

    private void count(String what, int times) {
        told.merge(what, times, Integer::sum);
    }

    private void judge(Arena arena, int seed, Went went) {
        int times = went.effects().size();
        var tasks = went.effects().stream()
                .flatMap(one -> task(one.answer().body()).stream())
                .map(arena::end)
                .toList();
        count("effects", times);
        require(times <= 1, "done %d times".formatted(times), seed, went);
        switch (went.result()) {
            case ToolResult.Done done
            when done.going().isPresent() -> {
                count("told to go on", 1);
                require(times == 1, "told to go on, and was not done", seed, went);
            }
            case ToolResult.Done _ -> {
                count("told done", 1);
                require(times == 1, "false success", seed, went);
                require(
                        tasks.stream().allMatch(end -> end.equals("OK") || end.startsWith("WARNINGS")),
                        "false success of " + tasks,
                        seed,
                        went);
            }
            case ToolResult.Failed failed
            when DOUBT.contains(failed.code()) ->
                count(times == 0 ? "told unknown, not done" : "told unknown, done", 1);
            case ToolResult.Failed failed
            when failed.code().equals("task_failed") -> {
                count("told task failed", 1);
                require(!tasks.isEmpty() && !tasks.getFirst().equals("OK"), "false failure of " + tasks, seed, went);
            }
            case ToolResult.Failed(var _, var what, var hint) -> {
                boolean begun = what.contains("; already ") || what.contains("done before that");
                count(begun ? "told begun" : "told not done", 1);
                boolean denied = (what + hint).contains("nothing was");
                require(times == 0 || (begun && !denied), "false failure", seed, went);
            }
            case ToolResult.Refused _, ToolResult.Held _ -> {
                count("refused", 1);
                require(times == 0, "refused and done", seed, went);
            }
        }
    }

    private static Optional<Upid> task(String body) {
        return Json.parse(body) instanceof Json.Obj answer
                ? answer.text("data").flatMap(Upid::tryParse)
                : Optional.empty();
    }

    private void require(boolean holds, String otherwise, int seed, Went went) {
        if (!holds) {
            wrong.add("seed %d: %s: %s: %s, effects %s"
                    .formatted(seed, otherwise, went.deed(), went.result(), went.effects()));
        }
    }
}
