package pvemcp.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import pvemcp.cli.Candidates.Candidate;
import pvemcp.dispatch.Dispatcher;
import pvemcp.tool.Tool;
import pvemcp.view.View;

/// `help` in a conversation: what can be typed there.
final class Help {
    private static final List<List<String>> EXAMPLES = List.of(
            List.of("  guest list running", "what runs"),
            List.of("  guest start web", "asks first, where policy wants that"),
            List.of("  task list failed limit=5", "inputs by name, or just their values"),
            List.of("  why web", "why a guest or node is in trouble"),
            List.of("  guest get web --json", "for a program; --plain: lines with tabs"));

    private final Dispatcher dispatcher;
    private final Commands commands;
    private final Set<String> elsewhere;
    private final Console console;

    /// @param elsewhere the commands that are not for a conversation
    Help(Dispatcher dispatcher, Commands commands, Set<String> elsewhere, Console console) {
        this.dispatcher = dispatcher;
        this.commands = commands;
        this.elsewhere = elsewhere;
        this.console = console;
    }

    /// @param words a tool, the first word of some, or a command; nothing for an overview
    void about(List<String> words) {
        if (words.isEmpty()) {
            console.out().println(console.text(overview()));
        } else if (commands.names().contains(words.getFirst())
                && ToolPages.some(words, dispatcher).isEmpty()) {
            commands.run(List.of(words.getFirst(), "--help"));
        } else {
            commands.run(prefixed("tools", words));
        }
    }

    private static List<String> prefixed(String first, List<String> words) {
        var all = new ArrayList<>(words);
        all.addFirst(first);
        return all;
    }

    /// The first words of lines that are no calls.
    Collection<Candidate> here() {
        var here = new ArrayList<Candidate>();
        commands.names().stream()
                .filter(name -> !elsewhere.contains(name))
                .forEach(name -> here.add(new Candidate(name, commands.about(name))));
        here.add(new Candidate("help", "What can be typed here."));
        here.add(new Candidate("more", "The next part of the answer before; Enter does the same."));
        here.add(new Candidate("exit", "Leave; Ctrl-D does the same."));
        return here;
    }

    private static View.Facts facts(List<List<String>> rows) {
        return new View.Facts(rows.stream()
                .map(row -> new View.Fact(row.getFirst(), row.getLast()))
                .toList());
    }

    private View overview() {
        var names = dispatcher.tools().stream().map(Tool::name).toList();
        return View.Stack.of(
                new View.Text("A line is a call of a tool, in words:"),
                facts(EXAMPLES),
                new View.Text("The first words of tools; 'help guest' has what follows, 'help guest list' the inputs:"),
                new View.Text("  " + String.join(" ", ToolNames.following(ToolNames.full(""), names)) + "\n"),
                new View.Text("Other lines:"),
                facts(here().stream()
                        .map(each -> List.of("  " + each.word(), ToolPages.firstSentence(each.about())))
                        .toList()),
                new View.Text("Tab completes, also guests, nodes and tasks; Ctrl-C ends a call, Ctrl-D leaves."));
    }
}
