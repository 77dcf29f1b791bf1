package pvemcp.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class LineChartTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @Test
    void two_guests_are_two_lines_of_two_colours() throws IOException {
        var chart =
                new LineChart("CPU of web and db, last hour", "% of all CPUs", List.of(line("web", 1), line("db", 3)));

        var image = (View.Image) chart.png();

        var picture = ImageIO.read(new ByteArrayInputStream(image.bytes()));
        var colours = new HashSet<Integer>();
        for (int x = 0; x < picture.getWidth(); x++) {
            for (int y = 0; y < picture.getHeight(); y++) {
                colours.add(picture.getRGB(x, y) & 0xFFFFFF);
            }
        }
        assertThat(colours).contains(0x0072B2, 0xD55E00);
        assertThat(image.alt()).isEqualTo("CPU of web and db, last hour (% of all CPUs): web, db");
    }

    private static LineChart.Series line(String name, int height) {
        var points = new ArrayList<LineChart.Point>();
        for (int i = 0; i < 60; i++) {
            var value = i == 30 ? OptionalDouble.empty() : OptionalDouble.of(height * (10 + Math.sin(i / 5.0)));
            points.add(new LineChart.Point(NOON.plus(Duration.ofMinutes(i)), value));
        }
        return new LineChart.Series(name, points);
    }
}
