package pvemcp.config;

import java.util.List;

/// The configuration cannot be used; [#problems()] has everything that is wrong with it, a line each.
public final class ConfigException extends RuntimeException {
    private final transient List<String> problems;

    ConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
