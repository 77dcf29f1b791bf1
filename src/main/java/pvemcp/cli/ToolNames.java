package pvemcp.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import pvemcp.dispatch.Dispatcher;
import pvemcp.text.Nearest;
import pvemcp.tool.Tool;
import pvemcp.tools.Catalog;

/// Tools as people name them: with or without the `pve_`, with blanks, dashes or underscores.
final class ToolNames {
    private static final String PREFIX = "pve_";

    private ToolNames() {}

    static String full(String typed) {
        var name = typed.toLowerCase(Locale.ROOT).replace('-', '_');
        return name.startsWith(PREFIX) ? name : PREFIX + name;
    }

    static String shortened(String name) {
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    }

    /// As one would say it: `guest list`.
    static String spoken(String name) {
        return shortened(name).replace('_', ' ');
    }

    /// The call that some words make, of a tool that is offered.
    static Phrase find(List<String> words, Dispatcher dispatcher) {
        return Phrase.of(words, dispatcher).orElseThrow(() -> new UsageException(unknown(words, List.of())));
    }

    /// The call that some words make, where its tool is not offered.
    static Optional<Phrase> withheld(List<String> words, Dispatcher dispatcher) {
        return Phrase.of(words, dispatcher).isPresent() ? Optional.empty() : find(words);
    }

    /// What to say to a call of a tool that is not offered.
    static String notOffered(Phrase phrase) {
        var name = shortened(phrase.tool().name());
        return "policy or configuration does not offer the tool '%s': 'policy check %s …' says why"
                .formatted(name, name);
    }

    /// The call that some words make, whether its tool is offered or not.
    static Optional<Phrase> find(List<String> words) {
        return Phrase.of(words, ToolNames::known);
    }

    private static Optional<Tool<?>> known(String name) {
        for (var set : Catalog.ALL) {
            for (var tool : set.tools()) {
                if (tool.name().equals(name)) {
                    return Optional.of(tool);
                }
            }
        }
        return Optional.empty();
    }

    /// What to say to words that begin with neither a command nor a tool that is offered.
    static String unknown(List<String> words, Collection<String> commands) {
        var withheld = find(words);
        if (withheld.isPresent()) {
            return notOffered(withheld.get());
        }
        var first = words.getFirst();
        var follow = following(full(first) + "_", names());
        if (!follow.isEmpty() && words.size() == 1) {
            return "%s what? There %s %s"
                    .formatted(first, follow.size() == 1 ? "is" : "are", String.join(", ", follow));
        }
        if (!follow.isEmpty()) {
            var said = follow.stream().map(word -> first + " " + word).toList();
            var typed = first + " " + words.get(1);
            return "there is no '%s'%s: 'tools %s' lists what there is"
                    .formatted(typed, Nearest.hint(typed, said), first);
        }
        var what = commands.isEmpty() ? "tool" : "command or tool";
        return "there is no %s '%s'%s: 'tools' lists them all".formatted(what, first, hint(words, commands));
    }

    /// The nearest name, written as it was typed: in one word or several.
    private static String hint(List<String> words, Collection<String> commands) {
        var first = words.getFirst();
        var names = new ArrayList<>(commands);
        nouns().stream().filter(noun -> !first.startsWith(noun)).forEach(names::add);
        names().forEach(name -> names.add(shortened(name)));
        var spoken = names.stream().map(ToolNames::spoken).toList();
        var two = words.size() == 1 ? Optional.<String>empty() : Nearest.to(first + " " + words.get(1), spoken);
        return two.or(() -> Nearest.to(shortened(full(first)), names))
                .or(() -> Nearest.to(first, spoken))
                .map(" (did you mean '%s'?)"::formatted)
                .orElse("");
    }

    private static List<String> names() {
        return Catalog.ALL.stream()
                .flatMap(set -> set.tools().stream())
                .map(Tool::name)
                .toList();
    }

    /// The next words of the names that begin so, in order.
    ///
    /// @param begun such as `pve_guest_`
    static Collection<String> following(String begun, Collection<String> names) {
        var words = new TreeSet<String>();
        for (var name : names) {
            if (name.startsWith(begun)) {
                var rest = name.substring(begun.length());
                int end = rest.indexOf('_');
                words.add(end < 0 ? rest : rest.substring(0, end));
            }
        }
        return words;
    }

    /// The first words of all tools there are.
    static Collection<String> nouns() {
        return following(PREFIX, names());
    }
}
