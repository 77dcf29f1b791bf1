package pvemcp.site;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pvemcp.json.Json;

/// Which words stand under which heading, as a script that a page loads when somebody begins to search: a file that
/// is opened without a server may load scripts, but not data.
final class SearchIndex {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}_-]+");
    private static final int EXCERPT = 120;

    /// Words that stand nearly everywhere find nothing.
    private static final Set<String> EVERYWHERE = Set.of(
            "the", "and", "for", "that", "with", "are", "not", "has", "its", "it", "is", "of", "to", "in", "on", "an",
            "as", "by", "or", "be", "at", "this", "what", "from", "one", "no");

    private final List<Json> pages = new ArrayList<>();
    private final List<Json> places = new ArrayList<>();
    private final TreeMap<String, TreeSet<Integer>> words = new TreeMap<>();

    void add(Page page, Rendered body) {
        pages.add(
                Json.obj("to", Json.str(page.target().toString().replace('\\', '/')), "title", Json.str(body.title())));
        for (var section : body.sections()) {
            int place = places.size();
            places.add(Json.arr(
                    Json.num(pages.size() - 1L),
                    Json.str(section.anchor()),
                    Json.str(section.heading()),
                    Json.str(excerpt(section.text()))));
            WORD.matcher((section.heading() + " " + section.text()).toLowerCase(Locale.ROOT))
                    .results()
                    .flatMap(found -> parts(found.group()))
                    .filter(word -> !EVERYWHERE.contains(word))
                    .forEach(word ->
                            words.computeIfAbsent(word, _ -> new TreeSet<>()).add(place));
        }
    }

    /// A name is found whole, and by each of its words.
    private static Stream<String> parts(String word) {
        var parts = List.of(word.split("[_-]+", -1));
        return parts.size() == 1
                ? Stream.of(word)
                : Stream.concat(Stream.of(word), parts.stream().filter(part -> part.length() > 1));
    }

    private static String excerpt(String text) {
        return text.length() <= EXCERPT ? text : text.substring(0, Math.max(1, text.lastIndexOf(' ', EXCERPT))) + " …";
    }

    /// The words are one text, a line each, with the distances from one place to the next in base 36.
    String script() {
        var lines = words.entrySet().stream()
                .map(entry -> entry.getKey() + " " + distances(entry.getValue()))
                .collect(Collectors.joining("\n"));
        return "search(%s)\n"
                .formatted(
                        Json.obj("pages", new Json.Arr(pages), "places", new Json.Arr(places), "words", Json.str(lines))
                                .write());
    }

    /// @param places in ascending order
    private static String distances(Set<Integer> places) {
        var said = new StringBuilder();
        int before = 0;
        for (int place : places) {
            said.append(said.isEmpty() ? "" : " ").append(Integer.toString(place - before, 36));
            before = place;
        }
        return said.toString();
    }
}
