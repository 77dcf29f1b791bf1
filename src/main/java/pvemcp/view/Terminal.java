package pvemcp.view;

import java.util.ArrayList;
import java.util.List;

/// A view as text for a person at a terminal: aligned columns, cut to the width, with colour where wanted.
///
/// @param width of the terminal in columns; 0 for no limit, such as a pipe
public record Terminal(int width, boolean colour) {
    private static final String BOLD = "1";
    private static final String DIM = "2";

    public String render(View view) {
        var out = new StringBuilder();
        add(view, out);
        return out.toString().stripTrailing();
    }

    private void add(View view, StringBuilder out) {
        switch (view) {
            case View.Text(var text) -> out.append(text).append('\n');
            case View.Facts(var facts) -> {
                int widest = facts.stream()
                        .mapToInt(fact -> cells(fact.name()))
                        .max()
                        .orElse(0);
                for (var fact : facts) {
                    out.append(styled(BOLD, pad(fact.name(), widest)))
                            .append("  ")
                            .append(styled(fact.value()))
                            .append('\n');
                }
            }
            case View.Table(var columns, var rows) -> table(columns, rows, out);
            case View.Log(var source, var lines) -> {
                out.append(styled(DIM, "── " + Clean.name(source) + " ──")).append('\n');
                lines.forEach(line ->
                        out.append(styled(DIM, "│ ")).append(Clean.line(line)).append('\n'));
            }
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

    private void table(List<String> columns, List<List<String>> rows, StringBuilder out) {
        var widths = widths(columns, rows);
        var right = numeric(columns, rows);
        out.append(styled(BOLD, row(columns, widths, right, false))).append('\n');
        for (var row : rows) {
            out.append(row(row, widths, right, true)).append('\n');
        }
    }

    private String row(List<String> cells, int[] widths, boolean[] right, boolean styled) {
        var line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            boolean last = i == cells.size() - 1;
            var cell = cut(cells.get(i), widths[i]);
            var padded = right[i] ? " ".repeat(widths[i] - cells(cell)) + cell : last ? cell : pad(cell, widths[i]);
            line.append(i == 0 ? "" : "  ").append(styled ? styled(padded) : padded);
        }
        return line.toString();
    }

    /// Each column as wide as its widest cell; where the terminal is narrower, the widest columns give way.
    private int[] widths(List<String> columns, List<List<String>> rows) {
        var widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = cells(columns.get(i));
            for (var row : rows) {
                widths[i] = Math.max(widths[i], cells(row.get(i)));
            }
        }
        int room = width - 2 * (widths.length - 1);
        while (width > 0 && sum(widths) > room) {
            int widest = 0;
            for (int i = 1; i < widths.length; i++) {
                widest = widths[i] > widths[widest] ? i : widest;
            }
            if (widths[widest] <= 6) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    private static boolean[] numeric(List<String> columns, List<List<String>> rows) {
        var right = new boolean[columns.size()];
        for (int i = 0; i < right.length; i++) {
            int column = i;
            right[i] = !rows.isEmpty()
                    && rows.stream().map(row -> row.get(column)).allMatch(Terminal::isNumber)
                    && rows.stream().anyMatch(row -> !row.get(column).isEmpty());
        }
        return right;
    }

    private static boolean isNumber(String cell) {
        return cell.isEmpty() || (Character.isDigit(cell.charAt(0)) && !cell.contains(":") && !cell.contains("-"));
    }

    private static int sum(int[] numbers) {
        int sum = 0;
        for (int number : numbers) {
            sum += number;
        }
        return sum;
    }

    private static String pad(String text, int wide) {
        return text + " ".repeat(Math.max(0, wide - cells(text)));
    }

    private static String cut(String text, int wide) {
        if (cells(text) <= wide) {
            return text;
        }
        var kept = new ArrayList<Integer>();
        int used = 1;
        for (int c : text.codePoints().toArray()) {
            used += cells(c);
            if (used > wide) {
                break;
            }
            kept.add(c);
        }
        var out = new StringBuilder();
        kept.forEach(out::appendCodePoint);
        return out.append('…').toString();
    }

    /// How many columns a text takes.
    static int cells(String text) {
        return text.codePoints().map(Terminal::cells).sum();
    }

    /// East Asian wide and emoji take two columns (Unicode Standard Annex 11), combining marks none.
    private static int cells(int c) {
        if (c < 0x300) {
            return 1;
        }
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = (c >= 0x1100 && c <= 0x115F)
                || (c >= 0x2E80 && c <= 0xA4CF)
                || (c >= 0xAC00 && c <= 0xD7A3)
                || (c >= 0xF900 && c <= 0xFAFF)
                || (c >= 0xFE30 && c <= 0xFE6F)
                || (c >= 0xFF00 && c <= 0xFF60)
                || (c >= 0xFFE0 && c <= 0xFFE6)
                || (c >= 0x1F300 && c <= 0x1FAFF)
                || (c >= 0x20000 && c <= 0x3FFFD);
        return wide ? 2 : 1;
    }

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
