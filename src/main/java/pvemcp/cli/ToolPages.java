package pvemcp.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import pvemcp.dispatch.Dispatcher;
import pvemcp.text.Word;
import pvemcp.tool.Param;
import pvemcp.tool.Tool;
import pvemcp.view.View;

/// A tool's description as a page for the terminal.
final class ToolPages {
    private ToolPages() {}

    static String one(Tool<?> tool, Console console) {
        var rows = new ArrayList<List<String>>();
        for (var param : tool.params()) {
            rows.add(List.of(param.name(), values(param), needed(param), param.doc()));
        }
        var head = new View.Text(
                "%s (%s)%n%s".formatted(tool.name(), tier(tool), tool.doc().strip()));
        var view = rows.isEmpty()
                ? View.Stack.of(head, new View.Text("It takes no input."))
                : View.Stack.of(
                        head, new View.Text(""), new View.Table(List.of("input", "value", "default", "meaning"), rows));
        return console.text(view);
    }

    /// The tools whose names begin with these words, as one says them.
    static List<Tool<?>> some(List<String> words, Dispatcher dispatcher) {
        var begun = ToolNames.full(String.join("_", words)) + "_";
        return dispatcher.tools().stream()
                .filter(tool -> (tool.name() + "_").startsWith(begun))
                .toList();
    }

    /// @param answer what policy says of a tool
    static View.Table table(List<Tool<?>> tools, Function<Tool<?>, String> answer) {
        var rows = new ArrayList<List<String>>();
        for (var tool : tools) {
            rows.add(List.of(ToolNames.spoken(tool.name()), tier(tool), answer.apply(tool), firstSentence(tool.doc())));
        }
        return new View.Table(List.of("tool", "tier", "policy", "what it does"), rows);
    }

    static String tier(Tool<?> tool) {
        return tool.tier().word();
    }

    static String values(Param param) {
        return param.words().isEmpty() ? Word.of(param.kind()) : String.join(" | ", param.words());
    }

    static String needed(Param param) {
        return param.required() ? "(needed)" : param.fallback();
    }

    static String firstSentence(String doc) {
        var text = doc.strip().replace('\n', ' ');
        int end = text.indexOf(". ");
        return end < 0 ? text : text.substring(0, end + 1);
    }
}
