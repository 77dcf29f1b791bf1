package pvemcp.tool;

import java.util.List;
import pvemcp.text.Word;

/// Arguments that do not make a call: everything that is wrong with them, at once.
public final class BadArguments extends RuntimeException {
    private final transient List<String> problems;

    public BadArguments(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /// An optional input that was left out, though this choice of another one needs it.
    public static BadArguments missing(String input, Enum<?> choice) {
        return new BadArguments(List.of("argument '%s': needed for '%s'".formatted(input, Word.of(choice))));
    }

    public List<String> problems() {
        return problems;
    }
}
