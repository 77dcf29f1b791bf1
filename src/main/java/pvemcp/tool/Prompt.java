package pvemcp.tool;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// A task a person may pick from a menu, put into words for the model.
public record Prompt(
        String name, String title, String doc, List<Argument> arguments, Function<Map<String, String>, String> text) {
    public Prompt {
        arguments = List.copyOf(arguments);
    }

    /// @param candidates what completes it: the same kinds as a tool's inputs (`guest`, `node`, `storage`, `task`),
    ///     or
    /// empty
    public record Argument(String name, String doc, boolean required, String candidates) {}
}
