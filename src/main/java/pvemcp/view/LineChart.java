package pvemcp.view;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.text.NumberFormat;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TimeZone;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.ChartUtils;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.DateAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.time.FixedMillisecond;
import org.jfree.data.time.TimeSeries;
import org.jfree.data.time.TimeSeriesCollection;

/// Lines over time as a PNG picture with a title, named axes and units. JFreeChart is loaded by the first one.
///
/// @param title what is shown, of whom, over which time
/// @param unit what the numbers count, such as `% of 4 CPUs` or `GiB`
public record LineChart(String title, String unit, List<Series> series) {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 420;

    /// Colours that stay apart for eyes that see no red or green (Okabe and Ito, 2008).
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0xE69F00),
            new Color(0x56B4E9),
            new Color(0x000000),
            new Color(0x999900));

    public LineChart {
        series = List.copyOf(series);
    }

    /// One line. A point without a value is a gap.
    public record Series(String name, List<Point> points) {
        public Series {
            points = List.copyOf(points);
        }
    }

    public record Point(Instant at, OptionalDouble value) {}

    /// The picture; where this machine has no fonts to draw with, the words that stand for it.
    public View png() {
        // Without this, the JDK looks for a screen on hosts that have none.
        System.setProperty("java.awt.headless", "true");
        try {
            var bytes = new ByteArrayOutputStream();
            ChartUtils.writeChartAsPNG(bytes, chart(), WIDTH, HEIGHT);
            return new View.Image("image/png", bytes.toByteArray(), alt());
        } catch (IOException | LinkageError | InternalError e) {
            return noPicture(e);
        } catch (RuntimeException e) {
            // sun.awt.FcFontConfiguration, where no library or no file of fontconfig is installed
            if (String.valueOf(e.getMessage()).startsWith("Fontconfig head is null")) {
                return noPicture(e);
            }
            throw e;
        }
    }

    private static View noPicture(Throwable why) {
        return new View.Text("No picture can be drawn here (%s).".formatted(why.getMessage()));
    }

    private String alt() {
        var names = String.join(", ", series.stream().map(Series::name).toList());
        return "%s (%s): %s".formatted(title, unit, names);
    }

    private JFreeChart chart() {
        var lines = new TimeSeriesCollection(TimeZone.getTimeZone("UTC"));
        for (var one : series) {
            var line = new TimeSeries(one.name());
            for (var point : one.points()) {
                var moment = new FixedMillisecond(Date.from(point.at()));
                line.addOrUpdate(
                        moment,
                        point.value().isPresent() ? (Double) point.value().getAsDouble() : null);
            }
            lines.addSeries(line);
        }
        var chart =
                ChartFactory.createTimeSeriesChart(title, "time (UTC)", unit, lines, series.size() > 1, false, false);
        chart.setBackgroundPaint(Color.WHITE);
        style(chart.getXYPlot());
        return chart;
    }

    private void style(XYPlot plot) {
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        plot.setOutlineVisible(false);
        ((DateAxis) plot.getDomainAxis()).setTimeZone(TimeZone.getTimeZone("UTC"));
        var values = (NumberAxis) plot.getRangeAxis();
        values.setAutoRangeIncludesZero(true);
        values.setNumberFormatOverride(NumberFormat.getInstance(Locale.ROOT));
        var renderer = new XYLineAndShapeRenderer(true, false);
        for (int i = 0; i < series.size(); i++) {
            renderer.setSeriesPaint(i, COLOURS.get(i % COLOURS.size()));
            renderer.setSeriesStroke(i, new BasicStroke(2f));
        }
        plot.setRenderer(renderer);
    }
}
