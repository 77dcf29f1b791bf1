package pvemcp.view;

import java.util.ArrayList;
import java.util.List;
import pvemcp.json.Json;

/// Whole answers with every text in them cleaned: the last look at what tools have put together, whatever they
/// forgot. A cell and a fact stay in their line, and nothing grows without bounds.
final class Cleaned {
    /// A configuration's longest values, such as SSH keys, are shorter.
    private static final int CELL = 8192;

    private static final int NAME = 256;

    private Cleaned() {}

    static View of(View view) {
        return switch (view) {
            case View.Text(var text) -> new View.Text(Clean.lines(text));
            case View.Facts(var facts) -> {
                var cleaned = new ArrayList<View.Fact>(facts.size());
                for (var fact : facts) {
                    cleaned.add(new View.Fact(Clean.cell(fact.name(), CELL), Clean.cell(fact.value(), CELL)));
                }
                yield new View.Facts(cleaned);
            }
            case View.Table(var columns, var rows) -> {
                var cleaned = new ArrayList<List<String>>(rows.size());
                for (var row : rows) {
                    cleaned.add(cells(row));
                }
                yield new View.Table(cells(columns), cleaned);
            }
            // Cut where it is rendered: a known secret is still to be found in it as a whole.
            case View.Log(var source, var lines) ->
                new View.Log(source, lines.stream().map(Clean::oneLine).toList());
            case View.Image(var type, var bytes, var alt) -> new View.Image(type, bytes, Clean.cell(alt, CELL));
            case View.Stack(var parts) -> {
                var cleaned = new ArrayList<View>(parts.size());
                for (var part : parts) {
                    cleaned.add(of(part));
                }
                yield new View.Stack(cleaned);
            }
        };
    }

    private static List<String> cells(List<String> row) {
        var cells = new ArrayList<String>(row.size());
        for (var cell : row) {
            cells.add(Clean.cell(cell, CELL));
        }
        return cells;
    }

    /// The same of data, where a text may have several lines.
    static Json of(Json data) {
        return data.replaced(name -> Clean.cell(name, NAME), Clean::lines);
    }
}
