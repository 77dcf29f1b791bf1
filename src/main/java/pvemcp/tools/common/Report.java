package pvemcp.tools.common;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import pvemcp.json.Json;
import pvemcp.tool.Each;
import pvemcp.view.Clean;
import pvemcp.view.Markdown;
import pvemcp.view.Shown;
import pvemcp.view.View;

/// The answer to a whole job: the conclusion first, then the evidence as tables, then what to do next. Short enough
/// for a model to read whole: tables are cut, their counts are not.
///
/// @param next each with the tool call that does it
/// @param unseen what could not be looked at, so that nothing is taken for absent that was only hidden
/// @param quotes text written by others
public record Report(
        String conclusion, List<Section> sections, List<String> next, List<String> unseen, List<View.Log> quotes)
        implements Shown {
    private static final int MOST_ROWS = 40;
    // 2,000 tokens at the three characters or so a token has in tables of numbers
    private static final int MOST_CHARACTERS = 4_800;
    private static final int WIDEST = 140;

    public Report {
        sections =
                sections.stream().filter(section -> !section.rows().isEmpty()).toList();
        next = List.copyOf(next);
        unseen = List.copyOf(unseen);
        quotes = List.copyOf(quotes);
    }

    /// One table of evidence, the gravest rows first.
    ///
    /// @param grave how many of the rows are grave, where that is told apart
    public record Section(String title, List<String> columns, List<List<String>> rows, int grave) {
        public Section {
            columns = List.copyOf(columns);
            rows = rows.stream().map(Section::cleaned).toList();
        }

        private static List<String> cleaned(List<String> row) {
            return row.stream().map(Section::cell).toList();
        }

        private static String cell(String text) {
            return Clean.cell(text, WIDEST);
        }
    }

    /// A report that begins with this sentence.
    public static Builder that(String conclusion) {
        return new Builder(conclusion);
    }

    /// Puts a report together.
    public static final class Builder {
        private final String conclusion;
        private final List<Section> sections = new ArrayList<>();
        private final List<String> next = new ArrayList<>();
        private final List<View.Log> quotes = new ArrayList<>();

        private Builder(String conclusion) {
            this.conclusion = conclusion;
        }

        /// @param columns separated by `|`
        public Builder table(String title, String columns, List<List<String>> rows) {
            return table(title, columns, rows, 0);
        }

        /// @param grave how many of the first rows are grave
        public Builder table(String title, String columns, List<List<String>> rows, int grave) {
            sections.add(new Section(title, List.of(columns.split("\\|")), rows, grave));
            return this;
        }

        /// As [#table(String, String, List)], with a row for each item.
        public <T> Builder table(String title, String columns, Collection<T> items, Function<T, List<String>> row) {
            return table(title, columns, items.stream().map(row).toList());
        }

        /// What to do about it, with the tool call that does it. The same step is told once.
        public Builder next(String step) {
            if (!next.contains(step)) {
                next.add(step);
            }
            return this;
        }

        public Builder nextIf(boolean condition, String step) {
            return condition ? next(step) : this;
        }

        /// Text written by others; nothing where there is none.
        public Builder quote(String source, List<String> lines) {
            if (!lines.isEmpty()) {
                quotes.add(
                        new View.Log(source, lines.stream().map(Report::brief).toList()));
            }
            return this;
        }

        /// The report, with what the probe could not see.
        public Report with(Probe probe) {
            return new Report(conclusion, sections, next, probe.unseen(), quotes);
        }
    }

    private int grave() {
        return sections.stream().mapToInt(Section::grave).sum();
    }

    /// The report of the one cluster that was looked at, or one of those of several, the one in most need first: each
    /// row says which it is of, and where rows are cut, no cluster is cut away whole.
    public static Report of(Each<Report> each) {
        if (!each.several()) {
            return each.first();
        }
        var reports = new LinkedHashMap<String, Report>();
        each.answers().entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> -entry.getValue().grave()))
                .forEach(entry -> reports.put(entry.getKey(), entry.getValue()));
        var conclusions = new ArrayList<String>();
        var sections = new LinkedHashMap<String, Map<String, Section>>();
        var steps = new ArrayList<List<String>>();
        var unseen = new ArrayList<>(each.gaps());
        var quotes = new ArrayList<View.Log>();
        reports.forEach((cluster, report) -> {
            conclusions.add("%s: %s".formatted(cluster, report.conclusion()));
            report.sections()
                    .forEach(section -> sections.computeIfAbsent(section.title(), _ -> new LinkedHashMap<>())
                            .put(cluster, section));
            steps.add(report.next().stream()
                    .map(step -> "%s (cluster=%s)".formatted(step, cluster))
                    .toList());
            report.unseen().forEach(what -> unseen.add("%s: %s".formatted(cluster, what)));
            report.quotes().forEach(quote -> quotes.add(new View.Log(cluster + ": " + quote.source(), quote.lines())));
        });
        int asked = reports.size() + each.gaps().size();
        var conclusion = "%d of %d clusters: %s".formatted(reports.size(), asked, String.join("; ", conclusions));
        var joined = new ArrayList<Section>();
        sections.forEach((title, parts) -> joined.add(joined(title, parts)));
        return new Report(conclusion, joined, inTurn(steps), unseen, quotes);
    }

    /// What is grave anywhere, then the rest.
    private static Section joined(String title, Map<String, Section> parts) {
        var columns = new ArrayList<>(parts.values().iterator().next().columns());
        columns.addFirst("cluster");
        var grave = new ArrayList<List<List<String>>>();
        var others = new ArrayList<List<List<String>>>();
        parts.forEach((cluster, part) -> {
            var rows = part.rows().stream().map(row -> with(cluster, row)).toList();
            grave.add(rows.subList(0, part.grave()));
            others.add(rows.subList(part.grave(), rows.size()));
        });
        var rows = new ArrayList<>(inTurn(grave));
        int gravest = rows.size();
        rows.addAll(inTurn(others));
        return new Section(title, columns, rows, gravest);
    }

    private static List<String> with(String cluster, List<String> row) {
        var all = new ArrayList<>(row);
        all.addFirst(cluster);
        return all;
    }

    /// The first ones of all lists, then the second ones: what matters most in each stays in front.
    private static <T> List<T> inTurn(List<List<T>> lists) {
        var all = new ArrayList<T>();
        int longest = lists.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            for (var list : lists) {
                if (i < list.size()) {
                    all.add(list.get(i));
                }
            }
        }
        return all;
    }

    /// This and, after it, another about something else.
    public Report and(Report other) {
        var all = new ArrayList<>(sections);
        all.addAll(other.sections());
        var steps = new ArrayList<>(next);
        other.next().stream().filter(step -> !steps.contains(step)).forEach(steps::add);
        var hidden = new ArrayList<>(unseen);
        hidden.addAll(other.unseen());
        var logs = new ArrayList<>(quotes);
        logs.addAll(other.quotes());
        return new Report(conclusion + "; " + other.conclusion(), all, steps, hidden, logs);
    }

    private static String brief(String line) {
        return Clean.cell(line, 200);
    }

    @Override
    public View view() {
        int rows = MOST_ROWS;
        var view = view(rows);
        while (rows > 1 && Markdown.render(view, () -> "x").length() > MOST_CHARACTERS) {
            rows = rows * 2 / 3;
            view = view(rows);
        }
        return view;
    }

    private View view(int most) {
        var parts = new ArrayList<View>();
        parts.add(new View.Text(Clean.line(conclusion)));
        for (var section : sections) {
            int count = section.rows().size();
            boolean cut = count > most;
            parts.add(new View.Text(
                    "\n%s%s:".formatted(section.title(), cut ? " (%d of %d)".formatted(most, count) : "")));
            parts.add(new View.Table(section.columns(), cut ? section.rows().subList(0, most) : section.rows()));
        }
        parts.addAll(quotes);
        lines("not looked at", unseen, parts);
        lines("next", next, parts);
        return new View.Stack(parts);
    }

    private static void lines(String title, List<String> lines, List<View> parts) {
        if (!lines.isEmpty()) {
            int shown = Math.min(8, lines.size());
            var text = new StringBuilder("\n" + title + ":");
            lines.subList(0, shown).forEach(line -> text.append("\n- ").append(brief(line)));
            if (shown < lines.size()) {
                text.append("\n- and %d more".formatted(lines.size() - shown));
            }
            parts.add(new View.Text(text.toString()));
        }
    }

    @Override
    public Json data() {
        var tables = new LinkedHashMap<String, Json>();
        for (var section : sections) {
            tables.put(
                    section.title(),
                    Json.obj(
                            "total", section.rows().size(),
                            "columns", section.columns(),
                            "rows", section.rows().stream().limit(MOST_ROWS).toList()));
        }
        return Json.obj("conclusion", conclusion, "evidence", tables, "not_looked_at", unseen, "next", next);
    }
}
