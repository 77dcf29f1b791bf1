package pvemcp.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.faults.Bench.Went;
import pvemcp.lab.Campaign;
import pvemcp.tool.ToolResult;

/// Every fault of the wire in a call of every kind. Whatever happens: it ends in time, nothing is sent twice, nobody
/// is told that something was done which was not, or was not done which was, and the next call works.
class WireFaultsTest {
    /// Of the seven kinds of calls, in the slice of each build; over all faults each kind has its share.
    private static final int KINDS_A_FAULT = 1;

    private static final int EACH_TIME = Integer.MAX_VALUE;
    private static Bench bench;

    @BeforeAll
    static void build() {
        bench = new Bench();
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    static List<Arguments> everyFaultInEveryCall() {
        var all = new ArrayList<Arguments>();
        int kinds = CallKind.values().length;
        int turn = 0;
        for (var fault : WireFault.values()) {
            turn++;
            for (var kind : CallKind.values()) {
                boolean inSlice = turn++ % kinds < Campaign.of(KINDS_A_FAULT, kinds);
                // A file may take as long as it likes while it moves.
                boolean endless = fault == WireFault.F19_DRIP && kind == CallKind.DOWNLOAD;
                if (inSlice && !endless) {
                    all.add(Arguments.of(fault, kind));
                }
            }
        }
        Campaign.report("wire faults: %d faults in %d kinds of calls, %d cases"
                .formatted(WireFault.values().length, kinds, all.size()));
        return all;
    }

    @ParameterizedTest
    @MethodSource("everyFaultInEveryCall")
    void a_fault_that_lasts_is_told_as_what_it_is(WireFault fault, CallKind kind) {
        var start = System.nanoTime();

        var went = bench.during(EACH_TIME, fault.answer(), fault.told().patience(), kind);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
        assertThat(went.told()).as(went.toString()).isIn(expected(fault, kind));
        requireHonest(went, kind);
        var after = bench.whole(kind);
        assertThat(after.told()).as("afterwards: %s", after).isEqualTo("done");
        requireHonest(after, kind);
    }

    @ParameterizedTest
    @EnumSource
    void a_fault_that_passes_does_not_stop_a_read(WireFault fault) {
        var reads = List.of(CallKind.ONE, CallKind.LIST, CallKind.WAIT);
        for (var kind : reads.subList(0, Campaign.of(1, reads.size()))) {
            var went = bench.during(1, fault.answer(), fault.told().patience(), kind);

            boolean passes = fault.passes() || expected(fault, kind).contains("going");
            assertThat(went.told()).as("%s: %s", kind, went).isIn(passes ? Set.of("done") : expected(fault, kind));
            requireHonest(went, kind);
        }
    }

    private static Set<String> expected(WireFault fault, CallKind kind) {
        boolean unreached = fault.told().read().equals(Set.of("unreachable"));
        if (kind == CallKind.WAIT && unreached) {
            return Set.of("going"); // The node may come back, and the task goes on.
        }
        if (kind == CallKind.DOWNLOAD && unreached) {
            return Set.of("unreachable", "not_pve"); // The bytes of a file are not judged, only their number.
        }
        return kind.writes() ? fault.told().write() : fault.told().read();
    }

    private static void requireHonest(Went went, CallKind kind) {
        assertThat(went.effects()).as("effects of %s", went).hasSizeLessThanOrEqualTo(1);
        if (kind.writes()) {
            assertThat(went.hits()).as("sent: %s", went).isLessThanOrEqualTo(1);
            switch (went.told()) {
                case "done", "going" ->
                    assertThat(went.effects()).as(went.toString()).hasSize(1);
                case "ambiguous", "task_vanished" -> {}
                default -> assertThat(went.effects()).as(went.toString()).isEmpty();
            }
        }
        if (went.result() instanceof ToolResult.Failed(var code, var what, var hint)) {
            assertThat(List.of(code, what, hint)).doesNotContain("").noneMatch(text -> text.contains(bench.secret()));
        }
    }
}
