package pvemcp.cli;

import pvemcp.lab.Lab;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;

/// A call as the project's pages write it: a tool's whole name, and its inputs as one types them.
public record WrittenCall(Phrase phrase) {
    public static WrittenCall of(String line) {
        var words = Words.split(line);
        return ToolNames.find(words)
                .filter(phrase -> phrase.tool().name().equals(words.getFirst()))
                .map(WrittenCall::new)
                .orElseThrow(() -> new AssertionError("no tool in: " + line));
    }

    public Tool<?> tool() {
        return phrase.tool();
    }

    /// Binds the arguments; what does not fit is thrown, as a caller would be told.
    public void understood() {
        tool().inputs().bind(CallArguments.parse(phrase));
    }

    public ToolResult makeIn(Lab lab) {
        return lab.call(tool().name(), CallArguments.parse(phrase));
    }
}
