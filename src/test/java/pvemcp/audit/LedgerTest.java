package pvemcp.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.json.Json;

/// What the ledger shows of what was done to it.
class LedgerTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("audit.jsonl");
    }

    private static Clock at(Duration later) {
        return Clock.fixed(NOON.plus(later), ZoneOffset.UTC);
    }

    private AuditLog log() {
        return new AuditLog(file(), at(Duration.ZERO));
    }

    private void written(int lines) throws IOException {
        try (var log = log()) {
            for (int i = 0; i < lines; i++) {
                log.record(Json.obj("event", "x", "number", i));
            }
        }
    }

    private Verification verify() throws IOException {
        return new Ledger(file()).verify(Optional.empty());
    }

    @Test
    void a_ledger_that_nobody_touched_is_good_and_signed_to_its_end() throws IOException {
        written(600);
        var found = verify();
        assertThat(found.findings()).isEmpty();
        assertThat(found.checkpoints()).isEqualTo(3);
        assertThat(found.signed()).isEqualTo(found.last() - 1);
        assertThat(found.lines()).isEqualTo(603);
    }

    @Test
    void a_checkpoint_is_due_a_minute_after_the_first_line_it_covers() throws IOException {
        log().record(Json.obj("event", "x"));
        var later = new AuditLog(file(), at(Duration.ofSeconds(61)));
        later.record(Json.obj("event", "y"));
        assertThat(events()).containsExactly("x", "checkpoint", "y");
    }

    private List<String> events() throws IOException {
        var events = new ArrayList<String>();
        new Ledger(file()).forEach(entry -> events.add(entry.event()));
        return events;
    }

    @Test
    void every_changed_byte_shows() throws IOException {
        written(6);
        var bytes = Files.readAllBytes(file());
        int unseen = 0;
        for (int i = 0; i < bytes.length; i++) {
            var changed = bytes.clone();
            changed[i] ^= 1;
            Files.write(file(), changed);
            unseen += verify().good() ? 1 : 0;
        }
        assertThat(unseen).isZero();
    }

    @Test
    void a_cut_at_every_byte_shows() throws IOException {
        written(6);
        var bytes = Files.readAllBytes(file());
        for (int i = 0; i < bytes.length; i++) {
            Files.write(file(), Arrays.copyOf(bytes, i));
            assertThat(verify().good()).as("cut after %d bytes", i).isFalse();
        }
    }

    @Test
    void a_removed_a_doubled_and_a_swapped_line_show() throws IOException {
        written(20);
        var lines = Files.readAllLines(file());
        for (int i = 0; i < lines.size(); i++) {
            var without = new ArrayList<>(lines);
            without.remove(i);
            Files.write(file(), without);
            assertThat(verify().good()).as("without line %d", i + 1).isFalse();
            var doubled = new ArrayList<>(lines);
            doubled.add(i, lines.get(i));
            Files.write(file(), doubled);
            assertThat(verify().good()).as("line %d doubled", i + 1).isFalse();
            if (i > 0) {
                var swapped = new ArrayList<>(lines);
                Collections.swap(swapped, i - 1, i);
                Files.write(file(), swapped);
                assertThat(verify().good()).as("line %d swapped", i + 1).isFalse();
            }
        }
    }

    @Test
    void a_past_that_was_rewritten_with_fitting_hashes_lacks_the_signature() throws IOException {
        written(300);
        var previous = Hash.START;
        var rewritten = new ArrayList<String>();
        for (var text : Files.readAllLines(file())) {
            var line = (Json.Obj) Json.parse(text.replace("\"number\":7,", "\"number\":8,"));
            text = line.with("prev", Json.str(previous)).write();
            previous = Hash.of(text);
            rewritten.add(text);
        }
        Files.write(file(), rewritten);
        assertThat(verify().findings()).anyMatch(words -> words.contains("not signed with this key"));
    }

    @Test
    void a_copy_of_the_public_key_tells_when_the_ledger_was_made_anew_with_another_key() throws IOException {
        written(3);
        var copy = folder.resolve("copy.pub");
        Files.copy(VerifyingKey.file(file()), copy);
        assertThat(new Ledger(file())
                        .verify(Optional.of(VerifyingKey.read(copy)))
                        .good())
                .isTrue();
        Files.delete(file());
        Files.delete(SigningKey.file(file()));
        Files.delete(Head.file(file()));
        written(3);
        assertThat(verify().good()).isTrue();
        assertThat(new Ledger(file())
                        .verify(Optional.of(VerifyingKey.read(copy)))
                        .findings())
                .isNotEmpty();
    }

    @Test
    void a_cut_stays_visible_when_the_ledger_goes_on() throws IOException {
        written(20);
        var lines = Files.readAllLines(file());
        Files.write(file(), lines.subList(0, 10));
        written(5);
        assertThat(events()).containsOnlyOnce("cut");
        assertThat(verify().findings()).anyMatch(words -> words.contains("had reached line 21"));
    }

    @Test
    void a_head_that_was_taken_away_with_the_end_stays_visible() throws IOException {
        written(20);
        Files.write(file(), Files.readAllLines(file()).subList(0, 10));
        Files.delete(Head.file(file()));
        assertThat(verify().good()).isFalse();
        written(5);
        assertThat(verify().findings()).anyMatch(words -> words.contains("had reached line unknown"));
    }

    @Test
    void a_full_file_is_closed_and_the_chain_goes_on_in_a_new_one() throws IOException {
        for (int run = 0; run < 3; run++) {
            try (var log = new AuditLog(file(), at(Duration.ZERO), 4000)) {
                for (int i = 0; i < 40; i++) {
                    log.record(Json.obj("event", "x", "number", i));
                }
            }
        }
        assertThat(Segments.closed(file())).hasSizeGreaterThan(3);
        var found = verify();
        assertThat(found.findings()).isEmpty();
        assertThat(found.first()).isEqualTo(1);
        assertThat(found.last()).isEqualTo(found.lines());
        assertThat(events()).filteredOn("x"::equals).hasSize(120);

        Files.delete(Segments.closed(file()).getFirst());
        assertThat(verify().good()).isTrue();
        assertThat(verify().notes()).anyMatch(words -> words.contains("files before it are not here"));
        Files.delete(Segments.closed(file()).get(1));
        assertThat(verify().good()).isFalse();
    }

    @Test
    void another_writer_follows_into_the_new_file() throws IOException {
        try (var one = new AuditLog(file(), at(Duration.ZERO), 2000);
                var other = new AuditLog(file(), at(Duration.ZERO), 2000)) {
            for (int i = 0; i < 30; i++) {
                one.record(Json.obj("event", "one", "number", i));
                other.record(Json.obj("event", "other", "number", i));
            }
        }
        assertThat(verify().findings()).isEmpty();
        assertThat(events()).filteredOn("one"::equals).hasSize(30);
        assertThat(events()).filteredOn("other"::equals).hasSize(30);
    }

    @Test
    void half_a_line_of_a_crash_is_taken_out_and_told_of() throws IOException {
        written(2);
        Files.writeString(file(), "{\"seq\":4,\"ti", StandardOpenOption.APPEND);
        written(1);
        assertThat(events()).containsExactly("x", "x", "checkpoint", "recovered", "x", "checkpoint");
        var found = verify();
        assertThat(found.findings()).isEmpty();
        assertThat(found.notes()).anyMatch(words -> words.contains("half a line"));
    }

    @Test
    void a_whole_line_that_lacks_only_its_end_is_kept() throws IOException {
        var log = log();
        log.record(Json.obj("event", "a"));
        log.record(Json.obj("event", "b"));
        var text = Files.readString(file());
        Files.writeString(file(), text.substring(0, text.length() - 1));
        written(1);
        assertThat(events()).startsWith("a", "b", "x");
        assertThat(verify().findings()).isEmpty();
    }

    @Test
    void what_is_no_ledger_is_not_written_to() throws IOException {
        Files.write(file(), new byte[3 << 20]);
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> log().record(Json.obj("event", "x"))).hasMessageContaining("holds no entry");
        assertThat(Files.size(file())).isEqualTo(3 << 20);
    }

    @Test
    void a_key_that_others_could_read_is_not_used() throws IOException {
        written(1);
        Files.setPosixFilePermissions(SigningKey.file(file()), PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> log().record(Json.obj("event", "x"))).hasMessageContaining("is open to others");
    }

    @Test
    void a_ledger_that_others_could_write_or_that_is_a_link_is_refused() throws IOException {
        written(1);
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw--w----"));
        assertThatThrownBy(() -> log().record(Json.obj("event", "x"))).hasMessageContaining("written by others");
        var elsewhere = folder.resolve("elsewhere");
        Files.move(file(), elsewhere);
        Files.createSymbolicLink(file(), elsewhere);
        assertThatThrownBy(() -> log().record(Json.obj("event", "x"))).hasMessageContaining("not a file of its own");
    }

    @Test
    void all_its_files_are_their_owners_alone() throws IOException {
        written(1);
        try (var files = Files.list(folder)) {
            assertThat(files)
                    .hasSize(4)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void an_intent_without_an_end_is_named() throws IOException {
        try (var log = log()) {
            long first = log.record(Json.obj("event", "begin"));
            log.record(Json.obj("event", "begin"));
            log.record(Json.obj("event", "end", "begin", first));
        }
        assertThat(verify().open()).containsExactly(2L);
    }

    @Test
    void invalid_text_does_not_pass_for_what_it_decodes_to() throws IOException {
        written(2);
        var bytes = Files.readString(file()).getBytes(StandardCharsets.UTF_8);
        bytes[bytes.length - 10] = (byte) 0xff;
        Files.write(file(), bytes);
        assertThat(verify().good()).isFalse();
    }
}
