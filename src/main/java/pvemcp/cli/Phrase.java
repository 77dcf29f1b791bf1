package pvemcp.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import pvemcp.dispatch.Dispatcher;
import pvemcp.tool.Param;
import pvemcp.tool.Tool;

/// A call in the words of a line: the tool that the first ones name, and what is said to it. `guest_list`,
/// `pve_guest_list` and `guest list` name the same; so do `guest start` and `guest_power action=start`.
///
/// @param params the inputs that can be given
record Phrase(Tool<?> tool, List<String> words, List<Param> params) {
    /// No tool's name has more words.
    private static final int MOST = 4;

    /// What people say, and what tools are called.
    private static final Map<String, String> VERBS =
            Map.of("show", "get", "log", "get", "ls", "list", "rm", "delete", "remove", "delete");

    /// The end of the names of tools whose actions are said as verbs.
    static final String POWER = "_power";

    Phrase {
        words = List.copyOf(words);
        params = List.copyOf(params);
    }

    private Phrase(Tool<?> tool, List<String> words) {
        this(tool, words, tool.params());
    }

    /// A call of a tool that a server offers, with the inputs it takes there.
    static Optional<Phrase> of(List<String> words, Dispatcher dispatcher) {
        return of(words, dispatcher::tool)
                .map(phrase -> new Phrase(phrase.tool(), phrase.words(), dispatcher.params(phrase.tool())));
    }

    /// @param known the tool of a full name
    /// @return empty where the words begin with no tool's name
    static Optional<Phrase> of(List<String> words, Function<String, Optional<? extends Tool<?>>> known) {
        return longest(words, known).or(() -> translated(words, known)).or(() -> power(words, known));
    }

    /// Where two names fit, the longer one is meant; a name that was written as one word is whole.
    private static Optional<Phrase> longest(List<String> words, Function<String, Optional<? extends Tool<?>>> known) {
        int most = words.isEmpty() || words.getFirst().contains("_") ? 1 : MOST;
        for (int count = Math.min(most, words.size()); count > 0; count--) {
            var tool = known.apply(ToolNames.full(String.join("_", words.subList(0, count))));
            if (tool.isPresent()) {
                return Optional.of(new Phrase(tool.get(), words.subList(count, words.size())));
            }
        }
        return Optional.empty();
    }

    private static Optional<Phrase> translated(
            List<String> words, Function<String, Optional<? extends Tool<?>>> known) {
        if (words.size() < 2 || !VERBS.containsKey(words.get(1))) {
            return Optional.empty();
        }
        var ours = new ArrayList<>(words);
        ours.set(1, VERBS.get(words.get(1)));
        return longest(ours, known);
    }

    private static Optional<Phrase> power(List<String> words, Function<String, Optional<? extends Tool<?>>> known) {
        if (words.size() < 2 || !powers(words.getFirst(), known).contains(words.get(1))) {
            return Optional.empty();
        }
        var ours = new ArrayList<String>();
        ours.add("action=" + words.get(1));
        ours.addAll(words.subList(2, words.size()));
        return known.apply(ToolNames.full(words.getFirst() + POWER)).map(tool -> new Phrase(tool, ours));
    }

    /// What can be said after a noun because its power tool has such an action: `start`, `stop`, …
    static List<String> powers(String noun, Function<String, Optional<? extends Tool<?>>> known) {
        return known.apply(ToolNames.full(noun + POWER)).stream()
                .flatMap(tool -> tool.params().stream())
                .filter(param -> param.name().equals("action"))
                .flatMap(param -> param.words().stream())
                .toList();
    }
}
