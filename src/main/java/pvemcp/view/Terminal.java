package pvemcp.view;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A view as text for a person at a terminal: aligned columns that fit its width, with colour where wanted. Of tables
/// the widest columns are cut, never their numbers, and where that is not enough the last ones are left out and
/// named; all other text is broken at its blanks.
///
/// @param width of the terminal in cells; 0 for no limit, such as a pipe
public record Terminal(int width, boolean colour) {
    private static final String BOLD = "1";
    private static final String DIM = "2";
    private static final String DONE = "36";
    private static final int BAR = 20;
    private static final String GUTTER = "│ ";

    /// A column that is cut to less says nothing any more.
    private static final int NARROWEST = 8;

    public String render(View view) {
        var out = new StringBuilder();
        add(view, out);
        return out.toString().stripTrailing();
    }

    private void add(View view, StringBuilder out) {
        switch (view) {
            case View.Text(var text) ->
                Cells.wrapped(text, width).forEach(line -> out.append(line).append('\n'));
            case View.Facts(var facts) -> facts(facts, out);
            case View.Table table -> table(fitting(table), out);
            case View.Log(var source, var lines) -> log(source, lines, out);
            case View.Image image -> out.append(image.alt()).append('\n');
            case View.Stack(var parts) -> {
                var gap = "";
                for (var part : parts) {
                    out.append(gap);
                    add(part, out);
                    gap = part instanceof View.Text ? "" : "\n";
                }
            }
        }
    }

    private void facts(List<View.Fact> facts, StringBuilder out) {
        int widest =
                facts.stream().mapToInt(fact -> Cells.of(fact.name())).max().orElse(0);
        for (var fact : facts) {
            int room = width == 0 ? 0 : Math.max(NARROWEST, width - widest - 2);
            var name = styled(BOLD, Cells.padded(fact.name(), widest));
            for (var line : Cells.wrapped(fact.value(), room)) {
                out.append(name).append("  ").append(styled(line)).append('\n');
                name = " ".repeat(widest);
            }
        }
    }

    private void log(String source, List<String> lines, StringBuilder out) {
        out.append(styled(DIM, "── " + Clean.name(source) + " ──")).append('\n');
        int room = width == 0 ? 0 : Math.max(NARROWEST, width - GUTTER.length());
        for (var line : lines) {
            for (var part : Cells.wrapped(Clean.line(line), room)) {
                out.append(styled(DIM, GUTTER)).append(part).append('\n');
            }
        }
    }

    /// How far something has come, in one line that fits: a bar, where that is known, and what is being done.
    ///
    /// @param fraction from 0 to 1; negative where nobody knows
    public String progress(double fraction, String message) {
        if (fraction < 0) {
            return Cells.cut("… " + message, width);
        }
        int full = (int) Math.round(Math.min(1, fraction) * BAR);
        var percent = " %3.0f %%  ".formatted(Math.min(1, fraction) * 100);
        var rest = Cells.cut(message, Math.max(1, width - BAR - percent.length()));
        return styled(DONE, "━".repeat(full)) + styled(DIM, "─".repeat(BAR - full)) + percent + rest;
    }

    // ---- tables ----

    /// A table as it is shown.
    ///
    /// @param right whether a column is of numbers, which stand right
    /// @param omitted the columns there is no room for
    private record Fitted(View.Table table, int[] widths, boolean[] right, List<String> omitted) {}

    /// Each column as wide as its widest cell; where the terminal is narrower, the widest columns give way, and then
    /// the last ones.
    private Fitted fitting(View.Table table) {
        int count = table.columns().size();
        var widths = new int[count];
        var least = new int[count];
        var right = new boolean[count];
        for (int i = 0; i < count; i++) {
            int column = i;
            var cells = table.rows().stream().map(row -> row.get(column)).toList();
            widths[i] = Stream.concat(Stream.of(table.columns().get(i)), cells.stream())
                    .mapToInt(Cells::of)
                    .max()
                    .orElse(0);
            right[i] = cells.stream().allMatch(Terminal::isNumber)
                    && !cells.stream().allMatch(String::isEmpty);
            least[i] = right[i] ? widths[i] : Math.min(widths[i], NARROWEST);
        }
        int shown = count;
        while (width > 0 && shown > 1 && sum(least, shown) > room(shown)) {
            shown--;
        }
        while (width > 0 && sum(widths, shown) > room(shown)) {
            int widest = -1;
            for (int i = 0; i < shown; i++) {
                if (widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                break;
            }
            widths[widest]--;
        }
        var columns = table.columns();
        int last = shown;
        var rows = table.rows().stream().map(row -> row.subList(0, last)).toList();
        var kept = new View.Table(columns.subList(0, shown), rows);
        return new Fitted(kept, widths, right, columns.subList(shown, count));
    }

    private int room(int columns) {
        return width - 2 * (columns - 1);
    }

    private static int sum(int[] numbers, int count) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += numbers[i];
        }
        return sum;
    }

    private void table(Fitted fitted, StringBuilder out) {
        out.append(styled(BOLD, row(fitted.table.columns(), fitted, false))).append('\n');
        for (var row : fitted.table.rows()) {
            out.append(row(row, fitted, true)).append('\n');
        }
        if (!fitted.omitted.isEmpty()) {
            var note = "no room for: " + String.join(", ", fitted.omitted);
            Cells.wrapped(note, width)
                    .forEach(line -> out.append(styled(DIM, line)).append('\n'));
        }
    }

    private String row(List<String> cells, Fitted fitted, boolean styled) {
        var line = new ArrayList<String>();
        for (int i = 0; i < cells.size(); i++) {
            int wide = fitted.widths[i];
            boolean last = i == cells.size() - 1;
            var cell = Cells.cut(cells.get(i), wide);
            var padded =
                    fitted.right[i] ? " ".repeat(wide - Cells.of(cell)) + cell : last ? cell : Cells.padded(cell, wide);
            line.add(styled ? styled(padded) : padded);
        }
        return String.join("  ", line).stripTrailing();
    }

    private static boolean isNumber(String cell) {
        return cell.isEmpty() || (Character.isDigit(cell.charAt(0)) && !cell.contains(":") && !cell.contains("-"));
    }

    // ---- colour ----

    /// States in the colour people expect of them.
    private String styled(String value) {
        return switch (value.strip()) {
            case "running", "online", "ok", "OK", "available", "enabled" -> styled("32", value);
            case "stopped", "offline", "unknown", "disabled" -> styled(DIM, value);
            case "failed", "error", "unavailable" -> styled("31", value);
            case "paused", "suspended", "warnings", "going" -> styled("33", value);
            default -> value;
        };
    }

    private String styled(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
