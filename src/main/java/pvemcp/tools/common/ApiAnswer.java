package pvemcp.tools.common;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.view.Clean;
import pvemcp.view.Shown;
import pvemcp.view.Units;
import pvemcp.view.View;

/// An answer of PVE that no tool knows, laid out by its shape: objects as facts, lists of objects as a table, log
/// lines as a log. Bounded, and it says what was left out.
public final class ApiAnswer {
    private static final int COLUMNS = 12;
    private static final int CELL = 200;

    private ApiAnswer() {}

    /// Such an answer, for programs as PVE gave it: the rows that are shown, all their members.
    public record Read(String source, Json answer, List<String> fields, int offset, int limit) implements Shown {
        @Override
        public View view() {
            return of(source, answer, fields, offset, limit);
        }

        @Override
        public Json data() {
            return switch (answer) {
                case Json.Obj object -> object;
                case Json.Arr(var items) ->
                    Json.obj("total", items.size(), "from", offset + 1, "rows", window(items, offset, limit));
                case Json other -> Json.obj("value", other);
            };
        }
    }

    private static List<Json> window(List<Json> items, int offset, int limit) {
        return items.subList(Math.min(offset, items.size()), (int) Math.min((long) offset + limit, items.size()));
    }

    public static View of(String source, Json answer, List<String> fields, int offset, int limit) {
        return switch (answer) {
            case Json.Obj object -> facts(object, fields);
            case Json.Arr(var items)
            when items.isEmpty() -> new View.Text("empty list (this token may not see everything)");
            case Json.Arr(var items) -> list(source, items, fields, offset, limit);
            case Json.Null _ -> new View.Text("done, no answer");
            case Json.Bool _, Json.Num _, Json.Str _ -> text(source, answer);
        };
    }

    private static View text(String source, Json answer) {
        var text = answer.scalarText().orElse("");
        return text.contains("\n")
                ? new View.Log(source, Clean.note(text).lines().toList())
                : new View.Text(Clean.line(text));
    }

    private static View facts(Json.Obj object, List<String> fields) {
        var facts = new ArrayList<View.Fact>();
        var parts = new ArrayList<View>();
        object.members().forEach((name, value) -> {
            if (!fields.isEmpty() && !fields.contains(name)) {
                return;
            }
            if (value instanceof Json.Str(var text) && text.strip().contains("\n")) {
                parts.add(new View.Log(name, Clean.note(text).lines().toList()));
            } else {
                facts.add(new View.Fact(Clean.name(name), cell(value, 1000)));
            }
        });
        parts.addFirst(new View.Facts(facts));
        return new View.Stack(parts);
    }

    private static View list(String source, List<Json> items, List<String> fields, int offset, int limit) {
        var shown = window(items, offset, limit);
        var head = shown.size() == items.size()
                ? Units.some(items.size(), "rows")
                : "rows %d-%d of %d; offset=%d shows what follows"
                        .formatted(offset + 1, offset + shown.size(), items.size(), offset + shown.size());
        if (isLog(items)) {
            var lines = shown.stream()
                    .map(row -> ((Json.Obj) row).text("t").orElse(""))
                    .toList();
            return View.Stack.of(new View.Text(head), new View.Log(source, lines));
        }
        if (!items.stream().allMatch(Json.Obj.class::isInstance)) {
            var lines = shown.stream().map(item -> cell(item, 1000)).toList();
            return View.Stack.of(new View.Text(head), new View.Log(source, lines));
        }
        var names = new LinkedHashSet<String>();
        shown.forEach(row -> names.addAll(((Json.Obj) row).members().keySet()));
        var columns = fields.isEmpty() ? names.stream().limit(COLUMNS).toList() : fields;
        var rows = new ArrayList<List<String>>();
        for (var row : shown) {
            rows.add(columns.stream()
                    .map(name -> ((Json.Obj) row)
                            .get(name)
                            .map(value -> cell(value, CELL))
                            .orElse(""))
                    .toList());
        }
        var parts = new ArrayList<View>();
        parts.add(new View.Text(head));
        parts.add(new View.Table(columns, rows));
        if (fields.isEmpty() && names.size() > COLUMNS) {
            parts.add(new View.Text("other fields: "
                    + String.join(", ", names.stream().skip(COLUMNS).toList())));
        }
        return new View.Stack(parts);
    }

    /// PVE::Tools::dump_logfile and its kin answer with numbered lines.
    private static boolean isLog(List<Json> items) {
        return items.stream().allMatch(item -> item instanceof Json.Obj row && row.has("n") && row.has("t"));
    }

    private static String cell(Json value, int longest) {
        return Clean.cell(value.scalarText().orElseGet(() -> value == Json.Null.NULL ? "" : value.write()), longest);
    }
}
