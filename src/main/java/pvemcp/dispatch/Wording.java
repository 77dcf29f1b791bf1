package pvemcp.dispatch;

import java.util.List;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolResult;
import pvemcp.view.Clean;

/// The last look at what a call says in place of an answer, whatever was forgotten where the words come from. Answers
/// have theirs in [pvemcp.view.Layout].
final class Wording {
    /// Longer than any request that somebody would read.
    private static final int LONGEST = 20_000;

    private Wording() {}

    /// A person decides by it: each part stays in its line.
    static Preview of(Preview preview) {
        return new Preview(
                Clean.cell(preview.summary(), LONGEST), lines(preview.requests()), lines(preview.warnings()));
    }

    private static List<String> lines(List<String> texts) {
        return texts.stream().map(text -> Clean.cell(text, LONGEST)).toList();
    }

    static ToolResult of(ToolResult result) {
        return switch (result) {
            case ToolResult.Done done -> done;
            case ToolResult.Held held -> held;
            case ToolResult.Refused(var rule, var why, var remedy) ->
                new ToolResult.Refused(rule, Clean.lines(why), Clean.lines(remedy));
            case ToolResult.Failed(var code, var what, var hint) ->
                new ToolResult.Failed(code, Clean.lines(what), Clean.lines(hint));
        };
    }
}
