package pvemcp.tool;

import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// A playbook: a job a person may pick from a menu, put into words for the model.
///
/// @param twins the tools that give the same in one call, for clients that have no prompts
/// @param template the words; `{name}` stands for the argument of that name
public record Prompt(
        String name, String title, String doc, List<Argument> arguments, List<String> twins, String template) {
    public Prompt {
        arguments = List.copyOf(arguments);
        twins = List.copyOf(twins);
    }

    /// @param candidates what completes it: the same kinds as a tool's inputs (`guest`, `node`, `storage`, `task`),
    ///     or empty
    /// @param fallback what is said where it is not given
    public record Argument(String name, String doc, boolean required, String candidates, String fallback) {
        public static Argument needed(String name, String doc, String candidates) {
            return new Argument(name, doc, true, candidates, "");
        }

        public static Argument or(String fallback, String name, String doc, String candidates) {
            return new Argument(name, doc, false, candidates, fallback);
        }
    }

    /// What a person reads in the menu.
    public String description() {
        return twins.isEmpty() ? doc : "%s In one call: %s.".formatted(doc, String.join(", ", twins));
    }

    /// The words, with these values for the arguments.
    public String text(Map<String, String> values) {
        var text = template;
        for (var argument : arguments) {
            text = text.replace("{" + argument.name() + "}", values.getOrDefault(argument.name(), argument.fallback()));
        }
        return text;
    }

    /// The tools it names, in their order.
    public List<String> tools() {
        return Pattern.compile("pve(?:_[a-z0-9]+)+")
                .matcher(template)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
    }
}
