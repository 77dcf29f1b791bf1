package pvemcp.tools.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.pve.Fields;

/// The answer of an `rrddata` call: rows by time, oldest first. Where nothing was measured a row has only its time.
///
/// @param of whose history it is
record History(String of, Kind kind, List<Json.Obj> rows) {
    History {
        rows = List.copyOf(rows);
    }

    enum Kind {
        GUEST("cpu", "mem", "netin", "netout", "diskread", "diskwrite"),
        NODE("cpu", "memused", "iowait", "loadavg", "rootused", "netin", "netout"),
        STORAGE("used");

        private final List<String> usual;

        Kind(String... usual) {
            this.usual = List.of(usual);
        }
    }

    static History of(String of, Kind kind, Json answer) {
        return new History(
                of, kind, Fields.list(answer).stream().map(Fields::all).toList());
    }

    int size() {
        return rows.size();
    }

    long time(int row) {
        return rows.get(row).whole("time").orElse(0L);
    }

    OptionalDouble at(int row, String metric) {
        var value = rows.get(row).number(metric).filter(Double::isFinite);
        return value.isPresent() ? OptionalDouble.of(value.get()) : OptionalDouble.empty();
    }

    /// How many rows have no measurement at all.
    long gaps() {
        return rows.stream().filter(row -> row.members().size() <= 1).count();
    }

    /// What was measured at least once.
    List<String> names() {
        var names = new TreeSet<String>();
        rows.forEach(row -> names.addAll(row.members().keySet()));
        names.remove("time");
        return List.copyOf(names);
    }

    /// The metrics that say most of such a thing, as many as are wanted.
    List<String> usual(int most) {
        return kind.usual.subList(0, Math.min(most, kind.usual.size()));
    }

    List<Double> numbers(String metric) {
        var numbers = new ArrayList<Double>();
        for (int i = 0; i < rows.size(); i++) {
            at(i, metric).ifPresent(numbers::add);
        }
        return numbers;
    }

    /// What there is of it in all, such as `4 GiB` of memory.
    Optional<String> limit(String metric) {
        var all = switch (metric) {
            case "cpu" -> "maxcpu";
            case "mem" -> "maxmem";
            case "disk" -> "maxdisk";
            case "memused" -> "memtotal";
            case "swapused" -> "swaptotal";
            case "rootused" -> "roottotal";
            case "used" -> "total";
            default -> "";
        };
        var values = all.isEmpty() ? List.<Double>of() : numbers(all);
        if (values.isEmpty()) {
            return Optional.empty();
        }
        double last = values.getLast();
        return Optional.of(
                all.equals("maxcpu") ? Math.round(last) + " CPUs" : Unit.of(all).words(last));
    }
}
