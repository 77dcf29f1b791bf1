package pvemcp.view;

import java.util.List;

/// A view as lines for other programs: the columns of a table and the name and value of a fact parted by a tab,
/// nothing cut, no colour, no blank lines.
public final class Plain {
    private Plain() {}

    public static String render(View view) {
        var out = new StringBuilder();
        add(view, out);
        return out.toString().stripTrailing();
    }

    private static void add(View view, StringBuilder out) {
        switch (view) {
            case View.Text(var text) ->
                text.lines().filter(line -> !line.isBlank()).forEach(line -> line(line, out));
            case View.Facts(var facts) -> facts.forEach(fact -> row(List.of(fact.name(), fact.value()), out));
            case View.Table(var columns, var rows) -> {
                row(columns, out);
                rows.forEach(row -> row(row, out));
            }
            case View.Log(var _, var lines) -> lines.forEach(line -> line(Clean.line(line), out));
            case View.Image image -> line(image.alt(), out);
            case View.Stack(var parts) -> parts.forEach(part -> add(part, out));
        }
    }

    private static void row(List<String> cells, StringBuilder out) {
        line(String.join("\t", cells.stream().map(Plain::cell).toList()), out);
    }

    private static String cell(String text) {
        return text.replace('\t', ' ').replace('\n', ' ');
    }

    private static void line(String text, StringBuilder out) {
        out.append(text).append('\n');
    }
}
