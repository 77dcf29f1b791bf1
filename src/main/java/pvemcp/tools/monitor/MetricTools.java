package pvemcp.tools.monitor;

import static pvemcp.tool.Tool.read;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import pvemcp.json.Json;
import pvemcp.pve.GuestRef;
import pvemcp.text.Nearest;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnSeveral;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.StoragePlace;
import pvemcp.view.Clean;
import pvemcp.view.LineChart;
import pvemcp.view.View;

/// What guests, nodes and storages used over time.
public final class MetricTools {
    public static final Toolset METRICS = Toolset.of(
            "metrics", "Use of CPU, memory, network and disk over time", read("pve_metrics_get", """
                    Summarise what guests, nodes or storages used, with trend. chart=true adds a picture.""", Metrics.class));

    private MetricTools() {}

    enum Timeframe {
        HOUR,
        DAY,
        WEEK,
        MONTH,
        YEAR
    }

    record Metrics(
            @Doc(value = "Guests: ids, names or node/id", obvious = true)
            List<GuestRef> guests,

            @Doc(value = "Node names", obvious = true) List<String> nodes,

            @Doc(value = "Storage ids, or node/storage", obvious = true)
            List<String> storages,

            @Doc(value = "How far back", or = "hour", obvious = true)
            Timeframe timeframe,

            @Doc(value = "Such as cpu, netin", obvious = true)
            List<String> metrics,

            @Doc(value = "Add a picture of the first metric", obvious = true)
            boolean chart,

            @Doc(value = "Highest values, not means", obvious = true)
            boolean peaks)
            implements Call<Metrics.Summary>, OnSeveral {
        /// @param trend the mean of the last quarter against that of the first
        record Line(String of, String metric, String now, String mean, String p95, String max, String trend) {}

        record Summary(String span, List<Line> metrics, List<View> chart) {}

        Metrics {
            guests = List.copyOf(guests);
            nodes = List.copyOf(nodes);
            storages = List.copyOf(storages);
            metrics = List.copyOf(metrics);
            int count = guests.size() + nodes.size() + storages.size();
            if (count == 0 || count > 20) {
                throw new IllegalArgumentException("name 1 to 20 guests, nodes or storages");
            }
        }

        @Override
        public Summary run(ToolContext ctx) {
            var histories = histories(ctx);
            var lines = new ArrayList<Line>();
            for (var history : histories) {
                for (var metric : chosen(history, histories.size())) {
                    lines.add(line(history, metric));
                }
            }
            long gaps = histories.stream().mapToLong(History::gaps).sum();
            var span = "last %s, %s of %d intervals each%s"
                    .formatted(
                            Word.of(timeframe),
                            peaks ? "highest values" : "means",
                            histories.getFirst().size(),
                            gaps == 0 ? "" : "; %d without a measurement".formatted(gaps));
            return new Summary(span, lines, chart ? List.of(picture(histories)) : List.of());
        }

        private List<History> histories(ToolContext ctx) {
            var asked = Json.obj("timeframe", Word.of(timeframe), "cf", peaks ? "MAX" : "AVERAGE");
            var all = new ArrayList<History>();
            for (var ref : guests) {
                var guest = ctx.pve().guest(ref);
                var name = Clean.name("%s (%d)".formatted(guest.name(), guest.vmid()));
                all.add(History.of(name, History.Kind.GUEST, guest.read("/rrddata", asked)));
            }
            for (var node : nodes) {
                all.add(History.of(node, History.Kind.NODE, ctx.pve().node(node).read("/rrddata", asked)));
            }
            for (var name : storages) {
                int slash = name.indexOf('/');
                var storage = name.substring(slash + 1);
                var node = slash < 0 ? StoragePlace.node(ctx, storage) : name.substring(0, slash);
                var rows = ctx.pve().node(node).storage(storage).read("/rrddata", asked);
                all.add(History.of(node + "/" + storage, History.Kind.STORAGE, rows));
            }
            return all;
        }

        /// What was asked for; else what says most, the less the more there are to compare.
        private List<String> chosen(History history, int count) {
            if (metrics.isEmpty()) {
                return history.usual(count > 3 ? 2 : 8);
            }
            for (var metric : metrics) {
                if (!history.names().contains(metric) && !history.usual(8).contains(metric)) {
                    throw new BadArguments(List.of("argument 'metrics': %s has no '%s'%s; it has %s"
                            .formatted(
                                    history.of(),
                                    metric,
                                    Nearest.hint(metric, history.names()),
                                    String.join(", ", history.names()))));
                }
            }
            return metrics;
        }

        private static Line line(History history, String metric) {
            var unit = Unit.of(metric);
            var numbers = history.numbers(metric);
            if (numbers.isEmpty()) {
                return new Line(history.of(), metric, "none", "", "", "", "");
            }
            return new Line(
                    history.of(),
                    history.limit(metric).map(of -> metric + " of " + of).orElse(metric),
                    unit.words(numbers.getLast()),
                    unit.words(Statistics.mean(numbers)),
                    unit.words(Statistics.percentile(numbers, 0.95)),
                    unit.words(Statistics.max(numbers)),
                    Statistics.trend(numbers));
        }

        private View picture(List<History> histories) {
            var metric = chosen(histories.getFirst(), histories.size()).getFirst();
            var unit = Unit.of(metric);
            var series = new ArrayList<LineChart.Series>();
            for (var history : histories) {
                var points = new ArrayList<LineChart.Point>();
                for (int i = 0; i < history.size(); i++) {
                    var value = history.at(i, metric);
                    points.add(new LineChart.Point(
                            Instant.ofEpochSecond(history.time(i)),
                            value.isPresent()
                                    ? OptionalDouble.of(value.getAsDouble() / unit.scale())
                                    : OptionalDouble.empty()));
                }
                series.add(new LineChart.Series(history.of(), points));
            }
            var names = String.join(", ", histories.stream().map(History::of).toList());
            return new LineChart("%s of %s, last %s".formatted(metric, names, Word.of(timeframe)), unit.axis(), series)
                    .png();
        }
    }
}
