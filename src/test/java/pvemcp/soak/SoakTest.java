package pvemcp.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A moment of [SoakCampaign]: that its clients do what they are meant to, and the server answers as it should.
class SoakTest {
    @TempDir
    private Path folder;

    @Test
    void whatever_clients_do_and_however_they_leave_they_are_answered_as_they_should_be() throws Exception {
        // The compiler that is ready soonest, as all of it is over soon.
        var jvm = List.of("-XX:TieredStopAtLevel=1");
        try (var site = new Site(folder, new Client.Fleet(3, 60), jvm);
                var load = site.load(100, Duration.ofMillis(1_500))) {
            site.listen(_ -> {});
            load.start();
            load.end();
            assertThat(load.complaints()).isEmpty();
            assertThat(load.done().values()).as("%s", load.done()).allMatch(times -> times > 0);
            assertThat(site.defects()).isEmpty();
        }
    }
}
