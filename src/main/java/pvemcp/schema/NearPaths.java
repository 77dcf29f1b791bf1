package pvemcp.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.text.Nearest;

/// Finds the paths that were probably meant by one that does not exist: with a segment misspelt, forgotten or too
/// much. What stood in the place of a variable stays there.
final class NearPaths {
    private static final int MOST = 3;

    // How far a path may be from what was written, in units of one forgotten word.
    private static final double FAR = 2.4;
    private static final double CLOSE_TO_BEST = 0.4;
    private static final double MISSPELT = 0.5;
    private static final double FORGOTTEN = 1;
    private static final double FORGOTTEN_NAME = 0.5;
    private static final double TOO_MUCH = 1.5;
    // So that a word wins over a name that happens to be the same.
    private static final double NAME = 0.1;

    private NearPaths() {}

    /// A path that exists, with `{…}` only where no name was given.
    ///
    /// @param verbs those it answers to
    record Near(String path, Set<Verb> verbs) {}

    private record Way(double cost, String path) {
        Way after(double more, String segment) {
            return new Way(cost + more, "/" + segment + path);
        }
    }

    private record Candidate(Way way, Set<Verb> verbs) {}

    /// The nearest first, and among equals those that answer to the verb; none where all are far away.
    static List<Near> of(List<Operation> operations, Verb verb, String path) {
        var written = PathTree.segments(PathTree.decode(path));
        var templates = new LinkedHashMap<String, Set<Verb>>();
        operations.forEach(operation -> templates
                .computeIfAbsent(operation.path(), _ -> EnumSet.noneOf(Verb.class))
                .add(operation.verb()));
        var found = new ArrayList<Candidate>();
        templates.forEach((template, verbs) -> way(written, PathTree.segments(template), false, false)
                .filter(way -> way.cost() <= FAR)
                .ifPresent(way -> found.add(new Candidate(way, verbs))));
        found.sort(Comparator.comparingDouble((Candidate one) -> one.way().cost())
                .thenComparing(one -> !one.verbs().contains(verb)));
        return found.stream()
                .filter(one -> one.way().cost() <= found.getFirst().way().cost() + CLOSE_TO_BEST)
                .limit(MOST)
                .map(one -> new Near(one.way().path(), one.verbs()))
                .toList();
    }

    /// The cheapest way from what was written to the template.
    ///
    /// @param said whether a word of the template was written so far
    /// @param here whether the segment before this one was written, so that a name may follow it
    private static Optional<Way> way(List<String> written, List<String> template, boolean said, boolean here) {
        if (template.isEmpty()) {
            return written.isEmpty() && said ? Optional.of(new Way(0, "")) : Optional.empty();
        }
        var wanted = template.getFirst();
        var rest = template.subList(1, template.size());
        boolean name = wanted.startsWith("{");
        // A template that goes on where the writer stopped is another place, not the one that was meant.
        if (written.isEmpty()) {
            return Optional.empty();
        }
        var best =
                way(written, rest, said, name && here).map(way -> way.after(name ? FORGOTTEN_NAME : FORGOTTEN, wanted));
        var first = written.getFirst();
        var others = written.subList(1, written.size());
        if (name && here) {
            best = cheaper(best, way(others, rest, said, true).map(way -> way.after(NAME, first)));
        }
        if (!name && isMeant(first, wanted)) {
            double cost = first.equals(wanted) ? 0 : MISSPELT;
            best = cheaper(best, way(others, rest, true, true).map(way -> way.after(cost, wanted)));
        }
        // Without its last segment it would be about something else; and no name is put in place of what is left out.
        if (!others.isEmpty()) {
            best = cheaper(
                    best, way(others, template, said, false).map(way -> new Way(way.cost() + TOO_MUCH, way.path())));
        }
        return best;
    }

    private static boolean isMeant(String written, String word) {
        return written.equals(word) || Nearest.to(written, List.of(word)).isPresent();
    }

    private static Optional<Way> cheaper(Optional<Way> one, Optional<Way> other) {
        return one.isPresent()
                        && (other.isEmpty() || one.get().cost() <= other.get().cost())
                ? one
                : other;
    }
}
