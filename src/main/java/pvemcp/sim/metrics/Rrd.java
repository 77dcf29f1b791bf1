package pvemcp.sim.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import pvemcp.json.Json;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Node;
import pvemcp.sim.world.Storage;

/// History as PVE 9 keeps it: how many rows of which step, and with which columns (PVE::RRD, pmxcfs's status.c).
/// Where nothing was measured a row has only its `time`.
public final class Rrd {
    /// The spans one may ask for. Rows a day since PVE 9: one a minute; week and month one each half hour.
    public enum Frame {
        HOUR(60, 60),
        DAY(60, 1440),
        WEEK(1800, 336),
        MONTH(1800, 1440),
        YEAR(21_600, 1440),
        DECADE(604_800, 570);

        private final long step;
        private final int rows;

        Frame(long step, int rows) {
            this.step = step;
            this.rows = rows;
        }
    }

    private final Instant now;
    private final Frame frame;
    private final boolean highest;

    /// @param highest the consolidation `MAX` instead of `AVERAGE`
    public Rrd(Instant now, Frame frame, boolean highest) {
        this.now = now;
        this.frame = frame;
        this.highest = highest;
    }

    public Json guest(Guest guest) {
        var metrics = new GuestMetrics(guest);
        return rows(end -> metrics.columns(end, frame.step, highest, now));
    }

    public Json node(Cluster cluster, Node node) {
        var metrics = new NodeMetrics(cluster, node);
        return rows(end -> metrics.columns(end, frame.step, highest));
    }

    public Json storage(Storage storage, Node node) {
        long used = storage.used(node.name());
        var wave = new Wave(storage.id().hashCode());
        return rows(end -> {
            var columns = new LinkedHashMap<String, Double>();
            if (!end.minusSeconds(frame.step).isBefore(storage.created)
                    && !end.minusSeconds(frame.step).isBefore(node.booted)) {
                double days = Duration.between(end, now).toSeconds() / 86_400.0;
                columns.put("total", (double) storage.total);
                // It fills slowly, and no two measurements are the same.
                columns.put(
                        "used", used * Math.max(0.2, 1 - days / 400 - 0.01 * wave.at((double) end.getEpochSecond())));
            }
            return columns;
        });
    }

    private Json rows(Function<Instant, SequencedMap<String, Double>> columns) {
        List<Json> rows = new ArrayList<>(frame.rows);
        long last = now.getEpochSecond() / frame.step * frame.step;
        for (int i = frame.rows - 1; i >= 0; i--) {
            long time = last - i * frame.step;
            var row = new LinkedHashMap<String, Json>();
            columns.apply(Instant.ofEpochSecond(time)).forEach((name, value) -> row.put(name, Json.num(value)));
            row.put("time", Json.num(time));
            rows.add(new Json.Obj(row));
        }
        return new Json.Arr(rows);
    }
}
