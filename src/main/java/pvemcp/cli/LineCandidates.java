package pvemcp.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import pvemcp.cli.Candidates.Candidate;
import pvemcp.dispatch.Dispatcher;
import pvemcp.tool.Tool;

/// What the last word of a line could become in a conversation: what [Candidates] knows of calls, and the commands.
final class LineCandidates {
    private final Dispatcher dispatcher;
    private final Console console;
    private final Collection<Candidate> commands;
    private final Function<List<String>, List<Candidate>> own;

    /// @param commands the first words of lines that are no calls
    /// @param own what the last word of a line that begins so could become, as far as the command itself says it
    LineCandidates(
            Dispatcher dispatcher,
            Console console,
            Collection<Candidate> commands,
            Function<List<String>, List<Candidate>> own) {
        this.dispatcher = new Hurried(dispatcher);
        this.console = console;
        this.commands = commands;
        this.own = own;
    }

    List<Candidate> of(List<String> words) {
        var typed = words.getLast();
        var said = words.subList(1, words.size());
        if (words.size() == 1 && typed.startsWith("-")) {
            return own.apply(words);
        }
        if (words.size() == 1) {
            var found = new ArrayList<>(calls(words));
            commands.stream()
                    .filter(command -> command.word().startsWith(typed))
                    .forEach(found::add);
            return found;
        }
        boolean command = commands.stream().anyMatch(each -> each.word().equals(words.getFirst()));
        if (command && typed.startsWith("-")) {
            return own.apply(words);
        }
        return switch (words.getFirst()) {
            case "call" -> calls(said);
            case "policy" -> said.size() == 1 ? starting(typed, List.of("check")) : calls(said.subList(1, said.size()));
            case "help" -> topics(said, typed);
            case "tools" -> names(said, typed);
            case "prompt" -> prompts(said, typed);
            case "resource" -> resources(typed);
            default -> command ? own.apply(words) : calls(words);
        };
    }

    private List<Candidate> calls(List<String> words) {
        return Candidates.of(dispatcher, console, words);
    }

    private List<Candidate> names(List<String> said, String typed) {
        var names = dispatcher.tools().stream().map(Tool::name).toList();
        var before = String.join("_", said.subList(0, said.size() - 1));
        var begun = before.isEmpty() ? ToolNames.full("") : ToolNames.full(before) + "_";
        return starting(typed, ToolNames.following(begun, names));
    }

    private List<Candidate> topics(List<String> said, String typed) {
        var found = new ArrayList<>(names(said, typed));
        if (said.size() == 1) {
            commands.stream()
                    .filter(command -> command.word().startsWith(typed))
                    .forEach(found::add);
        }
        return found;
    }

    private List<Candidate> prompts(List<String> said, String typed) {
        if (said.size() == 1) {
            return dispatcher.prompts().stream()
                    .filter(prompt -> prompt.name().startsWith(typed))
                    .map(prompt -> new Candidate(prompt.name(), prompt.title()))
                    .toList();
        }
        var arguments = dispatcher.prompts().stream()
                .filter(prompt -> prompt.name().equals(said.getFirst()))
                .flatMap(prompt -> prompt.arguments().stream())
                .toList();
        var found = new ArrayList<Candidate>();
        int equals = typed.indexOf('=');
        for (var argument : arguments) {
            var name = argument.name() + "=";
            if (equals < 0 && name.startsWith(typed)) {
                found.add(new Candidate(name, argument.doc()));
            } else if (typed.startsWith(name)) {
                Candidates.named(dispatcher, console, argument.candidates(), typed.substring(equals + 1))
                        .forEach(value -> found.add(new Candidate(name + value, "")));
            }
        }
        return found;
    }

    /// Templates up to their variable, then what it can be.
    private List<Candidate> resources(String typed) {
        var found = new ArrayList<Candidate>();
        for (var resource : dispatcher.resources()) {
            int brace = resource.uri().indexOf('{');
            var head = brace < 0 ? resource.uri() : resource.uri().substring(0, brace);
            if (head.startsWith(typed)) {
                found.add(new Candidate(head, resource.doc()));
            }
            if (brace > 0 && typed.startsWith(head)) {
                var kind = resource.uri().substring(brace + 1, resource.uri().length() - 1);
                Candidates.named(dispatcher, console, kind, typed.substring(head.length()))
                        .forEach(value -> found.add(new Candidate(head + value, "")));
            }
        }
        return found;
    }

    private static List<Candidate> starting(String typed, Collection<String> words) {
        return words.stream()
                .filter(word -> word.startsWith(typed))
                .map(word -> new Candidate(word, ""))
                .toList();
    }
}
