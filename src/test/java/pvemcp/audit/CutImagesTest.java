package pvemcp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.json.Json;
import pvemcp.lab.Campaign;

/// What a loss of power may leave of a file: cut at any byte, or its end turned to zeros or rubbish by sectors. The
/// ledger goes on behind the last whole entry, and says what it found.
class CutImagesTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);
    private static final int IMAGES = Campaign.of(300, 5000);
    private static final int FORCED = 60;

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("audit.jsonl");
    }

    /// Sixty entries that were forced to the disk, then notes that were not; the end of the former.
    private int original() throws IOException {
        var random = new Random(7);
        var log = new AuditLog(file(), NOON);
        for (int i = 0; i < FORCED; i++) {
            log.record(Json.obj("event", "begin", "number", i, "filler", "ä".repeat(random.nextInt(400))));
        }
        int forced = (int) Files.size(file());
        for (int i = 0; i < 40; i++) {
            log.note(Json.obj("event", "note", "number", i, "filler", "ö".repeat(random.nextInt(400))));
        }
        return forced;
    }

    @Test
    void every_cut_image_is_recovered_to_its_last_whole_entry() throws IOException {
        int forced = original();
        var bytes = Files.readAllBytes(file());
        var random = new Random(20261121);
        int shown = 0;
        for (int image = 0; image < IMAGES; image++) {
            // Half of them cut where nothing was promised yet, half where entries had been acknowledged.
            int cut = image % 2 == 0 ? forced + random.nextInt(bytes.length - forced) : random.nextInt(forced);
            var rest = Arrays.copyOf(
                    bytes,
                    switch (image % 3) {
                        case 0 -> cut;
                        // The file's length was on disk, the sectors behind the cut were not.
                        default -> Math.min(bytes.length, cut / 512 * 512 + 512 * (1 + random.nextInt(8)));
                    });
            if (rest.length > cut) {
                var sector = new byte[rest.length - cut];
                if (image % 3 == 2) {
                    random.nextBytes(sector);
                }
                System.arraycopy(sector, 0, rest, cut, sector.length);
            }
            Files.write(file(), rest);
            var whole = whole(Arrays.copyOf(bytes, cut));
            new AuditLog(file(), NOON).note(Json.obj("event", "next"));

            var lines = new ArrayList<String>();
            new Ledger(file()).forEach(entry -> lines.add(entry.text()));
            assertThat(lines.subList(0, whole.size()))
                    .as("cut at %d of %d", cut, bytes.length)
                    .isEqualTo(whole);
            assertThat(lines.getLast()).contains("\"event\":\"next\"");
            assertThat(Files.readAllLines(file())).hasSameSizeAs(lines);
            var found = new Ledger(file()).verify(Optional.empty());
            if (cut >= forced) {
                assertThat(found.findings()).as("cut at %d", cut).isEmpty();
            } else {
                assertThat(found.findings()).as("cut at %d", cut).anyMatch(words -> words.contains("had reached line"));
                shown++;
            }
            restoreHead(bytes, forced);
        }
        Campaign.report(
                "%d images recovered, %d of them showed what was acknowledged and gone".formatted(IMAGES, shown));
    }

    /// Where the cut is reported, the head is moved on with it.
    private void restoreHead(byte[] bytes, int forced) throws IOException {
        var lines = whole(Arrays.copyOf(bytes, forced));
        var key = SigningKey.of(file());
        try (var channel = Head.open(file())) {
            new Head(lines.size(), Hash.of(lines.getLast())).write(channel, key);
        }
    }

    /// The entries of which all but perhaps the line's end is there.
    private static List<String> whole(byte[] image) {
        var lines = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i <= image.length; i++) {
            if (i == image.length || image[i] == '\n') {
                Entry.read(Arrays.copyOfRange(image, start, i)).ifPresent(entry -> lines.add(entry.text()));
                start = i + 1;
            }
        }
        return lines;
    }
}
