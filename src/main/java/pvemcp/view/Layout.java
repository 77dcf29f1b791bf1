package pvemcp.view;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import pvemcp.json.Json;
import pvemcp.text.Word;

/// Answer to view: a record becomes facts, a list of records a table, everything else a text. Values print
/// themselves; what is absent is left out.
public final class Layout {
    private Layout() {}

    /// The answer, to read.
    public static View view(Object answer) {
        return Cleaned.of(laidOut(answer));
    }

    private static View laidOut(Object answer) {
        return switch (answer) {
            case View view -> view;
            case Shown shown -> shown.view();
            case Optional<?> optional -> optional.map(Layout::laidOut).orElse(new View.Text("none"));
            case List<?> items when items.isEmpty() -> new View.Text("none");
            case List<?> items when isTable(items) -> table(items);
            case List<?> items ->
                new View.Text(String.join("\n", items.stream().map(Layout::cell).toList()));
            case Json json -> new View.Text(json.write());
            case Record facts when !isValue(facts) -> facts(facts);
            default -> new View.Text(cell(answer));
        };
    }

    /// The same as JSON: sizes in bytes, fractions as they are, time spans in seconds, moments in ISO 8601.
    public static Json data(Object answer) {
        return Cleaned.of(asData(answer));
    }

    private static Json asData(Object answer) {
        return switch (answer) {
            case Json json -> json;
            case Shown shown -> shown.data();
            case View.Log(var source, var lines) ->
                Json.obj(
                        "source",
                        source,
                        "untrusted",
                        true,
                        "lines",
                        lines.stream().map(Clean::line).toList());
            case View view -> Json.obj("text", Markdown.plain(view));
            case Optional<?> optional -> optional.map(Layout::asData).orElse(Json.Null.NULL);
            case Iterable<?> items -> {
                var list = new ArrayList<Json>();
                items.forEach(item -> list.add(asData(item)));
                yield new Json.Arr(list);
            }
            case Map<?, ?> map -> {
                var members = new LinkedHashMap<String, Json>();
                map.forEach((name, value) -> members.put(name.toString(), asData(value)));
                yield new Json.Obj(members);
            }
            case Duration span -> Json.num(span.toMillis() / 1000.0);
            case Instant moment ->
                Json.str(moment.truncatedTo(ChronoUnit.SECONDS).toString());
            case Enum<?> word -> Json.str(Word.of(word));
            case Record value when isValue(value) -> asData(only(value));
            case Record facts -> object(facts);
            case String _, Boolean _, Integer _, Long _, Double _ -> Json.of(answer);
            default -> Json.str(answer.toString());
        };
    }

    /// A value as it stands in a cell or after a name.
    public static String cell(Object value) {
        return switch (value) {
            case Optional<?> optional -> optional.map(Layout::cell).orElse("");
            case Boolean flag -> flag ? "yes" : "no";
            case Duration span -> Units.duration(span);
            case Instant moment -> moment.truncatedTo(ChronoUnit.SECONDS).toString();
            case Enum<?> word -> Word.of(word);
            case List<?> items ->
                String.join(", ", items.stream().map(Layout::cell).toList());
            case Map<?, ?> map -> {
                var parts = new ArrayList<String>();
                map.forEach((name, part) -> parts.add(name + " " + cell(part)));
                yield String.join(", ", parts);
            }
            case Json json -> json.write();
            default -> Clean.oneLine(value.toString());
        };
    }

    /// The cells of one row by column name.
    public static SequencedMap<String, String> cells(Record row) {
        var cells = new LinkedHashMap<String, String>();
        for (var component : row.getClass().getRecordComponents()) {
            cells.put(label(component.getName()), cell(get(row, component)));
        }
        return cells;
    }

    /// `maxMem` → `max_mem`: names of answers look like names of inputs.
    public static String label(String component) {
        var out = new StringBuilder();
        for (int i = 0; i < component.length(); i++) {
            char c = component.charAt(i);
            if (Character.isUpperCase(c)) {
                out.append('_').append(Character.toLowerCase(c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static View facts(Record answer) {
        var facts = new ArrayList<View.Fact>();
        var parts = new ArrayList<View>();
        for (var component : answer.getClass().getRecordComponents()) {
            var value = get(answer, component);
            switch (value) {
                case Optional<?> optional when optional.isEmpty() -> {}
                case List<?> items when items.isEmpty() -> {}
                case View view -> parts.add(view);
                case Shown shown -> parts.add(shown.view());
                case List<?> views when views.getFirst() instanceof View -> addAll(views, parts);
                case List<?> rows when isTable(rows) -> parts.add(titled(component, rows));
                case Record inner when !isValue(inner) -> parts.add(facts(inner));
                case String text when text.isEmpty() -> {}
                default -> facts.add(new View.Fact(label(component.getName()), cell(value)));
            }
        }
        if (parts.isEmpty()) {
            return new View.Facts(facts);
        }
        if (!facts.isEmpty()) {
            parts.addFirst(new View.Facts(facts));
        }
        return new View.Stack(parts);
    }

    private static void addAll(List<?> views, List<View> parts) {
        views.forEach(view -> parts.add((View) view));
    }

    private static View titled(RecordComponent component, List<?> rows) {
        return View.Stack.of(new View.Text(label(component.getName()) + ":"), table(rows));
    }

    private static boolean isTable(List<?> items) {
        return !items.isEmpty() && items.stream().allMatch(item -> item instanceof Record row && !isValue(row));
    }

    private static View.Table table(List<?> items) {
        var components = ((Record) items.getFirst()).getClass().getRecordComponents();
        var columns = new ArrayList<String>();
        for (var component : components) {
            columns.add(label(component.getName()));
        }
        var rows = new ArrayList<List<String>>();
        items.forEach(item -> rows.add(List.copyOf(cells((Record) item).values())));
        return new View.Table(columns, rows);
    }

    private static Json.Obj object(Record answer) {
        var members = new LinkedHashMap<String, Json>();
        for (var component : answer.getClass().getRecordComponents()) {
            var value = get(answer, component);
            if (!(value instanceof Optional<?> optional && optional.isEmpty())) {
                members.put(label(component.getName()), asData(value));
            }
        }
        return new Json.Obj(members);
    }

    /// A record of one component is a value with a name for its type: a size, a fraction, a reference.
    private static boolean isValue(Record candidate) {
        var components = candidate.getClass().getRecordComponents();
        return components.length == 1
                && !Iterable.class.isAssignableFrom(components[0].getType())
                && !Record.class.isAssignableFrom(components[0].getType());
    }

    private static Object only(Record value) {
        return get(value, value.getClass().getRecordComponents()[0]);
    }

    private static Object get(Record owner, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(owner);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}
