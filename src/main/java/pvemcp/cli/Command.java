package pvemcp.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// One command of the command line.
interface Command {
    String name();

    /// Its options and parameters; made anew with each call.
    CommandSpec spec();

    /// Carries it out.
    ///
    /// @return the exit status, see [Exit]
    /// @throws UsageException where what was asked for makes no sense
    int run(ParseResult parsed);

    static CommandSpec spec(String name, String... description) {
        var spec = CommandSpec.create().name(name);
        spec.usageMessage().description(description);
        return spec;
    }

    static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name).description(description).build();
    }

    static OptionSpec option(String name, Class<?> type, String label, String fallback, String description) {
        return OptionSpec.builder(name)
                .type(type)
                .paramLabel(label)
                .defaultValue(fallback)
                .description(description)
                .build();
    }

    /// An option with a value that is one of a few.
    static OptionSpec choice(String name, String label, List<String> words, String fallback, String description) {
        return option(name, String.class, label, fallback, description).toBuilder()
                .completionCandidates(words)
                .build();
    }

    /// @param index where it stands, such as `0`, or `1..*` for all from the second on
    static PositionalParamSpec parameter(String label, String index, String arity, String description) {
        return parameter(label, index, arity, description, List.of());
    }

    /// @param words those it can be, where these are few
    static PositionalParamSpec parameter(
            String label, String index, String arity, String description, List<String> words) {
        return PositionalParamSpec.builder()
                .index(index)
                .paramLabel(label)
                .arity(arity)
                .required(!arity.startsWith("0"))
                .completionCandidates(words)
                .type(index.endsWith("*") ? String[].class : String.class)
                .description(description)
                .build();
    }

    static boolean has(ParseResult parsed, String option) {
        return parsed.hasMatchedOption(option);
    }
}
