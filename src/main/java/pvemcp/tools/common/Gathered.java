package pvemcp.tools.common;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import pvemcp.tool.Each;
import pvemcp.tool.ToolContext;

/// The rows of a list, from all clusters it is about: counted, ordered and paged as one.
///
/// @param gaps the clusters whose rows are missing, each with the reason
/// @param several whether it has to be said of a row which cluster it is of
public record Gathered<T extends Record>(List<Row<T>> rows, List<String> gaps, boolean several) {
    public record Row<T extends Record>(String cluster, T value) {}

    public Gathered {
        rows = List.copyOf(rows);
        gaps = List.copyOf(gaps);
    }

    /// What each cluster answers to the question.
    public static <T extends Record> Gathered<T> of(ToolContext ctx, Function<ToolContext, List<T>> question) {
        return of(ctx.everywhere(question));
    }

    public static <T extends Record> Gathered<T> of(Each<List<T>> each) {
        var rows = new ArrayList<Row<T>>();
        each.answers().forEach((cluster, values) -> values.forEach(value -> rows.add(new Row<>(cluster, value))));
        return new Gathered<>(rows, each.gaps(), each.several());
    }

    /// Rows of the one cluster a list is about.
    public static <T extends Record> Gathered<T> of(List<T> values) {
        return of(Each.only("", values));
    }

    /// Those that fit.
    public Gathered<T> only(Predicate<T> fits) {
        return new Gathered<>(
                rows.stream().filter(row -> fits.test(row.value())).toList(), gaps, several);
    }

    /// Where two are equal, the one of the cluster that is configured first comes first.
    public Gathered<T> sorted(Comparator<T> order) {
        var sorted = new ArrayList<>(rows);
        sorted.sort((one, other) -> order.compare(one.value(), other.value()));
        return new Gathered<>(sorted, gaps, several);
    }
}
