package pvemcp.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.json.Json;

class AuditLogTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("state/audit.jsonl");
    }

    private List<Json.Obj> lines() throws IOException {
        return Files.readAllLines(file()).stream()
                .map(line -> (Json.Obj) Json.parse(line))
                .filter(line -> !line.text("event").orElse("").equals("checkpoint"))
                .toList();
    }

    @Test
    void lines_are_numbered_and_chained_across_restarts() throws IOException {
        for (var run : List.of("first", "second")) {
            try (var log = new AuditLog(file(), NOON)) {
                log.record(Json.obj("event", run + " begin"));
                log.note(Json.obj("event", run + " end"));
            }
        }
        var texts = Files.readAllLines(file());
        var previous = "0".repeat(64);
        for (int i = 0; i < texts.size(); i++) {
            var line = (Json.Obj) Json.parse(texts.get(i));
            assertThat(line.whole("seq")).contains(i + 1L);
            assertThat(line.text("prev")).contains(previous);
            previous = Hash.of(texts.get(i));
        }
        assertThat(lines().getFirst().write())
                .isEqualTo("{\"seq\":1,\"time\":\"2026-11-21T12:00:00Z\",\"event\":\"first begin\",\"prev\":\""
                        + "0".repeat(64) + "\"}");
        assertThat(lines()).hasSize(4);
    }

    @Test
    void a_clock_that_jumps_breaks_no_chain_and_loses_no_line() throws IOException {
        var random = new Random(22);
        var jumping = new AtomicReference<>(NOON.instant());
        InstantSource time = jumping::get;
        var clock = time.withZone(ZoneOffset.UTC);
        for (int restart = 0; restart < 5; restart++) {
            try (var log = new AuditLog(file(), clock)) {
                for (int i = 0; i < 20; i++) {
                    jumping.set(NOON.instant().plus(Duration.ofMinutes(random.nextInt(-525_600, 525_600))));
                    log.record(Json.obj("event", "call"));
                }
            }
        }
        assertThat(lines()).hasSize(100);
        var found = new Ledger(file()).verify(Optional.empty());
        assertThat(found.findings()).isEmpty();
        assertThat(found.lines()).isEqualTo(found.last());
    }

    @Test
    void the_end_of_a_cancelled_call_is_written_too() throws IOException {
        try (var log = new AuditLog(file(), NOON)) {
            log.record(Json.obj("event", "begin"));
            Thread.currentThread().interrupt();
            assertThat(log.note(Json.obj("event", "end"))).isTrue();
            assertThat(Thread.interrupted()).isTrue();
            log.record(Json.obj("event", "another"));
        }
        assertThat(lines())
                .extracting(line -> line.text("event").orElseThrow())
                .containsExactly("begin", "end", "another");
    }

    @Test
    void only_the_owner_can_read_it() throws IOException {
        try (var log = new AuditLog(file(), NOON)) {
            log.record(Json.obj("event", "x"));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void a_folder_that_everybody_can_write_to_keeps_no_log() throws IOException {
        Files.createDirectory(file().getParent());
        Files.setPosixFilePermissions(file().getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        try (var log = new AuditLog(file(), NOON)) {
            assertThatThrownBy(() -> log.record(Json.obj("event", "x")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("can be written by everybody: chmod o-w");
        }
    }

    /// Whoever started it takes no note of its end: `sleep` waits for nobody.
    @Test
    @EnabledOnOs(OS.LINUX)
    @Timeout(300)
    void a_process_that_has_ended_does_not_live_though_it_is_still_listed() throws Exception {
        var parent = new ProcessBuilder("sh", "-c", "exec 3<&0; cat <&3 & echo $!; exec sleep 60").start();
        try {
            long pid = Long.parseLong(parent.inputReader().readLine());
            var began =
                    ProcessHandle.of(pid).orElseThrow().info().startInstant().orElseThrow();
            var writer = new Writer(pid, began.getEpochSecond());
            assertThat(writer.lives()).isTrue();
            parent.getOutputStream().close();
            while (writer.lives()) {
                Thread.onSpinWait();
            }
            assertThat(ProcessHandle.of(pid)).isPresent();
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void two_processes_share_one_chain() throws IOException {
        try (var one = new AuditLog(file(), NOON);
                var other = new AuditLog(file(), NOON)) {
            one.record(Json.obj("event", "a"));
            other.record(Json.obj("event", "b"));
            one.record(Json.obj("event", "c"));
        }
        assertThat(lines()).extracting(line -> line.whole("seq").orElseThrow()).containsExactly(1L, 2L, 3L);
        assertThat(lines().get(2).text("prev"))
                .contains(Hash.of(Files.readAllLines(file()).get(1)));
    }

    @Test
    void a_log_that_cannot_be_written_says_so() throws IOException {
        Files.writeString(folder.resolve("state"), "a file where the folder should be");
        try (var log = new AuditLog(file(), NOON)) {
            assertThatThrownBy(() -> log.record(Json.obj("event", "x"))).isInstanceOf(IOException.class);
            assertThat(log.note(Json.obj("event", "x"))).isFalse();
        }
    }
}
