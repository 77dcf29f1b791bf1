package pvemcp.cli;

import java.util.List;

/// A line that asks for something that makes no sense, with everything that is wrong with it.
final class UsageException extends RuntimeException {
    private final transient List<String> problems;

    UsageException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    UsageException(String problem) {
        this(List.of(problem));
    }

    List<String> problems() {
        return problems;
    }
}
