package pvemcp.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/// What counts as growth, in runs that are made up.
class CourseTest {
    private static Course of(Measure measure, IntToDoubleFunction value) {
        var course = new Course(measure);
        for (int i = 0; i < 240; i++) {
            course.add(value.applyAsDouble(i));
        }
        return course;
    }

    @Test
    void what_goes_up_and_down_does_not_grow() {
        var random = new Random(1);
        assertThat(of(Measure.RESIDENT, i -> 200 + i % 20 * 4).growth()).isEmpty();
        assertThat(of(Measure.DESCRIPTORS, _ -> 60 + random.nextInt(40)).growth())
                .isEmpty();
    }

    @Test
    void what_fills_in_the_first_quarter_and_what_peaks_for_a_moment_does_not_grow() {
        assertThat(of(Measure.HEAP, i -> Math.min(60, i)).growth()).isEmpty();
        assertThat(of(Measure.VIRTUAL, i -> i > 200 && i < 220 ? 900 : 50).growth())
                .isEmpty();
    }

    @Test
    void a_slow_and_steady_rise_is_found_under_what_goes_up_and_down() {
        var random = new Random(1);
        assertThat(of(Measure.HEAP, i -> 30 + i / 15.0 + random.nextInt(3)).growth())
                .hasValueSatisfying(told -> assertThat(told).startsWith("heap that is kept, MiB grew: "));
        assertThat(of(Measure.DESCRIPTORS, i -> 60 + i / 2 + random.nextInt(40)).growth())
                .isPresent();
        assertThat(of(Measure.THREADS, i -> 22 + i / 20).growth()).isPresent();
    }

    @Test
    void the_row_has_the_least_the_median_and_the_most_of_each_quarter() {
        assertThat(of(Measure.THREADS, i -> i % 60).row())
                .isEqualTo("| threads | 0 / 30 / 59 | 0 / 30 / 59 | 0 / 30 / 59 | 0 / 30 / 59 |");
    }
}
