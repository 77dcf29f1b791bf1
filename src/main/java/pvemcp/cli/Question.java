package pvemcp.cli;

import java.util.List;
import java.util.Locale;

/// A question that only a yes agrees to.
record Question(Console console) {
    boolean agrees(String question) {
        console.err().print(question + " [y/N] ");
        console.err().flush();
        var answer = console.readLine().orElse("").strip().toLowerCase(Locale.ROOT);
        return List.of("y", "yes").contains(answer);
    }
}
