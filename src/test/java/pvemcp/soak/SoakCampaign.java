package pvemcp.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.mcp.HttpPeer;

/// `./mvnw -Psoak test`: a server that is used for long, in all the ways it can be used and misused, takes no more of
/// the machine in the end than after a while.
///
/// `-Dsoak.minutes` says how long, 20 if not said, and `-Dsoak.rate` how many [Deed]s there are a second, 40 if not
/// said.
@EnabledOnOs(OS.LINUX)
class SoakCampaign {
    private static final int MINUTES = Integer.getInteger("soak.minutes", 20);
    private static final int RATE = Integer.getInteger("soak.rate", 40);

    /// As many as a server keeps: each that is forgotten later takes the place of one of these.
    private static final int FORGOTTEN = 1_000;

    /// As the launcher starts a server over HTTP; and it tells of its collections.
    private static final List<String> JVM =
            List.of("-XX:-UsePerfData", "-Xmx512m", "-Xlog:disable", "-Xlog:all=warning:stderr", "-Xlog:gc:stderr");

    @TempDir
    private Path folder;

    @Test
    void memory_threads_and_descriptors_stay_as_they_are() throws Exception {
        try (var site = new Site(folder, new Client.Fleet(32, 1_000), JVM)) {
            var watch = new Watch(site.server(), folder);
            site.listen(watch::hears);
            try (var client = site.client()) {
                for (int i = 0; i < FORGOTTEN; i++) {
                    client.initialize("{}");
                }
            }
            int threads = watch.virtualThreads();
            int descriptors = watch.descriptors();
            try (var load = site.load(RATE, Duration.ofSeconds(8))) {
                load.start();
                watch.over(Duration.ofMinutes(MINUTES), load);
                load.end();
                System.out.printf("%d minutes, %s%n%n%s%n", MINUTES, counted(site), watch.table());
                assertThat(load.complaints()).isEmpty();
            }
            assertThat(site.defects()).isEmpty();
            // A stream notices within half a minute that its client has hung up.
            watch.awaitNoMoreThan(threads + 5, descriptors + 20, Duration.ofSeconds(90));
            assumeThat(watch.quickening())
                    .as("a machine that was as busy in the end")
                    .isEmpty();
            assertThat(watch.growths()).isEmpty();
        }
    }

    /// How much the server had to do, as it counts itself.
    private static String counted(Site site) {
        try (var client = site.client()) {
            return "%d requests answered, %d tool calls"
                    .formatted(total(client, "pve_mcp_http_answers_total"), total(client, "pve_mcp_tool_calls_total"));
        }
    }

    private static long total(HttpPeer client, String counter) {
        var page = client.send(client.bare("/metrics")).body();
        var rows = Pattern.compile("(?m)^" + counter + "\\{.*\\} (\\d+)$").matcher(page);
        return rows.results().mapToLong(row -> Long.parseLong(row.group(1))).sum();
    }
}
