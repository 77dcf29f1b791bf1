package pvemcp.view;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;

/// A view as text for a model: few tokens, no doubt. A table is a line of names and a line a row, with `|` between;
/// facts are `name: value`; what others wrote stands in a fence whose mark nobody can know beforehand.
public final class Markdown {
    private final StringBuilder out = new StringBuilder();
    private final Supplier<String> boundary;

    private Markdown(Supplier<String> boundary) {
        this.boundary = boundary;
    }

    /// @param boundary a fresh unguessable word for each fence
    public static String render(View view, Supplier<String> boundary) {
        var markdown = new Markdown(boundary);
        markdown.add(view);
        return markdown.out.toString().stripTrailing();
    }

    /// With a fresh mark of 48 random bits for each fence.
    public static String render(View view) {
        return render(view, Marks::next);
    }

    /// Made when the first quotation is, not at the start.
    private static final class Marks {
        private static final SecureRandom RANDOM = new SecureRandom();

        static String next() {
            var bytes = new byte[6];
            RANDOM.nextBytes(bytes);
            return HexFormat.of().formatHex(bytes);
        }
    }

    /// Without any fence, for text that stays on this side.
    static String plain(View view) {
        return render(view, () -> "log");
    }

    private void add(View view) {
        switch (view) {
            case View.Text(var text) -> line(text);
            case View.Facts(var facts) -> facts.forEach(this::fact);
            case View.Table(var columns, var rows) -> {
                row(columns);
                rows.forEach(this::row);
            }
            case View.Log(var source, var lines) -> log(source, lines);
            case View.Image image -> line(image.alt());
            case View.Stack(var parts) -> stack(parts);
        }
    }

    private void stack(List<View> parts) {
        for (var part : parts) {
            add(part);
        }
    }

    private void fact(View.Fact fact) {
        line(fact.name() + ": " + fact.value());
    }

    private void row(List<String> cells) {
        var separator = "";
        for (var cell : cells) {
            out.append(separator).append(cell.replace('|', '¦').replace('\n', ' '));
            separator = "|";
        }
        out.append('\n');
    }

    private void log(String source, List<String> lines) {
        var mark = boundary.get();
        line("<untrusted-%s source=\"%s\">".formatted(mark, Clean.name(source).replace('"', '\'')));
        for (var text : lines) {
            line(Clean.line(text).replace(mark, "•"));
        }
        line("</untrusted-%s>".formatted(mark));
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
