package pvemcp.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import pvemcp.dispatch.Dispatcher;
import pvemcp.pve.PveException;
import pvemcp.tool.Kind;
import pvemcp.tool.Param;
import pvemcp.tool.Tool;

/// What the last of some words could become: a tool, an input's name, or a value of it.
final class Candidates {
    private Candidates() {}

    /// @param words of a call, the tool first; the last one is being typed
    static List<String> of(Dispatcher dispatcher, Console console, List<String> words) {
        var typed = words.getLast();
        if (words.size() == 1) {
            var names = ToolNames.offered(dispatcher);
            return starting(
                    typed.startsWith("pve_")
                            ? names.stream().map(ToolNames::full).toList()
                            : names,
                    typed);
        }
        var tool = dispatcher.tool(ToolNames.full(words.getFirst()));
        return tool.isEmpty() ? List.of() : ofCall(dispatcher, console, tool.get(), words.subList(1, words.size()));
    }

    private static List<String> ofCall(Dispatcher dispatcher, Console console, Tool<?> tool, List<String> words) {
        var typed = words.getLast();
        int equals = typed.indexOf('=');
        if (equals > 0) {
            var name = typed.substring(0, equals);
            return tool.params().stream()
                    .filter(param -> param.name().equals(name))
                    .flatMap(param -> values(dispatcher, console, param, typed.substring(equals + 1)).stream())
                    .map(value -> name + "=" + value)
                    .toList();
        }
        var found = new ArrayList<String>();
        next(tool, words).ifPresent(param -> found.addAll(values(dispatcher, console, param, typed)));
        var used = new HashSet<String>();
        words.forEach(word -> used.add(word.replaceFirst("=.*", "")));
        for (var param : tool.params()) {
            if (!used.contains(param.name()) && (param.name() + "=").startsWith(typed)) {
                found.add(param.name() + "=");
            }
        }
        return found;
    }

    /// The input that a bare value would be for.
    private static Optional<Param> next(Tool<?> tool, List<String> words) {
        var open = new ArrayList<>(tool.params());
        for (var word : words.subList(0, words.size() - 1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                open.removeIf(param -> param.name().equals(word.substring(0, equals)));
            } else if (!open.isEmpty()) {
                open.removeFirst();
            }
        }
        return open.stream().findFirst();
    }

    private static List<String> values(Dispatcher dispatcher, Console console, Param param, String typed) {
        if (!param.words().isEmpty()) {
            return starting(param.words(), typed);
        }
        if (param.kind() == Kind.FLAG) {
            return starting(List.of("true", "false"), typed);
        }
        var kind = param.kind().candidates();
        if (kind.isEmpty()) {
            return List.of();
        }
        try {
            return dispatcher.complete(kind, typed, new TerminalCaller(console, Optional.empty()));
        } catch (PveException _) {
            // A cluster that cannot be asked has no names to offer; the names of inputs are known without it.
            return List.of();
        }
    }

    private static List<String> starting(List<String> words, String typed) {
        return words.stream().filter(word -> word.startsWith(typed)).toList();
    }
}
