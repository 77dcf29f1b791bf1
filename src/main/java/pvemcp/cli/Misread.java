package pvemcp.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import pvemcp.text.Nearest;

/// What is wrong with a line that cannot be taken apart, and what was probably meant.
final class Misread {
    private Misread() {}

    static List<String> problems(ParameterException e) {
        var command = e.getCommandLine().getCommandSpec();
        return switch (e) {
            case UnmatchedArgumentException unmatched -> List.of(unknown(unmatched.getUnmatched(), command));
            case MissingParameterException missing
            when !missing.getMissing().isEmpty() ->
                missing.getMissing().stream().map(Misread::missing).toList();
            default -> List.of(e.getMessage());
        };
    }

    /// Of several words the first one: what follows an unknown option may well be its value.
    private static String unknown(List<String> words, CommandSpec command) {
        var word = words.getFirst();
        if (word.startsWith("-")) {
            var name = word.replaceFirst("=.*", "");
            var options = command.options().stream()
                    .map(OptionSpec::longestName)
                    .filter(option -> option.startsWith("--"))
                    .toList();
            return "%s has no option '%s'%s".formatted(said(command), name, Nearest.hint(name, options));
        }
        var parts = List.copyOf(command.subcommands().keySet());
        return parts.isEmpty()
                ? "'%s' is one word more than %s takes".formatted(word, said(command))
                : "there is no '%s %s'%s: there are %s"
                        .formatted(said(command), word, Nearest.hint(word, parts), String.join(", ", parts));
    }

    /// Without the program's name, which is not typed at a prompt.
    private static String said(CommandSpec command) {
        return command.qualifiedName().replaceFirst("^\\S+ ", "");
    }

    private static String missing(ArgSpec argument) {
        var words = new ArrayList<>(List.of(argument.description()));
        var what = words.isEmpty() ? "" : ": " + words.getFirst().replaceFirst("\\.$", "");
        return switch (argument) {
            case OptionSpec option -> "%s needs a value%s".formatted(option.longestName(), what);
            case PositionalParamSpec parameter -> "%s is missing%s".formatted(parameter.paramLabel(), what);
            default -> throw new IllegalStateException(argument.toString());
        };
    }
}
