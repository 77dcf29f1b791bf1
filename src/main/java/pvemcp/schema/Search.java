package pvemcp.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Finds operations by the words they share with a question: those of the path and PVE's name for the operation
/// first, then of the summary, then of parameters and the host's own text.
///
/// A word counts the more the fewer operations have it (inverse document frequency), so `get` decides little and
/// `replication` much. Immutable; building it reads every declaration once.
final class Search {
    private static final Set<String> IDLE = Set.of(
            "a", "an", "the", "of", "on", "in", "to", "for", "by", "with", "its", "it", "is", "and", "or", "how", "do",
            "i", "what", "which", "from", "at", "my", "all", "be", "can");

    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Integer> frequency = new HashMap<>();

    /// How much each word of an operation counts.
    private record Entry(Operation operation, Map<String, Double> weights, Set<String> path) {}

    Search(List<Operation> operations) {
        operations.forEach(operation -> {
            var entry = entry(operation);
            entries.add(entry);
            entry.weights().keySet().forEach(word -> frequency.merge(word, 1, Integer::sum));
        });
    }

    private static Entry entry(Operation operation) {
        var weights = new HashMap<String, Double>();
        var path = new HashSet<String>();
        var segments = operation.path().substring(1).split("/");
        for (int i = 0; i < segments.length; i++) {
            boolean variable = segments[i].startsWith("{");
            boolean last = i == segments.length - 1 || (i == segments.length - 2 && segments[i + 1].startsWith("{"));
            for (var word : words(segments[i])) {
                raise(weights, word, variable ? 1.5 : last ? 6 : 3);
                path.add(word);
            }
        }
        words(operation.name()).forEach(word -> raise(weights, word, 2.5));
        words(operation.summary()).forEach(word -> raise(weights, word, 5));
        for (var name : operation.parameters().members().keySet()) {
            words(name.replace("[n]", "")).forEach(word -> raise(weights, word, 1));
        }
        operation.facts().text("description").ifPresent(text -> words(text).forEach(word -> raise(weights, word, 1)));
        verbs(operation.verb()).forEach(word -> raise(weights, word, 2));
        return new Entry(operation, weights, path);
    }

    private static void raise(Map<String, Double> weights, String word, double weight) {
        if (!IDLE.contains(word)) {
            weights.merge(word, weight, Math::max);
        }
    }

    private static List<String> verbs(Verb verb) {
        return switch (verb) {
            case GET -> List.of("get", "show", "list", "read");
            case POST -> List.of("post", "create", "add");
            case PUT -> List.of("put", "update", "change", "set");
            case DELETE -> List.of("delete", "remove");
        };
    }

    /// The best first; operations that share no word, or only such as `list`, are left out.
    List<Operation> find(String question, int limit) {
        var wanted = words(question).stream()
                .filter(word -> !IDLE.contains(word))
                .distinct()
                .toList();
        record Hit(Operation operation, double score) {}
        var hits = new ArrayList<Hit>();
        for (var entry : entries) {
            double score = score(entry, wanted);
            if (score > 0) {
                hits.add(new Hit(entry.operation(), score));
            }
        }
        return hits.stream()
                .sorted(Comparator.comparingDouble(Hit::score)
                        .reversed()
                        .thenComparingInt(hit -> hit.operation().path().length())
                        .thenComparing(hit -> hit.operation().path())
                        .thenComparing(hit -> hit.operation().verb()))
                .limit(limit)
                .map(Hit::operation)
                .toList();
    }

    private double score(Entry entry, List<String> wanted) {
        double score = 0;
        double found = 0;
        boolean more = false;
        for (var word : wanted) {
            var best = best(entry, word);
            if (best > 0) {
                score += best;
                found++;
                more |= !isVerb(word);
            }
        }
        if (found == 0 || (!more && wanted.stream().anyMatch(word -> !isVerb(word)))) {
            return 0;
        }
        double share = found / wanted.size();
        // Of two that say the same, the one that has less else to say in its path.
        return score * share * share / (1 + 0.04 * entry.path().size());
    }

    private double best(Entry entry, String word) {
        var exact = entry.weights().get(word);
        if (exact != null) {
            return exact * rarity(word);
        }
        double best = 0;
        for (var known : entry.weights().entrySet()) {
            boolean begins = word.length() >= 3 && known.getKey().startsWith(word);
            boolean contains = word.length() >= 5 && known.getKey().contains(word);
            if (begins || contains) {
                best = Math.max(best, known.getValue() * rarity(known.getKey()) * 0.6);
            }
        }
        return best;
    }

    private double rarity(String word) {
        return Math.log(1 + entries.size() / (double) frequency.getOrDefault(word, 1));
    }

    private static boolean isVerb(String word) {
        for (var verb : Verb.values()) {
            if (verbs(verb).contains(word)) {
                return true;
            }
        }
        return false;
    }

    /// Lower case, cut at what is neither letter nor digit, without the plural's ending.
    static List<String> words(String text) {
        var words = new ArrayList<String>();
        for (var word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{Nd}]+")) {
            if (!word.isEmpty()) {
                words.add(singular(word));
            }
        }
        return words;
    }

    private static String singular(String word) {
        if (word.length() > 4 && word.endsWith("ies")) {
            return word.substring(0, word.length() - 3) + "y";
        }
        if (word.length() > 4 && (word.endsWith("sses") || word.endsWith("xes"))) {
            return word.substring(0, word.length() - 2);
        }
        boolean plural = word.length() > 2
                && word.endsWith("s")
                && !word.endsWith("ss")
                && !word.endsWith("us")
                && !word.endsWith("is");
        return plural ? word.substring(0, word.length() - 1) : word;
    }
}
