package pvemcp.tool;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;

/// What the clusters that a call is about answered to one question.
///
/// @param answers by the name of the cluster, in the order of the configuration; never empty
/// @param gaps the clusters that gave no answer, each with the reason: `lab: cannot be reached …`
/// @param several whether more than one was asked, so that an answer has to say which it is of
public record Each<T>(SequencedMap<String, T> answers, List<String> gaps, boolean several) {
    public Each {
        answers = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(answers));
        gaps = List.copyOf(gaps);
        if (answers.isEmpty()) {
            throw new IllegalArgumentException("no cluster answered, which is a failure of the call: " + gaps);
        }
    }

    /// Of the one cluster that a call is about.
    public static <T> Each<T> only(String cluster, T answer) {
        var answers = new LinkedHashMap<String, T>();
        answers.put(cluster, answer);
        return new Each<>(answers, List.of(), false);
    }

    /// The answer of the one cluster that was asked, or of the first.
    public T first() {
        return answers.firstEntry().getValue();
    }

    /// The same clusters with what is made of their answers.
    public <R> Each<R> map(Function<T, R> change) {
        var changed = new LinkedHashMap<String, R>();
        answers.forEach((cluster, answer) -> changed.put(cluster, change.apply(answer)));
        return new Each<>(changed, gaps, several);
    }
}
