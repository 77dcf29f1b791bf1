package pvemcp.tools.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.lab.Tokens;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.tool.ToolResult;
import pvemcp.view.View;

/// History, in a few numbers or as a picture.
class MetricsTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hour", "day", "week", "month", "year"})
    void a_guest_is_summarised_in_at_most_300_tokens(String timeframe) {
        try (var lab = Lab.of(Scenarios.homelab())) {
            var answer = lab.call("pve_metrics_get", "guests", "web", "timeframe", timeframe);
            that(answer)
                    .shows("span: last " + timeframe, "of|metric|now|mean|p95|max|trend", "web (101)|cpu of 2 CPUs|");
            assertThat(Tokens.count(that(answer).text())).isLessThanOrEqualTo(300);
        }
    }

    @Test
    void several_of_every_kind_are_compared_in_one_call() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_metrics_get", "guests", "web,db", "nodes", "pve1", "storages", "local-lvm,pve1/local"))
                    .shows(
                            "db (102)|mem of 8 GiB|",
                            "pve1|cpu of",
                            "pve1/local-lvm|used of 1.7 TiB|",
                            "pve1/local|used")
                    .showsNot("netin");
        }
    }

    @Test
    void a_picture_names_what_it_shows_and_its_unit() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            var done =
                    (ToolResult.Done) lab.call("pve_metrics_get", "guests", "web,db", "metrics", "mem", "chart", true);
            var image = images(done.view());
            assertThat(image).hasSize(1);
            assertThat(image.getFirst().mimeType()).isEqualTo("image/png");
            assertThat(image.getFirst().alt())
                    .isEqualTo("mem of web (101), db (102), last hour (GiB): web (101), db (102)");
            assertThat(image.getFirst().bytes()).startsWith(0x89, 'P', 'N', 'G');
        }
    }

    private static List<View.Image> images(View view) {
        return switch (view) {
            case View.Image image -> List.of(image);
            case View.Stack(var parts) ->
                parts.stream().flatMap(part -> images(part).stream()).toList();
            default -> List.of();
        };
    }

    @Test
    void what_was_not_measured_is_not_zero() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_metrics_get", "guests", "dns", "metrics", "netin"))
                    .shows("dns (102)|netin|none");
            lab.with(cluster -> cluster.guest(101).ranSince(cluster.now().minusSeconds(600)));
            that(lab.call("pve_metrics_get", "guests", "web", "metrics", "cpu")).shows("web (101)|cpu");
        }
    }

    @Test
    void a_metric_nobody_has_is_answered_with_those_there_are() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_metrics_get", "guests", "web", "metrics", "memory"))
                    .failsWith("bad_arguments")
                    .saying("web (101) has no 'memory'", "cpu", "netin");
            that(lab.call("pve_metrics_get")).failsWith("bad_arguments").saying("name 1 to 20");
            that(lab.call("pve_metrics_get", "storages", "nowhere")).failsWith("not_found");
        }
    }

    @Test
    void numbers_are_summarised_as_defined() {
        var rising = IntStream.rangeClosed(1, 100).mapToObj(Double::valueOf).toList();
        assertThat(Statistics.mean(rising)).isEqualTo(50.5);
        assertThat(Statistics.percentile(rising, 0.95)).isEqualTo(95);
        assertThat(Statistics.max(rising)).isEqualTo(100);
        assertThat(Statistics.trend(rising)).isEqualTo("up 577 %");
        assertThat(Statistics.trend(rising.reversed())).isEqualTo("down 85 %");
        assertThat(Statistics.trend(List.of(5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.1, 5.0)))
                .isEqualTo("steady");
        assertThat(Statistics.trend(List.of(1.0, 9.0))).isEqualTo("too short");
    }
}
