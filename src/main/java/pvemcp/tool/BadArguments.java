package pvemcp.tool;

import java.util.List;

/// Arguments that do not make a call: everything that is wrong with them, at once.
public final class BadArguments extends RuntimeException {
    private final transient List<String> problems;

    public BadArguments(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
