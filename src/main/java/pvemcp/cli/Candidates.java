package pvemcp.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.dispatch.Dispatcher;
import pvemcp.pve.PveException;
import pvemcp.tool.Kind;
import pvemcp.tool.Param;
import pvemcp.tool.Tool;

/// What the last of some words could become: a tool, an input's name, or a value of it.
final class Candidates {
    /// @param about what it is; empty where the word says it
    record Candidate(String word, String about) {
        private static Candidate of(String word) {
            return new Candidate(word, "");
        }
    }

    private final Dispatcher dispatcher;
    private final Console console;
    private final List<Candidate> found = new ArrayList<>();
    private final String typed;

    private Candidates(Dispatcher dispatcher, Console console, String typed) {
        this.dispatcher = dispatcher;
        this.console = console;
        this.typed = typed;
    }

    /// @param words of a call, those of the tool first; the last one is being typed
    static List<Candidate> of(Dispatcher dispatcher, Console console, List<String> words) {
        var candidates = new Candidates(dispatcher, console, words.getLast());
        var before = words.subList(0, words.size() - 1);
        candidates.names(before);
        if (!before.isEmpty()) {
            Phrase.of(before, dispatcher).ifPresent(phrase -> candidates.call(phrase));
        }
        return candidates.found;
    }

    // ---- tools ----

    private void names(List<String> before) {
        var names = dispatcher.tools().stream().map(Tool::name).toList();
        if (before.isEmpty() && typed.contains("_")) {
            boolean whole = typed.startsWith("pve_");
            names.forEach(name -> offer(whole ? name : ToolNames.shortened(name), about(name)));
            return;
        }
        var begun = before.isEmpty() ? "pve_" : ToolNames.full(String.join("_", before)) + "_";
        ToolNames.following(begun, names).forEach(word -> offer(word, about(begun + word)));
        if (before.size() == 1) {
            var power = before.getFirst() + Phrase.POWER.replace('_', ' ');
            Phrase.powers(before.getFirst(), dispatcher::tool)
                    .forEach(word -> offer(word, "The same as '%s … %s'.".formatted(power, word)));
        }
    }

    private String about(String name) {
        return dispatcher
                .tool(name)
                .map(tool -> ToolPages.firstSentence(tool.doc()))
                .orElse("");
    }

    // ---- what is said to them ----

    private void call(Phrase phrase) {
        var open = CallArguments.open(phrase);
        int equals = typed.indexOf('=');
        if (equals > 0) {
            var name = typed.substring(0, equals);
            phrase.params().stream()
                    .filter(param -> param.name().equals(name))
                    .flatMap(param -> values(param, typed.substring(equals + 1)).stream())
                    .forEach(value -> found.add(Candidate.of(name + "=" + value)));
            return;
        }
        if (typed.startsWith("-")) {
            offer("--json", "the answer as JSON");
            offer("--plain", "the answer as lines with tabs");
            return;
        }
        if (!open.isEmpty()) {
            values(open.getFirst(), typed).forEach(value -> found.add(Candidate.of(value)));
        }
        if (!open.isEmpty() && !open.getFirst().required()) {
            open.subList(1, open.size()).forEach(param -> param.usual().forEach(word -> offer(word, param.name())));
        }
        for (var param : open) {
            boolean flag = param.kind() == Kind.FLAG;
            offer(flag ? param.name() : param.name() + "=", param.doc());
        }
    }

    private void offer(String word, String about) {
        if (word.startsWith(typed)) {
            found.add(new Candidate(word, about));
        }
    }

    private List<String> values(Param param, String begun) {
        if (!param.usual().isEmpty()) {
            return starting(param.usual(), begun);
        }
        if (param.kind() == Kind.FLAG) {
            return starting(List.of("true", "false"), begun);
        }
        return named(dispatcher, console, param.kind().candidates(), begun);
    }

    private static List<String> starting(List<String> words, String begun) {
        return words.stream()
                .filter(word -> word.startsWith(begun.toLowerCase(Locale.ROOT)))
                .toList();
    }

    /// The names of a kind (`guest`, `node`, …) that the cluster has; none where it cannot be asked: the names of
    /// inputs are known without it.
    static List<String> named(Dispatcher dispatcher, Console console, String kind, String begun) {
        if (kind.isEmpty()) {
            return List.of();
        }
        try {
            return dispatcher.complete(kind, begun, new TerminalCaller(console, Optional.empty()));
        } catch (PveException _) {
            return List.of();
        }
    }
}
