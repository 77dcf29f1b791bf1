package pvemcp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pvemcp.json.Json;
import pvemcp.lab.Campaign;

/// A disk that fails at every possible moment, once or for good: what was acknowledged is there afterwards, what was
/// refused was said to be refused, and the chain holds.
class FaultyDiskTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);
    private static final int MOMENTS = Campaign.of(5, 100);
    private static final int ENTRIES = 12;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(FailingChannel.Operation.class)
    void what_was_acknowledged_outlives_a_failing_disk(FailingChannel.Operation operation) throws IOException {
        int cases = 0;
        int failures = 0;
        for (int moment = 1; moment <= MOMENTS; moment++) {
            for (boolean forGood : List.of(false, true)) {
                for (boolean alsoTruncate : List.of(false, true)) {
                    int until = forGood ? Integer.MAX_VALUE : moment + 1;
                    var plan = new FailingChannel.Plan(operation, moment, until, "Input/output error", alsoTruncate);
                    judge(folder.resolve("%d/audit.jsonl".formatted(cases++)), plan, operation);
                    failures += plan.failures() > 0 ? 1 : 0;
                }
            }
        }
        Campaign.report("%s: %d disks, %d failed".formatted(operation, cases, failures));
        // Nothing is taken back before something has failed.
        assertThat(failures).isGreaterThan(operation == FailingChannel.Operation.TRUNCATE ? -1 : 4);
    }

    private static void judge(Path file, FailingChannel.Plan plan, FailingChannel.Operation operation)
            throws IOException {
        var acknowledged = new ArrayList<String>();
        var refused = new ArrayList<String>();
        var log = new AuditLog(file, NOON, 3000, plan);
        var other = new AuditLog(file, NOON, 3000);
        for (int i = 0; i < ENTRIES; i++) {
            // Another process on the same file makes this one look at the file's end each time.
            other.note(Json.obj("event", "other " + i));
            try {
                log.record(Json.obj("event", "entry " + i));
                acknowledged.add("entry " + i);
            } catch (IOException _) {
                refused.add("entry " + i);
            }
            log.note(Json.obj("event", "note " + i));
        }
        boolean forceFailed = operation == FailingChannel.Operation.FORCE && plan.failures() > 0;
        if (forceFailed) {
            // fsync is never asked twice: all that follows is refused.
            assertThat(refused).last().isEqualTo("entry " + (ENTRIES - 1));
            assertThat(plan.failures()).isEqualTo(1);
        }
        // The process ends without a word; the next one has a sound disk.
        var next = new AuditLog(file, NOON, 3000);
        next.record(Json.obj("event", "next"));
        var events = new ArrayList<String>();
        new Ledger(file).forEach(entry -> events.add(entry.event()));
        assertThat(events).containsAll(acknowledged).last().isEqualTo("next");
        assertThat(new Ledger(file).verify(Optional.empty()).findings()).isEmpty();
    }
}
