package pvemcp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.stream.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.json.Json;
import pvemcp.lab.Campaign;
import pvemcp.lab.ClassPath;

/// `kill -9` at random moments, while two processes with four threads each write to one ledger that is closed and
/// continued every 96 KiB: no acknowledged entry is lost, and the chain verifies.
class KillTest {
    private static final int KILLS = Campaign.of(6, 1000);
    private static final int KILLS_PER_LEDGER = 20;

    @TempDir
    private Path folder;

    @Test
    void no_acknowledged_entry_is_lost_by_kill_9() throws IOException, InterruptedException {
        var random = new Random(20261121);
        int entries = 0;
        int torn = 0;
        var acknowledged = new ConcurrentHashMap<Long, String>();
        for (int kill = 0; kill < KILLS; kill += 2) {
            var file = folder.resolve("%d/audit.jsonl".formatted(kill / KILLS_PER_LEDGER));
            if (kill % KILLS_PER_LEDGER == 0) {
                acknowledged.clear();
            }
            var one = writer(file, "a" + kill);
            var other = writer(file, "b" + kill);
            var underWay = new CountDownLatch(2);
            var readers = List.of(reader(one, acknowledged, underWay), reader(other, acknowledged, underWay));
            assertThat(underWay.await(3, TimeUnit.MINUTES)).isTrue();
            pause(random.nextInt(150), random.nextInt(1000));
            one.destroyForcibly().waitFor();
            pause(random.nextInt(30), random.nextInt(1000));
            other.destroyForcibly().waitFor();
            for (var reader : readers) {
                reader.join();
            }
            new AuditLog(file, Clock.systemUTC()).record(Json.obj("event", "next"));
            torn += judge(file, acknowledged);
            entries += kill + 2 >= KILLS || (kill + 2) % KILLS_PER_LEDGER == 0 ? acknowledged.size() : 0;
        }
        Campaign.report("%d kills, %d acknowledged entries, %d half lines taken out".formatted(KILLS, entries, torn));
        assertThat(entries).isGreaterThan(KILLS);
    }

    /// How many half lines were taken out by now.
    private static int judge(Path file, Map<Long, String> acknowledged) throws IOException {
        var there = new HashMap<Long, String>();
        var torn = new ArrayList<Long>();
        new Ledger(file).forEach(entry -> {
            there.put(
                    entry.seq(),
                    entry.fields().text("writer").orElse("") + " "
                            + entry.fields().text("number").orElse(""));
            if (entry.event().equals("recovered")) {
                torn.add(entry.seq());
            }
        });
        assertThat(there).containsAllEntriesOf(acknowledged);
        assertThat(new Ledger(file).verify(Optional.empty()).findings()).isEmpty();
        return torn.size();
    }

    private static Process writer(Path file, String name) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        ClassPath.of(KilledWriter.class, AuditLog.class, JsonReader.class),
                        KilledWriter.class.getName(),
                        file.toString(),
                        name)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static Thread reader(Process process, Map<Long, String> acknowledged, CountDownLatch underWay) {
        return Thread.ofPlatform().start(() -> {
            boolean first = true;
            try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    var parts = line.split(" ", 2);
                    acknowledged.put(Long.parseLong(parts[0]), parts[1]);
                    if (first) {
                        underWay.countDown();
                        first = false;
                    }
                }
            } catch (IOException _) {
                // The pipe breaks with the process.
            }
        });
    }

    private static void pause(int millis, int micros) throws InterruptedException {
        Thread.sleep(millis, micros * 999);
    }
}
