package pvemcp.soak;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// How a [Measure] went over a run, told in equal steps.
final class Course {
    private static final int QUARTERS = 4;

    /// What it was during a part of the run.
    record Span(double least, double median, double most) {
        static Span of(List<Double> values) {
            var sorted = values.stream().sorted().toList();
            int half = sorted.size() / 2;
            double median = sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
            return new Span(sorted.getFirst(), median, sorted.getLast());
        }

        @Override
        public String toString() {
            return "%.0f / %.0f / %.0f".formatted(least, median, most);
        }
    }

    private final Measure measure;
    private final List<Double> values = Collections.synchronizedList(new ArrayList<>());

    Course(Measure measure) {
        this.measure = measure;
    }

    void add(double value) {
        values.add(value);
    }

    /// Whether there is enough of it to judge.
    boolean isTold() {
        return values.size() >= QUARTERS;
    }

    List<Span> quarters() {
        var spans = new ArrayList<Span>();
        var all = List.copyOf(values);
        for (int quarter = 0; quarter < QUARTERS; quarter++) {
            spans.add(Span.of(all.subList(quarter * all.size() / QUARTERS, (quarter + 1) * all.size() / QUARTERS)));
        }
        return spans;
    }

    /// By how much it grew; empty where it did not.
    Optional<String> growth() {
        var quarters = quarters();
        double second = quarters.get(1).median();
        double last = quarters.getLast().median();
        double allowed = measure.allowed(second);
        return last <= allowed
                ? Optional.empty()
                : Optional.of("%s grew: %.0f in the second quarter, %.0f in the last, where up to %.0f is no growth"
                        .formatted(measure.title(), second, last, allowed));
    }

    /// A row of a table: least, median and most of each quarter.
    String row() {
        return quarters().stream()
                .map(Span::toString)
                .collect(Collectors.joining(" | ", "| " + measure.title() + " | ", " |"));
    }
}
