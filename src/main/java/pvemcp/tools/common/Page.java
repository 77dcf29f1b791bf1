package pvemcp.tools.common;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import pvemcp.json.Json;
import pvemcp.text.Nearest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Inputs;
import pvemcp.tool.Param;
import pvemcp.view.Clean;
import pvemcp.view.Layout;
import pvemcp.view.Shown;
import pvemcp.view.Units;
import pvemcp.view.View;

/// One page of a list, with what is true of the whole of it: counts made here, so that nobody has to count rows, a
/// label that says which rows these are, and how to get the others.
///
/// @param noun what is listed, in the plural
/// @param counts of all rows, by column and value
/// @param filters what nothing fits, as it was asked for; empty where there are rows, or nothing was asked for
/// @param from the number of the first row shown, from 1; 0 where there is none
/// @param order what the rows are sorted by
/// @param more the columns that are not shown
/// @param next the cursor of the next page; empty on the last
/// @param gaps the clusters whose rows are missing from all of it, each with the reason
public record Page(
        String noun,
        int total,
        SequencedMap<String, SequencedMap<String, Integer>> counts,
        String filters,
        int from,
        String order,
        List<String> columns,
        List<List<String>> rows,
        List<Json> values,
        List<String> more,
        String next,
        List<String> gaps)
        implements Shown {
    private static final String CLUSTER = "cluster";

    /// Starts a page of these rows, which are all that fit the query, in order.
    ///
    /// @param query the call that asked; a cursor is good for the same query only
    public static <T extends Record> Builder<T> of(String noun, Class<T> shape, List<T> all, Call<?> query) {
        return of(noun, shape, Gathered.of(all), query);
    }

    /// The same over the rows of all clusters that the list is about; their names stand in a column of their own.
    public static <T extends Record> Builder<T> of(String noun, Class<T> shape, Gathered<T> all, Call<?> query) {
        return new Builder<>(noun, shape, all, query);
    }

    public static final class Builder<T extends Record> {
        // Names, numbers and separators come to about two characters a token.
        private static final int ROOM = 3_500;

        /// A cursor carries it, and no name that PVE takes is longer.
        private static final int LONGEST_KEY = 400;

        private final String noun;
        private final List<String> names = new ArrayList<>();
        private final List<Gathered.Row<T>> all;
        private final Gathered<T> gathered;
        private final String query;
        private final Supplier<String> filters;
        private final SequencedMap<String, SequencedMap<String, Integer>> counts = new LinkedHashMap<>();
        private final Map<String, Supplier<Collection<String>>> known = new HashMap<>();
        private List<String> brief = List.of();
        private String order = "";

        private Builder(String noun, Class<T> shape, Gathered<T> gathered, Call<?> query) {
            this.noun = noun;
            this.gathered = gathered;
            this.all = gathered.rows();
            var asked = asked((Record & Call<?>) query);
            this.query = fingerprint(query, asked);
            this.filters = () -> filters((Record & Call<?>) query, asked);
            if (gathered.several()) {
                names.add(CLUSTER);
                count(CLUSTER, Gathered.Row::cluster);
            }
            for (var component : shape.getRecordComponents()) {
                names.add(Layout.label(component.getName()));
            }
        }

        /// The names an input may have, so that a misspelt one is told; asked for only where nothing fits.
        public Builder<T> knowing(String input, Supplier<Collection<String>> names) {
            known.put(input, names);
            return this;
        }

        /// Counts all rows by what this says of each.
        public Builder<T> counting(String column, Function<T, ?> value) {
            return count(column, row -> value.apply(row.value()));
        }

        private Builder<T> count(String column, Function<Gathered.Row<T>, ?> value) {
            var counted = new TreeMap<String, Integer>();
            for (var row : all) {
                var word = Layout.cell(value.apply(row));
                counted.merge(word.isEmpty() ? "none" : word, 1, Integer::sum);
            }
            counts.put(column, new LinkedHashMap<>(counted));
            return this;
        }

        /// The columns shown where nobody asks for others.
        public Builder<T> brief(String... columns) {
            brief = new ArrayList<>(List.of(columns));
            if (gathered.several()) {
                brief.addFirst(CLUSTER);
            }
            return this;
        }

        public Builder<T> sortedBy(String column) {
            order = column;
            return this;
        }

        /// @param key tells rows apart: where rows come or go between two pages, the next one still begins after the
        ///     last row of this one
        public Page page(Window window, Function<T, ?> key) {
            int start = window.cursor().map(cursor -> start(cursor, key)).orElse(0);
            var columns = columns(window);
            var rows = new ArrayList<List<String>>();
            var data = new ArrayList<Json>();
            int most = window.limit().orElse(Integer.MAX_VALUE);
            int room = window.limit().isPresent() ? Integer.MAX_VALUE : ROOM;
            int end = start;
            while (end < all.size() && rows.size() < most && room > 0) {
                var row = all.get(end++);
                var cells = Layout.cells(row.value());
                var values = (Json.Obj) Layout.data(row.value());
                if (gathered.several()) {
                    cells.put(CLUSTER, row.cluster());
                    values = values.with(CLUSTER, row.cluster());
                }
                rows.add(columns.stream().map(cells::get).toList());
                data.add(picked(values, columns));
                room -= rows.getLast().stream()
                        .mapToInt(cell -> cell.length() + 1)
                        .sum();
            }
            var next = end < all.size() ? cursor(end, key(all.get(end - 1), key)) : "";
            var more = names.stream().filter(name -> !columns.contains(name)).toList();
            int from = rows.isEmpty() ? 0 : start + 1;
            var none = all.isEmpty() ? filters.get() : "";
            return new Page(
                    noun, all.size(), counts, none, from, order, columns, rows, data, more, next, gathered.gaps());
        }

        private String key(Gathered.Row<T> row, Function<T, ?> key) {
            var own = key.apply(row.value()).toString();
            var whole = gathered.several() ? row.cluster() + " " + own : own;
            return whole.length() > LONGEST_KEY
                    ? whole.substring(0, LONGEST_KEY) + Integer.toHexString(whole.hashCode())
                    : whole;
        }

        private static Json picked(Json.Obj row, List<String> columns) {
            var members = new LinkedHashMap<String, Json>();
            columns.forEach(name -> row.get(name).ifPresent(value -> members.put(name, value)));
            return new Json.Obj(members);
        }

        private List<String> columns(Window window) {
            if (window.fields().isEmpty()) {
                return window.detail() == Window.Detail.FULL || brief.isEmpty() ? names : brief;
            }
            var problems = new ArrayList<String>();
            for (var field : window.fields()) {
                if (!names.contains(field)) {
                    problems.add("argument 'fields': '%s' is none of %s%s"
                            .formatted(field, String.join(", ", names), Nearest.hint(field, names)));
                }
            }
            if (!problems.isEmpty()) {
                throw new BadArguments(problems);
            }
            return window.fields().stream().distinct().toList();
        }

        private String cursor(int position, String last) {
            var text = "%d %s %s".formatted(position, query, last);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        private int start(String cursor, Function<T, ?> key) {
            try {
                var text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
                var parts = text.split(" ", 3);
                if (parts.length == 3 && parts[1].equals(query)) {
                    for (int i = 0; i < all.size(); i++) {
                        if (key(all.get(i), key).equals(parts[2])) {
                            return i + 1;
                        }
                    }
                    return Math.clamp(Integer.parseInt(parts[0]), 0, all.size());
                }
            } catch (IllegalArgumentException _) {
                // neither Base64 nor a number: not ours
            }
            throw new BadArguments(List.of(
                    "argument 'cursor': not a cursor of this list; take 'next' of the page before and keep the other"
                            + " arguments as they were, or leave it out"));
        }

        /// The same call gives the same, whatever its window, so that a page may be larger than the one before.
        private static String fingerprint(Call<?> call, Json.Obj asked) {
            return Integer.toHexString((call.getClass().getSimpleName() + asked.write()).hashCode());
        }

        /// The query without its window.
        private static <C extends Record & Call<?>> Json.Obj asked(C call) {
            var arguments = inputs(call).unbind(call);
            for (var param : Inputs.of(Window.class).params()) {
                arguments = arguments.without(param.name());
            }
            return arguments;
        }

        @SuppressWarnings("unchecked") // a record's class is the class of its shape
        private static <C extends Record & Call<?>> Inputs<C> inputs(C call) {
            return Inputs.of((Class<C>) call.getClass());
        }

        /// What was asked for beyond what is usual: `status=paused node=pve1`.
        private <C extends Record & Call<?>> String filters(C call, Json.Obj asked) {
            var filters = new ArrayList<String>();
            for (var param : inputs(call).params()) {
                asked.get(param.name())
                        .flatMap(Json::scalarText)
                        .filter(value -> !value.equals(param.fallback()) && !value.equals("false"))
                        .ifPresent(value -> filters.add(param.name() + "=" + Clean.name(value) + unusual(param, value)
                                + unknown(param, value)));
            }
            return String.join(" ", filters);
        }

        /// A misspelt word finds nothing, which must not be read as "there is none".
        private static String unusual(Param param, String value) {
            return param.usual().isEmpty() || param.usual().contains(value.toLowerCase(Locale.ROOT))
                    ? ""
                    : " (usual: %s)".formatted(String.join(", ", param.usual()));
        }

        private String unknown(Param param, String value) {
            var names = Optional.ofNullable(known.get(param.name()))
                    .<Collection<String>>map(Supplier::get)
                    .orElse(List.of());
            if (names.isEmpty() || names.contains(value)) {
                return "";
            }
            var hint = Nearest.hint(value, names);
            return hint.isEmpty() ? " (there is none of that name)" : Clean.line(hint);
        }
    }

    @Override
    public View view() {
        var parts = new ArrayList<View>();
        var summary = new StringBuilder(Units.some(total, noun));
        var separator = ": ";
        for (var counted : counts.values()) {
            if (counted.size() > 1 || (total > 0 && counts.size() > 1)) {
                summary.append(separator).append(words(counted));
                separator = "; ";
            }
        }
        if (!filters.isEmpty()) {
            summary.append(" fit ").append(filters);
        }
        parts.add(new View.Text(summary.toString()));
        gaps.forEach(gap -> parts.add(new View.Text("not among them: " + Clean.line(gap))));
        if (rows.isEmpty()) {
            return new View.Stack(parts);
        }
        if (rows.size() < total) {
            parts.add(new View.Text("showing %s-%s of %s%s"
                    .formatted(
                            Units.count(from),
                            Units.count(from + rows.size() - 1L),
                            Units.count(total),
                            order.isEmpty() ? "" : " by " + order)));
        }
        parts.add(new View.Table(columns, rows));
        if (!next.isEmpty()) {
            parts.add(new View.Text("next page: cursor=%s; filters narrow the list".formatted(next)));
        }
        if (!more.isEmpty()) {
            parts.add(new View.Text("other fields: " + String.join(", ", more)));
        }
        return new View.Stack(parts);
    }

    private static String words(Map<String, Integer> counted) {
        var words = new ArrayList<String>();
        int rest = 0;
        for (var entry : counted.entrySet()) {
            if (words.size() < 8) {
                words.add(Units.count(entry.getValue()) + " " + entry.getKey());
            } else {
                rest += entry.getValue();
            }
        }
        if (rest > 0) {
            words.add(Units.count(rest) + " other");
        }
        return String.join(", ", words);
    }

    @Override
    public Json data() {
        var json = Json.obj("total", total, "counts", counts, "from", from, "rows", values);
        if (!gaps.isEmpty()) {
            json = json.with("missing", Json.strings(gaps));
        }
        return next.isEmpty() ? json : json.with("next", next);
    }
}
