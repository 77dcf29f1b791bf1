package pvemcp.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.view.Clean;

/// A question that only a yes agrees to.
record Question(Console console) {
    /// Asks for a yes, or for a word to be typed in its place.
    ///
    /// @param word what is to be typed; empty: a yes is enough
    /// @return what was typed, or empty text for a yes; nothing for a no
    Optional<String> answered(String question, String word) {
        if (word.isEmpty()) {
            return agrees(question) ? Optional.of("") : Optional.empty();
        }
        return console.ask("type '%s' to go ahead: ".formatted(Clean.oneLine(word)))
                .map(String::strip)
                .filter(word::equals);
    }

    boolean agrees(String question) {
        var answer = console.ask(question + " [y/N] ").orElse("").strip().toLowerCase(Locale.ROOT);
        return List.of("y", "yes").contains(answer);
    }
}
