package pvemcp.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import pvemcp.cli.Candidates.Candidate;

/// What the last of some words could become where the first is a command: one of its parts, an option, or a value of
/// those that have only a few.
final class OwnCandidates {
    private final CommandSpec root;

    OwnCandidates(CommandSpec root) {
        this.root = root;
    }

    /// @param words a line's; the last one is being typed
    List<Candidate> of(List<String> words) {
        var typed = words.getLast();
        var command = root;
        int positional = 0;
        String before = "";
        for (var word : words.subList(0, words.size() - 1)) {
            var part = Optional.ofNullable(command.subcommands().get(word)).map(CommandLine::getCommandSpec);
            positional = part.isPresent() ? 0 : word.startsWith("-") ? positional : positional + 1;
            command = part.orElse(command);
            before = word;
        }
        var open = valued(command, before);
        if (open.isPresent()) {
            return values(open.get(), typed, "");
        }
        int equals = typed.indexOf('=');
        if (typed.startsWith("-") && equals > 0) {
            var named = typed.substring(0, equals);
            return valued(command, named)
                    .map(option -> values(option, typed.substring(equals + 1), named + "="))
                    .orElse(List.of());
        }
        return typed.startsWith("-") ? options(command, typed) : words(command, positional, typed);
    }

    /// The option of that name, where it takes a value.
    private static Optional<OptionSpec> valued(CommandSpec command, String name) {
        return Optional.ofNullable(command.findOption(name))
                .filter(_ -> name.startsWith("-"))
                .filter(option -> option.arity().max() > 0);
    }

    private static List<Candidate> options(CommandSpec command, String typed) {
        return command.options().stream()
                .filter(option -> option.longestName().startsWith(typed))
                .map(option -> new Candidate(
                        option.longestName() + (option.arity().max() > 0 ? "=" : ""), about(option.description())))
                .toList();
    }

    private static List<Candidate> values(OptionSpec option, String typed, String before) {
        return starting(option.completionCandidates(), typed, before);
    }

    /// Its parts, or what the parameter at this place can be.
    private static List<Candidate> words(CommandSpec command, int positional, String typed) {
        var found = new ArrayList<Candidate>();
        for (Map.Entry<String, CommandLine> part : command.subcommands().entrySet()) {
            if (part.getKey().startsWith(typed)) {
                var usage = part.getValue().getCommandSpec().usageMessage();
                found.add(new Candidate(part.getKey(), about(usage.description())));
            }
        }
        command.positionalParameters().stream()
                .filter(parameter -> parameter.index().contains(positional))
                .forEach(parameter -> found.addAll(starting(parameter.completionCandidates(), typed, "")));
        return found;
    }

    private static List<Candidate> starting(Iterable<String> words, String typed, String before) {
        var found = new ArrayList<Candidate>();
        if (words != null) {
            words.forEach(word -> {
                if (word.startsWith(typed)) {
                    found.add(new Candidate(before + word, ""));
                }
            });
        }
        return found;
    }

    private static String about(String[] description) {
        return description.length == 0 ? "" : ToolPages.firstSentence(description[0]);
    }
}
